/** Sets of bytes: the character classes of patterns in the C locale, as tables with 1 for each member. */
export type ByteSet = Uint8Array;

const CLASSES: Readonly<Record<string, (code: number) => boolean>> = {
  a: isLetter,
  c: (code) => code < 32 || code === 127,
  d: isDigit,
  g: (code) => code > 32 && code < 127,
  l: (code) => code >= 0x61 && code <= 0x7a,
  p: (code) => code > 32 && code < 127 && !isLetter(code) && !isDigit(code),
  s: (code) => code === 32 || (code >= 9 && code <= 13),
  u: (code) => code >= 0x41 && code <= 0x5a,
  w: (code) => isLetter(code) || isDigit(code),
  x: (code) => isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66),
  // Not in the manual any more, but understood still.
  z: (code) => code === 0,
};

const known = new Map<string, ByteSet>();

function isLetter(code: number): boolean {
  return (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function setOf(key: string, contains: (code: number) => boolean): ByteSet {
  let set = known.get(key);
  if (set === undefined) {
    set = Uint8Array.from({ length: 256 }, (_, code) => contains(code) ? 1 : 0);
    known.set(key, set);
  }
  return set;
}

/** Every byte: `.`. */
export function anyByte(): ByteSet {
  return setOf("any", () => true);
}

/** One byte. */
export function oneByte(code: number): ByteSet {
  return setOf(`=${code}`, (other) => other === code);
}

/** The class of the byte behind `%`: capital letters are complements, what is no class stands for itself. */
export function classOf(code: number): ByteSet {
  const letter = String.fromCharCode(code);
  const contains = Object.hasOwn(CLASSES, letter.toLowerCase()) ? CLASSES[letter.toLowerCase()] : undefined;
  if (contains === undefined) return oneByte(code);
  return setOf(`%${letter}`, letter === letter.toLowerCase() ? contains : (other) => !contains(other));
}

/**
 * The set between brackets.
 *
 * @param start Where `[` stands
 * @param end Where its `]` stands
 */
export function bracketSet(pattern: string, start: number, end: number): ByteSet {
  const set = new Uint8Array(256);
  let at = start + 1;
  const negated = pattern.charAt(at) === "^";
  if (negated) at++;
  while (at < end) {
    const code = pattern.charCodeAt(at);
    if (code === 0x25) {
      const members = classOf(pattern.charCodeAt(at + 1));
      for (let i = 0; i < 256; i++) if (members[i] === 1) set[i] = 1;
      at += 2;
    } else if (pattern.charCodeAt(at + 1) === 0x2d && at + 2 < end) {
      set.fill(1, code, pattern.charCodeAt(at + 2) + 1);
      at += 3;
    } else {
      set[code] = 1;
      at++;
    }
  }
  return negated ? set.map((member) => 1 - member) : set;
}

export function disjoint(a: ByteSet, b: ByteSet): boolean {
  return a.every((member, code) => member === 0 || b[code] === 0);
}
