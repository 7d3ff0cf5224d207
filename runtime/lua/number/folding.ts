/** What PUC-Rio computes when it compiles: arithmetic of numerals. After its `lcode.c`. */
import { arithAdd, arithDiv, arithMul, arithPow, arithSub, arithUnm } from "./arithmetic.ts";
import { arithBand, arithBnot, arithBor, arithBxor, arithShl, arithShr } from "./bitwise.ts";
import { toInteger } from "./convert.ts";
import { arithIdiv, arithMod } from "./division.ts";
import { type IntegerNumber, isInteger, type LuaNumber, toFloat } from "./kinds.ts";

const ARITHMETIC: Readonly<Record<string, (a: LuaNumber, b: LuaNumber) => LuaNumber>> = {
  "+": arithAdd,
  "-": arithSub,
  "*": arithMul,
  "/": arithDiv,
  "//": arithIdiv,
  "%": arithMod,
  "^": arithPow,
};

const BITWISE: Readonly<Record<string, (a: IntegerNumber, b: IntegerNumber) => IntegerNumber>> = {
  "&": arithBand,
  "|": arithBor,
  "~": arithBxor,
  "<<": arithShl,
  ">>": arithShr,
};

/** The result of a binary operator; undefined where it is left to run time. */
export function foldedBinary(operator: string, a: LuaNumber, b: LuaNumber): LuaNumber | undefined {
  const arithmetic = ARITHMETIC[operator];
  if (arithmetic !== undefined) {
    const divides = operator === "/" || operator === "//" || operator === "%";
    return divides && toFloat(b) === 0 ? undefined : foldable(arithmetic(a, b));
  }
  const [x, y] = [toInteger(a), toInteger(b)];
  return x === undefined || y === undefined ? undefined : BITWISE[operator]?.(x, y);
}

/** The result of `-` or `~`; undefined where it is left to run time. */
export function foldedUnary(operator: "-" | "~", a: LuaNumber): LuaNumber | undefined {
  if (operator === "-") return foldable(arithUnm(a));
  const integer = toInteger(a);
  return integer === undefined ? undefined : arithBnot(integer);
}

/** A float that is 0 or no number is not a constant in PUC-Rio's code. */
function foldable(value: LuaNumber): LuaNumber | undefined {
  const n = toFloat(value);
  return isInteger(value) || (n !== 0 && !Number.isNaN(n)) ? value : undefined;
}
