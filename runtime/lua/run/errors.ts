/** From whatever JavaScript throws to Lua errors. */
import { LuaThrow, runtimeError } from "../error.ts";
import { NumberError } from "../number/mod.ts";

/** The Lua error that something thrown is. */
export function toLuaError(error: unknown): LuaThrow {
  if (error instanceof LuaThrow) return error;
  if (error instanceof NumberError) return runtimeError(error.message);
  if (error instanceof RangeError) {
    const isStack = /call stack/.test(error.message);
    return new LuaThrow(isStack ? "stack overflow" : "not enough memory");
  }
  const text = error instanceof Error ? `${error.message}\n${error.stack}` : String(error);
  return new LuaThrow(`internal error: ${text}`);
}
