/** Classes of bytes, as in the C locale. */

const LETTER = 1;
const DIGIT = 2;
const HEX_DIGIT = 4;
const SPACE = 8;

const CLASSES = new Uint8Array(256);
for (let c = 0x30; c <= 0x39; c++) CLASSES[c] = DIGIT | HEX_DIGIT;
for (let c = 0x41; c <= 0x5a; c++) CLASSES[c] = CLASSES[c + 0x20] = c <= 0x46 ? LETTER | HEX_DIGIT : LETTER;
CLASSES[0x5f] = LETTER;
for (const c of [0x20, 0x09, 0x0a, 0x0b, 0x0c, 0x0d]) CLASSES[c] = SPACE;

/** Whether a name goes on with a byte: 1 or 0. A table, because calls are what a cold start pays for most. */
export const NAME_CHARACTER = CLASSES.map((bits) => bits & (LETTER | DIGIT) ? 1 : 0);

/** Whether a name begins with a byte: 1 or 0. */
export const NAME_START = CLASSES.map((bits) => bits & LETTER);

/** `a`-`z`, `A`-`Z` and `_`. */
export function isLetter(c: number): boolean {
  return NAME_START[c] === 1;
}

export function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

export function isHexDigit(c: number): boolean {
  return ((CLASSES[c] ?? 0) & HEX_DIGIT) !== 0;
}

export function isSpace(c: number): boolean {
  return ((CLASSES[c] ?? 0) & SPACE) !== 0;
}

/** The value of a hexadecimal digit. */
export function hexValue(c: number): number {
  return c <= 0x39 ? c - 0x30 : (c | 0x20) - 0x57;
}
