/** Runs one script in a VM: in the process itself, or in a worker that may do less. */
import type { Engine } from "../runtime/seam/engine.ts";
import type { Environment, Logger } from "../runtime/seam/host.ts";
import type { ModuleFiles } from "../runtime/loader.ts";
import { type StandardOutput, writeError } from "../runtime/output.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { fromText } from "../runtime/seam/text.ts";
import { Session } from "../runtime/session.ts";
import { listenForStop, STATUS_INTERRUPTED, STATUS_TERMINATED } from "../runtime/signals.ts";
import { describeUncaught } from "../runtime/uncaught.ts";
import { Failure } from "./failure.ts";

/** What messages call code of the command line. */
export const INLINE_NAME = "<eval>";

/** A script, and what it is given. */
export interface ScriptTask {
  /** Bytes. */
  readonly source: string;
  /** What messages call it. */
  readonly name: string;
  readonly args: readonly string[];
  readonly verbose: boolean;
  /** Seconds after which it is ended. */
  readonly timeout?: number;
  /** Where `require` looks on disk. */
  readonly files: ModuleFiles;
  /** Whether the JavaScript that Lua becomes is shown on stderr. @default false */
  readonly dumpJs?: boolean;
  /** A file's exports: see `Vm.useCode`. */
  readonly code?: object;
}

/** What a script runs in. */
export interface ScriptSurroundings {
  readonly engine: Engine;
  readonly log: Logger;
  readonly output: StandardOutput;
  readonly environment: Environment;
  /** Ends the process. */
  readonly exit: (status: number) => never;
  /** Reports that no task can go on any more; gives what ends the watch. */
  readonly watchForHalt: (session: Session, report: () => void) => () => void;
}

/** Logs what is being run. */
export function logStart(log: Logger, name: string): void {
  if (name === INLINE_NAME) log.info("starting assay (inline eval mode)");
  else log.info("starting assay (script mode)", { script: name });
}

/** Runs a script to its end. @returns the exit status */
export async function runScript(task: ScriptTask, surroundings: ScriptSurroundings): Promise<number> {
  const { source, name, dumpJs = false } = task;
  const { log, output, engine } = surroundings;
  if (dumpJs) showCode(engine);
  const session = new Session({
    ...surroundings,
    files: task.files,
    onFirstStop: () => stopOnSignal(session),
    ...timeLimit(task.timeout),
  });
  if (task.code !== undefined) session.vm.useCode?.(source, task.code);
  if (Deno.pid === 1) stopOnSignal(session);
  const args = task.args.map(fromText);
  session.vm.globals.set("arg", session.vm.newArray(args));
  (session.vm.globals.get("arg") as { set(key: number, value: string): void }).set(0, fromText(name));
  const reportIdle = () => {
    const waits = session.waits().map((line) => `\n\t${line}`).join("");
    log.error(
      `every task waits for something that cannot happen any more: the script has been ended${waits}`,
    );
    session.exit(1);
  };
  const endWatch = surroundings.watchForHalt(session, reportIdle);
  try {
    await session.run(source, name, args);
    return 0;
  } catch (error) {
    log.error(describeUncaught(error, session.vm));
    return 1;
  } finally {
    endWatch();
    session.close();
    output.flush();
  }
}

function showCode(engine: Engine): void {
  if (engine.showCode === undefined) {
    throw new Failure(`the engine '${engine.name}' generates no JavaScript that --dump-js could show`, 2);
  }
  engine.showCode((text) => writeError(`${text}\n`));
}

function timeLimit(seconds: number | undefined) {
  if (seconds === undefined) return {};
  const message = `execution timed out after ${seconds}s`;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new ScriptError(message)), seconds * 1000);
  Deno.unrefTimer(timer);
  return {
    signal: controller.signal,
    deadline: performance.now() + seconds * 1000,
    deadlineMessage: message,
  };
}

/** A server ends its requests first: with Ctrl-C the status says so, a SIGTERM is its orderly end. */
function stopOnSignal(session: Session): void {
  // Without that an endless loop would keep a signal from being noticed for ever
  session.vm.shareTime();
  listenForStop(async (signal) => {
    const terminated = session.isService ? 0 : STATUS_TERMINATED;
    await session.stop();
    session.exit(signal === "SIGINT" ? STATUS_INTERRUPTED : terminated);
  });
}
