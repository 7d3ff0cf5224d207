/**
 * `+ - * / ^` and unary minus on two Lua numbers: integers wrap at 64 bits, anything with a float is a float.
 *
 * Every function tries, in this order: two plain numbers, two integers, floats. Wide integers are two 32-bit
 * halves, multiplied by 16-bit limbs: a BigInt would cost several times as much.
 */
import { floatFromNumber, LuaFloat, LuaInteger } from "../value.ts";
import { highOf, type IntegerNumber, integerOf, type LuaNumber, toFloat } from "./kinds.ts";

const MAX = Number.MAX_SAFE_INTEGER;

export function arithAdd(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const sum = a + b;
    if (!Number.isInteger(sum)) return sum;
    if (!Number.isInteger(a) || !Number.isInteger(b)) return new LuaFloat(sum);
    return sum <= MAX && sum >= -MAX ? sum : addHalves(highOf(a), a | 0, highOf(b), b | 0);
  }
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return addHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return addHalves(a.high, a.low, highOf(b), b | 0);
  } else if (b instanceof LuaInteger && typeof a === "number" && Number.isInteger(a)) {
    return addHalves(highOf(a), a | 0, b.high, b.low);
  }
  return floatFromNumber(toFloat(a) + toFloat(b));
}

export function arithSub(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const difference = a - b;
    if (!Number.isInteger(difference)) return difference;
    if (!Number.isInteger(a) || !Number.isInteger(b)) return new LuaFloat(difference);
    return difference <= MAX && difference >= -MAX
      ? difference
      : subHalves(highOf(a), a | 0, highOf(b), b | 0);
  }
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return subHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return subHalves(a.high, a.low, highOf(b), b | 0);
  } else if (b instanceof LuaInteger && typeof a === "number" && Number.isInteger(a)) {
    return subHalves(highOf(a), a | 0, b.high, b.low);
  }
  return floatFromNumber(toFloat(a) - toFloat(b));
}

export function arithMul(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (typeof a === "number" && typeof b === "number") {
    const product = a * b;
    if (!Number.isInteger(product)) return product;
    if (!Number.isInteger(a) || !Number.isInteger(b)) return new LuaFloat(product);
    // Adding 0 makes the 0 of a -0.
    return product <= MAX && product >= -MAX ? product + 0 : mulHalves(highOf(a), a | 0, highOf(b), b | 0);
  }
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return mulHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return mulHalves(a.high, a.low, highOf(b), b | 0);
  } else if (b instanceof LuaInteger && typeof a === "number" && Number.isInteger(a)) {
    return mulHalves(highOf(a), a | 0, b.high, b.low);
  }
  return floatFromNumber(toFloat(a) * toFloat(b));
}

export function arithDiv(a: LuaNumber, b: LuaNumber): number | LuaFloat {
  return floatFromNumber(toFloat(a) / toFloat(b));
}

/** As C's `pow`, which has 1 where ECMAScript has NaN: 1^NaN, 1^inf, (-1)^inf. */
export function arithPow(a: LuaNumber, b: LuaNumber): number | LuaFloat {
  const base = toFloat(a);
  const exponent = toFloat(b);
  if (exponent === 2) return floatFromNumber(base * base);
  if (exponent === 0.5 && base > 0) return floatFromNumber(Math.sqrt(base));
  if (base === 1 || (base === -1 && (exponent === Infinity || exponent === -Infinity))) {
    return new LuaFloat(1);
  }
  return floatFromNumber(base ** exponent);
}

export function arithUnm(a: LuaNumber): LuaNumber {
  // 0 - a, not -a: the integer 0 has no sign.
  if (typeof a === "number") return 0 - a;
  return a instanceof LuaFloat ? new LuaFloat(-a.n) : subHalves(0, 0, a.high, a.low);
}

/** Of two integers in halves. */
export function addHalves(aHigh: number, aLow: number, bHigh: number, bLow: number): IntegerNumber {
  const low = (aLow + bLow) | 0;
  const carry = (low >>> 0) < (aLow >>> 0) ? 1 : 0;
  return integerOf((aHigh + bHigh + carry) | 0, low);
}

/** Of two integers in halves. */
export function subHalves(aHigh: number, aLow: number, bHigh: number, bLow: number): IntegerNumber {
  const borrow = (aLow >>> 0) < (bLow >>> 0) ? 1 : 0;
  return integerOf((aHigh - bHigh - borrow) | 0, (aLow - bLow) | 0);
}

/** Of two integers in halves. */
export function mulHalves(aHigh: number, aLow: number, bHigh: number, bLow: number): IntegerNumber {
  return integerOf(mulHigh(aHigh, aLow, bHigh, bLow), Math.imul(aLow, bLow));
}

/** The upper half of the product of two integers in halves. */
export function mulHigh(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  const a0 = aLow & 0xffff;
  const a1 = aLow >>> 16;
  const b0 = bLow & 0xffff;
  const b1 = bLow >>> 16;
  // The upper half of the product of the lower halves, by the schoolbook on 16-bit limbs.
  const middle = (Math.imul(a1, b0) + (Math.imul(a0, b0) >>> 16)) | 0;
  const carry = (Math.imul(a0, b1) + (middle & 0xffff)) | 0;
  const upper = (Math.imul(a1, b1) + (middle >>> 16) + (carry >>> 16)) | 0;
  return (upper + Math.imul(aHigh, bLow) + Math.imul(aLow, bHigh)) | 0;
}
