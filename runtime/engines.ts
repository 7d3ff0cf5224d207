import type { Engine } from "./seam/engine.ts";

/** Loads the engine that scripts run in. */
export async function loadEngine(): Promise<Engine> {
  return (await import("./fengari/engine.ts")).engine;
}
