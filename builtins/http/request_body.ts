/** What a request sends: bytes, JSON, a form, or parts. */
import { encodeJson } from "../json/encode.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { toBytes } from "../../runtime/seam/text.ts";
import { isNumber, isTable, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";
import { addDefault, type HeaderLine } from "./headers.ts";
import { encodeMultipart } from "./multipart.ts";
import { encodeForm, parameters } from "./parameters.ts";

/** The body argument of `http.post` and its like: bytes, or a table to be sent as JSON. */
export type BodyValue = string | LuaTable | undefined;

/** The options that are bodies, of which a request has one. */
export interface BodyOptions {
  /** A string as it is, a table as JSON. */
  readonly body?: LuaValue;
  /** Any value, as JSON. */
  readonly json?: LuaValue;
  /** As application/x-www-form-urlencoded. */
  readonly form?: LuaTable;
  /** As multipart/form-data. */
  readonly multipart?: LuaTable;
}

/**
 * The bytes to send, and in `lines` the header that says what they are, unless there is one.
 *
 * @param argument Wins over the options
 * @throws {ScriptError} When there are several bodies or one that cannot be sent
 */
export function requestBody(
  functionName: string,
  lines: HeaderLine[],
  argument: BodyValue,
  { body, json, form, multipart }: BodyOptions,
): Uint8Array<ArrayBuffer> | undefined {
  const given = Object.entries({ body: argument ?? body, json, form, multipart })
    .flatMap(([name, value]) => value === undefined ? [] : [name]);
  if (given.length > 1) {
    throw new ScriptError(`${functionName}: a request has one body, this one has ${given.join(" and ")}`);
  }
  if (json !== undefined) return jsonBody(functionName, lines, json);
  if (form !== undefined) {
    addDefault(lines, "content-type", "application/x-www-form-urlencoded");
    return toBytes(encodeForm(parameters(`${functionName}: form`, form)));
  }
  if (multipart !== undefined) {
    const encoded = encodeMultipart(functionName, multipart);
    addDefault(lines, "content-type", encoded.contentType);
    return toBytes(encoded.body);
  }
  return plainBody(functionName, lines, argument ?? body);
}

function plainBody(
  functionName: string,
  lines: HeaderLine[],
  value: LuaValue,
): Uint8Array<ArrayBuffer> | undefined {
  if (value === undefined) return undefined;
  if (isTable(value)) return jsonBody(functionName, lines, value);
  if (isNumber(value)) return toBytes(formatNumber(value));
  if (typeof value === "string") return value === "" ? undefined : toBytes(value);
  throw new ScriptError(
    `${functionName}: option 'body' must be a string, table, or nil, got ${typeOf(value)}`,
  );
}

function jsonBody(functionName: string, lines: HeaderLine[], value: LuaValue): Uint8Array<ArrayBuffer> {
  addDefault(lines, "content-type", "application/json");
  return toBytes(encodeJson(value, { functionName }));
}
