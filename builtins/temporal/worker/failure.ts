/** What Lua raises as a failure of Temporal. */
import type { Host } from "../../../runtime/seam/host.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import { isTable, type LuaValue } from "../../../runtime/seam/value.ts";
import type { SentFailure } from "./protocol.ts";

/** The type of failures that name none, for `non_retryable_errors`. */
const TYPE = "LuaError";

/**
 * The failure of what has been raised. A table with the field `message` may name its type in `type`.
 *
 * @param raised What was raised, or text where there is no host to show values
 */
export function failureOf(raised: LuaValue, host?: Host): SentFailure {
  const table = isTable(raised) ? raised : undefined;
  const type = table?.get("type");
  const message = table?.get("message") ?? raised;
  const shown = typeof message === "string"
    ? message
    : host?.vm.toString(message) ?? fromText(String(message));
  return {
    message: host === undefined ? shown : toText(shown),
    source: "assay",
    applicationFailureInfo: { type: typeof type === "string" ? toText(type) : TYPE },
  };
}
