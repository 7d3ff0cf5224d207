/** JSON text to Lua values. */
import type { Host } from "../../runtime/seam/host.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import { JsonReader } from "./reader.ts";

/**
 * Parses a JSON document.
 *
 * Integers of 64 bits are exact, other numbers floats; `null` is nil; an empty array remembers that it is one;
 * of duplicate keys the last wins.
 *
 * @param bytes The document, UTF-8
 * @param functionName What errors begin with. @default "json.parse"
 * @throws {ScriptError} With the reason, line and column
 */
export function parseJson(host: Host, bytes: string, functionName = "json.parse"): LuaValue {
  return new JsonReader(host, bytes, functionName).read();
}
