/** Errors on their way between Lua and the functions of the host. */
import { LuaAbort, LuaThrow } from "./lua/error.ts";
import { toLuaError } from "./lua/run/errors.ts";
import { traceback } from "./lua/run/locate.ts";
import { machine } from "./lua/run/machine.ts";
import { hostMessage, LuaError, LuaStop, ScriptError } from "./seam/error.ts";
import { fromText, toText } from "./seam/text.ts";
import type { LuaValue } from "./seam/value.ts";

/** What Lua raises for an error that comes from outside its functions. */
export function thrown(reason: unknown): LuaThrow {
  return reason instanceof LuaThrow ? reason : new HostFailure(reason);
}

/** What ends the wait of a task from outside, where it is no error of Lua. */
class HostFailure extends LuaThrow {
  constructor(readonly reason: unknown) {
    super(fromText(hostMessage("task", reason)));
  }
}

/**
 * What a function of the host threw, or what its promise was rejected with, as what Lua raises.
 *
 * @param position Gives where it was called, as `locate` does
 */
export function raised(name: string, error: unknown, position: () => string): unknown {
  if (error instanceof LuaThrow) return error;
  if (error instanceof LuaError) {
    return new LuaThrow(error.value, error.traceback === undefined ? undefined : fromText(error.traceback));
  }
  const co = machine.current;
  const trace = co === null || co.protection > 0 ? undefined : traceback();
  return new LuaThrow(position() + fromText(hostMessage(name, error)), trace);
}

/** A Lua error as host code sees it. */
export function fromThrow(error: unknown): unknown {
  if (error instanceof LuaError || error instanceof ScriptError) return error;
  if (error instanceof HostFailure) return error.reason;
  const { value, traceback: trace } = toLuaError(error);
  const Kind = error instanceof LuaAbort ? LuaStop : LuaError;
  return new Kind(value as LuaValue, trace === undefined ? undefined : toText(trace));
}
