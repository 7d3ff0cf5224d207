/**
 * Lua keys as keys of a JavaScript Map, without collisions: two keys are one Map key exactly when they are
 * equal in Lua.
 *
 * | Lua key | Map key |
 * | --- | --- |
 * | integer within ±(2^53−1), also as a float | number |
 * | integer beyond, also as a float | bigint |
 * | float without an integer (1.5, 1e300, inf) | number |
 * | everything else | itself |
 */
import type { LuaValue } from "../table.ts";
import { integerFromBigInt, LuaFloat, LuaInteger } from "../value.ts";

/** A key of the hash part of a table. */
export type HashKey = Exclude<LuaValue, undefined> | bigint;

const TWO_63 = 2 ** 63;

/** The Map key of a Lua key that is neither nil nor NaN. */
export function hashKey(key: Exclude<LuaValue, undefined>): HashKey {
  if (typeof key !== "object") return key;
  if (key instanceof LuaFloat) {
    const n = key.n;
    if (Number.isSafeInteger(n)) return n + 0; // −0 becomes 0
    return n >= -TWO_63 && n < TWO_63 ? BigInt(n) : n;
  }
  return key instanceof LuaInteger ? key.toBigInt() : key;
}

/** The Lua key of a Map key. */
export function luaKey(key: HashKey): LuaValue {
  if (typeof key === "bigint") return integerFromBigInt(key);
  // An integral double that is no safe integer can only come from a float.
  if (typeof key === "number" && Number.isInteger(key) && !Number.isSafeInteger(key)) {
    return new LuaFloat(key);
  }
  return key;
}
