/** Equality and order of Lua numbers, exact between integers and floats beyond 2^53. */
import { LuaInteger } from "../value.ts";
import { HALF, type LuaNumber, toFloat } from "./kinds.ts";

export function numberEqual(a: LuaNumber, b: LuaNumber): boolean {
  if (a instanceof LuaInteger || b instanceof LuaInteger) return compareWide(a, b) === 0;
  return toFloat(a) === toFloat(b);
}

export function numberLess(a: LuaNumber, b: LuaNumber): boolean {
  if (a instanceof LuaInteger || b instanceof LuaInteger) return compareWide(a, b) < 0;
  return toFloat(a) < toFloat(b);
}

export function numberLessEqual(a: LuaNumber, b: LuaNumber): boolean {
  if (a instanceof LuaInteger || b instanceof LuaInteger) return compareWide(a, b) <= 0;
  return toFloat(a) <= toFloat(b);
}

/** Negative, 0 or positive; NaN where one is NaN. At least one is a box. */
function compareWide(a: LuaNumber, b: LuaNumber): number {
  if (!(a instanceof LuaInteger)) return -compareWith(b as LuaInteger, toFloat(a));
  if (!(b instanceof LuaInteger)) return compareWith(a, toFloat(b));
  return a.high !== b.high ? a.high - b.high : (a.low >>> 0) - (b.low >>> 0);
}

/** Compares by halves: the nearest double of an integer may equal another number. */
function compareWith(a: LuaInteger, n: number): number {
  if (n !== n) return NaN;
  if (n >= 2 ** 63) return -1;
  if (n < -(2 ** 63)) return 1;
  const high = Math.floor(n / HALF);
  // A float beyond 2^53 has no fraction; one within has another upper half, or differs in the lower.
  return a.high !== high ? a.high - high : (a.low >>> 0) - (n - high * HALF);
}
