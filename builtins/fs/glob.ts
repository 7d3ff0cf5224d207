/** Paths that match a pattern. */
import { compareBytes, entriesOf, join } from "./folder.ts";
import { ComponentPattern, PatternError } from "./pattern.ts";

/** `**`: any number of folders. */
const RECURSIVE = Symbol("**");

type Component = string | ComponentPattern | typeof RECURSIVE;

/**
 * The paths that match, sorted by bytes, written as the pattern is: relative or absolute.
 *
 * `*` and `?` match leading dots too; `**` stands for any number of folders and does not enter links; folders that
 * cannot be read hold no matches.
 *
 * @throws {PatternError} When the pattern is malformed
 */
export async function glob(pattern: string): Promise<string[]> {
  const root = /^\/*/.exec(pattern)?.[0] ?? "";
  const foldersOnly = /[^/]\/+$/.test(pattern);
  const components = pattern.split("/").filter((part) => part !== "").map(parseComponent);
  if (components.length === 0) return root === "" ? [] : [root];
  const found = new Set<string>();
  await match(root, components, foldersOnly, found, new Set());
  return [...found].sort(compareBytes);
}

function parseComponent(source: string): Component {
  if (source === "**") return RECURSIVE;
  if (source.includes("**")) {
    throw new PatternError(`"**" must stand alone between slashes: "${source}" does not`);
  }
  return /[*?[]/.test(source) ? new ComponentPattern(source) : source;
}

/** @param visited Folders and the part of the pattern that was tried in them: several `**` meet often */
async function match(
  base: string,
  components: readonly Component[],
  foldersOnly: boolean,
  found: Set<string>,
  visited: Set<string>,
): Promise<void> {
  const [first, ...rest] = components;
  if (first === undefined) {
    found.add(base);
    return;
  }
  const key = `${components.length}:${base}`;
  if (visited.has(key)) return;
  visited.add(key);
  const last = rest.length === 0;
  const next = async (path: string, isFolder: boolean): Promise<void> => {
    if (last ? !foldersOnly || isFolder : isFolder) await match(path, rest, foldersOnly, found, visited);
  };
  if (typeof first === "string") {
    const path = join(base, first);
    const kind = await kindOf(path);
    if (kind !== undefined) await next(path, kind === "folder");
    return;
  }
  // What is in the folder itself, unless `**` ends the pattern: then everything below is meant
  if (first === RECURSIVE && !last) await match(base, rest, foldersOnly, found, visited);
  for (const entry of await readableEntries(base)) {
    const path = join(base, entry.name);
    if (first === RECURSIVE) {
      if (last && (!foldersOnly || entry.isDirectory)) found.add(path);
      if (entry.isDirectory) await match(path, components, foldersOnly, found, visited);
    } else if (first.matches(entry.name)) {
      await next(path, entry.isDirectory || (entry.isSymlink && await kindOf(path) === "folder"));
    }
  }
}

/** What a path leads to; a link that leads nowhere is there all the same. */
async function kindOf(path: string): Promise<"folder" | "other" | undefined> {
  try {
    const info = await Deno.lstat(path);
    if (!info.isSymlink) return info.isDirectory ? "folder" : "other";
  } catch (error) {
    return ignore(error, undefined);
  }
  try {
    return (await Deno.stat(path)).isDirectory ? "folder" : "other";
  } catch (error) {
    return ignore(error, "other");
  }
}

async function readableEntries(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await entriesOf(folder === "" ? "." : folder);
  } catch (error) {
    return ignore(error, []);
  }
}

/** Passes over what the system refuses, but not over what the script is not allowed. */
function ignore<T>(error: unknown, instead: T): T {
  if (error instanceof Deno.errors.NotCapable) throw error;
  return instead;
}
