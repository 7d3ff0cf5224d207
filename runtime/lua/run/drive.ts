/** Runs library functions that call Lua: generators that yield the calls they want made. */
import type { Callback, LuaResult } from "../library/callback.ts";
import { setDriver } from "../library/callback.ts";
import { type Frame, type ProtectedKind, save } from "./frame.ts";
import { SUSPENDED } from "./machine.ts";
import { callable } from "./operators.ts";

const waiting: ProtectedKind = {
  isProtected: true,
  resume: (frame, result) => goOn(frame.slots[0] as Callback, (callback) => callback.next(result)),
  fail: (frame: Frame, error) => goOn(frame.slots[0] as Callback, (callback) => callback.throw(error)),
};

/** Runs a generator until it ends or a call that it makes is suspended. */
export function drive(callback: Callback): LuaResult {
  return goOn(callback, () => callback.next(undefined));
}

function goOn(
  callback: Callback,
  move: (callback: Callback) => IteratorResult<unknown[], LuaResult>,
): LuaResult {
  let step = move(callback);
  while (step.done !== true) {
    const [fn, ...args] = step.value;
    let result: LuaResult;
    try {
      result = callable(fn as never)(...args) as LuaResult;
    } catch (error) {
      step = callback.throw(error);
      continue;
    }
    if (result === SUSPENDED) return save(waiting, 0, [callback], []);
    step = callback.next(result);
  }
  return step.value;
}

setDriver(drive);
