/** Command lines with options, by node's parser. */
import { parseArgs } from "node:util";
import { MEMORY_FORM, parseMemory } from "../runtime/memory.ts";
import { type EngineName, ENGINES, isEngineName } from "../runtime/engines.ts";
import { type CommandLine, fileCommand, isChecks, UsageError } from "./arguments.ts";
import { CHECK_OPTIONS, readCheckOptions } from "./check_options.ts";
import { isPermissionOption } from "./permission_options.ts";

const OPTIONS = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
  verbose: { type: "boolean", short: "v" },
  config: { type: "string", short: "c" },
  eval: { type: "string", short: "e" },
  timeout: { type: "string" },
  "dump-js": { type: "boolean" },
  mode: { type: "string" },
  engine: { type: "string" },
  memory: { type: "string" },
  ...CHECK_OPTIONS,
} as const;

type ValueOf<O> = O extends { multiple: true } ? string[] : O extends { type: "string" } ? string : boolean;
type Values = { [K in keyof typeof OPTIONS]?: ValueOf<typeof OPTIONS[K]> };

/** The options of `check`, also behind a file of checks alone. */
const CHECK = Object.keys(CHECK_OPTIONS) as readonly (keyof typeof CHECK_OPTIONS)[];

/** Which options a command takes beside the global ones. */
const TAKES: Readonly<Record<string, readonly (keyof Values)[]>> = {
  "": ["config", ...CHECK],
  check: CHECK,
  run: ["timeout", "mode", "dump-js"],
  exec: ["eval", "timeout", "dump-js"],
  permissions: ["var"],
  help: [],
};
const GLOBAL: readonly (keyof Values)[] = ["help", "version", "verbose", "engine", "memory"];

/** @throws {UsageError} When the arguments make no sense */
export function parseOptions(args: readonly string[]): CommandLine {
  const { own, script } = splitArguments(args);
  const permissions = own.filter(isPermissionOption);
  const { values, positionals } = parse(own.filter((word) => !isPermissionOption(word)));
  const command = isCommand(positionals[0]) ? positionals.shift() ?? "" : "";
  for (const name of Object.keys(values) as (keyof Values)[]) {
    if (GLOBAL.includes(name) || TAKES[command]?.includes(name)) continue;
    throw new UsageError(
      `option '--${name}' does not go with ${command === "" ? "a file alone" : `'${command}'`}`,
    );
  }
  const common = {
    verbose: values.verbose ?? false,
    ...readEngine(values.engine),
    ...readMemory(values.memory),
    ...(permissions.length > 0 ? { permissions } : {}),
  };
  if (values.version) return { command: "version" };
  if (values.help || command === "help") {
    const isOfCheck = command === "check" || (command === "help" && positionals[0] === "check");
    return { command: "help", implicit: false, ...(isOfCheck ? { topic: "check" } : {}) };
  }
  const [file, ...rest] = positionals;
  const scriptArgs = [...rest, ...script];
  const running = { ...readTimeout(values.timeout), ...(values["dump-js"] ? { dumpJs: true } : {}) };
  if (command === "exec" && values.eval !== undefined) {
    return { command: "exec", code: values.eval, args: [...positionals, ...script], ...common, ...running };
  }
  if (command === "permissions") {
    if (scriptArgs.length > 0) throw new UsageError(`unexpected argument '${scriptArgs[0]}'`);
    const { given } = readCheckOptions(values);
    return {
      command: "permissions",
      ...(file === undefined ? {} : { subject: file }),
      ...(given === undefined ? {} : { given }),
      permissions,
    };
  }
  const isOfChecks = command === "check" || values.config !== undefined || isChecks(file ?? "");
  if (permissions.length > 0 && isOfChecks) {
    throw new UsageError(`option '${permissions[0]}' goes with scripts only: a file of checks has 'allow:'`);
  }
  if (command === "check") {
    if (scriptArgs.length > 0 && script.length > 0) {
      throw new UsageError(`unexpected argument '${script[0]}'`);
    }
    if (file === undefined && !values.schema) throw new UsageError("check requires a FILE or a folder");
    return { command: "check", files: positionals, ...common, ...readCheckOptions(values) };
  }
  const config = values.config ?? file;
  if (config === undefined) {
    if (command === "exec") throw new UsageError("exec requires -e CODE or a FILE");
    if (command === "run") throw new UsageError("run requires a FILE");
    return { command: "help", implicit: true };
  }
  if (values.config !== undefined && file !== undefined) {
    throw new UsageError(`unexpected argument '${file}' beside --config`);
  }
  if (values.mode !== undefined && values.mode !== "script") {
    throw new UsageError(`invalid value '${values.mode}' for --mode: it must be 'script'`);
  }
  if (command === "exec") {
    return { command: "run", file: config, args: scriptArgs, anyExtension: true, ...common, ...running };
  }
  if (values.config !== undefined) {
    return { command: "check", files: [config], ...common, ...readCheckOptions(values) };
  }
  const line = { ...fileCommand(config, scriptArgs, common.verbose), ...common };
  if (line.command === "check") return { ...line, ...readCheckOptions(values) };
  const misplaced = CHECK.find((name) => values[name] !== undefined);
  if (misplaced !== undefined) throw new UsageError(`option '--${misplaced}' goes with checks only`);
  return line.command === "run" ? { ...line, ...running } : line;
}

function isCommand(word: string | undefined): boolean {
  return word !== undefined && Object.hasOwn(TAKES, word);
}

/**
 * Options end at `--`, behind the file, or behind the code of `exec -e CODE`: what follows is the script's, but
 * for the file where there is none yet.
 */
function splitArguments(args: readonly string[]): { own: string[]; script: string[] } {
  const own: string[] = [];
  let command: string | undefined;
  let hasCode = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      const fileEnd = hasCode ? i + 1 : i + 2;
      return { own: [...own, ...args.slice(i, fileEnd)], script: args.slice(fileEnd) };
    }
    if (arg.startsWith("-")) {
      own.push(arg);
      if (takesValue(arg)) own.push(...args.slice(++i, i + 1));
      hasCode ||= /^(-e|--eval)/.test(arg);
    } else if (command === undefined && isCommand(arg)) {
      own.push(arg);
      command = arg;
    } else if (command === "check" || (command === undefined && isChecks(arg))) {
      // What follows is other files, and options
      own.push(arg);
    } else if (command === "exec" && hasCode) {
      return { own, script: args.slice(i) };
    } else {
      own.push(arg);
      return splitRunOptions(own, args.slice(i + 1), command);
    }
  }
  return { own, script: [] };
}

/** `run FILE --timeout 5 -- A`: assay's options may stand behind the file too, the script's behind `--`. */
function splitRunOptions(own: string[], rest: readonly string[], command: string | undefined) {
  const end = rest.indexOf("--");
  if (command !== "run") return { own, script: end === 0 ? rest.slice(1) : [...rest] };
  if (end < 0 && !rest.some((word) => word.startsWith("-"))) return { own, script: [...rest] };
  const before = end < 0 ? rest : rest.slice(0, end);
  return { own: [...own, ...before], script: end < 0 ? [] : rest.slice(end + 1) };
}

function takesValue(arg: string): boolean {
  return Object.entries(OPTIONS).some(([name, option]) =>
    option.type === "string" && (arg === `--${name}` || ("short" in option && arg === `-${option.short}`))
  );
}

function parse(args: string[]): { values: Values; positionals: string[] } {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(". ")[0]?.toLowerCase() ?? message, { cause: error });
  }
}

function readEngine(name: string | undefined): { engine?: EngineName } {
  if (name === undefined) return {};
  if (isEngineName(name)) return { engine: name };
  throw new UsageError(`invalid value '${name}' for --engine: it must be ${ENGINES.join(" or ")}`);
}

function readMemory(text: string | undefined): { memory?: number } {
  if (text === undefined) return {};
  const bytes = parseMemory(text);
  if (bytes !== undefined) return { memory: bytes };
  throw new UsageError(`invalid value '${text}' for --memory: ${MEMORY_FORM}`);
}

function readTimeout(text: string | undefined): { timeout?: number } {
  if (text === undefined) return {};
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds > 0 && seconds < Infinity)) {
    throw new UsageError(`invalid value '${text}' for --timeout: it must be a number of seconds above zero`);
  }
  return { timeout: seconds };
}
