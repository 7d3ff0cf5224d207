/** Numbers for chunks whose code is kept in files. */

/** Above what chunks are counted by: see `registerChunk`. */
const FIRST = 2 ** 48;

/**
 * What the names of a chunk's functions end with in a file of generated code: a hash, so that all files that come
 * together in a process tell their functions apart.
 *
 * @param text The bytes of the chunk
 */
export async function codeNumber(text: string): Promise<number> {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  const [high = 0, middle = 0, low = 0] = new Uint16Array(
    await crypto.subtle.digest("SHA-256", bytes),
  );
  return FIRST + (high * 2 ** 16 + middle) * 2 ** 16 + low;
}
