/** YAML text to Lua values. */
import { parseEvents, YAMLException } from "js-yaml";
import type { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import type { LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { MAX_DEPTH, positionError, requireText } from "../json/source.ts";
import { ComposeError, Composer } from "./compose.ts";

/**
 * Parses the one document of a YAML 1.2 stream by the core schema; an empty stream is nil.
 *
 * @param bytes The stream, UTF-8
 * @param functionName What errors begin with. @default "yaml.parse"
 * @throws {ScriptError} With the reason, line and column
 */
export function parseYaml(host: Host, bytes: string, functionName = "yaml.parse"): LuaValue {
  const { text, values, second } = documents(host, bytes, functionName);
  if (values.length > 1) {
    const reason = `expected one document, found ${values.length}; yaml.parse_all reads several; ` +
      "the second begins";
    throw errorAt(functionName, reason, text, second);
  }
  return values[0];
}

/**
 * Parses every document of a YAML 1.2 stream into an array. Empty documents are left out.
 *
 * @throws {ScriptError} With the reason, line and column
 */
export function parseYamlAll(host: Host, bytes: string, functionName = "yaml.parse_all"): LuaTable {
  const { values } = documents(host, bytes, functionName);
  const present = values.filter((value) => value !== undefined);
  return newList(host, present);
}

function documents(host: Host, bytes: string, functionName: string) {
  const text = requireText(bytes, functionName);
  try {
    // The parser refuses the limit itself
    const events = parseEvents(text, { maxDepth: MAX_DEPTH + 1 });
    return { text, ...new Composer(host, text, events).documents() };
  } catch (error) {
    if (error instanceof ComposeError) throw errorAt(functionName, error.reason, text, error.offset, error);
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const clear = reason.startsWith("nesting exceeded") ? `nesting deeper than ${MAX_DEPTH} levels` : reason;
    throw errorAt(functionName, clear, text, mark?.position ?? text.length, error);
  }
}

/** The error for a place in a text, given as an offset in UTF-16 units. */
function errorAt(
  functionName: string,
  reason: string,
  text: string,
  offset: number,
  cause?: unknown,
): ScriptError {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  // Characters, not UTF-16 units
  const column = [...lines.at(-1) ?? ""].length + 1;
  return positionError(functionName, reason, lines.length, column, cause);
}
