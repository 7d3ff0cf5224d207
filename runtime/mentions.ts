/** Which builtins a script can come to use, told by its text and by that of the modules that it requires. */
import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";
import type { ModuleFiles } from "./loader.ts";
import { fromText, toText } from "./seam/text.ts";
import { sourceText } from "./source.ts";

/** Code that is made or found while the script runs may mention anything. */
const UNFORESEEN =
  /\b(?:load|loadstring|loadfile|dofile|searchers|searchpath|_G|_ENV)\b|\brequire\b(?!\s*\(?\s*["'])/;
const REQUIRED = /\brequire\b\s*\(?\s*["']([^"'\\]+)["']/g;

/**
 * @param source Bytes
 * @param embedded The embedded modules, by path
 * @param files Where modules on disk are; those that cannot be read are left out: `require` cannot read them either
 */
export function mentionedBuiltins(
  source: string,
  files: ModuleFiles,
  embedded: ReadonlyMap<string, string>,
): (entry: GlobalEntry) => boolean {
  const seen = new Set<string>();
  const found = new Set<GlobalEntry>();
  let isOpen = false;
  const look = (text: string) => {
    isOpen ||= UNFORESEEN.test(text);
    for (const entry of GLOBALS) {
      if (new RegExp(`\\b${entry.word ?? entry.name}\\b`).test(text)) found.add(entry);
    }
    for (const [, name = ""] of text.matchAll(REQUIRED)) {
      if (seen.has(name)) continue;
      seen.add(name);
      for (const module of sourcesOf(name, files, embedded)) look(module);
    }
  };
  look(source);
  return (entry) => isOpen || found.has(entry);
}

/** All that a name may stand for: which one it is, the loader decides. Bytes. */
function* sourcesOf(
  name: string,
  files: ModuleFiles,
  embedded: ReadonlyMap<string, string>,
): Iterable<string> {
  const path = toText(name.replaceAll(".", "/"));
  const places = files.path.split(";").filter((place) => place !== "").map((place) =>
    place.replaceAll("?", path)
  );
  if (name.startsWith("assay.")) {
    const short = path.slice("assay/".length);
    const text = embedded.get(short);
    if (text !== undefined) yield fromText(text);
    for (const folder of files.folders) places.push(`${folder}/${short}.lua`, `${folder}/${short}/init.lua`);
  }
  for (const file of places) {
    try {
      yield sourceText(Deno.readFileSync(file));
    } catch {
      // There is none, or none that may be read
    }
  }
}
