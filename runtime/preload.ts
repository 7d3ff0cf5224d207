import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";
import { loadEngine } from "./engines.ts";
import type { Engine } from "./seam/engine.ts";

/**
 * Imports what sessions import only when a script asks for it: the engine, and the builtins that a script may see or
 * can come to use, with all that these import later. For modes that give up the permission to read files before the
 * first script runs.
 */
export async function preload(wanted: (entry: GlobalEntry) => boolean): Promise<Engine> {
  const [engine] = await Promise.all([
    loadEngine(),
    ...GLOBALS.filter(wanted).map(async (entry) => await (await entry.load()).default.preload?.()),
  ]);
  return engine;
}
