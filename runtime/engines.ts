import type { Engine } from "./seam/engine.ts";

/** The engines that scripts can run in. */
export const ENGINES = ["lua", "fengari"] as const;
export type EngineName = typeof ENGINES[number];

/** The engine without a choice. */
export const DEFAULT_ENGINE: EngineName = "lua";

/** Whether a name is that of an engine. */
export function isEngineName(name: string): name is EngineName {
  return (ENGINES as readonly string[]).includes(name);
}

/** Loads an engine. @param name @default lua */
export async function loadEngine(name: EngineName = DEFAULT_ENGINE): Promise<Engine> {
  return name === "fengari"
    ? (await import("./fengari/engine.ts")).engine
    : (await import("./lua_engine.ts")).engine;
}
