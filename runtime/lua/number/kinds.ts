/** Which numbers are integers, and the halves and doubles that arithmetic works on. */
import { LuaFloat, LuaInteger } from "../value.ts";

export type LuaNumber = number | LuaFloat | LuaInteger;
/** A Lua integer: an integral number, or a box beyond ±(2^53−1). */
export type IntegerNumber = number | LuaInteger;

/** 2^32: what the upper half of an integer counts. */
export const HALF = 4294967296;
/** Multiplying by it is as exact as dividing by 2^32, and faster. */
const PER_HALF = 2 ** -32;

export function isNumber(value: unknown): value is LuaNumber {
  return typeof value === "number" || value instanceof LuaInteger || value instanceof LuaFloat;
}

/** Whether a value is a number of the integer subtype. */
export function isInteger(value: unknown): value is IntegerNumber {
  return typeof value === "number" ? Number.isInteger(value) : value instanceof LuaInteger;
}

/** The nearest double. */
export function toFloat(value: LuaNumber): number {
  if (typeof value === "number") return value;
  return value instanceof LuaFloat ? value.n : value.high * HALF + (value.low >>> 0);
}

/** The upper 32 bits of an integer, signed. */
export function highOf(value: IntegerNumber): number {
  return typeof value === "number" ? Math.floor(value * PER_HALF) | 0 : value.high;
}

/** The lower 32 bits of an integer, signed. */
export function lowOf(value: IntegerNumber): number {
  return typeof value === "number" ? value | 0 : value.low;
}

/** The Lua integer of two signed halves: a number where it fits, a box where not. */
export function integerOf(high: number, low: number): IntegerNumber {
  // One comparison tells that the upper half is beyond the 22 bits of ±2^53.
  if ((high + 0x200000) >>> 0 > 0x3fffff || (high === -0x200000 && low === 0)) {
    return new LuaInteger(high, low);
  }
  return high * HALF + (low >>> 0);
}

export function toBigInt(value: IntegerNumber): bigint {
  return typeof value === "number" ? BigInt(value) : value.toBigInt();
}
