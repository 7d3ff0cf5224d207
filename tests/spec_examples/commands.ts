/** The commands of the documents, in a folder with a script and a file of checks. */
import assert from "node:assert/strict";
import type { OtherExample } from "./example.ts";
import { runShell } from "./run.ts";

/** Why commands of the original's developers are not run. */
export const ORIGINAL = "installs, builds or tests the original program, not this one";

const SCRIPT = '#!/usr/bin/assay\nlog.info("the script ran")\n';
const CHECKS = "checks: [{ name: one, type: script, file: one.lua }]\n";

/** What commands print, by their first word after `assay`. */
const PRINTED: readonly [command: RegExp, printed: RegExp][] = [
  [/^assay checks\.yaml/, /"passed":\s*1/],
  [/\.lua\b/, /the script ran/],
  [/^assay exec/, /INFO hello/],
  [
    /^assay context "grafana"/,
    /# Assay Module Context\n[^]*## Matching Modules\n[^]*### assay\.grafana\n[^]*c:health\(\) -> \{database, version, commit\} \| Check Grafana health\n/,
  ],
  [/^assay context "vault"/, /### assay\.vault\n[^]*M\.client\(url, token\?\) -> client \|/],
  [/^assay modules/, /^assay\.grafana +builtin /m],
];

/** Runs each line or group of lines, and looks at what it prints. */
export function commandExamples(section: string, commands: readonly string[]): OtherExample[] {
  return commands.map((command) => ({
    name: command.replaceAll("\n", "; "),
    section,
    async run() {
      const { status, stdout, stderr } = await runShell(command, {
        "script.lua": SCRIPT,
        "hello.lua": SCRIPT,
        "checks.yaml": CHECKS,
        "one.lua": "assert.eq(1, 1)",
      });
      assert.equal(status, 0, stderr);
      const printed = PRINTED.find(([pattern]) => pattern.test(command))?.[1];
      assert.match(stdout + stderr, printed ?? assert.fail(`nothing is known of ${command}`));
    },
  }));
}
