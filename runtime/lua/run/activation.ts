/** What is known of functions that are run step by step, for those who look at levels. */
import type { LuaValue } from "../table.ts";
import type { LuaFunction } from "./coroutine.ts";
import type { Named } from "./naming.ts";
import type { Place } from "./scripts.ts";

/** The local variables of a level. */
export interface LocalAccess {
  /** The n-th, from 1; further arguments have negative numbers. */
  get(n: number): { readonly name: string; readonly value: LuaValue } | undefined;
  /** @returns Its name; undefined where there is none */
  set(n: number, value: LuaValue): string | undefined;
}

/** Which locals a hook of a call or a return is told as what is handed over. */
export interface Transfer {
  readonly first: number;
  readonly count: number;
}

/** A function that is no stepped one, while a stepped one calls it. */
export interface ForeignCall {
  readonly fn: LuaFunction;
  readonly locals: LocalAccess;
  /** Whether a hook runs for it. */
  readonly isHooked: boolean;
  readonly transfer: Transfer;
}

/** A call of a stepped function. */
export interface Activation {
  /** The next one further out in the JavaScript stack. */
  readonly outer: Activation | null;
  readonly fn: LuaFunction;
  readonly isTailCalled: boolean;
  /** How many of its arguments `__call` has put in front. */
  readonly extraArguments: number;
  /** What it calls. */
  readonly foreign: ForeignCall | null;
  /** Whether a hook runs for it. */
  readonly isHooked: boolean;
  readonly transfer: Transfer;
  readonly locals: LocalAccess;
  place(): Place;
  /** What the function that it calls is called. */
  calledName(): Named | undefined;
  /** What an operand of the running operation is called. */
  operandName(side: "left" | "right"): Named | undefined;
}

/** The JavaScript function that runs them, one activation each; stack traces are searched for its name. */
export const STEPPING = "interpret";
