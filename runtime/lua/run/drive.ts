/** Runs library functions that call Lua: generators that yield the calls they want made. */
import { named } from "./named.ts";
import { LuaAbort, LuaThrow } from "../error.ts";
import { type Callback, type LuaResult, NOTHING, setDriver, setRest } from "../library/callback.ts";
import { setWorkBudget } from "../library/string/limits.ts";
import type { LuaValue } from "../table.ts";
import { type Coroutine, enter, type LuaFunction } from "./coroutine.ts";
import { type Frame, type ProtectedKind, save } from "./frame.ts";
import { CALL_BUDGET, machine, SUSPENDED } from "./machine.ts";
import { callable } from "./operators.ts";

const waiting: ProtectedKind = {
  isProtected: true,
  library: () => ["goOn"],
  resume: ({ slots: [callback, boundary] }, result) =>
    goOn(callback as Callback, boundary as number, (callback) => callback.next(result)),
  fail: ({ slots: [callback, boundary] }: Frame, error) =>
    goOn(callback as Callback, boundary as number, (callback) => callback.throw(error)),
};

/** How many library functions may be in each other's calls: PUC-Rio's limit of nested C calls. */
const MAX_LIBRARY_CALLS = 200;

/** The budget at which what cannot wait looks at the time itself. */
const OVERDRAWN = -CALL_BUDGET;

/** Runs a generator until it ends or a call that it makes is suspended. */
export function drive(callback: Callback): LuaResult {
  return begin(callback, 1);
}

/** As {@link drive}, where PUC-Rio's library lets what it calls yield: `coroutine.isyieldable` tells. */
export function driveYieldable(callback: Callback): LuaResult {
  return begin(callback, 0);
}

function begin(callback: Callback, boundary: number): LuaResult {
  const co = enterLibrary();
  if (co !== null) co.boundaries += boundary;
  return goOn(callback, boundary, () => callback.next(undefined));
}

/** Counts a function of the library that calls Lua, until it has ended. */
function enterLibrary(): Coroutine | null {
  const co = machine.current;
  if (co !== null && ++co.libraryCalls > MAX_LIBRARY_CALLS) {
    co.libraryCalls--;
    throw new LuaThrow("C stack overflow");
  }
  return co;
}

/** @param boundary How many boundaries for yields the function is: 1 or 0 */
function goOn(
  callback: Callback,
  boundary: number,
  move: (callback: Callback) => IteratorResult<unknown[], LuaResult>,
): LuaResult {
  const co = machine.current;
  const depth = machine.d;
  let isDone = true;
  try {
    let step = move(callback);
    while (step.done !== true) {
      const [fn, ...args] = step.value;
      let result: LuaResult;
      try {
        result = callable(fn as never)(...args) as LuaResult;
      } catch (error) {
        if (error instanceof LuaAbort) throw error;
        machine.d = depth;
        step = callback.throw(error);
        continue;
      }
      if (result === SUSPENDED) {
        isDone = false;
        return save(waiting, 0, [callback, boundary], []);
      }
      step = callback.next(result);
    }
    return step.value;
  } finally {
    if (isDone && co !== null) {
      co.libraryCalls--;
      co.boundaries -= boundary;
    }
  }
}

/** Runs library code that calls Lua without a generator for as long as no call is suspended. */
function driveDirectly(work: () => Callback | undefined): LuaResult {
  const co = enterLibrary();
  if (co !== null) co.boundaries++;
  let rest: Callback | undefined;
  try {
    rest = work();
  } finally {
    if (rest === undefined && co !== null) {
      co.libraryCalls--;
      co.boundaries--;
    }
  }
  if (rest === undefined) return NOTHING;
  rest.next(undefined);
  return save(waiting, 0, [rest, 1], []);
}

function callDirectly(fn: LuaValue, a: LuaValue, b: LuaValue): LuaResult {
  // Functions of the library do not look at the limits themselves
  if (--machine.b < 0 && enter(fn as LuaFunction, [a, b]) === SUSPENDED) return SUSPENDED;
  refuseYield(fn);
  return (fn as LuaFunction)(a, b) as LuaResult;
}

function callWith(fn: LuaValue, args: LuaResult): LuaResult {
  const list = Array.isArray(args);
  if (--machine.b < 0 && enter(fn as LuaFunction, list ? args : [args]) === SUSPENDED) return SUSPENDED;
  refuseYield(fn);
  return (list ? (fn as LuaFunction)(...args) : (fn as LuaFunction)(args as LuaValue)) as LuaResult;
}

/** What is called for its result at once is not `yield`: PUC-Rio lets nothing yield there. */
function refuseYield(fn: LuaValue): void {
  if (fn === machine.yield) throw new LuaThrow("attempt to yield across a C-call boundary");
}

/** Forgets the frames of a suspension that is not to be. */
export function abandon(co: Coroutine): void {
  for (let frame = co.head; frame !== null; frame = frame.next) {
    co.depth--;
    if (frame.kind !== waiting) continue;
    co.libraryCalls--;
    co.boundaries -= frame.slots[1] as number;
  }
  co.head = co.tail = null;
  co.unwound = false;
  co.promise?.catch(() => {});
  co.promise = null;
}

named("goOn", goOn);
named("callDirectly", callDirectly);
named("callDirectly", callWith);
setDriver(drive, driveDirectly, callDirectly, callWith);
setWorkBudget((calls) => {
  machine.b -= calls;
  if (machine.b >= OVERDRAWN) return;
  // A loop notices only after some passes, each of which may be long
  machine.refill(0);
  machine.limits.checkTime();
});
setRest((result) => {
  const { current } = machine;
  if (machine.b >= 0 || current === null) return result;
  machine.refill();
  const turn = machine.limits.check();
  if (turn === undefined) return result;
  current.promise = turn.then(() => result);
  return SUSPENDED;
});
