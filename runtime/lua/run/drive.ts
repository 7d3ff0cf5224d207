/** Runs library functions that call Lua: generators that yield the calls they want made. */
import { named } from "./named.ts";
import { LuaAbort, LuaThrow } from "../error.ts";
import { type Callback, type LuaResult, setDriver, setRest, WouldWait } from "../library/callback.ts";
import { setWorkBudget } from "../library/string/limits.ts";
import type { LuaValue } from "../table.ts";
import type { Coroutine, LuaFunction } from "./coroutine.ts";
import { type Frame, type ProtectedKind, save } from "./frame.ts";
import { CALL_BUDGET, machine, SUSPENDED } from "./machine.ts";
import { callable } from "./operators.ts";

const waiting: ProtectedKind = {
  isProtected: true,
  library: () => ["goOn"],
  resume: (frame, result) => goOn(frame.slots[0] as Callback, (callback) => callback.next(result)),
  fail: (frame: Frame, error) => goOn(frame.slots[0] as Callback, (callback) => callback.throw(error)),
};

/** How many library functions may be in each other's calls: PUC-Rio's limit of nested C calls. */
const MAX_LIBRARY_CALLS = 200;

/** Runs a generator until it ends or a call that it makes is suspended. */
export function drive(callback: Callback): LuaResult {
  const co = machine.current;
  if (co !== null && ++co.libraryCalls > MAX_LIBRARY_CALLS) {
    co.libraryCalls--;
    throw new LuaThrow("C stack overflow");
  }
  return goOn(callback, () => callback.next(undefined));
}

function goOn(
  callback: Callback,
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
        return save(waiting, 0, [callback], []);
      }
      step = callback.next(result);
    }
    return step.value;
  } finally {
    if (isDone && co !== null) co.libraryCalls--;
  }
}

/** Whether a call that must not wait is under way. */
let isAtOnce = false;

/** Calls a function that is not expected to wait; where it does, what it waits for is given up. */
function callAtOnce(fn: LuaValue, a: LuaValue, b: LuaValue): LuaResult {
  if (--machine.b < 0) {
    machine.b = CALL_BUDGET;
    // Others are to have their turn
    if (machine.limits.check() !== undefined) throw new WouldWait();
  }
  // It has nothing to compare; PUC-Rio lets no comparison yield
  if (fn === machine.yield) throw new LuaThrow("attempt to yield across a C-call boundary");
  // One inside another would be done anew each time that the outer one is
  if (isAtOnce) throw new WouldWait();
  const depth = machine.d;
  let result: LuaResult;
  isAtOnce = true;
  try {
    result = (fn as LuaFunction)(a, b) as LuaResult;
  } finally {
    isAtOnce = false;
  }
  if (result !== SUSPENDED) return result;
  machine.d = depth;
  abandon(machine.current as Coroutine);
  throw new WouldWait();
}

/** Forgets the frames of a suspension that is not to be. */
export function abandon(co: Coroutine): void {
  for (let frame = co.head; frame !== null; frame = frame.next) {
    co.depth--;
    if (frame.kind === waiting) co.libraryCalls--;
  }
  co.head = co.tail = null;
  co.unwound = false;
  co.promise?.catch(() => {});
  co.promise = null;
}

named("goOn", goOn);
named("callAtOnce", callAtOnce);
setDriver(drive, callAtOnce);
setWorkBudget((calls) => machine.b -= calls);
setRest((result) => {
  const { current } = machine;
  if (machine.b >= 0 || current === null) return result;
  machine.b = CALL_BUDGET;
  const turn = machine.limits.check();
  if (turn === undefined) return result;
  current.promise = turn.then(() => result);
  return SUSPENDED;
});
