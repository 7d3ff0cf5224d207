import type { Vm } from "./seam/engine.ts";
import { LuaError, ScriptError } from "./seam/error.ts";
import { toText } from "./seam/text.ts";

/**
 * The text of an error that no Lua code has caught: what went wrong and where, then the Lua traceback.
 *
 * @throws The error itself when it is none of a script's but one of assay
 */
export function describeUncaught(error: unknown, vm: Vm): string {
  if (error instanceof LuaError) {
    const value = describeValue(error, vm);
    return error.traceback === undefined ? value : `${value}\n${toText(error.traceback)}`;
  }
  if (error instanceof ScriptError) return error.message;
  throw error;
}

function describeValue(error: LuaError, vm: Vm): string {
  if (typeof error.value === "string") return error.message;
  try {
    return toText(vm.toString(error.value));
  } catch (failure) {
    // The value's own __tostring raises
    if (failure instanceof LuaError) return error.message;
    throw failure;
  }
}
