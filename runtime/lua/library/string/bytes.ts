/** Positions within strings, and strings of byte values. */
const CHUNK = 8192;

/** The string of some byte values. */
export function fromCodes(codes: Uint8Array): string {
  if (codes.length <= CHUNK) return String.fromCharCode.apply(null, codes as unknown as number[]);
  let text = "";
  for (let i = 0; i < codes.length; i += CHUNK) {
    text += String.fromCharCode.apply(null, codes.subarray(i, i + CHUNK) as unknown as number[]);
  }
  return text;
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
