/**
 * The one representation of Lua values that builtins, checks and commands see, whatever the engine.
 *
 * | Lua | here |
 * | --- | --- |
 * | nil, boolean | `undefined`, boolean |
 * | integer | integral number within ±(2^53−1), else {@link LuaInteger} |
 * | float | number with a fraction, NaN or infinite, else {@link LuaFloat} |
 * | string | string of bytes: every char code is ≤ 0xFF, see `text.ts` |
 * | table | {@link LuaTable} |
 * | function | a JavaScript function, to be called through the scheduler only |
 * | thread, userdata | {@link LuaThread}, {@link LuaUserdata} |
 */
import {
  floatFromNumber,
  integerFromBigInt,
  LuaFloat,
  LuaInteger,
  type LuaTypeName,
  typeOf,
} from "../lua/value.ts";

export { floatFromNumber, integerFromBigInt, LuaFloat, LuaInteger, type LuaTypeName, typeOf };

export type LuaNumber = number | LuaFloat | LuaInteger;

/** Any Lua value. */
export type LuaValue =
  | undefined
  | boolean
  | LuaNumber
  | string
  | LuaTable
  | LuaFunction
  | LuaThread
  | LuaUserdata;

/**
 * A table. All access is raw: no metamethod runs. The class behind it belongs to the engine, so one asks
 * {@link isTable}, never `instanceof`.
 */
export interface LuaTable {
  readonly luaType: "table";
  metatable: LuaTable | undefined;
  get(key: LuaValue): LuaValue;
  /** @throws When the key is nil or NaN: what becomes a Lua error in the calling code */
  set(key: LuaValue, value: LuaValue): void;
  /** A border, as `#t` without metamethods. */
  length(): number;
  /** Every key with its value, in the order of `next`. */
  entries(): IterableIterator<[LuaValue, LuaValue]>;
}

/**
 * A Lua function. The calling convention is the engine's own: builtins pass it to `host.call`.
 */
// deno-lint-ignore ban-types
export type LuaFunction = Function;

/** A coroutine, opaque to builtins. */
export interface LuaThread {
  readonly luaType: "thread";
}

/** A host object that scripts hold: subclasses keep their state in private fields. */
export class LuaUserdata {
  readonly luaType = "userdata";
  /** Never there: generated code takes for a table what has it. */
  declare readonly props?: never;
  /** Never there: generated code takes for a table what has it. */
  declare readonly array?: never;
  /** What gives the object its methods. Set once, before the object reaches a script. */
  metatable: LuaTable | undefined = undefined;
}

/** What a host function gives back: nothing, one value, or an array of several. */
export type LuaResult = LuaValue | readonly LuaValue[] | void;

/** A value at once, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>;

export function isTable(value: unknown): value is LuaTable {
  return typeof value === "object" && value !== null && (value as { luaType?: string }).luaType === "table";
}

export function isFunction(value: unknown): value is LuaFunction {
  return typeof value === "function";
}

export function isNumber(value: unknown): value is LuaNumber {
  return typeof value === "number" || value instanceof LuaFloat || value instanceof LuaInteger;
}

/** Whether a number is of the integer subtype. */
export function isInteger(value: unknown): value is number | LuaInteger {
  return Number.isInteger(value) || value instanceof LuaInteger;
}

/** The nearest double of a Lua number. */
export function toDouble(value: LuaNumber): number {
  if (typeof value === "number") return value;
  return value instanceof LuaFloat ? value.n : value.toNumber();
}

/** Lua's truth: everything but nil and false. */
export function isTruthy(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}
