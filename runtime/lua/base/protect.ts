/** `error`, `pcall` and `xpcall`. */
import { named } from "../run/named.ts";
import { LuaAbort, LuaThrow } from "../error.ts";
import { checkAny, checkInteger, typeError, typeName } from "../library/arguments.ts";
import { type Callback, drive, first, type LuaResult } from "../library/callback.ts";
import { toFloat } from "../number/mod.ts";
import { closeWith } from "../run/closing.ts";
import { type Coroutine, errorValue } from "../run/coroutine.ts";
import { abandon, driveYieldable } from "../run/drive.ts";
import { type ProtectedKind, save } from "../run/frame.ts";
import { captureLevels, locate, traceback } from "../run/locate.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import { callable, metamethod, spread } from "../run/operators.ts";
import { implementationName, type Level } from "../run/stack.ts";
import type { LuaValue } from "../table.ts";

/** How often an error in a handler is handled in its turn: PUC-Rio's limit of nested C calls. */
const MAX_HANDLED = 195;
const MORE_HANDLED = 20;

/** How many protected calls may be in each other: what each gives back, all those around it copy. */
const MAX_PROTECTED = 10_000;

const NO_HANDLING = "error in error handling";
const OVERFLOW = /stack overflow/;

export function error(value?: LuaValue, level?: LuaValue): LuaResult {
  const at = level === undefined ? 1 : toFloat(checkInteger(level, 2, "error"));
  const known = machine.errorLine;
  machine.errorLine = 0;
  if (value === undefined) throw raised("<no error object>");
  if (typeof value !== "string" || at <= 0) throw raised(value);
  if (at === 1 && known > 0) throw raised(`${machine.errorChunk}:${known}: ${value}`);
  throw raised(locate(at) + value);
}

machine.error = error;

/** A traceback is taken only where nothing will catch the error: it costs more than a short function. */
function raised(value: LuaValue): LuaThrow {
  const co = machine.current;
  const trace = co === null || co.protection > 0 ? undefined : traceback(1);
  return new LuaThrow(value, trace, captureLevels());
}

interface Protection {
  /** Closing values outside of the call. */
  readonly height: number;
  readonly handler: LuaValue;
  /** What {@link Coroutine.isHandled} is outside of the call. */
  readonly wasHandled: boolean;
}

const protecting: ProtectedKind = {
  isProtected: true,
  library: ({ slots: [protection] }) => [
    "protectedCall",
    implementationName((protection as Protection).handler === undefined ? "pcall" : "xpcall"),
  ],
  resume: (frame, result) => {
    leave(frame.slots[0] as Protection);
    return [true, ...spread(result)];
  },
  fail: (frame, error) => {
    const protection = frame.slots[0] as Protection;
    return (protection.handler === undefined ? failPcall : failXpcall)(protection, error);
  },
};

/** On the JavaScript stack these stand for the calls that have been saved. */
const failPcall = (protection: Protection, error: unknown) => handleFailure(protection, error);
const failXpcall = (protection: Protection, error: unknown) => handleFailure(protection, error);

function leave({ wasHandled }: Protection): Coroutine {
  const co = machine.current as Coroutine;
  co.protection--;
  co.isHandled = wasHandled;
  return co;
}

/** The name is known to `run/stack.ts`. */
function handleFailure(protection: Protection, error: unknown): LuaResult {
  const { height, handler } = protection;
  const co = leave(protection);
  if (error instanceof LuaAbort) throw error;
  if (handler === undefined && co.closing.length <= height) return [false, errorValue(error)];
  return driveYieldable(afterFailure(co, height, handler, error));
}

/** An error of a closing method takes the place of the one before, and is handled too. */
function* afterFailure(co: Coroutine, height: number, handler: LuaValue, error: unknown): Callback {
  if (handler === undefined) return [false, errorValue(yield* closeWith(co.closing, height, error))];
  const left = yield* closeWith(
    co.closing,
    height,
    new LuaThrow(yield* handled(co, handler, error)),
    function* (thrown) {
      return new LuaThrow(yield* handled(co, handler, thrown));
    },
  );
  return [false, errorValue(left)];
}

/** What the handler makes of an error. An error in the handler is handled in its turn. */
function* handled(co: Coroutine, handler: LuaValue, error: unknown): Callback<LuaValue> {
  let value = errorValue(error);
  let levels = error instanceof LuaThrow ? error.levels as readonly Level[] | undefined : undefined;
  for (let i = 0; i < MAX_HANDLED + MORE_HANDLED; i++) {
    const before = co.raisedAt;
    const wasOverflow = co.handlesOverflow;
    const wasHandled = co.isHandled;
    co.raisedAt = levels;
    co.handlesOverflow ||= typeof value === "string" && OVERFLOW.test(value);
    co.isHandled = true;
    co.boundaries++;
    try {
      return first(yield [handler, value]);
    } catch (thrown) {
      if (thrown instanceof LuaAbort) throw thrown;
      if (thrown instanceof LuaThrow && thrown.value === NO_HANDLING) return NO_HANDLING;
      value = i < MAX_HANDLED ? errorValue(thrown) : "C stack overflow";
      levels = thrown instanceof LuaThrow ? thrown.levels as readonly Level[] | undefined : undefined;
    } finally {
      co.isHandled = wasHandled;
      co.boundaries--;
      co.raisedAt = before;
      co.handlesOverflow = wasOverflow;
    }
  }
  return NO_HANDLING;
}

function* handledAtOnce(co: Coroutine, handler: LuaValue, message: string): Callback {
  return [false, yield* handled(co, handler, new LuaThrow(message))];
}

function protectedCall(fn: LuaValue, args: LuaValue[], handler: LuaValue): LuaResult {
  const co = machine.current as Coroutine;
  const depth = machine.d;
  if (typeof fn !== "function" && metamethod(fn, "__call") === undefined) {
    const message = `attempt to call a ${typeName(fn)} value`;
    return handler === undefined ? [false, message] : drive(handledAtOnce(co, handler, message));
  }
  if (co.protection >= MAX_PROTECTED) {
    throw new LuaThrow(co.handlesOverflow ? NO_HANDLING : "C stack overflow");
  }
  const protection = { height: co.closing.length, handler, wasHandled: co.isHandled };
  co.protection++;
  co.isHandled = handler !== undefined;
  try {
    const result = (typeof fn === "function" ? fn : callable(fn))(...args) as LuaResult;
    if (result === SUSPENDED) return save(protecting, 0, [protection], []);
    leave(protection);
    return Array.isArray(result) ? [true, ...result] : [true, result as LuaValue];
  } catch (error) {
    machine.d = depth;
    // Where JavaScript's stack ended, a suspension may have been under way
    if (co.head !== null) abandon(co);
    return handleFailure(protection, error);
  }
}

export function pcall(fn?: LuaValue, ...args: LuaValue[]): LuaResult {
  checkAny(1, "pcall", arguments.length);
  return protectedCall(fn, args, undefined);
}

export function xpcall(fn: LuaValue, handler: LuaValue, ...args: LuaValue[]): LuaResult {
  if (typeof handler !== "function") throw typeError(handler, 2, "xpcall", "function", arguments.length);
  return protectedCall(fn, args, handler);
}

named(implementationName("pcall"), failPcall);
named(implementationName("xpcall"), failXpcall);
named("protectedCall", protectedCall);
named("handleFailure", handleFailure);
