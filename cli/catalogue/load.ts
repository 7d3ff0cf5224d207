/** The catalogue: every global and module that a script here could use. */
import builtin from "./builtin.json" with { type: "text" };
import { modulesIn } from "./disk.ts";
import type { BuiltinEntries, Entry } from "./entry.ts";

/** Folders of modules on disk. */
export interface ModuleFolders {
  readonly project: string;
  /** Of the user; undefined where there is none. */
  readonly user: string | undefined;
}

/** Every global and module, sorted by name: one of the project wins over one of the user, and that over ours. */
export function loadCatalogue({ project, user }: ModuleFolders): Entry[] {
  const entries = new Map<string, Entry>();
  const all = [
    ...builtinEntries(),
    ...(user === undefined ? [] : modulesIn(user, "global")),
    ...modulesIn(project, "project"),
  ];
  for (const entry of all) entries.set(entry.name, entry);
  return [...entries.values()].sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * The globals and the embedded modules. They are read from a file that `deno task docs` makes of their declarations
 * and headers: to import all of them takes longer than the whole command may.
 */
function builtinEntries(): Entry[] {
  const { globals, modules } = JSON.parse(builtin) as BuiltinEntries;
  return [
    ...globals.map((entry): Entry => ({ ...entry, source: "builtin", kind: "global" })),
    ...modules.map((entry): Entry => ({ ...entry, source: "builtin", kind: "module" })),
  ];
}
