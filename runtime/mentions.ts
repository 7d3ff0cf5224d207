/** What a script can come to use, told by its text and by that of the modules that it requires. */
import type { GlobalEntry } from "../builtins/registry.ts";
import type { ModuleLoader } from "../stdlib/mod.ts";
import type { ModuleFiles } from "./loader.ts";
import { mentionedWords, wordOf } from "./mentioned_words.ts";
import { fromText, toText } from "./seam/text.ts";
import { sourceText } from "./source.ts";

/** Code that is made or found while the script runs may mention anything. */
const UNFORESEEN = new RegExp(
  [
    /\b(?:load|loadstring|loadfile|dofile|package|debug|_G|_ENV)\b/,
    // A name that is made, or another name for `require`
    /\brequire\b(?!\s*\(?\s*["'])/,
    /\brequire\b\s*\(?\s*["'][^"'\n]*["']\s*\.\./,
  ].map(({ source }) => source).join("|"),
);
const REQUIRED = /\brequire\b\s*\(?\s*["']([^"'\\]+)["']/g;

/** What a script can come to use. */
export interface Mentions {
  readonly builtins: (entry: GlobalEntry) => boolean;
  /** The paths of embedded modules, which have been loaded. */
  readonly modules: ReadonlySet<string>;
  /** Whether it cannot be known what it names, or how it looks at itself. */
  readonly isOpen: boolean;
}

/**
 * Loads the embedded modules that a script can come to require, and finds the builtins that it and they name. Where
 * that cannot be known it is all.
 *
 * @param source Bytes
 * @param files Where modules on disk are; those that cannot be read are left out: `require` cannot read them either
 * @param embedded The embedded modules, by path
 */
export async function findMentions(
  source: string,
  files: ModuleFiles,
  embedded: ReadonlyMap<string, ModuleLoader>,
): Promise<Mentions> {
  const words = new Set<string>();
  const names = new Set<string>();
  const modules = new Set<string>();
  let isOpen = false;
  const look = async (text: string): Promise<void> => {
    isOpen ||= UNFORESEEN.test(text);
    for (const word of mentionedWords(text)) words.add(word);
    const required = Array.from(text.matchAll(REQUIRED), ([, name = ""]) => name);
    const missing = new Set(required.filter((name) => !names.has(name)));
    await Promise.all(Array.from(missing, async (name) => {
      names.add(name);
      const path = toText(name.replaceAll(".", "/"));
      const load = name.startsWith(PREFIX) ? embedded.get(path.slice(PREFIX.length)) : undefined;
      if (load !== undefined) {
        modules.add(path.slice(PREFIX.length));
        await look(fromText((await load()).default));
      }
      for (const found of sourcesOnDisk(path, files)) await look(found);
    }));
  };
  await look(source);
  if (!isOpen) return { builtins: (entry) => words.has(wordOf(entry)), modules, isOpen };
  await Promise.all(Array.from(embedded.values(), (load) => load()));
  return { builtins: () => true, modules: new Set(embedded.keys()), isOpen };
}

/** Of the names of embedded modules; as long as it is as a path. */
const PREFIX = "assay.";

/** All that a module may be on disk: which one it is, the loader decides. Bytes. */
function* sourcesOnDisk(path: string, { path: templates, folders }: ModuleFiles): Iterable<string> {
  const files = templates.split(";").filter((template) => template !== "")
    .map((template) => template.replaceAll("?", path));
  if (path.startsWith("assay/")) {
    const short = path.slice(PREFIX.length);
    for (const folder of folders) files.push(`${folder}/${short}.lua`, `${folder}/${short}/init.lua`);
  }
  for (const file of files) {
    try {
      yield sourceText(Deno.readFileSync(file));
    } catch {
      // There is none, or none that may be read
    }
  }
}
