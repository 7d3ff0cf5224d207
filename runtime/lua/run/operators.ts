/** Operations of generated code whose operands are not what its fast paths expect. Any may give `SUSPENDED`. */
import { type LuaThrow, runtimeError } from "../error.ts";
import type { LuaResult } from "../library/callback.ts";
import {
  addHalves,
  arithAdd,
  arithBand,
  arithBnot,
  arithBor,
  arithBxor,
  arithDiv,
  arithIdiv,
  arithMod,
  arithMul,
  arithPow,
  arithShl,
  arithShr,
  arithSub,
  arithUnm,
  formatNumber,
  highOf,
  type IntegerNumber,
  integerOf,
  isInteger,
  isNumber,
  type LuaNumber,
  mulHalves,
  numberEqual,
  NumberError,
  numberLess,
  numberLessEqual,
  shiftLeft,
  shiftRight,
  subHalves,
  toInteger,
  toNumberOperand,
} from "../number/mod.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import type { Props } from "../table/props.ts";
import { LuaInteger } from "../value.ts";
import { typeName } from "../library/arguments.ts";
import { comparisonHandler, MAX_CHAIN, metamethod, metatableOf } from "../library/metamethods.ts";
import { chargeString, spendWork } from "../library/string/limits.ts";
import { BIG_STRING } from "../memory.ts";
import { blame } from "./blame.ts";
import type { LuaFunction } from "./coroutine.ts";
import { machine, SUSPENDED } from "./machine.ts";

export { metamethod, metatableOf };

/** The first of some results; a suspension stays one. */
export function first(result: LuaResult): LuaValue {
  if (Array.isArray(result)) return result === SUSPENDED ? SUSPENDED as unknown as LuaValue : result[0];
  return result as LuaValue;
}

/** The results of a call as an array. */
export function spread(result: LuaResult): readonly LuaValue[] {
  return Array.isArray(result) ? result : [result as LuaValue];
}

/** The function that a call of a value runs. @throws {LuaThrow} When it cannot be called */
export function callable(value: LuaValue): LuaFunction {
  if (typeof value === "function") return value;
  // Values on the way to the function come before the arguments, the last first
  const before: LuaValue[] = [];
  let fn: LuaValue | LuaFunction = value;
  while (typeof fn !== "function") {
    const handler = metamethod(fn, "__call");
    checkCallChain(fn, handler, before.length);
    before.push(fn);
    fn = handler;
  }
  const called: LuaFunction = fn;
  if (before.length === 1) return (...args: LuaValue[]) => called(value, ...args);
  before.reverse();
  return (...args: LuaValue[]) => called(...before, ...args);
}

/** So many `__call` in a row are a loop. */
const MAX_CALL_CHAIN = 50_000;

/** PUC-Rio's limit. Here a longer chain may lead to a function. */
const LONG_CALL_CHAIN = 15;

/** @throws {LuaThrow} When a value has no `__call`, or as the one after too many others */
export function checkCallChain(value: LuaValue, handler: LuaValue, before: number): void {
  if (before >= (handler === undefined ? LONG_CALL_CHAIN + 1 : MAX_CALL_CHAIN)) {
    throw runtimeError("'__call' chain too long");
  }
  if (handler === undefined) throw blame(value, "call");
}

/** Calls a metamethod. @throws {LuaThrow} When it is no function, by the name of its event */
function callHandler(event: string, handler: LuaValue, a: LuaValue, b: LuaValue): LuaResult {
  if (typeof handler === "function") return handler(a, b);
  if (metamethod(handler, "__call") === undefined) {
    throw runtimeError(`attempt to call a ${typeName(handler)} value (metamethod '${event.slice(2)}')`);
  }
  return callable(handler)(a, b);
}

/** @param isHandler Whether the value is what a metatable has, which has no name in the source */
function notIndexable(value: LuaValue, isHandler: boolean): LuaThrow {
  return isHandler ? runtimeError(`attempt to index a ${typeName(value)} value`) : blame(value, "index");
}

/** `object[key]` */
export function index(object: LuaValue, key: LuaValue): LuaValue {
  // The method of a string, as long as nobody has changed where those are
  if (typeof object === "string" && typeof key === "string") {
    const methods = machine.metatables.string?.props.__index;
    const method = methods instanceof LuaTable ? methods.props[key] : undefined;
    if (method !== undefined) return method;
  }
  let holder = object;
  for (let i = 0; i < MAX_CHAIN; i++) {
    let handler: LuaValue;
    if (holder instanceof LuaTable) {
      const value = holder.get(key);
      if (value !== undefined) return value;
      if (holder.metatable === undefined) return undefined;
      handler = holder.metatable.getStr("__index");
      if (handler === undefined) return undefined;
    } else {
      handler = metamethod(holder, "__index");
      if (handler === undefined) throw notIndexable(holder, i > 0);
    }
    if (typeof handler === "function") return first(handler(holder, key));
    holder = handler;
  }
  throw runtimeError("'__index' chain too long; possible loop");
}

/** `object[key] = value`; gives `SUSPENDED` or nothing. */
export function setIndex(object: LuaValue, key: LuaValue, value: LuaValue): LuaResult {
  let holder = object;
  for (let i = 0; i < MAX_CHAIN; i++) {
    let handler: LuaValue;
    if (holder instanceof LuaTable) {
      const metatable = holder.metatable;
      if (metatable === undefined) {
        holder.set(key, value);
        return undefined;
      }
      handler = metatable.getStr("__newindex");
      if (handler === undefined || holder.get(key) !== undefined) {
        holder.set(key, value);
        return undefined;
      }
    } else {
      handler = metamethod(holder, "__newindex");
      if (handler === undefined) throw notIndexable(holder, i > 0);
    }
    if (typeof handler === "function") {
      return handler(holder, key, value) === SUSPENDED ? SUSPENDED : undefined;
    }
    holder = handler;
  }
  throw runtimeError("'__newindex' chain too long; possible loop");
}

/** The string part of a table to which a field may be added as it is; null where {@link setIndex} has to see to it. */
export function room(object: LuaValue): Props | null {
  if (!(object instanceof LuaTable)) return null;
  const { metatable } = object;
  if (metatable !== undefined && (metatable.hash !== null || metatable.props.__newindex !== undefined)) {
    return null;
  }
  return object.ownProps();
}

type Arithmetic = (a: LuaNumber, b: LuaNumber) => LuaNumber;
type Bitwise = (a: IntegerNumber, b: IntegerNumber) => IntegerNumber;

export function located<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof NumberError ? runtimeError(error.message) : error;
  }
}

function binary(event: string, work: Arithmetic): (a: LuaValue, b: LuaValue) => LuaValue {
  return (a, b) => {
    if (isNumber(a) && isNumber(b)) return work(a, b);
    if (typeof a === "string") spendWork(a.length);
    if (typeof b === "string") spendWork(b.length);
    const x = toNumberOperand(a);
    const y = toNumberOperand(b);
    if (x !== undefined && y !== undefined && !hasEvent(a, b, event)) return work(x, y);
    const isSecond = isNumber(a) || (x !== undefined && y === undefined);
    const handler = metamethod(a, event) ?? metamethod(b, event);
    if (handler === undefined && (typeof a === "string" || typeof b === "string")) {
      // Strings have metamethods for arithmetic, which convert; this is what theirs say
      throw runtimeError(`attempt to ${event.slice(2)} a '${typeName(a)}' with a '${typeName(b)}'`);
    }
    return handled(event, a, b, "perform arithmetic on", isSecond);
  };
}

function dividing(event: string, work: Arithmetic): (a: LuaValue, b: LuaValue) => LuaValue {
  return binary(event, (a, b) => located(() => work(a, b)));
}

function bitwise(event: string, work: Bitwise): (a: LuaValue, b: LuaValue) => LuaValue {
  return (a, b) => {
    if (isNumber(a) && isNumber(b)) {
      const x = toInteger(a);
      const y = toInteger(b);
      if (x !== undefined && y !== undefined) return work(x, y);
      if (!hasEvent(a, b, event)) {
        throw x === undefined ? blame(a, "integer", "left") : blame(b, "integer", "right");
      }
    }
    // Strings are no operands, unlike in arithmetic
    return handled(event, a, b, "perform bitwise operation on", isNumber(a));
  };
}

function hasEvent(a: LuaValue, b: LuaValue, event: string): boolean {
  return metamethod(a, event) !== undefined || metamethod(b, event) !== undefined;
}

function handled(event: string, a: LuaValue, b: LuaValue, doing: string, blameSecond: boolean): LuaValue {
  const handler = metamethod(a, event) ?? metamethod(b, event);
  if (handler === undefined) throw blameSecond ? blame(b, doing, "right") : blame(a, doing, "left");
  return first(callHandler(event, handler, a, b));
}

const addOtherwise = binary("__add", arithAdd);
const subOtherwise = binary("__sub", arithSub);
const mulOtherwise = binary("__mul", arithMul);
const divOtherwise = binary("__div", arithDiv);
const powOtherwise = binary("__pow", arithPow);
const modOtherwise = dividing("__mod", arithMod);
const idivOtherwise = dividing("__idiv", arithIdiv);
const bandOtherwise = bitwise("__band", arithBand);
const borOtherwise = bitwise("__bor", arithBor);
const bxorOtherwise = bitwise("__bxor", arithBxor);
const shlOtherwise = bitwise("__shl", arithShl);
const shrOtherwise = bitwise("__shr", arithShr);

// Written out one by one: V8 then knows for each what it calls and is called with

export function add(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return addHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return addHalves(a.high, a.low, highOf(b), b | 0);
  }
  return isNumber(a) && isNumber(b) ? arithAdd(a, b) : addOtherwise(a, b);
}

export function sub(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return subHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return subHalves(a.high, a.low, highOf(b), b | 0);
  }
  return isNumber(a) && isNumber(b) ? arithSub(a, b) : subOtherwise(a, b);
}

export function mul(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return mulHalves(a.high, a.low, b.high, b.low);
    if (typeof b === "number" && Number.isInteger(b)) return mulHalves(a.high, a.low, highOf(b), b | 0);
  }
  return isNumber(a) && isNumber(b) ? arithMul(a, b) : mulOtherwise(a, b);
}

export function div(a: LuaValue, b: LuaValue): LuaValue {
  return isNumber(a) && isNumber(b) ? arithDiv(a, b) : divOtherwise(a, b);
}

export function pow(a: LuaValue, b: LuaValue): LuaValue {
  return isNumber(a) && isNumber(b) ? arithPow(a, b) : powOtherwise(a, b);
}

export function mod(a: LuaValue, b: LuaValue): LuaValue {
  return isNumber(a) && isNumber(b) && b !== 0 ? arithMod(a, b) : modOtherwise(a, b);
}

export function idiv(a: LuaValue, b: LuaValue): LuaValue {
  return isNumber(a) && isNumber(b) && b !== 0 ? arithIdiv(a, b) : idivOtherwise(a, b);
}

export function band(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return integerOf(a.high & b.high, a.low & b.low);
    if (typeof b === "number" && (b | 0) === b) return integerOf(a.high & (b >> 31), a.low & b);
  }
  return isInteger(a) && isInteger(b) ? arithBand(a, b) : bandOtherwise(a, b);
}

export function bor(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return integerOf(a.high | b.high, a.low | b.low);
    if (typeof b === "number" && (b | 0) === b) return integerOf(a.high | (b >> 31), a.low | b);
  }
  return isInteger(a) && isInteger(b) ? arithBor(a, b) : borOtherwise(a, b);
}

export function bxor(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger) {
    if (b instanceof LuaInteger) return integerOf(a.high ^ b.high, a.low ^ b.low);
    if (typeof b === "number" && (b | 0) === b) return integerOf(a.high ^ (b >> 31), a.low ^ b);
  }
  return isInteger(a) && isInteger(b) ? arithBxor(a, b) : bxorOtherwise(a, b);
}

export function shl(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger && typeof b === "number" && (b | 0) === b && b >= 0) {
    return shiftLeft(a.high, a.low, b);
  }
  return isInteger(a) && isInteger(b) ? arithShl(a, b) : shlOtherwise(a, b);
}

export function shr(a: LuaValue, b: LuaValue): LuaValue {
  if (a instanceof LuaInteger && typeof b === "number" && (b | 0) === b && b >= 0) {
    return shiftRight(a.high, a.low, b);
  }
  return isInteger(a) && isInteger(b) ? arithShr(a, b) : shrOtherwise(a, b);
}

const negate = binary("__unm", (a) => arithUnm(a));
const complement = bitwise("__bnot", (a) => arithBnot(a));
export const unm = (a: LuaValue) => negate(a, a);
export const bnot = (a: LuaValue) => complement(a, a);

/** `#value` */
export function len(value: LuaValue): LuaValue {
  if (typeof value === "string") return value.length;
  const handler = metamethod(value, "__len");
  if (handler !== undefined) return first(callHandler("__len", handler, value, value));
  if (value instanceof LuaTable) return value.length();
  throw blame(value, "get length of");
}

/** `a .. b` */
export function concat(a: LuaValue, b: LuaValue): LuaValue {
  const x = textOf(a);
  const y = textOf(b);
  if (x !== undefined && y !== undefined) return text(x + y);
  const handler = metamethod(a, "__concat") ?? metamethod(b, "__concat");
  if (handler === undefined) {
    throw x === undefined ? blame(a, "concatenate", "left") : blame(b, "concatenate", "right");
  }
  return first(callHandler("__concat", handler, a, b));
}

/** A string that two have been joined to. @throws {LuaThrow} When there is no room for it */
export function text(joined: string): string {
  if (joined.length >= BIG_STRING) chargeString(joined.length);
  return joined;
}

function textOf(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  return isNumber(value) ? formatNumber(value) : undefined;
}

/** `a == b`; the result of a metamethod is made a boolean. */
export function eq(a: LuaValue, b: LuaValue): LuaValue {
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && numberEqual(a, b);
  if (typeof a !== "object" || typeof b !== "object" || isNumber(b)) return false;
  if (a instanceof LuaTable !== b instanceof LuaTable) return false;
  const handler = metamethod(a, "__eq") ?? metamethod(b, "__eq");
  return handler === undefined ? false : truth(first(callHandler("__eq", handler, a, b)));
}

/** Lua's truth as a boolean; a suspension stays one. */
export function truth(value: LuaValue): LuaValue {
  return (value as unknown) === SUSPENDED ? value : value !== undefined && value !== false;
}

export function lt(a: LuaValue, b: LuaValue): LuaValue {
  if (typeof a === "string" && typeof b === "string") {
    spendWork(a.length);
    return a < b;
  }
  if (isNumber(a) && isNumber(b)) return numberLess(a, b);
  return compared("__lt", a, b);
}

export function le(a: LuaValue, b: LuaValue): LuaValue {
  if (typeof a === "string" && typeof b === "string") {
    spendWork(a.length);
    return a <= b;
  }
  if (isNumber(a) && isNumber(b)) return numberLessEqual(a, b);
  return compared("__le", a, b);
}

function compared(event: string, a: LuaValue, b: LuaValue): LuaValue {
  return truth(first(callHandler(event, comparisonHandler(event, a, b), a, b)));
}
