/** Hashes, by which texts and the code that was generated from them are known. */

/** Above what chunks are counted by: see `registerChunk`. */
const FIRST = 2 ** 48;
const DIGITS = 12;

/** The SHA-256 of a text's UTF-8, in hexadecimal digits. */
export async function contentHash(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}

/**
 * What the names of a chunk's functions end with in a file of generated code: all files that come together in a process
 * are to tell their functions apart.
 */
export function codeNumber(hash: string): number {
  return FIRST + Number.parseInt(hash.slice(0, DIGITS), 16);
}
