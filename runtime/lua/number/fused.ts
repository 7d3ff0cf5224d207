/**
 * Two operations on wide integers at a time, as random generators and hash functions have them: what lies between is
 * never boxed, which takes longer than the operations.
 */
import type { LuaInteger } from "../value.ts";
import { addHalves, mulHigh } from "./arithmetic.ts";
import { highOf, type IntegerNumber, integerOf, lowOf } from "./kinds.ts";

/** `a ~ (b << distance)` @param distance 1 … 63 */
export function xorShiftedLeft(a: LuaInteger, b: LuaInteger, distance: number): IntegerNumber {
  if (distance >= 32) return integerOf(a.high ^ (b.low << (distance - 32)), a.low);
  return integerOf(
    a.high ^ ((b.high << distance) | (b.low >>> (32 - distance))),
    a.low ^ (b.low << distance),
  );
}

/** `a ~ (b >> distance)` @param distance 1 … 63 */
export function xorShiftedRight(a: LuaInteger, b: LuaInteger, distance: number): IntegerNumber {
  if (distance >= 32) return integerOf(a.high, a.low ^ (b.high >>> (distance - 32)));
  return integerOf(
    a.high ^ (b.high >>> distance),
    a.low ^ ((b.low >>> distance) | (b.high << (32 - distance))),
  );
}

/** `a * factor + addend` */
export function mulAdd(a: LuaInteger, factor: IntegerNumber, addend: IntegerNumber): IntegerNumber {
  const low = lowOf(factor);
  const high = mulHigh(a.high, a.low, highOf(factor), low);
  return addHalves(high, Math.imul(a.low, low), highOf(addend), lowOf(addend));
}
