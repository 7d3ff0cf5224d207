/** Numeric `for` loops whose plain form `for (i = a; i <= b; i += c)` would not do: Lua's `forprep`. */
import { floatFromNumber, integerFromBigInt } from "../value.ts";
import { arithAdd } from "./arithmetic.ts";
import { numberEqual, numberLess } from "./compare.ts";
import { integerFromFloat, toNumberOperand } from "./convert.ts";
import { NumberError } from "./error.ts";
import { type IntegerNumber, integerOf, isInteger, type LuaNumber, toBigInt, toFloat } from "./kinds.ts";

const MAX_INTEGER = integerOf(0x7fffffff, -1);
const MIN_INTEGER = integerOf(-0x80000000, 0);

/** A loop that runs at least once. */
export interface NumericLoop {
  /** What the control variable holds in this pass. */
  readonly value: LuaNumber;
  /** Goes to the next pass. Gives false when there is none. */
  advance(): boolean;
}

/**
 * Prepares a loop; `undefined` when it does not run at all.
 *
 * @param describe The type of a value as errors name it
 * @throws {NumberError} When a value is no number or the step is 0
 */
export function prepareLoop(
  initial: unknown,
  limit: unknown,
  step: unknown,
  describe: (value: unknown) => string,
): NumericLoop | undefined {
  if (isInteger(initial) && isInteger(step)) {
    if (step === 0) throw new NumberError("'for' step is zero");
    const last = lastInteger(initial, loopNumber(limit, "limit", describe), step);
    return last === undefined ? undefined : new IntegerLoop(initial, last, step);
  }
  const end = toFloat(loopNumber(limit, "limit", describe));
  const by = toFloat(loopNumber(step, "step", describe));
  const start = toFloat(loopNumber(initial, "initial value", describe));
  if (by === 0) throw new NumberError("'for' step is zero");
  // As PUC-Rio asks it: a loop from or to NaN runs once.
  return (by > 0 ? end < start : start < end) ? undefined : new FloatLoop(start, end, by);
}

function loopNumber(value: unknown, what: string, describe: (value: unknown) => string): LuaNumber {
  const number = toNumberOperand(value);
  if (number === undefined) {
    throw new NumberError(`bad 'for' ${what} (number expected, got ${describe(value)})`);
  }
  return number;
}

/** The value of the last pass: exactly reached, so that counting up to it cannot wrap. */
function lastInteger(start: IntegerNumber, limit: LuaNumber, step: IntegerNumber): IntegerNumber | undefined {
  const up = numberLess(0, step);
  const end = integerLimit(limit, up);
  if (end === undefined || (up ? numberLess(end, start) : numberLess(start, end))) return undefined;
  const from = toBigInt(start);
  const by = toBigInt(step);
  return integerFromBigInt(from + (toBigInt(end) - from) / by * by);
}

/** A limit as an integer: floats rounded into the range, those beyond 64 bits clipped to them. */
function integerLimit(limit: LuaNumber, up: boolean): IntegerNumber | undefined {
  if (isInteger(limit)) return limit;
  const n = toFloat(limit);
  const integer = integerFromFloat(up ? Math.floor(n) : Math.ceil(n));
  if (integer !== undefined) return integer;
  if (n > 0) return up ? MAX_INTEGER : undefined;
  return up ? undefined : MIN_INTEGER;
}

class IntegerLoop implements NumericLoop {
  constructor(public value: LuaNumber, readonly last: IntegerNumber, readonly step: IntegerNumber) {}

  advance(): boolean {
    if (numberEqual(this.value, this.last)) return false;
    this.value = arithAdd(this.value, this.step);
    return true;
  }
}

class FloatLoop implements NumericLoop {
  value: LuaNumber;
  #current: number;

  constructor(start: number, readonly end: number, readonly step: number) {
    this.#current = start;
    this.value = floatFromNumber(start);
  }

  advance(): boolean {
    this.#current += this.step;
    if (!(this.step > 0 ? this.#current <= this.end : this.end <= this.#current)) return false;
    this.value = floatFromNumber(this.#current);
    return true;
  }
}
