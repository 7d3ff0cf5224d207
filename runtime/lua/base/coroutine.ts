/** The coroutine library. */
import { located, LuaAbort, LuaThrow, runtimeError } from "../error.ts";
import { Coroutine, CoroutineEnd, errorValue, type LuaFunction, runCoroutine } from "../run/coroutine.ts";
import { closeNormally, closeWith } from "../run/closing.ts";
import { type FrameKind, type ProtectedKind, save } from "../run/frame.ts";
import { locate } from "../run/locate.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import { registerLibraryFunction } from "../run/stack.ts";
import { spread } from "../run/operators.ts";
import type { LuaValue } from "../table.ts";
import { typeError } from "../library/arguments.ts";
import { type Callback, drive, type LuaResult, NOTHING } from "../library/callback.ts";

function checkCoroutine(value: LuaValue, name: string, count: number): Coroutine {
  if (value instanceof Coroutine) return value;
  throw typeError(value, 1, name, "thread", count);
}

function create(fn: LuaValue): Coroutine {
  if (typeof fn !== "function") throw typeError(fn, 1, "create", "function", arguments.length);
  return new Coroutine(fn);
}

/** What a coroutine has yielded or returned; SUSPENDED when it waits for what its resumer must wait for too. */
function outcome(co: Coroutine, result: LuaResult, again: FrameKind): LuaResult {
  if (result !== SUSPENDED) return result;
  if (co.promise !== null) {
    // The resumer waits in its turn, down to the task that the scheduler resumes
    const outer = machine.current as Coroutine;
    outer.promise = co.promise;
    co.promise = null;
    co.status = "normal";
    return save(again, 0, [co], []);
  }
  const { transfer } = co;
  co.transfer = NOTHING;
  return transfer.length === 1 ? transfer[0] : transfer;
}

const resuming: ProtectedKind = {
  isProtected: true,
  resume: (frame, result) => continueResume(frame.slots[0] as Coroutine, result),
  fail: (frame, error) => continueResume(frame.slots[0] as Coroutine, undefined, error),
};

function continueResume(co: Coroutine, input: LuaResult, failure?: unknown): LuaResult {
  try {
    const result = outcome(co, runCoroutine(co, input, failure), resuming);
    return result === SUSPENDED ? result : [true, ...spread(result)];
  } catch (error) {
    if (error instanceof LuaAbort) throw error;
    return [false, errorValue(error)];
  }
}

function refusal(co: Coroutine): string | undefined {
  if (co.status === "suspended") return undefined;
  return co.status === "dead" ? "cannot resume dead coroutine" : "cannot resume non-suspended coroutine";
}

function resume(thread: LuaValue, ...args: LuaValue[]): LuaResult {
  const co = checkCoroutine(thread, "resume", arguments.length);
  const refused = refusal(co);
  if (refused !== undefined) return [false, refused];
  return continueResume(co, args.length === 1 ? args[0] : args);
}

const wrapping: ProtectedKind = {
  isProtected: true,
  resume: (frame, result) => continueWrapped(frame.slots[0] as Coroutine, result),
  fail: (frame, error) => continueWrapped(frame.slots[0] as Coroutine, undefined, error),
};

function continueWrapped(co: Coroutine, input: LuaResult, failure?: unknown): LuaResult {
  try {
    return outcome(co, runCoroutine(co, input, failure), wrapping);
  } catch (error) {
    if (error instanceof LuaAbort || co.closing.length === 0) throw propagated(error);
    return drive(closeFailed(co, error));
  }
}

/** Nobody can close a wrapped coroutine: its variables are closed when it fails. */
function* closeFailed(co: Coroutine, error: unknown): Callback {
  throw propagated(yield* closeWith(co.closing, 0, error));
}

/** The error of a wrapped coroutine, with the position of its caller in front as PUC-Rio does. */
function propagated(error: unknown): unknown {
  if (error instanceof LuaAbort) return error;
  const value = errorValue(error);
  return located(typeof value === "string" ? locate(1) + value : value);
}

function wrap(fn: LuaValue): LuaFunction {
  if (typeof fn !== "function") throw typeError(fn, 1, "wrap", "function", arguments.length);
  const co = new Coroutine(fn);
  const wrapped = (...args: LuaValue[]): LuaResult => {
    const refused = refusal(co);
    if (refused !== undefined) throw runtimeError(refused);
    return continueWrapped(co, args.length === 1 ? args[0] : args);
  };
  // A level of its own, which has no name
  registerLibraryFunction(wrapped, "");
  return wrapped;
}

function yieldValues(...values: LuaValue[]): LuaResult {
  const co = machine.current;
  if (co === null || co.isTask) throw new LuaThrow("attempt to yield from outside a coroutine");
  if (co.closesItself) throw new LuaThrow("attempt to yield across a C-call boundary");
  co.transfer = values;
  return SUSPENDED as LuaResult;
}

machine.yield = yieldValues;

function close(thread?: LuaValue): LuaResult {
  const { length } = arguments;
  const co = length === 0 ? machine.current as Coroutine : checkCoroutine(thread, "close", length);
  if (co === machine.current) {
    if (co.isTask) throw runtimeError("cannot close main thread");
    return drive(closeSelf(co));
  }
  if (co.status !== "suspended" && co.status !== "dead") {
    throw runtimeError(`cannot close a ${co.status} coroutine`);
  }
  return drive(closeDown(co));
}

/** The running coroutine ends here, whatever protected calls are around. */
function* closeSelf(co: Coroutine): Callback {
  let failure: { error: unknown } | undefined;
  co.closesItself = true;
  try {
    yield* closeNormally(co.closing, 0);
  } catch (error) {
    failure = { error };
  }
  throw new CoroutineEnd(failure);
}

function* closeDown(co: Coroutine): Callback {
  const { failure, closing } = co;
  co.status = "dead";
  co.started = true;
  co.frames = null;
  co.depth = 0;
  co.failure = undefined;
  try {
    if (failure !== undefined) return [false, errorValue(yield* closeWith(closing, 0, failure.error))];
    yield* closeNormally(closing, 0);
    return true;
  } catch (error) {
    return [false, errorValue(error)];
  }
}

function status(thread: LuaValue): LuaResult {
  return checkCoroutine(thread, "status", arguments.length).status;
}

function running(): LuaResult {
  const co = machine.current;
  return co === null ? NOTHING : [co, co.isTask];
}

/** As PUC-Rio's answers, although a yield would succeed in callbacks of the library here. */
function isyieldable(thread?: LuaValue): LuaResult {
  const co = arguments.length === 0 ? machine.current : checkCoroutine(thread, "isyieldable", 1);
  return co !== null && !co.isTask && co.boundaries === 0;
}

/** The functions of `coroutine`, by name. */
export const coroutineLibrary = {
  close,
  create,
  isyieldable,
  resume,
  running,
  status,
  wrap,
  yield: yieldValues,
};
