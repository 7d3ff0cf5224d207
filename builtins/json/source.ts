/** Source texts of json, yaml and toml: these must be UTF-8, and errors in them have a position. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";

/** How deep arrays and objects may stand in one another in a text that is parsed. */
export const MAX_DEPTH = 128;

/**
 * The text of a Lua string.
 *
 * @param functionName What the error begins with, such as `yaml.parse`
 * @throws {ScriptError} With the position of the first byte that is not UTF-8
 */
export function requireText(bytes: string, functionName: string): string {
  const text = toTextStrict(bytes);
  if (text !== undefined) return text;
  throw sourceError(functionName, "invalid UTF-8", bytes, firstInvalid(bytes));
}

/** The error for a place in a Lua string, given as an offset in bytes. */
export function sourceError(
  functionName: string,
  reason: string,
  bytes: string,
  offset: number,
  cause?: unknown,
): ScriptError {
  const before = bytes.slice(0, offset);
  const line = before.split("\n").length;
  const start = before.lastIndexOf("\n") + 1;
  // Columns count characters: continuation bytes belong to the byte before them
  const column = before.slice(start).replace(/[\x80-\xbf]/g, "").length + 1;
  return positionError(functionName, reason, line, column, cause);
}

/** The error for a place in a source. Lines and columns count from 1. */
export function positionError(
  functionName: string,
  reason: string,
  line: number,
  column: number,
  cause?: unknown,
): ScriptError {
  return new ScriptError(`${functionName}: ${reason} at line ${line} column ${column}`, { cause });
}

const VALID =
  // deno-lint-ignore no-control-regex -- the ASCII range
  /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}/y;

/** The offset of the first byte that belongs to no UTF-8 sequence (RFC 3629). */
function firstInvalid(bytes: string): number {
  let offset = 0;
  VALID.lastIndex = 0;
  while (VALID.test(bytes)) offset = VALID.lastIndex;
  return offset;
}
