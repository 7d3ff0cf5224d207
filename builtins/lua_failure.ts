/** What failed tasks, handlers and callbacks leave behind, for the log and for clients. */
import { describeError, LuaError } from "../runtime/seam/error.ts";
import type { Host } from "../runtime/seam/host.ts";
import { toText } from "../runtime/seam/text.ts";

/** The text of an error with its Lua traceback where it has one. */
export function describeLuaError(host: Host, error: unknown): string {
  if (!(error instanceof LuaError)) return describeError(error);
  const message = typeof error.value === "string" ? error.message : shown(host, error);
  return error.traceback === undefined ? message : `${message}\n${toText(error.traceback)}`;
}

function shown(host: Host, { value }: LuaError): string {
  try {
    return toText(host.vm.toString(value));
  } catch (error) {
    return `(error in __tostring: ${describeError(error)})`;
  }
}
