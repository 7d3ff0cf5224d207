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

/** What a call gives back that has been suspended: its callers save their frames and give it back too. */
export const SUSPENDED: readonly LuaValue[] = Object.freeze(["suspended"]);

/** Calls a Lua function with two arguments; gives {@link SUSPENDED} where it has to wait. */
export type CallDirectly = (fn: LuaValue, a: LuaValue, b: LuaValue) => LuaResult;

const callPlainly: CallDirectly = (fn, a, b) => (fn as (...args: LuaValue[]) => LuaResult)(a, b);

/**
 * For functions that call very often, for which a generator would take several times as long as the calls. Only within
 * {@link driveDirectly}.
 */
export let callDirectly: CallDirectly = callPlainly;

/** As {@link CallDirectly}, with any number of arguments: one value, or an array of none or several. */
export type CallWith = (fn: LuaValue, args: LuaResult) => LuaResult;

/** Calls with any number of arguments. Only within {@link driveDirectly}. */
export let callWith: CallWith = (fn, args) => {
  const call = fn as (...args: LuaValue[]) => LuaResult;
  return Array.isArray(args) ? call(...args) : call(args as LuaValue);
};

/** What a generator yields first that goes on with the result of a call which is suspended already. */
export const UNDER_WAY: CallRequest = [undefined];

/**
 * Runs `work`, which uses {@link callDirectly} or {@link callWith}. Where one of its calls is suspended it gives the
 * generator that goes on, which yields {@link UNDER_WAY} first; it has no results else.
 */
export type DirectDriver = (work: () => Callback | undefined) => LuaResult;

export let driveDirectly: DirectDriver = (work) => {
  work();
  return NOTHING;
};

/** Sets how library functions call Lua. */
export function setDriver(
  driver: Driver,
  directDriver: DirectDriver,
  direct: CallDirectly,
  directWith: CallWith,
): void {
  drive = driver;
  driveDirectly = directDriver;
  callDirectly = direct;
  callWith = directWith;
}
