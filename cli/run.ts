/** `assay FILE.lua`, `assay run`, `assay exec`: one script in a VM with everything allowed. */
import type { ExecCommand, RunCommand } from "./arguments.ts";
import { Failure } from "./failure.ts";
import { processLog } from "./log.ts";
import { loadEngine } from "../runtime/engines.ts";
import { ProcessEnvironment } from "../runtime/environment.ts";
import type { ModuleFiles } from "../runtime/loader.ts";
import { StandardOutput } from "../runtime/output.ts";
import type { Engine } from "../runtime/seam/engine.ts";
import { describeSystemError, ScriptError } from "../runtime/seam/error.ts";
import { fromText } from "../runtime/seam/text.ts";
import { Session } from "../runtime/session.ts";
import { listenForStop, STATUS_INTERRUPTED, STATUS_TERMINATED } from "../runtime/signals.ts";
import { sourceText } from "../runtime/source.ts";
import { describeUncaught } from "../runtime/uncaught.ts";

const EVAL_NAME = "<eval>";

/** Runs a script file. @returns the exit status */
export async function runFile(line: RunCommand): Promise<number> {
  const { file } = line;
  if (!line.anyExtension && !file.endsWith(".lua")) {
    const extension = /\.([^./]+)$/.exec(file)?.[1] ?? "";
    throw new Failure(`unsupported file extension "${extension}" (expected .yaml, .yml, or .lua)`);
  }
  return await runScript(readScript(file), file, line);
}

/** Runs code of the command line. @returns the exit status */
export async function runInline(line: ExecCommand): Promise<number> {
  return await runScript(fromText(line.code), EVAL_NAME, line);
}

function readScript(file: string): string {
  try {
    return sourceText(Deno.readFileSync(file));
  } catch (error) {
    throw new Failure(`reading ${file}: ${describeSystemError(error)}`, 1, { cause: error });
  }
}

interface ScriptOptions {
  args: readonly string[];
  verbose: boolean;
  timeout?: number;
  dumpJs?: boolean;
}

async function runScript(source: string, name: string, options: ScriptOptions): Promise<number> {
  const output = new StandardOutput();
  const log = processLog(options.verbose, output);
  if (name === EVAL_NAME) log.info("starting assay (inline eval mode)");
  else log.info("starting assay (script mode)", { script: name });
  const engine = await loadEngine();
  if (options.dumpJs) showCode(engine);
  const session = new Session({
    engine,
    log,
    output,
    environment: new ProcessEnvironment(),
    files: moduleFiles(),
    onFirstStop: () => stopOnSignal(session),
    ...timeLimit(options.timeout),
  });
  if (Deno.pid === 1) stopOnSignal(session);
  const args = options.args.map(fromText);
  session.vm.globals.set("arg", session.vm.newArray(args));
  (session.vm.globals.get("arg") as { set(key: number, value: string): void }).set(0, fromText(name));
  const reportIdle = () => {
    const waits = session.waits().map((line) => `\n\t${line}`).join("");
    log.error(
      `every task waits for something that cannot happen any more: the script has been ended${waits}`,
    );
    session.exit(1);
  };
  globalThis.addEventListener("beforeunload", reportIdle);
  try {
    await session.run(source, name, args);
    return 0;
  } catch (error) {
    log.error(describeUncaught(error, session.vm));
    return 1;
  } finally {
    globalThis.removeEventListener("beforeunload", reportIdle);
    session.close();
    output.flush();
  }
}

function showCode(engine: Engine): void {
  if (engine.showCode === undefined) {
    throw new Failure(`the engine '${engine.name}' generates no JavaScript that --dump-js could show`, 2);
  }
  engine.showCode((text) => Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`)));
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

/** Where `require` looks on disk: see README, "Modules". */
function moduleFiles(): ModuleFiles {
  const home = Deno.env.get("HOME");
  const user = Deno.env.get("ASSAY_MODULES_PATH") ??
    (home === undefined ? undefined : `${home}/.assay/modules`);
  const path = Deno.env.get("LUA_PATH_5_5") ?? Deno.env.get("LUA_PATH") ?? "";
  const standard = "./?.lua;./?/init.lua";
  return {
    path: path === "" ? standard : path.replace(/;;/, `;${standard};`).replace(/^;|;$/g, ""),
    folders: user === undefined ? ["./modules"] : ["./modules", user],
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
