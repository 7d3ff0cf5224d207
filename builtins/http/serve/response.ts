/** From a handler's result to what the server sends. */
import { encodeJson } from "../../json/encode.ts";
import { describeError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { formatNumber, toInteger } from "../../../runtime/seam/number.ts";
import { toBytes } from "../../../runtime/seam/text.ts";
import {
  isFunction,
  isNumber,
  isTable,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../../runtime/seam/value.ts";
import { hasHeader, type HeaderLine, headerLines } from "../headers.ts";
import { eventStream } from "./event_stream.ts";
import { type ResponseContext, TEXT } from "./context.ts";
import { webSocket } from "./web_socket.ts";

// deno-lint-ignore no-control-regex
const NOT_ASCII = /[^\x00-\x7f]/;

/** Statuses whose responses have no body: RFC 9110, section 15. */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Lines that the server writes itself, from what it sends. */
const AUTOMATIC: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);

const JSON_TEXT = { "content-type": "application/json" };

/**
 * Makes the response of a handler's result.
 *
 * @throws {ScriptError} When the result is no table, or holds a header or a status that cannot be sent
 */
export function makeResponse(context: ResponseContext, request: Request, result: LuaValue): Response {
  if (!isTable(result)) {
    throw new ScriptError(
      `http.serve: a handler must return a table such as {status = 200, body = "ok"}, got ${typeOf(result)}`,
    );
  }
  const status = statusOf(result.get("status"));
  const given = result.get("headers");
  const lines = isTable(given) ? headerLines("http.serve", given).filter(isOurs) : [];
  const conversation = result.get("ws");
  if (isFunction(conversation)) {
    return webSocket(context, request, conversation, result.get("protocol"), lines);
  }
  const stream = result.get("sse");
  if (isFunction(stream)) {
    if (WITHOUT_BODY.has(status)) throw new ScriptError(`http.serve: status ${status} cannot have events`);
    return eventStream(context, request, stream, status, lines);
  }
  const json = result.get("json");
  if (isTable(json)) return withBody(status, lines, encodeOrNull(context.host, json), JSON_TEXT);
  const body = result.get("body");
  const text = typeof body === "string" ? body : isNumber(body) ? formatNumber(body) : "";
  return withBody(status, lines, text, TEXT);
}

function isOurs([name]: HeaderLine): boolean {
  return !AUTOMATIC.has(name.toLowerCase());
}

function statusOf(value: LuaValue): number {
  if (!isNumber(value)) return 200;
  const status = toInteger(value);
  if (typeof status !== "number" || status < 100 || status > 999) return 200;
  if (status < 200 || status > 599) {
    throw new ScriptError(`http.serve: status ${status} cannot be sent: use one from 200 to 599`);
  }
  return status;
}

function withBody(status: number, lines: HeaderLine[], body: string, type: typeof TEXT): Response {
  let headers: HeaderLine[] | typeof TEXT = type;
  if (lines.length > 0) {
    if (!hasHeader(lines, "content-type")) lines.push(["content-type", type["content-type"]]);
    headers = lines;
  }
  if (WITHOUT_BODY.has(status)) return new Response(null, { status, headers });
  return new Response(NOT_ASCII.test(body) ? toBytes(body) : body, { status, headers });
}

function encodeOrNull(host: Host, value: LuaTable): string {
  try {
    return encodeJson(value);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    host.log.warn(`http.serve: a handler's json cannot be encoded, null is sent: ${describeError(error)}`);
    return "null";
  }
}
