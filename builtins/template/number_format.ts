/** Numbers as Python's format specifications show them: common to `%` and `str.format`. */
import { checkWidth } from "./arguments.ts";

/** What a specification asks for. */
export interface NumberStyle {
  /** `d i u x X o b c e E f F g G %` or "", which is the shortest. */
  readonly type: string;
  readonly precision: number | undefined;
  /** `+`, a blank or "". */
  readonly sign: string;
  /** `#`: prefixes of other bases. */
  readonly alternate: boolean;
  /** `,`, `_` or "". */
  readonly grouping: string;
}

/** The most digits that `toFixed` and its kind take. */
const MAX_PRECISION = 100;

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

/** @returns The sign, then the prefix of the base, and the digits: zeros are filled in between. */
export function formatNumber(value: number | bigint, style: NumberStyle): [prefix: string, digits: string] {
  const { type, precision = 6 } = style;
  if (precision > MAX_PRECISION) {
    throw new Error(`format: precision must be at most ${MAX_PRECISION}: current value is ${precision}`);
  }
  const negative = value < 0 || Object.is(value, -0);
  const sign = negative ? "-" : style.sign;
  const magnitude = negative ? -value : value;
  const base = BASES[type];
  if (base !== undefined) {
    const digits = wholeNumber(magnitude, type).toString(base);
    const prefix = style.alternate ? `0${type}` : "";
    return [sign + prefix, group(type === "X" ? digits.toUpperCase() : digits, style.grouping, 4)];
  }
  if ("diu".includes(type) && type !== "") {
    return [sign, group(wholeNumber(magnitude, type).toString(), style.grouping, 3)];
  }
  const text = type === "" && typeof magnitude === "bigint" || type === "" && style.precision === undefined
    ? String(magnitude)
    : real(Number(magnitude), type === "" ? "g" : type, precision, style.alternate);
  const [whole = "", ...rest] = text.split(/(?=[.e%])/i);
  return [sign, group(whole, style.grouping, 3) + rest.join("")];
}

function wholeNumber(value: number | bigint, type: string): bigint {
  if (typeof value === "bigint") return value;
  if (Number.isFinite(value)) return BigInt(Math.trunc(value));
  throw new Error(`format: cannot show ${value} as '${type}'`);
}

function real(value: number, type: string, precision: number, alternate: boolean): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : "inf";
  switch (type) {
    case "f":
    case "F":
      return fixed(value, precision);
    case "%":
      return `${fixed(value * 100, precision)}%`;
    case "e":
    case "E":
      return exponential(value, precision, type);
    case "g":
    case "G":
      return general(value, precision === 0 ? 1 : precision, type, alternate);
    default:
      throw new Error(`format: unknown format code '${type}' for a number`);
  }
}

function fixed(value: number, precision: number): string {
  // `toFixed` gives exponents beyond
  if (value < 1e21) return value.toFixed(precision);
  return BigInt(value).toString() + (precision > 0 ? `.${"0".repeat(precision)}` : "");
}

function exponential(value: number, precision: number, type: string): string {
  const text = value.toExponential(precision).replace(/e([+-])(\d)$/, "e$10$2");
  return type === "E" ? text.toUpperCase() : text;
}

function general(value: number, precision: number, type: string, alternate: boolean): string {
  const exponent = Number(value.toExponential(precision - 1).split("e")[1]);
  const scientific = exponent < -4 || exponent >= precision;
  const text = scientific
    ? exponential(value, precision - 1, type === "G" ? "E" : "e")
    : fixed(value, precision - 1 - exponent);
  return alternate ? text : text.replace(/\.?0+(?=e|$)/i, (zeros) => text.includes(".") ? "" : zeros);
}

function group(digits: string, separator: string, size: number): string {
  if (separator === "") return digits;
  return digits.replace(new RegExp(`\\B(?=(?:[\\da-fA-F]{${size}})+$)`, "g"), separator);
}

/** Fills a text up to a width. `=` fills between a number's sign and its digits. */
export function align(prefix: string, text: string, alignment: string, width: number, fill: string): string {
  const length = Array.from(prefix + text).length;
  const missing = checkWidth("format", width) - length;
  if (missing <= 0) return prefix + text;
  if (alignment === "<") return prefix + text + fill.repeat(missing);
  if (alignment === "=") return prefix + fill.repeat(missing) + text;
  const left = alignment === "^" ? missing >> 1 : missing;
  return fill.repeat(left) + prefix + text + fill.repeat(missing - left);
}
