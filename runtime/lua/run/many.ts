/** Calls with more arguments than JavaScript's stack holds. */
import type { LuaResult } from "../library/callback.ts";
import type { LuaValue } from "../table.ts";
import type { LuaFunction } from "./coroutine.ts";
import { textOf } from "./functions.ts";

/** What functions of the library do with arguments that are in an array. */
const whole = new Map<LuaValue, (args: LuaValue[]) => LuaResult>();

/** Has a function of the library take any number of arguments. */
export function registerWhole(fn: LuaValue, run: (args: LuaValue[]) => LuaResult): void {
  whole.set(fn, run);
}

/**
 * Calls a function with very many arguments. A vararg function of Lua gets them by JavaScript's stack all the same, which
 * holds some 100,000.
 */
export function callWithMany(fn: LuaFunction, args: LuaValue[]): LuaResult {
  const run = whole.get(fn);
  if (run !== undefined) return run(args);
  const node = textOf(fn)?.node;
  const used = node === undefined || node.isVararg ? args : args.slice(0, node.params.length);
  return fn(...used) as LuaResult;
}
