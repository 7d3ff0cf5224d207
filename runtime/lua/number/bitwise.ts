/** `& | ~ << >>` on Lua numbers, as 64-bit two's complement. */
import { LuaInteger } from "../value.ts";
import { toInteger } from "./convert.ts";
import { noInteger } from "./error.ts";
import { highOf, type IntegerNumber, integerOf, isInteger, lowOf, type LuaNumber } from "./kinds.ts";

/** @throws {NumberError} When the number is no integer and does not equal one */
function operand(value: LuaNumber): IntegerNumber {
  if (isInteger(value)) return value;
  const integer = toInteger(value);
  if (integer === undefined) throw noInteger();
  return integer;
}

/** @throws {NumberError} */
export function arithBand(a: LuaNumber, b: LuaNumber): IntegerNumber {
  if (typeof a === "number" && typeof b === "number" && (a | 0) === a && (b | 0) === b) return a & b;
  if (a instanceof LuaInteger && b instanceof LuaInteger) return integerOf(a.high & b.high, a.low & b.low);
  const x = operand(a);
  const y = operand(b);
  return integerOf(highOf(x) & highOf(y), lowOf(x) & lowOf(y));
}

/** @throws {NumberError} */
export function arithBor(a: LuaNumber, b: LuaNumber): IntegerNumber {
  if (typeof a === "number" && typeof b === "number" && (a | 0) === a && (b | 0) === b) return a | b;
  if (a instanceof LuaInteger && b instanceof LuaInteger) return integerOf(a.high | b.high, a.low | b.low);
  const x = operand(a);
  const y = operand(b);
  return integerOf(highOf(x) | highOf(y), lowOf(x) | lowOf(y));
}

/** @throws {NumberError} */
export function arithBxor(a: LuaNumber, b: LuaNumber): IntegerNumber {
  if (typeof a === "number" && typeof b === "number" && (a | 0) === a && (b | 0) === b) return a ^ b;
  if (a instanceof LuaInteger && b instanceof LuaInteger) return integerOf(a.high ^ b.high, a.low ^ b.low);
  const x = operand(a);
  const y = operand(b);
  return integerOf(highOf(x) ^ highOf(y), lowOf(x) ^ lowOf(y));
}

/** @throws {NumberError} */
export function arithBnot(a: LuaNumber): IntegerNumber {
  const x = operand(a);
  return integerOf(~highOf(x), ~lowOf(x));
}

/** Shifts left, or right by a negative distance. @throws {NumberError} */
export function arithShl(a: LuaNumber, b: LuaNumber): IntegerNumber {
  const x = operand(a);
  const distance = distanceOf(b);
  return distance >= 0
    ? shiftLeft(highOf(x), lowOf(x), distance)
    : shiftRight(highOf(x), lowOf(x), -distance);
}

/** Shifts right, filling with zeros, or left by a negative distance. @throws {NumberError} */
export function arithShr(a: LuaNumber, b: LuaNumber): IntegerNumber {
  const x = operand(a);
  const distance = distanceOf(b);
  return distance >= 0
    ? shiftRight(highOf(x), lowOf(x), distance)
    : shiftLeft(highOf(x), lowOf(x), -distance);
}

/** Of a wide distance only the sign counts. */
function distanceOf(value: LuaNumber): number {
  if (typeof value === "number" && (value | 0) === value) return value;
  const distance = operand(value);
  return distance instanceof LuaInteger ? distance.high : distance;
}

/** By a distance from 0 on. */
export function shiftLeft(high: number, low: number, distance: number): IntegerNumber {
  if (distance >= 32) return distance >= 64 ? 0 : integerOf(low << (distance - 32), 0);
  if (distance === 0) return integerOf(high, low);
  return integerOf((high << distance) | (low >>> (32 - distance)), low << distance);
}

/** By a distance from 0 on. */
export function shiftRight(high: number, low: number, distance: number): IntegerNumber {
  if (distance >= 32) return distance >= 64 ? 0 : high >>> (distance - 32);
  if (distance === 0) return integerOf(high, low);
  return integerOf(high >>> distance, (low >>> distance) | (high << (32 - distance)));
}
