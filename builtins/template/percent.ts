/** Python's `%` on strings, and the filter `format`. */
import { type Argument, isList, repr, show } from "./arguments.ts";
import { align, formatNumber } from "./number_format.ts";

const SPECIFICATION = /%(?:\(([^)]*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]?(.|$)/gs;

/**
 * @param args By place; one mapping alone also by name
 * @see https://docs.python.org/3/library/stdtypes.html#printf-style-string-formatting
 */
export function formatPercent(template: string, args: readonly Argument[]): string {
  const names = args.length === 1 && args[0] instanceof Map
    ? args[0] as ReadonlyMap<string, Argument>
    : undefined;
  let next = 0;
  let named = false;
  const take = (): Argument => {
    if (next >= args.length) throw new Error("format: not enough arguments for format string");
    return args[next++];
  };
  const text = template.replace(
    SPECIFICATION,
    (
      _all,
      name: string | undefined,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      type: string,
    ) => {
      if (type === "%") return "%";
      if (type === "") throw new Error("format: incomplete format");
      const columns = width === "*" ? Number(take()) : Number(width ?? 0);
      const digits = precision === "*"
        ? Number(take())
        : precision === undefined
        ? undefined
        : Number(precision);
      if (name !== undefined) named = true;
      const value = name === undefined ? take() : lookUp(names, name);
      return one(value, type, flags, columns, digits);
    },
  );
  if (next < args.length && !named && names === undefined) {
    throw new Error("format: not all arguments converted during string formatting");
  }
  return text;
}

function lookUp(names: ReadonlyMap<string, Argument> | undefined, name: string): Argument {
  if (names === undefined) throw new Error("format: format requires a mapping");
  if (!names.has(name)) throw new Error(`format: no argument '${name}'`);
  return names.get(name);
}

function one(
  value: Argument,
  type: string,
  flags: string,
  width: number,
  precision: number | undefined,
): string {
  const left = flags.includes("-");
  if ("sra".includes(type)) {
    const text = type === "s" ? show(value) : repr(value);
    const cut = precision === undefined ? text : Array.from(text).slice(0, precision).join("");
    return align("", cut, left ? "<" : ">", width, " ");
  }
  if (type === "c") {
    const text = typeof value === "number" ? String.fromCodePoint(value) : show(value);
    if (Array.from(text).length !== 1) throw new Error("format: %c requires an integer or one character");
    return align("", text, left ? "<" : ">", width, " ");
  }
  if (!"diouxXeEfFgG".includes(type)) throw new Error(`format: unsupported format character '${type}'`);
  const number = typeof value === "boolean" ? Number(value) : value;
  if (typeof number !== "number" && typeof number !== "bigint") {
    throw new Error(`format: %${type} format: a number is required, not ${kindOf(value)}`);
  }
  const sign = flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  const style = { type, precision, sign, alternate: flags.includes("#"), grouping: "" };
  const [prefix, digits] = formatNumber(number, style);
  const zero = flags.includes("0") && !left;
  return align(prefix, digits, left ? "<" : zero ? "=" : ">", width, zero ? "0" : " ");
}

function kindOf(value: Argument): string {
  if (value === undefined || value === null) return "none";
  if (isList(value)) return "a sequence";
  return typeof value === "string" ? "a string" : "a mapping";
}
