/** Operations of library functions that respect metamethods, as generators of call requests. */
import { runtimeError } from "../error.ts";
import { isNumber, numberLess, toInteger } from "../number/mod.ts";
import type { IntegerNumber } from "../number/kinds.ts";
import { toNumberOperand } from "../number/convert.ts";
import { machine } from "../run/machine.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { typeError, typeName } from "./arguments.ts";
import { type Callback, first, isTrue } from "./callback.ts";

/** So many `__index` or `__newindex` in a row are a loop (PUC-Rio's MAXTAGLOOP). */
export const MAX_CHAIN = 2000;

/** The metatable of any value. */
export function metatableOf(value: LuaValue): LuaTable | undefined {
  switch (typeof value) {
    case "object":
      return isNumber(value) ? machine.metatables.number : (value as { metatable?: LuaTable }).metatable;
    case "string":
      return machine.metatables.string;
    case "number":
      return machine.metatables.number;
    case "boolean":
      return machine.metatables.boolean;
    case "function":
      return machine.metatables.function;
    default:
      return machine.metatables.nil;
  }
}

/** A metamethod of any value; `undefined` where it has none. */
export function metamethod(value: LuaValue, event: string): LuaValue {
  const metatable = metatableOf(value);
  return metatable === undefined ? undefined : metatable.getStr(event);
}

/** A table whose writes and whose length no metamethod sees. */
export function isQuiet(value: LuaValue): value is LuaTable {
  if (!(value instanceof LuaTable)) return false;
  const { metatable } = value;
  return metatable === undefined ||
    (metatable.getStr("__newindex") === undefined && metatable.getStr("__len") === undefined);
}

/** Whether a metamethod sees what is read as nil from a table. */
export function hasIndex(table: LuaTable): boolean {
  return table.metatable !== undefined && table.metatable.getStr("__index") !== undefined;
}

/** `object[key]` */
export function* index(object: LuaValue, key: LuaValue): Callback<LuaValue> {
  for (let i = 0; i < MAX_CHAIN; i++) {
    if (object instanceof LuaTable) {
      const value = object.get(key);
      if (value !== undefined || object.metatable === undefined) return value;
    }
    const handler = metamethod(object, "__index");
    if (handler === undefined) {
      if (object instanceof LuaTable) return undefined;
      throw runtimeError(`attempt to index a ${typeName(object)} value`);
    }
    if (typeof handler === "function") return first(yield [handler, object, key]);
    object = handler;
  }
  throw runtimeError("'__index' chain too long; possible loop");
}

/** `object[key] = value` */
export function* setIndex(object: LuaValue, key: LuaValue, value: LuaValue): Callback<void> {
  for (let i = 0; i < MAX_CHAIN; i++) {
    const handler = metamethod(object, "__newindex");
    if (object instanceof LuaTable) {
      if (handler === undefined || object.get(key) !== undefined) return object.set(key, value);
    } else if (handler === undefined) {
      throw runtimeError(`attempt to index a ${typeName(object)} value`);
    }
    if (typeof handler === "function") {
      yield [handler, object, key, value];
      return;
    }
    object = handler;
  }
  throw runtimeError("'__newindex' chain too long; possible loop");
}

/** `#object`, which must be an integer. */
export function* length(object: LuaValue): Callback<IntegerNumber> {
  if (typeof object === "string") return object.length;
  const handler = metamethod(object, "__len");
  if (handler === undefined) {
    if (object instanceof LuaTable) return object.length();
    throw runtimeError(`attempt to get length of a ${typeName(object)} value`);
  }
  const number = toNumberOperand(first(yield [handler, object]));
  const integer = number === undefined ? undefined : toInteger(number);
  if (integer === undefined) throw runtimeError("object length is not an integer");
  return integer;
}

/**
 * `a < b` of two numbers or two strings.
 *
 * @returns `undefined` where a metamethod decides
 */
export function plainLess(a: LuaValue, b: LuaValue): boolean | undefined {
  if (typeof a === "number" && typeof b === "number") return a < b;
  if (typeof a === "string" && typeof b === "string") return a < b;
  return isNumber(a) && isNumber(b) ? numberLess(a, b) : undefined;
}

/** The metamethod that compares two values; throws where they cannot be compared. */
export function comparisonHandler(event: string, a: LuaValue, b: LuaValue): LuaValue {
  const handler = metamethod(a, event) ?? metamethod(b, event);
  if (handler !== undefined) return handler;
  const left = typeName(a);
  const right = typeName(b);
  throw runtimeError(
    left === right ? `attempt to compare two ${left} values` : `attempt to compare ${left} with ${right}`,
  );
}

/** `a < b` */
export function* less(a: LuaValue, b: LuaValue): Callback<boolean> {
  return plainLess(a, b) ?? isTrue(yield [comparisonHandler("__lt", a, b), a, b]);
}

/** Checks that an argument is a table, or can pass for one by the metamethods that are needed. */
export function checkTableLike(
  value: LuaValue,
  position: number,
  name: string,
  count: number,
  events: string[],
): void {
  if (value instanceof LuaTable) return;
  if (events.every((event) => metamethod(value, event) !== undefined)) return;
  throw typeError(value, position, name, "table", count);
}

/** Whether positions, and what follows them in a table that fits into memory, are JavaScript numbers. */
export function areSafe(...positions: IntegerNumber[]): boolean {
  return positions.every((position) => typeof position === "number" && Math.abs(position) < 2 ** 52);
}
