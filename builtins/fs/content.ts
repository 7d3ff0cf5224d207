/** Whole files in and out. What is small is done at once, what may take long lets other tasks go on. */
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import type { MaybePromise } from "../../runtime/seam/value.ts";

/** Regular files up to this size, in bytes, are read and written at once. */
const SMALL = 1024 * 1024;

/** The largest file that is read as one string, in bytes. */
const MAX_CONTENT = 256 * 1024 * 1024;

const TOO_LARGE = `larger than ${MAX_CONTENT / 1024 / 1024} MiB: read it in parts with fs.lines or io.open`;

/** The bytes of a file, in Lua's form. Pipes and devices are read to their end. */
export function readContent(path: string): MaybePromise<string> {
  const { isFile, size } = Deno.statSync(path);
  if (isFile && size > MAX_CONTENT) throw new Error(TOO_LARGE);
  if (isFile && size <= SMALL) return fromBytes(Deno.readFileSync(path));
  return readAsync(path);
}

async function readAsync(path: string): Promise<string> {
  using file = await Deno.open(path);
  const chunk = new Uint8Array(SMALL);
  let content = "";
  for (let count = await file.read(chunk); count !== null; count = await file.read(chunk)) {
    content += fromBytes(chunk.subarray(0, count));
    if (content.length > MAX_CONTENT) throw new Error(TOO_LARGE);
  }
  return content;
}

/**
 * Replaces a file's content, or goes on at its end. Folders that are missing on the way are made.
 *
 * @param append Whether what is there stays. @default false
 */
export function writeContent(path: string, bytes: string, append = false): MaybePromise<void> {
  const data = toBytes(bytes);
  if (data.length > SMALL || !isPlain(path)) return writeAsync(path, data, append);
  try {
    Deno.writeFileSync(path, data, { append });
  } catch (error) {
    const parent = missingParent(path, error);
    Deno.mkdirSync(parent, { recursive: true });
    Deno.writeFileSync(path, data, { append });
  }
}

async function writeAsync(path: string, data: Uint8Array, append: boolean): Promise<void> {
  try {
    await Deno.writeFile(path, data, { append });
  } catch (error) {
    await Deno.mkdir(missingParent(path, error), { recursive: true });
    await Deno.writeFile(path, data, { append });
  }
}

/** The folder to make before another try. @throws `error` when that would not help */
function missingParent(path: string, error: unknown): string {
  const parent = path.replace(/\/+[^/]*$/, "");
  if (!(error instanceof Deno.errors.NotFound) || parent === path || parent === "") throw error;
  return parent;
}

/** Whether a file is, or would become, a regular one: opening a pipe may wait for ever. */
function isPlain(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}
