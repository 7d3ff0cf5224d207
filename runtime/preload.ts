import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";
import { loadEngine } from "./engines.ts";
import type { Engine } from "./seam/engine.ts";

/**
 * Imports all that sessions import only when a script asks for it: the engine, the builtins that it may see,
 * the embedded modules. For modes that give up the permission to read files before the first script runs.
 *
 * @param uses Whether a builtin may be used: what those import that are large is left out where not. @default all
 */
export async function preload(
  visible: (entry: GlobalEntry) => boolean,
  uses: (entry: GlobalEntry) => boolean = () => true,
): Promise<Engine> {
  const [engine] = await Promise.all([
    loadEngine(),
    import("../stdlib/mod.ts").then(({ allModules }) => allModules()),
    ...GLOBALS.filter(visible).map(async (entry) => {
      const { default: declaration } = await entry.load();
      if (uses(entry)) await declaration.preload?.();
    }),
  ]);
  return engine;
}
