/** The worker's side of a confined script. */
import { confine } from "../runtime/confined.ts";
import { chooseEngine } from "../runtime/engines.ts";
import { ConfinedEnvironment } from "../runtime/environment.ts";
import { chooseMemory } from "../runtime/memory.ts";
import { StandardOutput } from "../runtime/output.ts";
import { preload } from "../runtime/preload.ts";
import { explainDenials } from "../runtime/seam/error.ts";
import type { ConfinedTask, FromConfined } from "./confined_script.ts";
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
  scope.onmessage = async ({ data }) => {
    const status = await run(data, () => scope.postMessage({ kind: "confined" }), exit);
    scope.postMessage({ kind: "ended", status });
  };
  const exit = (status: number): never => {
    scope.postMessage({ kind: "ended", status });
    // Ends this worker alone
    Deno.exit(status);
  };
  scope.postMessage({ kind: "started" });
}

async function run(
  { task, grants, engine: engineName, memory, variables }: ConfinedTask,
  onConfined: () => void,
  exit: (status: number) => never,
): Promise<number> {
  chooseEngine(engineName);
  chooseMemory(memory);
  const output = new StandardOutput();
  const log = processLog(task.verbose, output);
  logStart(log, task.name);
  // Modules that it requires may use what it does not mention itself
  const engine = await preload(() => true);
  explainDenials((name, target) => `add --allow-${name}${target === undefined ? "" : `=${target}`}`);
  confine(grants);
  onConfined();
  const environment = new ConfinedEnvironment(variables, grants.env);
  return await runScript(task, { engine, log, output, environment, exit });
}
