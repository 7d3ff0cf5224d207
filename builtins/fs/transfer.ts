/** Copying and renaming: two paths, either of which may be at fault. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { fsError } from "./failure.ts";

/** Copies a regular file. @returns the number of bytes */
export async function copy(from: string, to: string): Promise<number> {
  let source: Deno.FileInfo;
  try {
    source = await Deno.stat(from);
    if (source.isDirectory) throw new Error("Is a directory (os error 21)");
    if (!source.isFile) throw new Error("it is not a regular file");
    (await Deno.open(from)).close();
  } catch (error) {
    throw fsError("copy: failed to copy", from, error);
  }
  try {
    // The system would empty the file first
    if (await isSame(source, to)) throw new Error("source and destination are the same file");
    await Deno.copyFile(from, to);
    return (await Deno.stat(to)).size;
  } catch (error) {
    throw fsError("copy: failed to copy to", to, error);
  }
}

async function isSame(source: Deno.FileInfo, to: string): Promise<boolean> {
  try {
    const { dev, ino } = await Deno.stat(to);
    return dev === source.dev && ino === source.ino;
  } catch {
    return false;
  }
}

/** Renames within a file system, atomically; an existing file is replaced. */
export function rename(from: string, to: string): void {
  try {
    Deno.lstatSync(from);
  } catch (error) {
    throw fsError("rename: failed to rename", from, error);
  }
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    throw fsError("rename: failed to rename to", to, error);
  }
}
