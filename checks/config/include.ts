/** Which files a path of checks stands for. */
import { describeSystemError } from "../../runtime/seam/error.ts";

/**
 * A file itself; of a folder all its `.yaml` and `.yml` files, by name, folders in it left out.
 *
 * @param from The file that names it, to whose folder it is relative. @default the working directory
 * @throws {Error} When there is no such thing
 */
export function includedFiles(path: string, from?: string): string[] {
  const target = from === undefined || path.startsWith("/") ? path : join(folderOf(from), path);
  try {
    if (!Deno.statSync(target).isDirectory) return [target];
    const names = Array.from(Deno.readDirSync(target), ({ name }) => name).filter((name) =>
      /\.ya?ml$/.test(name)
    );
    if (names.length === 0) throw new Error("the folder has no .yaml or .yml files");
    return names.sort().map((name) => join(target, name));
  } catch (error) {
    // What a file that is not there comes to is said when it is read
    if (from === undefined && error instanceof Deno.errors.NotFound) return [target];
    if (from === undefined) throw error;
    throw new Error(`cannot include "${path}": ${describeSystemError(error)}`, { cause: error });
  }
}

function folderOf(path: string): string {
  const end = path.lastIndexOf("/");
  return end < 0 ? "" : path.slice(0, end + 1);
}

function join(folder: string, name: string): string {
  return folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}
