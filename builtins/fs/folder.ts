/** Folders: listing, walking, removing. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { onPath } from "./failure.ts";
import { typeOfEntry } from "./metadata.ts";

/** The entries of a folder, sorted by the bytes of their names. */
export async function entriesOf(path: string): Promise<Deno.DirEntry[]> {
  const entries = await Array.fromAsync(Deno.readDir(path));
  return entries.sort((a, b) => compareBytes(a.name, b.name));
}

/** Orders text by its UTF-8 bytes. */
export function compareBytes(a: string, b: string): number {
  const [left, right] = [fromText(a), fromText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The path of an entry of a folder. */
export function join(folder: string, name: string): string {
  return folder.endsWith("/") || folder === "" ? folder + name : `${folder}/${name}`;
}

/** `fs.list`. */
export async function list(host: Host, path: string): Promise<LuaTable> {
  const entries = await entriesOf(path);
  return newList(
    host,
    entries.map((entry) => host.vm.newRecord({ name: fromText(entry.name), type: typeOfEntry(entry) })),
  );
}

/**
 * `fs.readdir`: every folder before what is in it. Links to folders are not entered.
 *
 * @param depth 1 is the folder's own entries only
 */
export async function walk(host: Host, root: string, depth: number): Promise<LuaTable> {
  const found: LuaTable[] = [];
  const visit = async (relative: string, level: number): Promise<void> => {
    const folder = relative === "" ? root : join(root, relative);
    for (const entry of await entriesBelow(folder, level)) {
      const path = join(relative, entry.name);
      found.push(
        host.vm.newRecord({ name: fromText(entry.name), path: fromText(path), type: typeOfEntry(entry) }),
      );
      if (entry.isDirectory && level < depth) await visit(path, level + 1);
    }
  };
  if (depth > 0) await visit("", 1);
  return newList(host, found);
}

async function entriesBelow(folder: string, level: number): Promise<Deno.DirEntry[]> {
  return await onPath("readdir: failed to list", folder, async () => {
    try {
      return await entriesOf(folder);
    } catch (error) {
      // Removed by someone else during the walk
      if (level > 1 && error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  });
}

/** Removes a file, a link (not what it leads to), or a folder with everything in it. */
export async function remove(path: string): Promise<void> {
  // With a slash at its end a link would be followed
  const target = path.replace(/(?<=[^/])\/+$/, "");
  if (/^\/+$/.test(target)) throw new Error("refused: this is the root of the file system");
  const { isDirectory } = await Deno.lstat(target);
  await Deno.remove(target, { recursive: isDirectory });
}
