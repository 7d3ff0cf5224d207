/** Looks for the files of modules on disk. */
import { describeError } from "./seam/error.ts";
import { fromText, toText } from "./seam/text.ts";

/**
 * Looks for a module as `package.searchpath` does.
 *
 * @param name Bytes
 * @param path Templates with `?`, separated by `;`. Bytes
 * @returns The file, bytes; or what has been tried, as messages of `require` say it
 */
export function findOnPath(
  name: string,
  path: string,
  separator: string,
  replacement: string,
): { file: string } | { tried: string } {
  const module = separator === "" ? name : name.replaceAll(separator, () => replacement);
  const tried: string[] = [];
  const search = new FileSearch();
  for (const template of path.split(";")) {
    if (template === "") continue;
    const file = template.replaceAll("?", () => module);
    const reason = search.whyNoFile(toText(file));
    if (reason === undefined) return { file };
    tried.push(`no file '${file}'${fromText(reason)}`);
  }
  return { tried: tried.join("\n\t") };
}

/** Looks for files. That there is none takes long to be told, so a folder that is missing is asked for but once. */
export class FileSearch {
  readonly #folders = new Map<string, boolean>();

  /** Undefined where there is a file; else what is to be added to that there is none: mostly nothing. */
  whyNoFile(path: string): string | undefined {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf("/")));
    if (folder !== "" && folder !== "." && !this.#mayExist(folder)) return "";
    try {
      return Deno.statSync(path).isFile ? undefined : "";
    } catch (error) {
      return error instanceof Deno.errors.NotCapable ? `: ${describeError(error)}` : "";
    }
  }

  #mayExist(folder: string): boolean {
    for (const [other, exists] of this.#folders) {
      if (folder === other) return exists;
      if (!exists && folder.startsWith(`${other}/`)) return false;
    }
    let exists = true;
    try {
      Deno.statSync(folder);
    } catch (error) {
      exists = !(error instanceof Deno.errors.NotFound);
    }
    this.#folders.set(folder, exists);
    return exists;
  }
}
