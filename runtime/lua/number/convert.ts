/** Between the subtypes of numbers, and from strings to numbers, as Lua's coercions do. */
import { LuaFloat, LuaInteger } from "../value.ts";
import { HALF, type IntegerNumber, integerOf, isNumber, type LuaNumber } from "./kinds.ts";
import { parseNumber } from "./parse.ts";

/** The integer that a number equals, if there is one: of `3` and `3.0`, not of `3.5` or `2^63`. */
export function toInteger(value: LuaNumber): IntegerNumber | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  return value instanceof LuaInteger ? value : integerFromFloat(value.n);
}

/** The integer of an integral double, if it is within 64 bits. */
export function integerFromFloat(n: number): IntegerNumber | undefined {
  if (Number.isSafeInteger(n)) return n + 0;
  if (!Number.isInteger(n) || n < -(2 ** 63) || n >= 2 ** 63) return undefined;
  const high = Math.floor(n / HALF);
  return integerOf(high, (n - high * HALF) | 0);
}

/** An operand of arithmetic: numbers, and strings that are numerals. `undefined` for all else. */
export function toNumberOperand(value: unknown): LuaNumber | undefined {
  if (isNumber(value)) return value;
  return typeof value === "string" ? parseNumber(value) : undefined;
}

/**
 * An operand that must be an integer: of `3`, `3.0`, `"3"` and `"0x3p0"`. `undefined` for all else, also for
 * numbers without an integer representation.
 */
export function toIntegerOperand(value: unknown): IntegerNumber | undefined {
  const number = toNumberOperand(value);
  return number === undefined ? undefined : toInteger(number);
}

/** Whether a number is of the float subtype. */
export function isFloat(value: LuaNumber): value is number | LuaFloat {
  return typeof value === "number" ? !Number.isInteger(value) : value instanceof LuaFloat;
}
