/** To-be-closed variables: a list per coroutine of the values whose blocks have not ended. */
import { runtimeError } from "../error.ts";
import { type Callback, type LuaResult, NOTHING } from "../library/callback.ts";
import { typeName } from "../library/arguments.ts";
import type { LuaValue } from "../table.ts";
import { type Coroutine, errorValue } from "./coroutine.ts";
import { driveYieldable } from "./drive.ts";
import { machine, SUSPENDED } from "./machine.ts";
import { metamethod } from "./operators.ts";

/**
 * Notes that a variable's value is to be closed.
 *
 * @returns How many values there were before, for {@link closeFrom}
 * @throws {LuaThrow} When the value cannot be closed
 */
export function openClosing(value: LuaValue, name: string): number {
  const { closing } = machine.current as Coroutine;
  const height = closing.length;
  if (value === undefined || value === false) return height;
  if (metamethod(value, "__close") === undefined) {
    throw runtimeError(`variable '${name}' got a non-closable value`);
  }
  closing.push(value);
  return height;
}

/** Closes the values above a height, the last first; gives `SUSPENDED` or nothing. */
export function closeFrom(height: number | undefined): LuaResult {
  const { closing } = machine.current as Coroutine;
  if (height === undefined || closing.length <= height) return undefined;
  const before = closing.length;
  try {
    return driveYieldable(closeNormally(closing, height)) === SUSPENDED ? SUSPENDED : undefined;
  } catch (error) {
    // There was no room for the call: nobody is to try it again
    if (closing.length === before) closing.pop();
    throw error;
  }
}

/** Closes the values above a height where no error is. */
export function* closeNormally(closing: LuaValue[], height: number): Callback {
  while (closing.length > height) {
    const value = closing.pop();
    try {
      yield [closer(value), value];
    } catch (error) {
      // The values left are closed with the error, which the next may replace
      throw yield* closeWith(closing, height, error);
    }
  }
  return NOTHING;
}

/**
 * Closes the values above a height because of an error.
 *
 * @param handle What becomes of an error of a closing method
 * @returns The error that is left
 */
export function* closeWith(
  closing: LuaValue[],
  height: number,
  error: unknown,
  handle?: (error: unknown) => Callback<unknown>,
): Callback<unknown> {
  let left = error;
  while (closing.length > height) {
    const value = closing.pop();
    try {
      yield [closer(value), value, errorValue(left)];
    } catch (thrown) {
      left = handle === undefined ? thrown : yield* handle(thrown);
    }
  }
  return left;
}

/** What closes a value. */
function closer(value: LuaValue): LuaValue {
  const method = metamethod(value, "__close");
  if (typeof method === "function" || metamethod(method, "__call") !== undefined) return method;
  throw runtimeError(`attempt to call a ${typeName(method)} value (metamethod 'close')`);
}
