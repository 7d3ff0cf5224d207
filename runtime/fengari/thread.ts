/**
 * Suspension: a host function that returns a promise makes the Lua code that called it wait.
 *
 * The coroutine in which that happens yields to whoever resumed it. Where that is another Lua coroutine
 * (`coroutine.resume` in library code), it yields in its turn, down to the task's own thread, which the
 * scheduler resumes when the promise has settled. On the way back every level resumes the one above it.
 */
import { hostMessage, LuaError, ScriptError } from "../seam/error.ts";
import type { HostFunction, Step, TaskThread } from "../seam/engine.ts";
import { fromText, toText } from "../seam/text.ts";
import type { LuaFunction, LuaResult, LuaThread, LuaValue } from "../seam/value.ts";
import { fromTValue, push, toTValue, wrapThread } from "./bridge.ts";
import type { TimeShare } from "./time_share.ts";
import { lauxlib, lua, type LuaState } from "./vendor/fengari.js";

const ROOM = 20;

/** What a promise that a thread waited for has come to. */
type Outcome = { ok: true; result: LuaResult } | { ok: false; reason: unknown };

/** What this engine keeps of a coroutine beside fengari's own record. */
interface Extra {
  /** The promise that the coroutine, or one that it resumed, waits for. */
  waiting?: Promise<LuaResult> | undefined;
  outcome?: Outcome | undefined;
  /** Whether this is a task's own thread, which Lua code cannot yield from. */
  isTask?: boolean;
}

/** A fengari coroutine with what this engine keeps of it. */
export type Coroutine = LuaState & Extra;

/** Wraps a host function in fengari's calling convention. */
export function hostFunction(name: string, host: HostFunction): (L: LuaState) => number {
  return (L) => {
    const count = L.top - (L.ci.funcOff + 1);
    const args = new Array<LuaValue>(count);
    const base = L.ci.funcOff + 1;
    // deno-lint-ignore no-non-null-assertion -- every slot below the top is filled
    for (let i = 0; i < count; i++) args[i] = fromTValue(L, L.stack[base + i]!);
    let result: LuaResult | Promise<LuaResult>;
    try {
      result = host(args);
    } catch (error) {
      return raise(L, name, error);
    }
    if (result instanceof Promise) return wait(L, name, result);
    return pushResult(L, result);
  };
}

function pushResult(L: LuaState, result: LuaResult): number {
  if (result === undefined) return 0;
  if (!Array.isArray(result)) {
    if (L.ci.top <= L.top) lua.lua_checkstack(L, ROOM);
    push(L, result as LuaValue);
    return 1;
  }
  lua.lua_checkstack(L, result.length + ROOM);
  for (const value of result) push(L, value);
  return result.length;
}

function wait(L: Coroutine, name: string, promise: Promise<LuaResult>): number {
  if (L.nny > 0) {
    promise.catch(() => {});
    return raise(
      L,
      name,
      new ScriptError(
        `${name} cannot wait inside a function that table.sort, string.gsub or load calls: ` +
          `the fengari engine does not support it`,
      ),
    );
  }
  L.waiting = promise;
  return lua.lua_yieldk(L, 0, name, finishWait);
}

function finishWait(L: Coroutine, _status: number, name: unknown): number {
  const { outcome } = L;
  L.outcome = undefined;
  if (outcome === undefined) throw new Error("A thread was resumed before its promise settled");
  if (!outcome.ok) return raise(L, name as string, outcome.reason);
  return pushResult(L, outcome.result);
}

/** Raises what a host function threw as a Lua error. */
export function raise(L: LuaState, name: string, error: unknown): never {
  if (error instanceof LuaError) {
    lua.lua_checkstack(L, ROOM);
    push(L, error.value);
    return lua.lua_error(L);
  }
  lauxlib.luaL_where(L, 1);
  push(L, fromText(hostMessage(name, error)));
  lua.lua_concat(L, 2);
  return lua.lua_error(L);
}

/**
 * Resumes `co` from `L` with the `count` values on top of `L`, waiting with it where it waits.
 *
 * @param done Called with the number of values that `co` yielded or returned, moved to `L`; −1 for an error
 *   value on top of `L`
 */
export function resumeFrom(
  L: Coroutine,
  co: Coroutine,
  count: number,
  done: (count: number) => number,
): number {
  if (co === L || co.isTask || co.waiting !== undefined) {
    return refuse(L, count, "cannot resume non-suspended coroutine", done);
  }
  if (lua.lua_status(co) === lua.LUA_OK && lua.lua_gettop(co) === 0) {
    return refuse(L, count, "cannot resume dead coroutine", done);
  }
  lua.lua_checkstack(co, count + ROOM);
  lua.lua_xmove(L, co, count);
  return continueFrom(L, co, count, done);
}

function refuse(L: LuaState, count: number, message: string, done: (count: number) => number): number {
  lua.lua_pop(L, count);
  push(L, message);
  return done(-1);
}

function continueFrom(L: Coroutine, co: Coroutine, count: number, done: (count: number) => number): number {
  const status = lua.lua_resume(co, L, count);
  if (status === lua.LUA_YIELD && co.waiting !== undefined) {
    if (L.nny > 0) return waitRefused(L, co);
    L.waiting = co.waiting;
    return lua.lua_yieldk(L, 0, null, () => {
      co.outcome = L.outcome;
      L.outcome = undefined;
      co.waiting = undefined;
      return continueFrom(L, co, 0, done);
    });
  }
  if (status !== lua.LUA_OK && status !== lua.LUA_YIELD) {
    lua.lua_checkstack(L, ROOM);
    lua.lua_xmove(co, L, 1);
    return done(-1);
  }
  const results = lua.lua_gettop(co);
  lua.lua_checkstack(L, results + ROOM);
  lua.lua_xmove(co, L, results);
  return done(results);
}

function waitRefused(L: LuaState, co: Coroutine): never {
  co.waiting?.catch(() => {});
  return raise(
    L,
    "coroutine.resume",
    new ScriptError("a coroutine cannot wait inside a function that table.sort, string.gsub or load calls"),
  );
}

/** Raises what the wait of {@link preempt} was ended with: the thread goes on before it can. */
export function raiseInterruption(L: Coroutine): void {
  const { outcome } = L;
  if (outcome === undefined || outcome.ok) return;
  L.outcome = undefined;
  raise(L, "", outcome.reason);
}

/** Ends a slice of a long computation: the thread goes on in a later turn of the event loop. */
export function preempt(L: Coroutine): void {
  if (L.nny > 0 || L.waiting !== undefined) return;
  L.waiting = new Promise((resolve) => setTimeout(resolve, 0));
  lua.lua_yield(L, 0);
}

/** Threads that ended well are used again: making one costs more than a short handler runs. */
const MAX_IDLE = 64;

/** Makes the threads of one VM's tasks. */
export class ThreadPool {
  readonly #main: LuaState;
  readonly #idle: Coroutine[] = [];
  /** Threads made before time was shared: later ones inherit the watch. */
  readonly #unwatched = new Set<Coroutine>();
  #timeShare: TimeShare | undefined;
  #depth = 0;

  constructor(main: LuaState) {
    this.#main = main;
  }

  take(): TaskThread {
    return new FengariTask(this, this.#idle.pop() ?? this.#create());
  }

  /** From here on long computations are interrupted. */
  share(timeShare: TimeShare): void {
    if (this.#timeShare !== undefined) return;
    this.#timeShare = timeShare;
    for (const state of [this.#main, ...this.#unwatched]) timeShare.watch(state);
    this.#unwatched.clear();
  }

  /** Lets a thread go on until it ends or waits. @returns fengari's status */
  resume(state: Coroutine, count: number): number {
    // Only the outermost one is called by the event loop
    if (this.#depth === 0) this.#timeShare?.renew();
    this.#depth++;
    try {
      return lua.lua_resume(state, null, count);
    } finally {
      this.#depth--;
    }
  }

  give(state: Coroutine): void {
    if (this.#idle.length < MAX_IDLE) this.#idle.push(state);
    else this.#unwatched.delete(state);
  }

  #create(): Coroutine {
    const state: Coroutine = lua.lua_newthread(this.#main);
    lua.lua_pop(this.#main, 1);
    state.isTask = true;
    if (this.#timeShare === undefined) this.#unwatched.add(state);
    return state;
  }

  /** Takes a thread that ended with an error out of use. @returns the text of its traceback */
  retire(state: LuaState): string {
    this.#unwatched.delete(state);
    const main = this.#main;
    lauxlib.luaL_traceback(main, state, null, 0);
    // deno-lint-ignore no-non-null-assertion -- the traceback has just been pushed
    const text = fromTValue(main, main.stack[main.top - 1]!) as string;
    lua.lua_pop(main, 1);
    return text;
  }
}

class FengariTask implements TaskThread {
  readonly #pool: ThreadPool;
  readonly #state: Coroutine;

  constructor(pool: ThreadPool, state: Coroutine) {
    this.#pool = pool;
    this.#state = state;
  }

  get thread(): LuaThread {
    return wrapThread(this.#state);
  }

  start(fn: LuaFunction, args: readonly LuaValue[]): Step {
    const L = this.#state;
    lua.lua_checkstack(L, args.length + ROOM);
    L.stack[L.top] = toTValue(L, fn);
    L.top++;
    for (const value of args) push(L, value);
    return this.#run(args.length);
  }

  resume(result: LuaResult): Step {
    this.#state.outcome = { ok: true, result };
    return this.#run(0);
  }

  fail(reason: unknown): Step {
    this.#state.outcome = { ok: false, reason };
    return this.#run(0);
  }

  interrupt(reason: unknown): Step {
    return this.fail(reason);
  }

  waitsAt(): string {
    const L = this.#state;
    lua.lua_checkstack(L, ROOM);
    lauxlib.luaL_where(L, 1);
    // deno-lint-ignore no-non-null-assertion -- luaL_where pushes a string
    const place = fromTValue(L, L.stack[L.top - 1]!) as string;
    lua.lua_pop(L, 1);
    return toText(place).replace(/: $/, "");
  }

  #run(count: number): Step {
    const L = this.#state;
    L.waiting = undefined;
    const status = this.#pool.resume(L, count);
    if (status === lua.LUA_YIELD && L.waiting !== undefined) return L.waiting;
    if (status !== lua.LUA_OK) throw this.#error(L);
    const results: LuaValue[] = [];
    // deno-lint-ignore no-non-null-assertion -- every slot below the top is filled
    for (let i = L.base_ci.funcOff + 1; i < L.top; i++) results.push(fromTValue(L, L.stack[i]!));
    lua.lua_settop(L, 0);
    this.#pool.give(L);
    return results;
  }

  #error(L: Coroutine): Error {
    // deno-lint-ignore no-non-null-assertion -- a failed thread has its error on top
    const value = fromTValue(L, L.stack[L.top - 1]!);
    return new LuaError(value, this.#pool.retire(L));
  }
}
