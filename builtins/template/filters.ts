/** The filters of Jinja2 that the engine lacks. */
import { type Argument, filter, type FilterCall, isList, show, toInteger } from "./arguments.ts";
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

/** The filters, by name. */
export const FILTERS: Readonly<Record<string, FilterCall>> = {
  ...STRING_METHOD_FILTERS,
  __percent: filter(
    "format",
    ["arguments"],
    (value, args) => formatPercent(show(value), items("format", args)),
  ),
  center: filter(
    "center",
    ["width"],
    (value, width) => center(show(value), toInteger("center", "width", width, 80)),
  ),
  forceescape: filter("forceescape", [], (value) => escapeHtml(show(value))),
  format: ([value, ...args]) => formatPercent(show(value as Argument), args as Argument[]),
  random: filter("random", [], random),
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
