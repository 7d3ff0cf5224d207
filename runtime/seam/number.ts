/** Numbers as text, both ways, as Lua 5.5 reads and writes them. */
import { floatFromNumber, integerFromBigInt, LuaFloat, LuaInteger, type LuaNumber } from "./value.ts";

/** As `tostring`: integers plain, floats with 15 digits or, where those do not round-trip, 17. */
export function formatNumber(value: LuaNumber): string {
  if (value instanceof LuaInteger) return value.toString();
  if (typeof value === "number" && Number.isInteger(value)) return String(value);
  return formatFloat(typeof value === "number" ? value : value.n);
}

function formatFloat(n: number): string {
  if (Number.isNaN(n)) return Object.is(Math.sign(n), -1) ? "-nan" : "nan";
  if (!Number.isFinite(n)) return n > 0 ? "inf" : "-inf";
  let text = general(n, 15);
  if (Number(text) !== n) text = general(n, 17);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** C's `%.{precision}g`. */
function general(n: number, precision: number): string {
  if (n === 0) return Object.is(n, -0) ? "-0" : "0";
  const [mantissa = "", exponentText = "0"] = n.toExponential(precision - 1).split("e");
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < precision) {
    return trimZeros(n.toFixed(Math.max(0, precision - 1 - exponent)));
  }
  const digits = String(Math.abs(exponent)).padStart(2, "0");
  return `${trimZeros(mantissa)}e${exponent < 0 ? "-" : "+"}${digits}`;
}

function trimZeros(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

const DECIMAL = /^[ \t\n\v\f\r]*([+-]?)(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)[ \t\n\v\f\r]*$/;
const HEX_INTEGER = /^[ \t\n\v\f\r]*([+-]?)0[xX]([0-9a-fA-F]+)[ \t\n\v\f\r]*$/;
const MAX_INTEGER = 2n ** 63n - 1n;

/** As Lua's coercion of a string to a number; `undefined` where the text is no numeral. */
export function parseNumber(text: string): LuaNumber | undefined {
  const hex = HEX_INTEGER.exec(text);
  if (hex !== null) {
    const value = BigInt(`0x${hex[2]}`);
    return integerFromBigInt(hex[1] === "-" ? -value : value);
  }
  const decimal = DECIMAL.exec(text);
  if (decimal === null) return undefined;
  const [, sign = "", digits = ""] = decimal;
  if (/^\d+$/.test(digits)) {
    const value = sign === "-" ? -BigInt(digits) : BigInt(digits);
    if (value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n) return integerFromBigInt(value);
  }
  return floatFromNumber(Number(sign + digits));
}

/** The integer that a number is, if it is one: `3` and `3.0`, not `3.5`. */
export function toInteger(value: LuaNumber): number | LuaInteger | undefined {
  if (value instanceof LuaInteger) return value;
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  if (value instanceof LuaFloat && Math.abs(value.n) < 2 ** 63) return integerFromBigInt(BigInt(value.n));
  return undefined;
}
