/** Modules on disk: those that `require("assay.…")` finds in a folder. */
import { describeModule } from "./describe.ts";
import type { Entry, Source } from "./entry.ts";

/** How deep folders are looked into: `assay.a.b.c.d` is there, `assay.a.b.c.d.e` is not. */
const MAX_DEPTH = 4;
/** How many entries of folders are looked at: the working directory may hold anything. */
const MAX_ENTRIES = 5000;
/** Bytes of a module that are read: headers are at its top. */
const MAX_BYTES = 1 << 20;
/** Bytes that are read in all; the modules beyond are left out. */
const MAX_TOTAL = 1 << 26;

/** What may still be looked at. */
interface Budget {
  entries: number;
  bytes: number;
}

/** The modules of a folder; none when it cannot be read. A `NAME.lua` wins over a `NAME/init.lua`. */
export function modulesIn(folder: string, source: Source): Entry[] {
  const found = new Map<string, string>();
  const budget: Budget = { entries: MAX_ENTRIES, bytes: MAX_TOTAL };
  collect(folder, "assay", 1, budget, found);
  const entries: Entry[] = [];
  for (const [name, file] of found) {
    const text = readStart(file, budget);
    if (text !== undefined) entries.push({ ...describeModule(name, text), source, kind: "module" });
  }
  return entries;
}

function collect(
  folder: string,
  prefix: string,
  depth: number,
  budget: Budget,
  found: Map<string, string>,
): void {
  let children: Deno.DirEntry[];
  try {
    children = [];
    for (const child of Deno.readDirSync(folder)) {
      if (--budget.entries < 0) return;
      children.push(child);
    }
  } catch {
    return;
  }
  for (const { name, isDirectory } of children) {
    const path = `${folder}/${name}`;
    const module = name.endsWith(".lua") ? name.slice(0, -4) : undefined;
    // A dot in a name would be a folder for `require`; hidden folders hold no modules
    if (module !== undefined && module !== "" && !module.includes(".")) {
      if (module === "init" && depth > 1) {
        if (!found.has(prefix)) found.set(prefix, path);
      } else found.set(`${prefix}.${module}`, path);
    } else if (isDirectory && !name.includes(".") && depth < MAX_DEPTH) {
      collect(path, `${prefix}.${name}`, depth + 1, budget, found);
    }
  }
}

/** The start of a file as text; undefined when it is none or cannot be read. A pipe would be waited for. */
function readStart(path: string, budget: Budget): string | undefined {
  try {
    const { isFile, size } = Deno.statSync(path);
    if (!isFile || budget.bytes <= 0) return undefined;
    using file = Deno.openSync(path);
    const buffer = new Uint8Array(Math.min(size, MAX_BYTES));
    let length = 0;
    while (length < buffer.length) {
      const count = file.readSync(buffer.subarray(length));
      if (count === null) break;
      length += count;
    }
    budget.bytes -= length;
    return new TextDecoder().decode(buffer.subarray(0, length));
  } catch {
    return undefined;
  }
}
