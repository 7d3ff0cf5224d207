/** Python's `str.format`. */
import { type Argument, isList, repr, show } from "./arguments.ts";
import { align, formatNumber } from "./number_format.ts";

const FIELD = /\{\{|\}\}|\{([^{}:!]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]/gs;
const SPECIFICATION = /^(?:(.)?([<>=^]))?([-+ ])?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([bcdeEfFgGnosxX%])?$/su;

/** @see https://docs.python.org/3/library/string.html#format-string-syntax */
export function formatBraces(
  template: string,
  args: readonly Argument[],
  names: ReadonlyMap<string, Argument>,
): string {
  let next = 0;
  const expand = (text: string): string =>
    text.replace(FIELD, (all, path: string | undefined, conversion: string | undefined, spec = "") => {
      if (all === "{{") return "{";
      if (all === "}}") return "}";
      if (path === undefined) throw new Error(`format: single '${all}' encountered in format string`);
      const value = lookUp(/^(?:[.[]|$)/.test(path) ? `${next++}${path}` : path, args, names);
      const converted = conversion === undefined ? value : conversion === "s" ? show(value) : repr(value);
      return formatValue(converted, expand(spec));
    });
  return expand(template);
}

function lookUp(path: string, args: readonly Argument[], names: ReadonlyMap<string, Argument>): Argument {
  const [first = "", ...steps] = path.split(/[.[]/);
  let value: Argument;
  if (/^\d+$/.test(first)) {
    if (Number(first) >= args.length) throw new Error(`format: no argument ${first} for format string`);
    value = args[Number(first)];
  } else {
    if (!names.has(first)) throw new Error(`format: no argument '${first}'`);
    value = names.get(first);
  }
  for (const step of steps) {
    const key = step.replace(/\]$/, "");
    if (value instanceof Map && value.has(key)) value = value.get(key) as Argument;
    else if (isList(value) && /^\d+$/.test(key) && Number(key) < value.length) value = value[Number(key)];
    else throw new Error(`format: no '${key}' in argument '${first}'`);
  }
  return value;
}

function formatValue(value: Argument, specification: string): string {
  if (specification === "") return show(value);
  const match = SPECIFICATION.exec(specification);
  if (match === null) throw new Error(`format: invalid format specifier '${specification}'`);
  const [, fill, alignment, sign = "", alternate, zero, width = "0", grouping = "", precision, type = ""] =
    match;
  const filling = fill ?? (zero === undefined ? " " : "0");
  const digits = precision === undefined ? undefined : Number(precision);
  if (typeof value !== "number" && typeof value !== "bigint") {
    if (type !== "" && type !== "s") throw new Error(`format: unknown format code '${type}' for a string`);
    const text = digits === undefined ? show(value) : Array.from(show(value)).slice(0, digits).join("");
    return align("", text, alignment ?? "<", Number(width), filling);
  }
  if (type === "c") {
    return align("", String.fromCodePoint(Number(value)), alignment ?? "<", Number(width), filling);
  }
  if (type === "s") throw new Error("format: unknown format code 's' for a number");
  const [prefix, text] = formatNumber(value, {
    type: type === "n" ? "" : type,
    precision: digits,
    sign: sign === "-" ? "" : sign,
    alternate: alternate !== undefined,
    grouping,
  });
  return align(prefix, text, alignment ?? (zero === undefined ? ">" : "="), Number(width), filling);
}
