/** Reads files that users name. */

/** Bytes of a file of checks or of a script. */
const MAX_SIZE = 16 * 1024 * 1024;
const CHUNK = 64 * 1024;

/**
 * Reads a file that may be anything, an endless device too.
 *
 * @throws {Error} What the system says, or that the file is too large
 */
export function readFile(path: string): Uint8Array {
  using file = Deno.openSync(path);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const chunk = new Uint8Array(CHUNK);
    const count = file.readSync(chunk);
    if (count === null) break;
    size += count;
    if (size > MAX_SIZE) throw new Error(`the file is larger than ${MAX_SIZE / 1024 / 1024} MiB`);
    chunks.push(chunk.subarray(0, count));
  }
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}
