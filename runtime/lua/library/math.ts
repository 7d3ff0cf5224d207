/** Lua's `math` library. */
import { argumentError, runtimeError } from "../error.ts";
import {
  arithUnm,
  integerFromFloat,
  type IntegerNumber,
  isFloat,
  isInteger,
  isNumber,
  type LuaNumber,
  numberLess,
  toInteger,
  toIntegerOperand,
} from "../number/mod.ts";
import { highOf, lowOf, toBigInt } from "../number/kinds.ts";
import type { LuaValue } from "../table.ts";
import { floatFromNumber, integerFromBigInt, LuaFloat, LuaInteger } from "../value.ts";
import { checkAny, checkFloat, checkInteger, checkNumber, checkPosition } from "./arguments.ts";
import { type Callback, drive, type LuaResult } from "./callback.ts";
import { less } from "./metamethods.ts";
import { Xoshiro } from "./random.ts";

const MAX_INTEGER = new LuaInteger(0x7fffffff, -1);
const MIN_INTEGER = new LuaInteger(-0x80000000, 0);

/** The integer of an integral double where there is one, else the float: what `floor` gives. */
function integerOrFloat(n: number): LuaNumber {
  return integerFromFloat(n) ?? floatFromNumber(n);
}

/** A library function of one float that gives a float. */
function floatFunction(name: string, compute: (x: number) => number): (x: LuaValue) => LuaNumber {
  return function (x) {
    return floatFromNumber(compute(typeof x === "number" ? x : checkFloat(x, 1, name, arguments.length)));
  };
}

function abs(x: LuaValue): LuaNumber {
  if (typeof x === "number") return Math.abs(x);
  if (x instanceof LuaInteger) return x.high < 0 ? arithUnm(x) : x;
  return floatFromNumber(Math.abs(checkFloat(x, 1, "abs", arguments.length)));
}

function floor(x: LuaValue): LuaNumber {
  if (typeof x === "number") return Math.floor(x);
  return x instanceof LuaInteger
    ? x
    : integerOrFloat(Math.floor(checkFloat(x, 1, "floor", arguments.length)));
}

function ceil(x: LuaValue): LuaNumber {
  if (typeof x === "number") return Math.ceil(x) + 0; // −0 becomes 0
  return x instanceof LuaInteger ? x : integerOrFloat(Math.ceil(checkFloat(x, 1, "ceil", arguments.length)));
}

function fmod(a: LuaValue, b: LuaValue): LuaNumber {
  if (isInteger(a) && isInteger(b)) {
    if (b === 0) throw argumentError(2, "fmod", "zero");
    if (typeof a === "number" && typeof b === "number") return a % b + 0;
    return integerFromBigInt(toBigInt(a) % toBigInt(b));
  }
  // In this order, as PUC-Rio's compiled by gcc: with two bad arguments the second one is told.
  const y = checkFloat(b, 2, "fmod", arguments.length);
  return floatFromNumber(checkFloat(a, 1, "fmod", arguments.length) % y);
}

function modf(x: LuaValue): LuaValue[] {
  if (isInteger(x)) return [x, new LuaFloat(0)];
  const n = checkFloat(x, 1, "modf", arguments.length);
  const whole = Math.trunc(n);
  return [integerOrFloat(whole), floatFromNumber(n === whole ? 0 : n - whole)];
}

function log(x: LuaValue, base: LuaValue): LuaNumber {
  const n = checkFloat(x, 1, "log", arguments.length);
  if (base === undefined) return floatFromNumber(Math.log(n));
  const b = checkFloat(base, 2, "log");
  if (b === 2) return floatFromNumber(Math.log2(n));
  return floatFromNumber(b === 10 ? Math.log10(n) : Math.log(n) / Math.log(b));
}

function atan(y: LuaValue, x: LuaValue): LuaNumber {
  const n = checkFloat(y, 1, "atan", arguments.length);
  return floatFromNumber(Math.atan2(n, x === undefined ? 1 : checkFloat(x, 2, "atan")));
}

/** Splits a double into a fraction in [0.5, 1) and a power of two, as C's frexp. */
function split(n: number): [fraction: number, exponent: number] {
  if (n === 0 || !Number.isFinite(n)) return [n, 0];
  // A subnormal number is made a normal one first.
  const scaled = Math.abs(n) < 2 ** -1022 ? n * 2 ** 54 : n;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, scaled);
  const high = view.getUint32(0);
  view.setUint32(0, (high & 0x800fffff) | 0x3fe00000);
  return [view.getFloat64(0), ((high >>> 20) & 0x7ff) - 1022 - (scaled === n ? 0 : 54)];
}

function frexp(x: LuaValue): LuaValue[] {
  const [fraction, exponent] = split(checkFloat(x, 1, "frexp", arguments.length));
  return [floatFromNumber(fraction), exponent];
}

function ldexp(x: LuaValue, exponent: LuaValue): LuaNumber {
  const n = checkFloat(x, 1, "ldexp", arguments.length);
  const wanted = checkPosition(exponent, 2, "ldexp", arguments.length);
  const [fraction, present] = split(n);
  // Beyond these the result is 0 or an infinity. Two steps, of which only the last one rounds.
  const power = Math.max(-1200, Math.min(1200, wanted + present));
  const safe = Math.max(-1000, Math.min(1000, power));
  return floatFromNumber(fraction * 2 ** safe * 2 ** (power - safe));
}

/** The largest argument, or the smallest; `smallest` swaps what is compared. */
function* extreme(values: readonly LuaValue[], smallest: boolean): Callback {
  let best = values[0];
  for (const value of values.slice(1)) {
    if (smallest ? yield* less(value, best) : yield* less(best, value)) best = value;
  }
  return best;
}

function max(a: LuaValue, b: LuaValue, ...others: LuaValue[]): LuaResult {
  if (typeof a === "number" && typeof b === "number" && others.length === 0) return a < b ? b : a;
  if (arguments.length < 2) return only(a, "max", arguments.length);
  const values = [a, b, ...others];
  if (!values.every(isNumber)) return drive(extreme(values, false));
  return values.reduce((best, value) => numberLess(best, value) ? value : best);
}

function min(a: LuaValue, b: LuaValue, ...others: LuaValue[]): LuaResult {
  if (typeof a === "number" && typeof b === "number" && others.length === 0) return b < a ? b : a;
  if (arguments.length < 2) return only(a, "min", arguments.length);
  const values = [a, b, ...others];
  if (!values.every(isNumber)) return drive(extreme(values, true));
  return values.reduce((best, value) => numberLess(value, best) ? value : best);
}

function only(value: LuaValue, name: string, count: number): LuaValue {
  checkAny(1, name, count);
  return value;
}

function tointeger(x: LuaValue): IntegerNumber | undefined {
  checkAny(1, "tointeger", arguments.length);
  return toIntegerOperand(x);
}

function type(x: LuaValue): LuaValue {
  if (isNumber(x)) return isFloat(x) ? "float" : "integer";
  checkAny(1, "type", arguments.length);
  return undefined;
}

function ult(a: LuaValue, b: LuaValue): boolean {
  const x = checkInteger(a, 1, "ult", arguments.length);
  const y = checkInteger(b, 2, "ult", arguments.length);
  const high = highOf(x) >>> 0;
  const otherHigh = highOf(y) >>> 0;
  return high === otherHigh ? lowOf(x) >>> 0 < lowOf(y) >>> 0 : high < otherHigh;
}

/** The bits of a double, as an integer: what a fractional seed stands for. */
function bitsOf(n: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  return view.getBigInt64(0);
}

function seedOf(value: LuaValue, count: number): IntegerNumber {
  const number = checkNumber(value, 1, "randomseed", count);
  return toInteger(number) ?? integerFromBigInt(bitsOf(checkFloat(number, 1, "randomseed")));
}

function randomHalf(): number {
  return Math.floor(Math.random() * 4294967296) | 0;
}

/** `random` and `randomseed` on a generator of their own, which starts at random. */
function randomFunctions() {
  const generator = new Xoshiro(randomHalf() + randomHalf() * 1048576, Date.now());

  function random(m: LuaValue, n: LuaValue): LuaNumber {
    switch (arguments.length) {
      case 0:
        return floatFromNumber(generator.float());
      case 1:
        return upTo(checkInteger(m, 1, "random"));
      case 2:
        return between(checkInteger(m, 1, "random"), checkInteger(n, 2, "random"));
      default:
        throw runtimeError("wrong number of arguments");
    }
  }

  function upTo(up: IntegerNumber): LuaNumber {
    return up === 0 ? generator.integer() : between(1, up);
  }

  function between(low: IntegerNumber, up: IntegerNumber): LuaNumber {
    if (numberLess(up, low)) throw argumentError(1, "random", "interval is empty");
    return generator.between(low, up);
  }

  function randomseed(a: LuaValue, b: LuaValue): LuaValue[] {
    const given = arguments.length > 0;
    const n1 = given ? seedOf(a, 1) : randomHalf();
    const n2 = !given ? generator.integer() : b === undefined ? 0 : checkInteger(b, 2, "randomseed");
    generator.seed(n1, n2);
    return [n1, n2];
  }

  return { random, randomseed };
}

/** Makes the members of `math` for a VM; its random numbers are its own. */
export function createMathLibrary(): Record<string, LuaValue> {
  return {
    abs,
    acos: floatFunction("acos", Math.acos),
    asin: floatFunction("asin", Math.asin),
    atan,
    ceil,
    cos: floatFunction("cos", Math.cos),
    deg: floatFunction("deg", (x) => x * (180 / Math.PI)),
    exp: floatFunction("exp", Math.exp),
    floor,
    fmod,
    frexp,
    huge: Infinity,
    ldexp,
    log,
    max,
    maxinteger: MAX_INTEGER,
    min,
    mininteger: MIN_INTEGER,
    modf,
    pi: Math.PI,
    rad: floatFunction("rad", (x) => x * (Math.PI / 180)),
    ...randomFunctions(),
    sin: floatFunction("sin", Math.sin),
    sqrt: floatFunction("sqrt", Math.sqrt),
    tan: floatFunction("tan", Math.tan),
    tointeger,
    type,
    ult,
  };
}
