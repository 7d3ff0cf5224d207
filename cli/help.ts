import type { HelpCommand } from "./arguments.ts";
import { NOTHING, restrictTo } from "../runtime/permissions.ts";
import { writeText } from "../runtime/output.ts";

const HELP = `Runs Lua scripts, files of checks and web services for platform work

Usage: assay [OPTIONS] FILE [ARGUMENT...]
       assay [OPTIONS] COMMAND

Commands:
  FILE.lua [ARGUMENT...]      Run a script; the arguments are in 'arg' and '...'
  FILE.yaml, FILE.yml         Run a file of checks; the result is JSON where stdout is no terminal
  check FILE|FOLDER...        Run files of checks; see 'assay check --help' for reports, --watch, --serve and more
  run FILE [-- ARGUMENT...]   As FILE, with options
  exec -e CODE [ARGUMENT...]  Run Lua code
  exec FILE [ARGUMENT...]     Run a file as Lua whatever its extension
  permissions [MODE|FILE]     Show what modes may do, or what a file would be allowed
  modules [--json]            List the globals and modules that scripts can use
  context QUERY [--limit N]   Show the functions of the modules that a query finds, 5 modules at most
  types [--output DIR]        Write LuaCATS stubs, with which editors complete and check scripts
  help                        Show this text

Options:
  -c, --config FILE    Run a file of checks whatever its extension
      --timeout SECS   End the script after so many seconds (run, exec)
      --dump-js        Show the JavaScript that Lua becomes, on stderr (run, exec)
      --allow-NAME[=LIST]  Let a script do no more than this: net, read, write, env, run, sys
      --deny-NAME      Let a script do all but this
      --memory SIZE    Memory of a Lua machine, such as 256M; 64M without; also ASSAY_MEMORY
      --engine NAME    lua (Lua 5.5, the default) or fengari (Lua 5.3); also ASSAY_LUA
  -v, --verbose        Log at level debug
  -h, --help           Show this text
  -V, --version        Show the version

Exit codes:
  0  the script ran to its end, or all checks passed
  1  the script or a check failed
  2  the command line or the file of checks is wrong

Examples:
  assay migrate.lua --dry-run
  assay check checks.yaml --report junit=junit.xml --report pretty
  assay exec -e 'print(http.get("http://localhost:8080/health").status)'
`;

/** Prints the help. @returns the exit status */
export async function showHelp({ implicit, topic }: HelpCommand): Promise<number> {
  const text = topic === "check" ? (await import("./help_check.ts")).checkHelp() : HELP;
  restrictTo(NOTHING);
  writeText(text);
  return implicit ? 1 : 0;
}
