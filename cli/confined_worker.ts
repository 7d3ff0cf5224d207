/** The worker's side of a confined script. */
import { confine } from "../runtime/confined.ts";
import { chooseEngine } from "../runtime/engines.ts";
import { ConfinedEnvironment } from "../runtime/environment.ts";
import { chooseMemory } from "../runtime/memory.ts";
import { StandardOutput } from "../runtime/output.ts";
import { findMentions } from "../runtime/mentions.ts";
import { preload } from "../runtime/preload.ts";
import { explainDenials } from "../runtime/seam/error.ts";
import { countTimers, watchForHalt } from "../runtime/stuck.ts";
import type { ConfinedTask, FromConfined } from "./confined_script.ts";
import { Failure } from "./failure.ts";
import { processLog } from "./log.ts";
import { logStart, runScript } from "./script.ts";

/** What a worker is, as its own code sees it. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ConfinedTask>) => void) | null;
  postMessage(message: FromConfined): void;
}

/** Runs the worker. */
export function runWorker(): void {
  const scope = globalThis as unknown as WorkerScope;
  const { exit } = Deno;
  // Ends this worker alone: the process is ended by who has started it
  (Deno as { exit: typeof exit }).exit = (status = 0) => {
    scope.postMessage({ kind: "ended", status });
    return exit(status);
  };
  scope.onmessage = async ({ data }) => {
    try {
      const status = await run(data, () => scope.postMessage({ kind: "confined" }));
      scope.postMessage({ kind: "ended", status });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      scope.postMessage({ kind: "failed", message: error.message, status: error.status });
    }
  };
  scope.postMessage({ kind: "started" });
}

async function run(
  { task, grants, engine: engineName, memory, variables }: ConfinedTask,
  onConfined: () => void,
): Promise<number> {
  chooseEngine(engineName);
  chooseMemory(memory);
  const output = new StandardOutput();
  const log = processLog(task.verbose, output);
  logStart(log, task.name);
  // Modules that it requires may use what it does not mention itself
  const { MODULES } = await import("../stdlib/mod.ts");
  const { builtins, isOpen } = await findMentions(task.source, task.files, MODULES);
  const engine = await preload(builtins);
  if (isOpen) await engine.preload?.();
  explainDenials((name, target) => `add --allow-${name}${target === undefined ? "" : `=${target}`}`);
  countTimers();
  confine(grants);
  onConfined();
  const environment = new ConfinedEnvironment(variables, grants.env);
  return await runScript(task, { engine, log, output, environment, exit: Deno.exit, watchForHalt });
}
