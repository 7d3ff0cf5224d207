/** Positions within strings, and strings of byte values. */

/** As many arguments as a call takes without leaving the fast path. */
const CHUNK = 4096;

/** The string of some byte values. */
export function fromCodes(codes: readonly number[]): string {
  if (codes.length <= CHUNK) return String.fromCharCode.apply(null, codes as number[]);
  let text = "";
  for (let i = 0; i < codes.length; i += CHUNK) {
    text += String.fromCharCode.apply(null, codes.slice(i, i + CHUNK));
  }
  return text;
}

/**
 * The same string, laid out at once. What JavaScript joins it lays out when it is first read: until then it takes
 * no memory that anybody could count.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

const chunk = new Array<number>(CHUNK).fill(0);

/** The bytes of a string from the last to the first. */
export function reversed(text: string): string {
  let result = "";
  for (let end = text.length; end > 0; end -= CHUNK) {
    const count = Math.min(end, CHUNK);
    for (let i = 0; i < count; i++) chunk[i] = text.charCodeAt(end - 1 - i);
    result += String.fromCharCode.apply(null, count === CHUNK ? chunk : chunk.slice(0, count));
  }
  return result;
}

/** The first position that an argument means: from 1, counted from the end where negative; never below 1. */
export function startPosition(position: number, length: number): number {
  if (position > 0) return position;
  return position === 0 || position < -length ? 1 : length + position + 1;
}

/** The last position that an argument means: at most the length, 0 where it is before the start. */
export function endPosition(position: number, length: number): number {
  if (position > length) return length;
  if (position >= 0) return position;
  return position < -length ? 0 : length + position + 1;
}
