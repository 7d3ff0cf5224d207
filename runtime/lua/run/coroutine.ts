/** Coroutines: a chain of saved frames, or a part of the JavaScript stack while they run. */
import { named } from "./named.ts";
import { LuaAbort, LuaThrow, runtimeError } from "../error.ts";
import { NOTHING as EMPTY } from "../library/callback.ts";
import type { LuaResult } from "../library/callback.ts";
import type { LuaTable, LuaValue } from "../table.ts";
import { type Frame, type FrameKind, type ProtectedKind, save } from "./frame.ts";
import { type CountHook, LOOP_SLICE, machine, MAX_DEPTH, SUSPENDED } from "./machine.ts";
import { toLuaError } from "./errors.ts";
import type { Level } from "./stack.ts";
import type { Activation } from "./activation.ts";
import type { Hook } from "./hook.ts";

export type Status = "suspended" | "running" | "normal" | "dead";

/** PUC-Rio's limit of nested C calls, which coroutines in coroutines are. */
const MAX_NESTING = 195;

/** Frames of one coroutine: what infinite recursion runs into. */
const MAX_FRAMES = 200_000;

// deno-lint-ignore ban-types -- a Lua function
export type LuaFunction = Function;

/** A Lua thread. */
export class Coroutine {
  declare readonly luaType: "thread";
  status: Status = "suspended";
  started = false;
  /** Frames saved in the unwinding that goes on: the innermost and the outermost. */
  head: Frame | null = null;
  tail: Frame | null = null;
  /** Frames that wait for what runs now, the innermost first. */
  frames: Frame | null = null;
  /** How many frames are saved. */
  depth = 0;
  /** What `coroutine.yield` hands over. */
  transfer: readonly LuaValue[] = EMPTY;
  /** What the coroutine waits for when it was not a yield that suspended it. */
  promise: Promise<LuaResult> | null = null;
  /** The stack was only unwound for its depth: the coroutine goes on at once. */
  unwound = false;
  /** Values of `<close>` variables, the innermost last. */
  readonly closing: LuaValue[] = [];
  countHook: CountHook | undefined = undefined;
  /** What `debug.sethook` has set. */
  hook: Hook | undefined = undefined;
  /** Whether it runs a finalizer. */
  isFinalizer = false;
  /** While a hook runs, it is told of nothing. */
  isHooking = false;
  /** The innermost stepped function that stands on the JavaScript stack. */
  activation: Activation | null = null;
  /** How many functions of the library are in each other's calls. */
  libraryCalls = 0;
  /** How many of these let nothing yield that they call in PUC-Rio's Lua. */
  boundaries = 0;
  /** From when it has begun to close itself, when nothing may yield any more. */
  closesItself = false;
  /** Whether the innermost protected call around what runs is an `xpcall`: then an error takes the levels with it. */
  isHandled = false;
  /** While a handler of `xpcall` runs: the levels of the error. */
  raisedAt: readonly Level[] | undefined = undefined;
  /** Whether a handler of a stack overflow runs, which may not overflow the stack again. */
  handlesOverflow = false;
  /** How many `pcall`s are around what runs: without one, an error takes a traceback with it. */
  protection = 0;
  /** The coroutine that resumed this one. */
  resumer: Coroutine | null = null;
  nesting = 0;
  /** What ended it, where that was an error. */
  failure: { error: unknown } | undefined = undefined;

  constructor(public fn: LuaFunction, readonly isTask = false) {}

  /** Makes an ended coroutine one that has not run yet, of another function. */
  reuse(fn: LuaFunction): void {
    this.fn = fn;
    this.started = false;
    this.status = "suspended";
    this.head = this.tail = this.frames = null;
    this.depth = this.protection = this.boundaries = 0;
    this.activation = null;
    this.isHooking = this.closesItself = this.isHandled = false;
    this.unwound = false;
    this.failure = undefined;
  }

  /** One for all threads of a VM. */
  get metatable(): LuaTable | undefined {
    return machine.metatables.thread;
  }
}

Object.defineProperty(Coroutine.prototype, "luaType", { value: "thread" });

/** Thrown where a coroutine closes itself: nothing but what runs it catches it. */
export class CoroutineEnd extends LuaAbort {
  /** @param failure What a closing method has raised */
  constructor(readonly failure: { readonly error: unknown } | undefined) {
    super("coroutine closed");
  }
}

/**
 * Runs a coroutine until it ends or suspends. The name is what stack traces are cut at: `locate.ts`.
 *
 * @param input Arguments at the start, later the result that the innermost frame waits for
 * @param failure Raised at the innermost frame instead
 * @returns Its results, or `SUSPENDED` with `transfer` or `promise` set
 * @throws What its function raises
 */
export function runCoroutine(co: Coroutine, input: LuaResult, failure?: unknown): LuaResult {
  const resumer = machine.current;
  const depth = machine.d;
  co.resumer = resumer;
  co.nesting = resumer === null ? 0 : resumer.nesting + 1;
  if (co.nesting > MAX_NESTING) throw runtimeError("C stack overflow");
  machine.current = co;
  co.status = "running";
  if (resumer !== null) resumer.status = "normal";
  let ended = true;
  try {
    const result = advance(co, input, failure, depth);
    ended = result !== SUSPENDED;
    return result;
  } catch (error) {
    if (error instanceof CoroutineEnd && error.failure === undefined) return EMPTY;
    const raised = error instanceof CoroutineEnd ? error.failure?.error : error;
    co.failure = { error: raised };
    throw raised;
  } finally {
    co.status = ended ? "dead" : "suspended";
    machine.current = resumer;
    machine.d = depth;
    if (resumer !== null) resumer.status = "running";
  }
}

named("runCoroutine", runCoroutine);

function advance(co: Coroutine, input: LuaResult, failure: unknown, depth: number): LuaResult {
  let result = input;
  let error = failure;
  let failed = failure !== undefined;
  let first = !co.started;
  co.started = true;
  for (;;) {
    const frame: Frame | null = first ? null : failed ? findProtected(co, error) : co.frames;
    if (frame === null && !first) {
      if (failed) throw error;
      return result;
    }
    const rest = frame === null ? null : frame.next;
    co.frames = rest;
    // What is resumed can always go one level deeper, and so always goes on
    machine.d = Math.min(depth, MAX_DEPTH - 1);
    try {
      if (frame === null) {
        first = false;
        if (failed) throw error;
        result = co.fn(...(Array.isArray(input) ? input : [input]));
      } else if (failed) {
        failed = false;
        result = (frame.kind as ProtectedKind).fail(frame, error);
      } else {
        co.depth--;
        result = frame.kind.resume(frame, result);
      }
      if (result === SUSPENDED && !takeFrames(co, rest)) return SUSPENDED;
      if (co.depth > MAX_FRAMES) {
        throw co.handlesOverflow ? new LuaThrow("error in error handling") : runtimeError("stack overflow");
      }
    } catch (thrown) {
      error = thrown;
      failed = true;
      co.head = co.tail = null;
      co.unwound = false;
    }
  }
}

/**
 * Puts the frames saved in an unwinding before those that wait already.
 *
 * @returns Whether the coroutine goes on at once
 */
function takeFrames(co: Coroutine, rest: Frame | null): boolean {
  if (co.tail === null) co.frames = rest;
  else {
    co.tail.next = rest;
    co.frames = co.head;
  }
  co.head = co.tail = null;
  const goesOn = co.unwound;
  co.unwound = false;
  return goesOn;
}

function findProtected(co: Coroutine, error: unknown): Frame | null {
  if (error instanceof LuaAbort) return null;
  let frame = co.frames;
  while (frame !== null && !frame.kind.isProtected) {
    frame = frame.next;
    co.depth--;
  }
  if (frame !== null) co.depth--;
  return frame;
}

/** Makes a call that could not be made where it stands; what it waited for is of no interest. */
const deferredCall: FrameKind = {
  isProtected: false,
  resume: (frame) => (frame.slots[0] as LuaFunction)(...(frame.slots[1] as LuaValue[])),
};

/**
 * Called at the start of a function that nests too deep for the JavaScript stack, or before which the limits are to be
 * looked at.
 *
 * @returns `SUSPENDED` when the function is to be called again later
 */
export function enter(fn: LuaFunction, args: LuaValue[]): LuaResult {
  const co = machine.current;
  if (co === null) return undefined;
  if (machine.b < 0) {
    const turn = lookAtLimits(co);
    if (turn !== undefined) {
      co.promise = turn as Promise<LuaResult>;
      return save(deferredCall, 0, [fn, args], []);
    }
  }
  if (machine.d <= MAX_DEPTH) return undefined;
  co.unwound = true;
  return save(deferredCall, 0, [fn, args], []);
}

/** Refills the budget. @returns A promise when others are to have their turn first */
function lookAtLimits(co: Coroutine | null): Promise<unknown> | undefined {
  const hook = co?.countHook;
  machine.refill(hook === undefined ? machine.budget : Math.min(hook.steps, machine.budget));
  hook?.call();
  return machine.limits.check();
}

/** What a loop calls after a slice of its passes. */
export function spend(): LuaResult {
  machine.b -= LOOP_SLICE;
  if (machine.b >= 0) return undefined;
  const co = machine.current;
  const turn = lookAtLimits(co);
  if (turn === undefined || co === null) return undefined;
  co.promise = turn as Promise<LuaResult>;
  return SUSPENDED;
}

/** What a coroutine raised, as a Lua value. */
export function errorValue(error: unknown): LuaValue {
  return (toLuaError(error) as LuaThrow).value as LuaValue;
}
