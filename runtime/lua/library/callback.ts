/**
 * How a library function calls Lua: it runs a generator that yields call requests and is sent their results.
 *
 * A library function is a plain function. Only where it must call Lua, it gives `drive(generator)` as its result;
 * what drives generators may suspend between two requests.
 */
import type { LuaValue } from "../table.ts";

/** What a call gives: one value, or an array of none or several. */
export type LuaResult = LuaValue | readonly LuaValue[];

/** The function to call, then its arguments. */
export type CallRequest = [callee: LuaValue, ...args: LuaValue[]];

/** Calls Lua through what it yields. */
export type Callback<Result = LuaResult> = Generator<CallRequest, Result, LuaResult>;

/** No results. */
export const NOTHING: readonly LuaValue[] = Object.freeze([]);

/** The results of a function as callers expect them: a single one is itself. */
export function results(values: readonly LuaValue[]): LuaResult {
  return values.length === 1 ? values[0] : values.length === 0 ? NOTHING : values;
}

/** The first of the results. */
export function first(result: LuaResult): LuaValue {
  return Array.isArray(result) ? result[0] : result as LuaValue;
}

/** Lua's truth of the first of the results. */
export function isTrue(result: LuaResult): boolean {
  const value = first(result);
  return value !== undefined && value !== false;
}

/** Runs a generator to its end, or as far as the engine's means of suspension. */
export type Driver = (callback: Callback) => LuaResult;

function driveAtOnce(callback: Callback): LuaResult {
  let step = callback.next(undefined);
  while (step.done !== true) {
    const [callee, ...args] = step.value;
    step = callback.next((callee as (...args: LuaValue[]) => LuaResult)(...args));
  }
  return step.value;
}

/** What runs the generators of library functions; the engine sets its own. */
export let drive: Driver = driveAtOnce;

let rest: (result: LuaResult) => LuaResult = (result) => result;

/** Sets what {@link rested} does. */
export function setRest(hook: (result: LuaResult) => LuaResult): void {
  rest = hook;
}

/**
 * The result of a function whose work at one go was long: it comes later where the time is used up that the running
 * task has. Loops look at the time only now and then, which is too rare when each pass is long.
 */
export function rested(result: LuaResult): LuaResult {
  return rest(result);
}

/** A call that had to finish at once would have to wait. */
export class WouldWait {}

/** Calls a Lua function. @throws {WouldWait} When it would have to wait; what it has done by then stays done */
export type CallAtOnce = (fn: LuaValue, a: LuaValue, b: LuaValue) => LuaResult;

const callPlainly: CallAtOnce = (fn, a, b) => (fn as (...args: LuaValue[]) => LuaResult)(a, b);

/** Calls for functions that call very often, and are done anew with {@link drive} where a call would wait. */
export let callAtOnce: CallAtOnce = callPlainly;

/** Sets how library functions call Lua; `undefined` for plain calls without suspension. */
export function setDriver(driver: Driver | undefined, atOnce: CallAtOnce = callPlainly): void {
  drive = driver ?? driveAtOnce;
  callAtOnce = atOnce;
}
