/** The command line as data. */

import type { ReportRequest } from "../checks/reports/registry.ts";
import type { PlanOptions } from "../checks/run/plan.ts";
import type { EngineName } from "../runtime/engines.ts";

/** What every command knows that runs Lua. */
interface Common {
  /** Log at level debug. */
  verbose: boolean;
  /** @default what `ASSAY_LUA` names, else the Lua 5.5 engine */
  engine?: EngineName;
  /** `--allow-…` and `--deny-…`, as they are written. @default none: everything is allowed */
  permissions?: readonly string[];
  /** Bytes a VM. @default what `ASSAY_MEMORY` says, else 64 MiB */
  memory?: number;
}

/** `assay FILE.lua`, `run FILE`, `exec FILE`. */
export interface RunCommand extends Common {
  command: "run";
  file: string;
  /** What `...` and `arg[1…]` are in the script. */
  args: readonly string[];
  /** Run the file as Lua whatever its extension. */
  anyExtension: boolean;
  /** Seconds after which the script is ended. */
  timeout?: number;
  /** Whether the JavaScript that Lua becomes is shown on stderr. */
  dumpJs?: boolean;
}

/** `exec -e CODE`. */
export interface ExecCommand extends Common {
  command: "exec";
  code: string;
  args: readonly string[];
  timeout?: number;
  /** Whether the JavaScript that Lua becomes is shown on stderr. */
  dumpJs?: boolean;
}

/** `assay FILE.yaml`, `check FILE…`, `--config FILE`. */
export interface CheckCommand extends Common {
  command: "check";
  /** Files and folders. */
  files: readonly string[];
  /** `--var NAME=VALUE`. */
  given?: ReadonlyMap<string, string>;
  /** Which checks are run, and how. */
  plan?: PlanOptions;
  /** @default pretty on a terminal, json elsewhere */
  reports?: readonly ReportRequest[];
  /** Show the JSON Schema of files of checks, and no more. */
  schema?: boolean;
  /** Show what would be run, and no more. */
  dryRun?: boolean;
  /** Run again whenever a file changes. */
  watch?: boolean;
  /** Where results are served. */
  serve?: { readonly hostname: string; readonly port: number };
  /** Run again and again, beginning so many milliseconds after each beginning. */
  every?: number;
}

/** `permissions [MODE|FILE]`. */
export interface PermissionsCommand {
  command: "permissions";
  /** A mode or a file. @default every mode */
  subject?: string;
  /** `--allow-…` and `--deny-…` for a script. */
  permissions?: readonly string[];
  /** `--var NAME=VALUE` for a file of checks. */
  given?: ReadonlyMap<string, string>;
}

/** `modules`. */
export interface ModulesCommand {
  command: "modules";
  /** Print JSON, not a table. */
  json: boolean;
}

/** `context QUERY`. */
export interface ContextCommand {
  command: "context";
  query: string;
  /** The most modules that are shown. */
  limit: number;
}

/** `types`. */
export interface TypesCommand {
  command: "types";
  /** A folder, or `-` for standard output. */
  output: string;
}

/** `--help`, `help`, or no argument at all. */
export interface HelpCommand {
  command: "help";
  /** Help was not asked for, only nothing else was: the exit status is 1. */
  implicit: boolean;
  /** @default everything, in short */
  topic?: "check";
}

/** What a command line asks for. */
export type CommandLine =
  | RunCommand
  | ExecCommand
  | CheckCommand
  | PermissionsCommand
  | ModulesCommand
  | ContextCommand
  | TypesCommand
  | HelpCommand
  | { command: "version" };

/** A command line that cannot be understood: exit status 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const SUBCOMMANDS: ReadonlySet<string> = new Set(
  ["run", "exec", "check", "permissions", "modules", "context", "types", "help"],
);
/** What may stand before any command. */
const ANYWHERE = /^(-v|--verbose|-h|--help)$/;

/**
 * Reads the arguments. The plain forms `FILE ARGUMENT…`, `run FILE WORD…`, `exec FILE WORD…` and `exec -e CODE` are read
 * without loading an options parser: its import takes as long as a short script.
 *
 * @throws {UsageError} When they make no sense
 */
export async function parseCommandLine(args: readonly string[]): Promise<CommandLine> {
  const [first, ...rest] = args;
  if (first === undefined) return { command: "help", implicit: true };
  const isPlain = !first.startsWith("-") && !SUBCOMMANDS.has(first);
  // Options may stand behind a file of checks, which has no arguments of its own
  if (isPlain && !(isChecks(first) && rest.length > 0)) return fileCommand(first, rest, false);
  const finding = args.find((arg) => !ANYWHERE.test(arg));
  if (finding === "modules" || finding === "context" || finding === "types") {
    return (await import("./finding_options.ts")).parseFinding(finding, args);
  }
  if (args.length === 3 && first === "exec" && args[1] === "-e" && args[2] !== undefined) {
    return { command: "exec", code: args[2], args: [], verbose: false };
  }
  return plainRun(first, rest) ?? (await import("./options.ts")).parseOptions(args);
}

/** `run FILE WORD…` and `exec FILE WORD…`, where no word may be an option. */
function plainRun(command: string, [file, ...args]: readonly string[]): CommandLine | undefined {
  if (file === undefined || isChecks(file) || [file, ...args].some((word) => word.startsWith("-"))) {
    return undefined;
  }
  if (command === "run") return fileCommand(file, args, false);
  return command === "exec" ? { command: "run", file, args, anyExtension: true, verbose: false } : undefined;
}

/** Whether a file is one of checks, by its extension. */
export function isChecks(file: string): boolean {
  return /\.ya?ml$/.test(file);
}

/** The command that a file asks for by its extension. */
export function fileCommand(
  file: string,
  args: readonly string[],
  verbose: boolean,
): RunCommand | CheckCommand {
  if (isChecks(file)) {
    const [extra] = args;
    if (extra !== undefined) {
      throw new UsageError(`unexpected argument '${extra}': several files go with 'assay check'`);
    }
    return { command: "check", files: [file], verbose };
  }
  return { command: "run", file, args, anyExtension: false, verbose };
}
