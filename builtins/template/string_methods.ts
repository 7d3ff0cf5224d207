/** The methods of Python's strings that the engine lacks: filters `__str_NAME`, see `rewrite.ts`. */
import { type Argument, checkWidth, filter, type FilterCall, isList, show, toInteger } from "./arguments.ts";
import { formatBraces } from "./str_format.ts";
import type { EngineValue } from "./values.ts";

/** Centred as Python does it: where the blanks are odd, it depends on the width on which side there is one more. */
export function center(text: string, width: number, fill = " "): string {
  const missing = checkWidth("center", width) - Array.from(text).length;
  if (missing <= 0) return text;
  const left = (missing >> 1) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

type Method = (text: string, ...args: Argument[]) => EngineValue;

function justify(name: string, place: (text: string, blanks: string) => string): Method {
  return (text, width, fill) => {
    const missing = checkWidth(name, toInteger(name, "width", width)) - Array.from(text).length;
    return missing <= 0 ? text : place(text, fillOf(name, fill).repeat(missing));
  };
}

function fillOf(name: string, fill: Argument): string {
  const text = fill === undefined ? " " : show(fill);
  if (Array.from(text).length !== 1) {
    throw new Error(`${name}: the fill character must be exactly one character long`);
  }
  return text;
}

function index(name: string, find: (text: string, part: string) => number): Method {
  return (text, part) => {
    const position = find(text, show(part));
    if (position < 0) throw new Error(`${name}: substring not found`);
    return BigInt(Array.from(text.slice(0, position)).length);
  };
}

function partition(name: string, last: boolean): Method {
  return (text, separator) => {
    const by = show(separator);
    if (by === "") throw new Error(`${name}: empty separator`);
    const position = last ? text.lastIndexOf(by) : text.indexOf(by);
    if (position < 0) return last ? ["", "", text] : [text, "", ""];
    return [text.slice(0, position), by, text.slice(position + by.length)];
  };
}

function rsplit(text: string, separator: Argument, limit: Argument): EngineValue {
  const most = toInteger("rsplit", "maxsplit", limit, -1);
  const blank = separator === undefined || separator === null;
  const parts = blank ? text.trim().split(/\s+/).filter((part) => part !== "") : text.split(show(separator));
  if (most < 0 || parts.length <= most + 1) return parts;
  if (!blank) {
    const first = parts.slice(0, parts.length - most).join(show(separator));
    return [first, ...parts.slice(parts.length - most)];
  }
  const tail = parts.slice(parts.length - most);
  let rest = text.trimEnd();
  for (const part of tail.toReversed()) rest = rest.slice(0, -part.length).trimEnd();
  return [rest, ...tail];
}

function zfill(text: string, width: Argument): string {
  const columns = checkWidth("zfill", toInteger("zfill", "width", width));
  const [, sign = "", digits = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  return sign + digits.padStart(columns - sign.length, "0");
}

function expandTabs(text: string, size: Argument): string {
  const width = toInteger("expandtabs", "tabsize", size, 8);
  let column = 0;
  let result = "";
  for (const character of text) {
    if (character !== "\t") {
      column = character === "\n" || character === "\r" ? 0 : column + 1;
      result += character;
    } else if (width > 0) {
      const blanks = width - column % width;
      checkWidth("expandtabs", result.length + blanks);
      result += " ".repeat(blanks);
      column += blanks;
    }
  }
  return result;
}

function isTitle(text: string): boolean {
  return /\p{L}/u.test(text) && !/(?<!\p{L})\p{Ll}|(?<=\p{L})\p{Lu}/u.test(text);
}

const METHODS: Readonly<Record<string, readonly [parameters: readonly string[], method: Method]>> = {
  casefold: [[], (text) => text.toLowerCase().replaceAll("ß", "ss")],
  center: [
    ["width", "fillchar"],
    (text, width, fill) => center(text, toInteger("center", "width", width), fillOf("center", fill)),
  ],
  expandtabs: [["tabsize"], expandTabs],
  index: [["sub"], index("index", (text, part) => text.indexOf(part))],
  isdecimal: [[], (text) => /^\p{Nd}+$/u.test(text)],
  isidentifier: [[], (text) => /^[\p{XIDS}_]\p{XIDC}*$/u.test(text)],
  isprintable: [[], (text) => !/[\p{C}\p{Zl}\p{Zp}]|[^\P{Zs} ]/u.test(text)],
  istitle: [[], isTitle],
  ljust: [["width", "fillchar"], justify("ljust", (text, blanks) => text + blanks)],
  partition: [["sep"], partition("partition", false)],
  removeprefix: [
    ["prefix"],
    (text, part) => text.startsWith(show(part)) ? text.slice(show(part).length) : text,
  ],
  removesuffix: [
    ["suffix"],
    (text, part) => text.endsWith(show(part)) ? text.slice(0, text.length - show(part).length) : text,
  ],
  rindex: [["sub"], index("rindex", (text, part) => text.lastIndexOf(part))],
  rjust: [["width", "fillchar"], justify("rjust", (text, blanks) => blanks + text)],
  rpartition: [["sep"], partition("rpartition", true)],
  rsplit: [["sep", "maxsplit"], rsplit],
  swapcase: [
    [],
    (text) => Array.from(text, (c) => c === c.toUpperCase() ? c.toLowerCase() : c.toUpperCase()).join(""),
  ],
  zfill: [["width"], zfill],
};

/** `str.format` takes any arguments, so the mapping of the named ones is whatever mapping comes last. */
const format: FilterCall = ([value, ...rest]) => {
  const args = rest as Argument[];
  const names = args.at(-1) instanceof Map
    ? args.at(-1) as ReadonlyMap<string, Argument>
    : new Map<string, Argument>();
  return formatBraces(receiver("format", value as Argument), args, names);
};

function receiver(name: string, value: Argument): string {
  if (typeof value === "string") return value;
  const kind = value === undefined || value === null
    ? "undefined"
    : isList(value)
    ? "a sequence"
    : "no string";
  throw new Error(`unknown method: ${kind} has no method named ${name}`);
}

/** The filters, by name. */
export const STRING_METHOD_FILTERS: Readonly<Record<string, FilterCall>> = {
  __str_format: format,
  ...Object.fromEntries(
    Object.entries(METHODS).map(([name, [parameters, method]]) => [
      `__str_${name}`,
      filter(name, parameters, (value, ...args) => method(receiver(name, value), ...args)),
    ]),
  ),
};
