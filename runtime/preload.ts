import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";
import { loadEngine } from "./engines.ts";
import type { Engine } from "./seam/engine.ts";

/**
 * Imports all that sessions import only when a script asks for it: the engine, the builtins that it may see,
 * the embedded modules. For modes that give up the permission to read files before the first script runs.
 */
export async function preload(visible: (entry: GlobalEntry) => boolean): Promise<Engine> {
  const [engine] = await Promise.all([
    loadEngine(),
    import("../stdlib/mod.ts"),
    ...GLOBALS.filter(visible).map(async (entry) => await (await entry.load()).default.preload?.()),
  ]);
  return engine;
}
