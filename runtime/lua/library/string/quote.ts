/** `%q`: values as Lua reads them again. */
import { argumentError } from "../../error.ts";
import { formatNumber } from "../../number/format.ts";
import { isInteger, isNumber, toFloat } from "../../number/kinds.ts";
import { LuaInteger } from "../../value.ts";
import type { LuaValue } from "../../table.ts";
import { hexDigits } from "./format_number.ts";

// deno-lint-ignore no-control-regex -- bytes are meant
const ESCAPED = /["\\\n]|[\x00-\x1f\x7f](?=(\d?))/g;

/** @param index Which argument of `format` it is, for the error */
export function quote(value: LuaValue, index: number): string {
  if (typeof value === "string") return `"${value.replace(ESCAPED, escape)}"`;
  if (value === undefined) return "nil";
  if (typeof value === "boolean") return value ? "true" : "false";
  if (!isNumber(value)) throw argumentError(index, "format", "value has no literal form");
  if (!isInteger(value)) return quoteFloat(toFloat(value));
  // The smallest integer has no decimal numeral: without its sign it would be a float.
  const smallest = value instanceof LuaInteger && value.high === -0x80000000 && value.low === 0;
  return smallest ? "0x8000000000000000" : formatNumber(value);
}

function escape(byte: string, digitBehind: string | undefined): string {
  if (byte === '"' || byte === "\\" || byte === "\n") return `\\${byte}`;
  const code = String(byte.charCodeAt(0));
  return `\\${digitBehind ? code.padStart(3, "0") : code}`;
}

function quoteFloat(n: number): string {
  if (n === Infinity) return "1e9999";
  if (n === -Infinity) return "-1e9999";
  if (n !== n) return "(0/0)";
  return `${n < 0 || Object.is(n, -0) ? "-" : ""}0x${hexDigits(Math.abs(n), -1, false)}`;
}
