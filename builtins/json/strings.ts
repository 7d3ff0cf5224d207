/** Strings cut out of documents. */

/** Longer ones are not kept: they repeat less often. V8 makes slices of them, too. */
export const MAX_SHORT = 12;

/** A power of two. */
const SLOTS = 1024;

const known: string[] = new Array<string>(SLOTS).fill("");

/**
 * A string of at most `MAX_SHORT` bytes: where one that was asked for lately is equal, that one. It takes no memory
 * then, and less time than to make one.
 *
 * @param bytes What `source` consists of
 * @param hash Equal for equal strings
 */
export function shortString(
  source: string,
  bytes: Uint8Array,
  start: number,
  end: number,
  hash: number,
): string {
  const slot = (hash ^ hash >>> 10) & SLOTS - 1;
  const candidate = known[slot] as string;
  const length = end - start;
  if (candidate.length === length) {
    let i = 0;
    while (i < length && candidate.charCodeAt(i) === bytes[start + i]) i++;
    if (i === length) return candidate;
  }
  return known[slot] = source.slice(start, end);
}

/**
 * The string of a literal whose escapes stand for ASCII. What `slice` gives would keep the whole document in memory.
 *
 * @param literal With its quotes
 */
export function longString(literal: string): string {
  return JSON.parse(literal) as string;
}
