/** Lua's numbers: exact 64-bit integers and doubles as two subtypes. */
export {
  addHalves,
  arithAdd,
  arithDiv,
  arithMul,
  arithPow,
  arithSub,
  arithUnm,
  mulHalves,
  subHalves,
} from "./arithmetic.ts";
export {
  arithBand,
  arithBnot,
  arithBor,
  arithBxor,
  arithShl,
  arithShr,
  shiftLeft,
  shiftRight,
} from "./bitwise.ts";
export { numberEqual, numberLess, numberLessEqual } from "./compare.ts";
export { integerFromFloat, isFloat, toInteger, toIntegerOperand, toNumberOperand } from "./convert.ts";
export { arithIdiv, arithMod } from "./division.ts";
export { NumberError } from "./error.ts";
export { formatNumber } from "./format.ts";
export { mulAdd, xorShiftedLeft, xorShiftedRight } from "./fused.ts";
export {
  highOf,
  type IntegerNumber,
  integerOf,
  isInteger,
  isNumber,
  type LuaNumber,
  toFloat,
} from "./kinds.ts";
export { type NumericLoop, prepareLoop } from "./loop.ts";
export { parseNumber } from "./parse.ts";
