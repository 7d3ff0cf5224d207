/** `//` and `%`: both round towards minus infinity. */
import { floatFromNumber, integerFromBigInt, type LuaFloat } from "../value.ts";
import { NumberError } from "./error.ts";
import {
  HALF,
  highOf,
  type IntegerNumber,
  integerOf,
  isInteger,
  lowOf,
  type LuaNumber,
  toBigInt,
  toFloat,
} from "./kinds.ts";

/** Below it, a remainder times 2^16 plus a limb is still exact in a double. */
const LONG_DIVISION_LIMIT = 2 ** 37;

/** Below it, a multiple of the divisor next to the dividend is exact: four times faster than ECMAScript's `%`. */
const EXACT = 2 ** 52;

/** @throws {NumberError} When an integer is divided by the integer 0 */
export function arithIdiv(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (!isInteger(a) || !isInteger(b)) return floatFromNumber(Math.floor(toFloat(a) / toFloat(b)));
  if (b === 0) throw new NumberError("attempt to divide by zero");
  // The quotient of two exact integers is never rounded up to the next one, so its floor is exact.
  if (typeof a === "number" && typeof b === "number") return Math.floor(a / b) + 0;
  if (typeof b === "number" && b > 0 && b < LONG_DIVISION_LIMIT) return longDivide(a, b);
  const dividend = toBigInt(a);
  const divisor = toBigInt(b);
  const quotient = dividend / divisor;
  const inexact = quotient * divisor !== dividend;
  return integerFromBigInt(inexact && (dividend < 0n) !== (divisor < 0n) ? quotient - 1n : quotient);
}

/** @throws {NumberError} When an integer is divided by the integer 0 */
export function arithMod(a: LuaNumber, b: LuaNumber): LuaNumber {
  if (!isInteger(a) || !isInteger(b)) return floatMod(toFloat(a), toFloat(b));
  if (b === 0) throw new NumberError("attempt to perform 'n%0'");
  if (typeof a === "number" && typeof b === "number") {
    if (a > -EXACT && a < EXACT && b > -EXACT && b < EXACT) return a - Math.floor(a / b) * b;
    const remainder = a % b;
    return remainder !== 0 && (remainder < 0) !== (b < 0) ? remainder + b : remainder + 0;
  }
  if (typeof b === "number" && b > 0 && b < LONG_DIVISION_LIMIT) return longRemainder(a, b);
  const divisor = toBigInt(b);
  const remainder = toBigInt(a) % divisor;
  const adjust = remainder !== 0n && (remainder < 0n) !== (divisor < 0n);
  return integerFromBigInt(adjust ? remainder + divisor : remainder);
}

function floatMod(a: number, b: number): number | LuaFloat {
  const remainder = a % b;
  return floatFromNumber(remainder !== 0 && (remainder < 0) !== (b < 0) ? remainder + b : remainder);
}

/** Digits of 16 bits, from the top; the upper half carries the sign. */
function longDivide(a: IntegerNumber, b: number): IntegerNumber {
  const high = highOf(a);
  const low = lowOf(a);
  const top = Math.floor(high / b);
  const middle = (high - top * b) * 65536 + (low >>> 16);
  const middleDigit = Math.floor(middle / b);
  const last = (middle - middleDigit * b) * 65536 + (low & 0xffff);
  return integerOf(top, (middleDigit << 16) | Math.floor(last / b));
}

function longRemainder(a: IntegerNumber, b: number): number {
  const low = lowOf(a);
  const mask = b - 1;
  // A power of two, as generators of random numbers have it.
  if (b <= HALF && (b & mask) === 0) return (low & mask) >>> 0;
  const high = highOf(a);
  const top = high - Math.floor(high / b) * b;
  const middle = top * 65536 + (low >>> 16);
  const last = (middle - Math.floor(middle / b) * b) * 65536 + (low & 0xffff);
  return last - Math.floor(last / b) * b;
}
