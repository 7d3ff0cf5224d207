/**
 * Checks of the arguments of library functions, worded as PUC-Rio's `luaL_check*`.
 *
 * `index` counts from 1, `name` is the function as messages show it. `count` is how many arguments were passed
 * (`arguments.length`): one that is missing is "no value" then, not nil.
 */
import { argumentError, type LuaThrow } from "../error.ts";
import { formatNumber } from "../number/format.ts";
import { isNumber, toFloat } from "../number/kinds.ts";
import { type IntegerNumber, type LuaNumber, toInteger, toNumberOperand } from "../number/mod.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { typeOf } from "../value.ts";

/** The type of a value, or what the `__name` of its metatable says. */
export function typeName(value: LuaValue): string {
  const metatable = typeof value === "object" ? (value as { metatable?: unknown }).metatable : undefined;
  const name = metatable instanceof LuaTable ? metatable.getStr("__name") : undefined;
  return typeof name === "string" ? name : typeOf(value);
}

/** The error for an argument of another type than expected, to be thrown. */
export function typeError(
  value: LuaValue,
  index: number,
  name: string,
  expected: string,
  count = index,
): LuaThrow {
  const actual = index > count ? "no value" : typeName(value);
  return argumentError(index, name, `${expected} expected, got ${actual}`);
}

/** Any value, nil too, but there must be one. */
export function checkAny(index: number, name: string, count: number): void {
  if (index > count) throw argumentError(index, name, "value expected");
}

/** An integer; floats and numerals that have an integer value are converted. */
export function checkInteger(value: LuaValue, index: number, name: string, count = index): IntegerNumber {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  const number = toNumberOperand(value);
  if (number === undefined) throw typeError(value, index, name, "number", count);
  const integer = toInteger(number);
  if (integer === undefined) throw argumentError(index, name, "number has no integer representation");
  return integer;
}

/** As {@link checkInteger}, with a default for nil and no value. */
export function optInteger(
  value: LuaValue,
  index: number,
  name: string,
  fallback: IntegerNumber,
): IntegerNumber {
  return value === undefined ? fallback : checkInteger(value, index, name);
}

/**
 * An integer as a double, for positions and counts: exact within ±2^53, beyond that the nearest double, which
 * still compares rightly with every size that occurs.
 */
export function checkPosition(value: LuaValue, index: number, name: string, count = index): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  return toFloat(checkInteger(value, index, name, count));
}

/** As {@link checkPosition}, with a default for nil and no value. */
export function optPosition(value: LuaValue, index: number, name: string, fallback: number): number {
  return value === undefined ? fallback : checkPosition(value, index, name);
}

/** A number; numerals are converted. */
export function checkNumber(value: LuaValue, index: number, name: string, count = index): LuaNumber {
  if (typeof value === "number") return value;
  const number = toNumberOperand(value);
  if (number === undefined) throw typeError(value, index, name, "number", count);
  return number;
}

/** A number as a double; numerals are converted. */
export function checkFloat(value: LuaValue, index: number, name: string, count = index): number {
  return typeof value === "number" ? value : toFloat(checkNumber(value, index, name, count));
}

/** A string; numbers are converted. */
export function checkString(value: LuaValue, index: number, name: string, count = index): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  throw typeError(value, index, name, "string", count);
}

/** As {@link checkString}, with a default for nil and no value. */
export function optString(value: LuaValue, index: number, name: string, fallback: string): string {
  return value === undefined ? fallback : checkString(value, index, name);
}

export function checkTable(value: LuaValue, index: number, name: string, count = index): LuaTable {
  if (value instanceof LuaTable) return value;
  throw typeError(value, index, name, "table", count);
}
