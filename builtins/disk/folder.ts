/** What folders take, and clearing them out. */
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import { join } from "../fs/folder.ts";

/**
 * `disk.dir_size`: the sizes of the regular files in a folder and those in it, in bytes. Links are not followed;
 * what is removed meanwhile does not count.
 */
export async function folderSize(root: string): Promise<number> {
  let total = 0;
  const pending = [root];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    try {
      // The path itself may be a link to a folder
      const info = path === root ? await Deno.stat(path) : await Deno.lstat(path);
      if (info.isFile) total += info.size;
      if (!info.isDirectory) continue;
      for await (const entry of Deno.readDir(path)) pending.push(join(path, entry.name));
    } catch (cause) {
      if (path !== root && cause instanceof Deno.errors.NotFound) continue;
      throw new ScriptError(`disk.dir_size: failed to read "${path}": ${describeSystemError(cause)}`, {
        cause,
      });
    }
  }
  return total;
}

/**
 * `disk.sweep`: removes the entries of a folder, with all that is in them, that were last changed longer ago than
 * so many seconds. Links are removed, not followed. Every entry is tried.
 *
 * @returns how many were removed
 * @throws {ScriptError} When one could not be removed
 */
export async function sweep(folder: string, age: number): Promise<number> {
  if (!(age >= 0 && age < Infinity)) {
    throw new ScriptError(
      `disk.sweep: age_secs must be zero or more seconds and finite: current value is ${age}`,
    );
  }
  const entries = await entriesToSweep(folder);
  const limit = Date.now() - age * 1000;
  let removed = 0;
  let failure: ScriptError | undefined;
  for (const name of entries) {
    const path = join(folder, name);
    try {
      const { mtime, isDirectory } = await Deno.lstat(path);
      if (mtime === null || mtime.getTime() >= limit) continue;
      await Deno.remove(path, { recursive: isDirectory });
      removed++;
    } catch (cause) {
      // Someone else was faster
      if (cause instanceof Deno.errors.NotFound) continue;
      failure ??= new ScriptError(`disk.sweep: failed to remove "${path}": ${describeSystemError(cause)}`, {
        cause,
      });
    }
  }
  if (failure !== undefined) throw failure;
  return removed;
}

async function entriesToSweep(folder: string): Promise<string[]> {
  try {
    if (await Deno.realPath(folder) === "/") throw new Error("refused: this is the root of the file system");
    return await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  } catch (cause) {
    throw new ScriptError(`disk.sweep: failed to list "${folder}": ${describeSystemError(cause)}`, { cause });
  }
}
