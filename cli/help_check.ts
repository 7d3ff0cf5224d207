/** `assay check --help`. */
import { REPORTS } from "../checks/reports/registry.ts";

/** What is known of `check` and its options. */
export function checkHelp(): string {
  const reports = Object.entries(REPORTS).map(([name, { doc }]) => `  ${name.padEnd(22)} ${doc}\n`).join("");
  return `Runs files of checks

Usage: assay check [OPTIONS] FILE|FOLDER...
       assay FILE.yaml [OPTIONS]

Of a folder its .yaml and .yml files are run.

Which checks:
      --tags A,B         Only those with one of these tags; several times: more tags
      --only PATTERN     Only those whose name matches; * stands for any characters; several times: any of them
      --skip PATTERN     None whose name matches
      --var NAME=VALUE   Set a variable for \${NAME}, before 'vars:' and the environment

How:
      --parallel N       How many run at a time, whatever the files say
      --fail-fast        Begin no check after one has failed
      --dry-run          Show what would be run: order, values, permissions; with --report json as JSON
      --watch            Run again whenever a file of checks or a script changes
      --every TIME       Run again and again, such as every 30s, 5m or 1h
      --serve ADDRESS    Keep checking, every 30s without --every, and serve the results at an address such as
                         :9115: / (a page), /metrics, /healthz, /report.json
      --report NAME[=FILE]  Report in this form, to standard output or to a file; several times
      --schema           Print the JSON Schema of files of checks, for editors

Reports:
${reports}
Exit codes:
  0  no check has failed
  1  a check has failed, or SIGTERM has ended the run
  2  the command line or a file of checks is wrong, or a report cannot be written: nothing has been run
  130  Ctrl-C

Examples:
  assay check checks/ --tags smoke --report pretty --report junit=junit.xml
  assay check checks.yaml --var BASE_URL=https://staging.example.com --dry-run
  assay check checks.yaml --serve :9115 --every 30s
`;
}
