/** A script that may do less than everything: it runs in a worker that Deno confines. */
import { startConfined } from "../runtime/confined.ts";
import { chosenEngine, type EngineName } from "../runtime/engines.ts";
import { chosenMemory } from "../runtime/memory.ts";
import { type Grants, NOTHING, restrictTo } from "../runtime/permissions.ts";
import { trustSystemStore } from "../runtime/seam/certificates.ts";
import { Failure } from "./failure.ts";
import type { ScriptTask } from "./script.ts";

/** What the worker is told. */
export interface ConfinedTask {
  readonly task: ScriptTask;
  readonly grants: Grants;
  readonly engine: EngineName;
  readonly memory: number;
  /** The variables that the script may see. */
  readonly variables: Readonly<Record<string, string>>;
}

/** What the worker says: that it waits for its task, that it has given up the rest, and with which status it ends. */
export type FromConfined =
  | { readonly kind: "started" }
  | { readonly kind: "confined" }
  | { readonly kind: "ended"; readonly status: number }
  | { readonly kind: "failed"; readonly message: string; readonly status: number };

/** Runs a script confined. @returns the exit status */
export async function runConfined(task: ScriptTask, grants: Grants): Promise<number> {
  // What it sets is read at the first TLS connection, when the environment is out of reach
  trustSystemStore();
  const worker = startConfined("script", grants);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  worker.onerror = (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  };
  worker.onmessage = ({ data }: MessageEvent<FromConfined>) => {
    if (data.kind === "started") {
      const message: ConfinedTask = {
        task,
        grants,
        engine: chosenEngine(),
        memory: chosenMemory(),
        variables: variablesOf(grants),
      };
      worker.postMessage(message);
    } else if (data.kind === "confined") restrictTo(NOTHING);
    else if (data.kind === "failed") reject(new Failure(data.message, data.status));
    else resolve(data.status);
  };
  return await promise;
}

function variablesOf({ env }: Grants): Record<string, string> {
  if (env === false) return {};
  const all = Deno.env.toObject();
  if (env === true) return all;
  return Object.fromEntries(Object.entries(all).filter(([name]) => env.includes(name)));
}
