/** The folder that templates are taken from, which no name leads out of. */
import { describeSystemError } from "../../runtime/seam/error.ts";

/** What has come of a name. */
export type Found =
  | { readonly kind: "source"; readonly source: string }
  | { readonly kind: "missing" }
  /** There may be something, but it must not, or cannot, be used. */
  | { readonly kind: "refused"; readonly reason: string };

/** Bytes of one template. */
const MAX_SIZE = 16 * 1024 * 1024;

const MISSING: Found = { kind: "missing" };

const decoder = new TextDecoder("utf-8", { fatal: true });

/** @throws {Error} When the file cannot be read, is too long or not UTF-8 */
export async function readTemplate(path: string): Promise<string> {
  const { size } = await Deno.stat(path);
  if (size > MAX_SIZE) throw new Error(`the template has ${size} bytes, more than ${MAX_SIZE}`);
  const bytes = await Deno.readFile(path);
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new Error("the template is not valid UTF-8", { cause });
  }
}

/** Templates below a folder. */
export class TemplateFolder {
  #root: Promise<string | undefined> | undefined;

  /** @param path Need not exist: nothing is found then */
  constructor(readonly path: string) {}

  /** Finds a template by a name relative to the folder, with slashes. Links are followed where they stay inside. */
  async find(name: string): Promise<Found> {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..")) return this.#outside(name);
    if (parts.length === 0 || name.includes("\0")) return MISSING;
    const root = await (this.#root ??= realPath(this.path));
    if (root === undefined) return MISSING;
    try {
      const file = await realPath([root, ...parts].join("/"));
      if (file === undefined) return MISSING;
      if (!file.startsWith(root === "/" ? root : `${root}/`)) return this.#outside(name);
      if (!(await Deno.stat(file)).isFile) return MISSING;
      return { kind: "source", source: await readTemplate(file) };
    } catch (error) {
      return { kind: "refused", reason: `failed to read "${name}": ${describeSystemError(error)}` };
    }
  }

  #outside(name: string): Found {
    return { kind: "refused", reason: `"${name}" is outside of the folder of the templates, "${this.path}"` };
  }
}

async function realPath(path: string): Promise<string | undefined> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return undefined;
    throw error;
  }
}
