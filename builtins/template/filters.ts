/** The filters of Jinja2 that the engine lacks. */
import { type Argument, checkWidth, filter, type FilterCall, isList, show, toInteger } from "./arguments.ts";
import { attributes, escapeHtml, linkAddresses } from "./html.ts";
import { formatPercent } from "./percent.ts";
import { center, STRING_METHOD_FILTERS } from "./string_methods.ts";
import type { EngineValue } from "./values.ts";
import { wrapLine } from "./wrap.ts";

/** What a filter gives back of an argument that it only hands on. */
function back(value: Argument): EngineValue {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number" && Number.isInteger(value)) return BigInt(value);
  if (isList(value)) return value.map(back);
  if (value instanceof Map) {
    return Object.fromEntries(Array.from(value, ([key, item]) => [String(key), back(item)]));
  }
  return value as EngineValue;
}

function isTrue(value: Argument, fallback: boolean): boolean {
  return value === undefined || value === null ? fallback : Boolean(value);
}

function items(name: string, value: Argument): readonly Argument[] {
  if (isList(value)) return value;
  if (typeof value === "string") return Array.from(value);
  if (value instanceof Map) return [...value.keys()];
  if (value === undefined || value === null) return [];
  throw new Error(`${name}: the value is not iterable`);
}

/** RFC 3986's unreserved characters stay, as in Python's `quote`. */
function quote(text: string, safe: RegExp): string {
  return Array.from(text, (c) => safe.test(c) ? c : encodeURIComponent(c).replace(/[!'()*]/g, hex)).join("");
}

function hex(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}

function urlEncode(value: Argument): string {
  const pairs = value instanceof Map
    ? [...value]
    : isList(value)
    ? value as readonly (readonly Argument[])[]
    : undefined;
  if (pairs === undefined) return quote(show(value), /[\w.~/-]/);
  const part = (text: Argument) => quote(show(text), /[\w.~-]/).replaceAll("%20", "+");
  return pairs.map((pair) => {
    if (!isList(pair) || pair.length !== 2) throw new Error("urlencode: the list must hold pairs");
    return `${part(pair[0])}=${part(pair[1])}`;
  }).join("&");
}

function wordWrap(
  value: Argument,
  width: Argument,
  long: Argument,
  wrap: Argument,
  hyphens: Argument,
): string {
  const options = {
    width: toInteger("wordwrap", "width", width, 79),
    breakLongWords: isTrue(long, true),
    breakOnHyphens: isTrue(hyphens, true),
  };
  if (options.width < 1) {
    throw new Error(`wordwrap: width must be above 0: current value is ${options.width}`);
  }
  const separator = wrap === undefined || wrap === null ? "\n" : show(wrap);
  // What Python's `splitlines` takes for the end of a line
  // deno-lint-ignore no-control-regex
  const lines = show(value).split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line) => wrapLine(line, options).join(separator)).join(separator);
}

function urlize(value: Argument, ...[trim, nofollow, target, rel]: Argument[]): string {
  return linkAddresses(show(value), {
    trim: trim === undefined || trim === null ? undefined : toInteger("urlize", "trim_url_limit", trim),
    nofollow: isTrue(nofollow, false),
    target: target === undefined || target === null ? undefined : show(target),
    rel: rel === undefined || rel === null ? undefined : show(rel),
  });
}

function random(value: Argument): EngineValue {
  const all = items("random", value);
  return back(all[Math.floor(Math.random() * all.length)]);
}

function truncate(value: Argument, ...[length, kill, end, leeway]: Argument[]): string {
  const characters = Array.from(show(value));
  const most = toInteger("truncate", "length", length, 255);
  const tail = end === undefined || end === null ? "..." : show(end);
  const tailLength = Array.from(tail).length;
  if (most < tailLength) {
    throw new Error(`truncate: length must be at least ${tailLength}: current value is ${most}`);
  }
  if (characters.length <= most + toInteger("truncate", "leeway", leeway, 5)) return characters.join("");
  const cut = characters.slice(0, most - tailLength).join("");
  const blank = cut.lastIndexOf(" ");
  return (isTrue(kill, false) || blank < 0 ? cut : cut.slice(0, blank)) + tail;
}

function indent(value: Argument, width: Argument, first: Argument, blank: Argument): string {
  const by = typeof width === "string"
    ? width
    : " ".repeat(checkWidth("indent", toInteger("indent", "width", width, 4)));
  const [head = "", ...lines] = show(value).split(/\r\n|\n|\r/);
  const all = lines.map((line) => line !== "" || isTrue(blank, false) ? by + line : line);
  return [isTrue(first, false) ? by + head : head, ...all].join("\n");
}

function title(value: Argument): string {
  return show(value).split(/([-\s({[<]+)/).map((word) => {
    const [first = "", ...rest] = Array.from(word);
    return first.toUpperCase() + rest.join("").toLowerCase();
  }).join("");
}

function round(value: Argument, precision: Argument, method: Argument): EngineValue {
  if (typeof value !== "number") throw new Error("round: the value must be a number");
  const digits = toInteger("round", "precision", precision, 0);
  if (Math.abs(digits) > 100) {
    throw new Error(`round: precision must be at most 100: current value is ${digits}`);
  }
  const scale = 10 ** digits;
  const way = method === undefined ? "common" : show(method);
  if (way === "ceil") return Math.ceil(value * scale) / scale;
  if (way === "floor") return Math.floor(value * scale) / scale;
  if (way !== "common") {
    throw new Error(`round: method must be common, ceil or floor: current value is ${way}`);
  }
  if (digits < 0 || !(Math.abs(value) < 1e21)) return Math.round(value * scale) / scale;
  // Exactly in the middle, Python takes the even neighbour
  const rounded = Number(value.toFixed(digits));
  const isTie = /^50*$/.test(value.toFixed(100).slice(digits - 100));
  const isOdd = /[13579]$/.test(rounded.toFixed(digits));
  return isTie && isOdd ? Number((rounded - Math.sign(value) / scale).toFixed(digits)) : rounded;
}

function toFloat(value: Argument, fallback: Argument): EngineValue {
  const text = typeof value === "boolean" ? String(Number(value)) : show(value).trim().replaceAll("_", "");
  if (/^[+-]?(?:inf|infinity|nan)$/i.test(text)) {
    return /nan/i.test(text) ? NaN : text.startsWith("-") ? -Infinity : Infinity;
  }
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)
    ? Number(text)
    : fallback === undefined
    ? 0
    : Number(fallback);
}

function toInt(value: Argument, fallback: Argument, base: Argument): EngineValue {
  if (typeof value === "boolean") return value ? 1n : 0n;
  const text = show(value).trim().replaceAll("_", "");
  const radix = toInteger("int", "base", base, 10);
  const [, sign = "", prefix = "", digits = ""] = /^([+-]?)(0[xob])?(\w+)$/i.exec(text) ?? [];
  const prefixes: Readonly<Record<number, string>> = { 2: "0b", 8: "0o", 16: "0x" };
  const fits = prefix === "" || prefix.toLowerCase() === prefixes[radix];
  if (fits && digits !== "" && Array.from(digits).every((digit) => parseInt(digit, radix) >= 0)) {
    const size = Array.from(digits).reduce(
      (sum, digit) => sum * BigInt(radix) + BigInt(parseInt(digit, radix)),
      0n,
    );
    return sign === "-" ? -size : size;
  }
  const real = toFloat(value, NaN);
  if (typeof real === "number" && Number.isFinite(real)) return BigInt(Math.trunc(real));
  return back(fallback === undefined ? 0 : fallback);
}

function replace(value: Argument, old: Argument, fresh: Argument, count: Argument): string {
  const parts = show(value).split(show(old));
  const most = toInteger("replace", "count", count, -1);
  if (most < 0 || parts.length <= most + 1) return parts.join(show(fresh));
  return [...parts.slice(0, most), parts.slice(most).join(show(old))].join(show(fresh));
}

/** The filters, by name. Those with `__` before it are called where the engine's own do not do: `filter_calls.ts`. */
export const FILTERS: Readonly<Record<string, FilterCall>> = {
  ...STRING_METHOD_FILTERS,
  __float: filter("float", ["default"], toFloat),
  __int: filter("int", ["default", "base"], toInt),
  __percent: filter(
    "format",
    ["arguments"],
    (value, args) => formatPercent(show(value), items("format", args)),
  ),
  __replace: filter("replace", ["old", "new", "count"], replace),
  __round: filter("round", ["precision", "method"], round),
  center: filter(
    "center",
    ["width"],
    (value, width) => center(show(value), toInteger("center", "width", width, 80)),
  ),
  forceescape: filter("forceescape", [], (value) => escapeHtml(show(value))),
  format: ([value, ...args]) => formatPercent(show(value as Argument), args as Argument[]),
  indent: filter("indent", ["width", "first", "blank"], indent),
  random: filter("random", [], random),
  title: filter("title", [], title),
  truncate: filter("truncate", ["length", "killwords", "end", "leeway"], truncate),
  urlencode: filter("urlencode", [], urlEncode),
  urlize: filter("urlize", ["trim_url_limit", "nofollow", "target", "rel"], urlize),
  wordcount: filter("wordcount", [], (value) => BigInt(show(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)),
  wordwrap: filter("wordwrap", ["width", "break_long_words", "wrapstring", "break_on_hyphens"], wordWrap),
  xmlattr: filter("xmlattr", ["autospace"], (value, autospace) => {
    if (!(value instanceof Map) && !(isList(value) && value.length === 0)) {
      throw new Error("xmlattr: the value must be a mapping");
    }
    return attributes(value instanceof Map ? value : new Map(), isTrue(autospace, true));
  }),
};
