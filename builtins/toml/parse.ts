/** TOML text to Lua values. */
import { parse, TomlError } from "smol-toml";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { floatFromNumber, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";
import { fromText } from "../../runtime/seam/text.ts";
import { integerOrFloat } from "../json/convert.ts";
import { newEmptyArray } from "../json/shape.ts";
import { MAX_DEPTH, positionError, requireText } from "../json/source.ts";

/** The only key of the table that stands for a date or a time. */
export const DATETIME = "$__toml_private_datetime";

const TOO_DEEP = `nesting deeper than ${MAX_DEPTH} levels`;

/**
 * Parses a TOML 1.0 document.
 *
 * Dates and times are tables with the single key {@link DATETIME} and an RFC 3339 text.
 *
 * @param bytes The document, UTF-8
 * @throws {ScriptError} With the reason, line and column
 */
export function parseToml(host: Host, bytes: string, functionName = "toml.parse"): LuaTable {
  const text = requireText(bytes, functionName);
  try {
    // All integers as bigint: a number is a float then, 1.0 too
    const document = parse(text, { integersAsBigInt: true, useLegacyDate: false, maxDepth: MAX_DEPTH });
    return tableOf(host, document, 0);
  } catch (error) {
    if (error instanceof TooDeep) throw new ScriptError(`${functionName}: ${TOO_DEEP}`, { cause: error });
    if (!(error instanceof TomlError)) throw error;
    throw positionError(functionName, reasonOf(error), error.line, error.column, error);
  }
}

function reasonOf(error: TomlError): string {
  const [first = ""] = error.message.split("\n", 1);
  const reason = first.replace(/^Invalid TOML document: /, "");
  return reason.startsWith("document contains excessively nested")
    ? TOO_DEEP
    : reason.replace(/^Temporal error: /, "invalid date or time: ").replace(/\.$/, "");
}

/** Dotted keys nest without brackets for the parser to count. */
class TooDeep extends Error {}

function tableOf(host: Host, fields: object, depth: number): LuaTable {
  if (depth > MAX_DEPTH) throw new TooDeep();
  const table = host.vm.newTable();
  for (const [key, field] of Object.entries(fields)) {
    table.set(fromText(key), valueOf(host, field, depth + 1));
  }
  return table;
}

function valueOf(host: Host, value: unknown, depth: number): LuaValue {
  switch (typeof value) {
    case "string":
      return fromText(value);
    case "number":
      return floatFromNumber(value);
    case "bigint":
      return integerOrFloat(value);
    case "boolean":
      return value;
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return newEmptyArray(host);
    return host.vm.newArray(value.map((item) => valueOf(host, item, depth + 1)));
  }
  const datetime = datetimeOf(value);
  return datetime === undefined
    ? tableOf(host, value as object, depth)
    : host.vm.newRecord({ [DATETIME]: datetime });
}

function datetimeOf(value: unknown): string | undefined {
  if (value instanceof Temporal.ZonedDateTime) {
    const text = value.toString({ timeZoneName: "never", calendarName: "never" });
    return value.timeZoneId === "+00:00" || value.timeZoneId === "UTC" ? text.replace(/\+00:00$/, "Z") : text;
  }
  const isLocal = value instanceof Temporal.PlainDateTime || value instanceof Temporal.PlainDate ||
    value instanceof Temporal.PlainTime;
  return isLocal ? value.toString() : undefined;
}
