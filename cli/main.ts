/** From arguments to a command, and from its outcome to the process's end. */
import { DEBUG, describeError } from "../runtime/seam/error.ts";
import { chooseEngine, type EngineName, ENGINES, isEngineName } from "../runtime/engines.ts";
import { chooseMemory, MEMORY_FORM, parseMemory } from "../runtime/memory.ts";
import { type CommandLine, parseCommandLine, UsageError } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { isCurrent, runAnew } from "./freshness.ts";
import { writeError } from "../runtime/output.ts";

/** Exit statuses: see README, "Exit codes". */
const STATUS_FAILED = 1;
const STATUS_USAGE = 2;

/** Runs assay with its arguments and ends the process. */
export async function main(args: readonly string[]): Promise<void> {
  let status: number;
  try {
    status = isCurrent() ? await execute(await parseCommandLine(args)) : await runAnew(args);
  } catch (error) {
    status = report(error);
  }
  if (performance.now() > COMPILING) await keepCompiled();
  Deno.exit(status);
}

/** A process that is as old has perhaps compiled the program itself, which takes longer. Milliseconds. */
const COMPILING = 20;

/** Deno stores compiled code in the next turn of its event loop, which a script that waits for nothing never sees. */
async function keepCompiled(): Promise<void> {
  try {
    await Deno.lstat("/");
  } catch {
    // Not allowed any more: what has given that up has waited before
  }
}

async function execute(line: CommandLine): Promise<number> {
  if ("verbose" in line) {
    selectEngine(line.engine);
    selectMemory(line.memory);
  }
  switch (line.command) {
    case "run":
      return await (await import("./run.ts")).runFile(line);
    case "exec":
      return await (await import("./run.ts")).runInline(line);
    case "check":
      return await (await import("./check.ts")).runChecks(line);
    case "permissions":
      return await (await import("./permissions.ts")).showPermissions(line);
    case "modules":
      return (await import("./modules.ts")).listModules(line);
    case "context":
      return (await import("./context.ts")).showContext(line);
    case "types":
      return await (await import("./types.ts")).writeTypes(line);
    case "version":
      return (await import("./version.ts")).showVersion();
    case "help":
      return await (await import("./help.ts")).showHelp(line);
  }
}

/** The option wins over `ASSAY_LUA`. */
function selectEngine(option: EngineName | undefined): void {
  const variable = Deno.env.get("ASSAY_LUA") ?? "";
  if (option !== undefined) chooseEngine(option);
  else if (isEngineName(variable)) chooseEngine(variable);
  else if (variable !== "") {
    throw new UsageError(`invalid value '${variable}' of ASSAY_LUA: it must be ${ENGINES.join(" or ")}`);
  }
}

/** The option wins over `ASSAY_MEMORY`. */
function selectMemory(option: number | undefined): void {
  const variable = Deno.env.get("ASSAY_MEMORY") ?? "";
  const bytes = option ?? parseMemory(variable);
  if (bytes !== undefined) chooseMemory(bytes);
  else if (variable !== "") {
    throw new UsageError(`invalid value '${variable}' of ASSAY_MEMORY: ${MEMORY_FORM}`);
  }
}

function report(error: unknown): number {
  if (error instanceof UsageError) {
    writeError(`error: ${error.message}\n\nRun 'assay --help' for the commands and their options.\n`);
    return STATUS_USAGE;
  }
  if (error instanceof Failure) {
    writeError(`error: ${error.message}\n`);
    if (DEBUG && error.cause instanceof Error) writeError(`${error.cause.stack}\n`);
    return error.status;
  }
  const detail = DEBUG && error instanceof Error
    ? error.stack
    : `${describeError(error)} (run with ASSAY_DEBUG=1 for details)`;
  writeError(`error: internal error: ${detail}\n`);
  return STATUS_FAILED;
}
