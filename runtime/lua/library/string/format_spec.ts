/** The text of a format as its parts, parsed once and kept: `string.format` runs in loops. */

/** A conversion: `%-5.2f`. */
export interface Conversion {
  /** The letter; empty where the format ends with `%`. */
  readonly letter: string;
  readonly leftAlign: boolean;
  /** What stands before a number that is not negative: `+`, a blank or nothing. */
  readonly plus: string;
  readonly alternative: boolean;
  readonly zeros: boolean;
  readonly width: number;
  /** −1 where none is given. */
  readonly precision: number;
  /** Whether nothing stands between `%` and the letter. */
  readonly bare: boolean;
  /** Why it is no conversion at all; said when its turn comes. */
  readonly unknown: string | undefined;
  /** Which flags, width or precision it cannot have. */
  readonly mistake: string | undefined;
  /** Whether it is right, and has no precision and no flags but one of `-` and `0`, as nearly all. */
  readonly isPlain: boolean;
}

export type FormatPart = string | Conversion;

const MOST_KEPT = 256;
const LONGEST_KEPT = 256;
/** PUC-Rio's room for one conversion, less what it adds itself. */
const LONGEST_CONVERSION = 22;
const kept = new Map<string, readonly FormatPart[]>();

/** The flags that each conversion takes, and whether it takes a precision. */
const ALLOWED: Readonly<Record<string, RegExp>> = {
  c: /^-*(?:[1-9]\d?)?$/,
  d: /^[-+0 ]*(?:[1-9]\d?)?(?:\.\d{0,2})?$/,
  u: /^[-0]*(?:[1-9]\d?)?(?:\.\d{0,2})?$/,
  x: /^[-#0]*(?:[1-9]\d?)?(?:\.\d{0,2})?$/,
  f: /^[-+#0 ]*(?:[1-9]\d?)?(?:\.\d{0,2})?$/,
  p: /^-*(?:[1-9]\d?)?$/,
  s: /^-*(?:[1-9]\d?)?(?:\.\d{0,2})?$/,
};
const KINDS: Readonly<Record<string, string>> = {
  c: "c",
  d: "d",
  i: "d",
  u: "u",
  o: "x",
  x: "x",
  X: "x",
  a: "f",
  A: "f",
  e: "f",
  E: "f",
  f: "f",
  g: "f",
  G: "f",
  p: "p",
  s: "s",
};

export function parseFormat(format: string): readonly FormatPart[] {
  const known = kept.get(format);
  if (known !== undefined) return known;
  const parts = split(format);
  if (format.length <= LONGEST_KEPT) {
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(format, parts);
  }
  return parts;
}

function split(format: string): readonly FormatPart[] {
  const parts: FormatPart[] = [];
  let literal = "";
  let from = 0;
  for (let at = format.indexOf("%"); at >= 0; at = format.indexOf("%", from)) {
    literal += format.slice(from, at);
    if (format.charAt(at + 1) === "%") {
      literal += "%";
      from = at + 2;
      continue;
    }
    let end = at + 1;
    while (end < format.length && "-+#0 123456789.".includes(format.charAt(end))) end++;
    if (literal !== "") parts.push(literal);
    literal = "";
    from = end + 1;
    parts.push(conversion(format.slice(at + 1, end), format.charAt(end)));
  }
  literal += format.slice(from);
  if (literal !== "") parts.push(literal);
  return parts;
}

function conversion(modifiers: string, letter: string): Conversion {
  const [flags = ""] = /^[-+#0 ]*/.exec(modifiers) ?? [];
  const [width = "", precision] = modifiers.slice(flags.length).split(".");
  const unknown = unknownOf(modifiers, letter);
  const mistake = mistakeOf(modifiers, letter);
  const isPlain = unknown === undefined && mistake === undefined && precision === undefined &&
    /^-?$|^0$/.test(flags);
  return {
    letter,
    leftAlign: flags.includes("-"),
    plus: flags.includes("+") ? "+" : flags.includes(" ") ? " " : "",
    alternative: flags.includes("#"),
    zeros: flags.includes("0"),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision),
    bare: modifiers === "",
    unknown,
    mistake,
    isPlain,
  };
}

function unknownOf(modifiers: string, letter: string): string | undefined {
  if (modifiers.length + 1 >= LONGEST_CONVERSION) return "invalid format (too long)";
  if (letter === "q") return modifiers === "" ? undefined : "specifier '%q' cannot have modifiers";
  return Object.hasOwn(KINDS, letter) ? undefined : `invalid conversion '%${modifiers}${letter}' to 'format'`;
}

function mistakeOf(modifiers: string, letter: string): string | undefined {
  if (ALLOWED[KINDS[letter] ?? ""]?.test(modifiers)) return undefined;
  return `invalid conversion specification: '%${modifiers}${letter}'`;
}
