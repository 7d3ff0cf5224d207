import type { Engine } from "./seam/engine.ts";

/** The engines that scripts can run in; the first is the one without a choice. */
export const ENGINES = ["lua", "fengari"] as const;
export type EngineName = typeof ENGINES[number];

let chosen: EngineName = ENGINES[0];

/** Whether a name is that of an engine. */
export function isEngineName(name: string): name is EngineName {
  return (ENGINES as readonly string[]).includes(name);
}

/** Makes an engine the one that the process's scripts run in. */
export function chooseEngine(name: EngineName): void {
  chosen = name;
}

/** The name of the engine that was chosen. */
export function chosenEngine(): EngineName {
  return chosen;
}

/** Loads an engine. @param name @default the one that was chosen */
export async function loadEngine(name: EngineName = chosen): Promise<Engine> {
  return name === "fengari"
    ? (await import("./fengari/engine.ts")).engine
    : (await import("./lua_engine.ts")).engine;
}
