/** The state that running code shares: one Lua function runs at a time, whatever VM it belongs to. */
import { NOTHING as EMPTY, SUSPENDED } from "../library/callback.ts";
import type { LuaTable, LuaValue } from "../table.ts";
import type { Coroutine } from "./coroutine.ts";

/** No results. */
export { EMPTY };

export { SUSPENDED };

export { LOOP_SLICE, MAX_DEPTH } from "../compile/limits.ts";

/** How many calls or passes of loops there are between two looks at the limits, at most. */
export const CALL_BUDGET = 20_000;

/** As long as it is not known how long they take. */
const FIRST_BUDGET = 1000;

/** Per VM, looked at by whoever runs it. */
export interface Limits {
  /**
   * Called now and then while Lua code runs.
   *
   * @returns A promise when other tasks are to have their turn first
   * @throws {LuaThrow} When a limit is exceeded
   */
  check(): Promise<unknown> | undefined;
  /**
   * Called where much work has been done since, in places that cannot wait.
   *
   * @throws {LuaThrow} When a limit is exceeded
   */
  checkTime(): void;
}

/** What a coroutine calls now and then: `debug.sethook` with a count. */
export interface CountHook {
  /** How many steps of the budget there are between two calls. */
  readonly steps: number;
  call(): void;
}

/** Metatables of values that are no tables. */
export interface TypeMetatables {
  string: LuaTable | undefined;
  number: LuaTable | undefined;
  boolean: LuaTable | undefined;
  nil: LuaTable | undefined;
  function: LuaTable | undefined;
  thread: LuaTable | undefined;
}

/** The metatables of a VM in which no type has one. */
export function noMetatables(): TypeMetatables {
  return {
    string: undefined,
    number: undefined,
    boolean: undefined,
    nil: undefined,
    function: undefined,
    thread: undefined,
  };
}

/** Generated code reads and writes the fields directly, so their names are short. */
class Machine {
  /** Depth of calls on the JavaScript stack. */
  d = 0;
  /** What is left of the budget. */
  b = FIRST_BUDGET;
  /** What the budget is filled up to: less where calls and passes take long. */
  budget = FIRST_BUDGET;
  /** All that has been given. */
  given = FIRST_BUDGET;
  current: Coroutine | null = null;
  /** The function `coroutine.yield`. */
  yield: LuaValue = undefined;
  /** The globals of the VM whose code runs. */
  globals: LuaTable | undefined = undefined;
  limits: Limits = { check: () => undefined, checkTime() {} };
  metatables = noMetatables();
  /** Line and chunk of a call of the global `error`, which so needs no look at the stack; 0 when unknown. */
  errorLine = 0;
  /** The function `error`, by which generated code knows a call of it. */
  error: unknown = undefined;
  errorChunk = "";
  /** The function `select`, which generated code recognises. */
  select: unknown = undefined;
  /** The functions `pairs` and `ipairs`, which loops recognise. */
  pairs: unknown = undefined;
  ipairs: unknown = undefined;

  /** Calls and passes of loops so far. */
  get steps(): number {
    return this.given - this.b;
  }

  /** Fills up the budget. */
  refill(budget = this.budget): void {
    this.given += budget - this.b;
    this.b = budget;
  }
}

export const machine = new Machine();
