/** A client's request: what a script's arguments ask for, checked before anything is sent. */
import { encodeJson } from "../json/encode.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import {
  any,
  boolean,
  func,
  integer,
  number,
  options,
  type ParamValues,
  table,
} from "../../runtime/seam/params.ts";
import { toBytes, toText } from "../../runtime/seam/text.ts";
import {
  isNumber,
  isTable,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../runtime/seam/value.ts";
import { VERSION } from "../../runtime/seam/version.ts";
import { hasHeader, type HeaderLine, headerLines } from "./headers.ts";
import { credentialsOf, parseUrl } from "./url.ts";

/** The whole request, its body included, may take this long unless `timeout` says otherwise. Seconds. */
export const DEFAULT_TIMEOUT = 30;

/** The largest response body that is kept in memory unless `max_body` says otherwise: 256 MiB. */
const DEFAULT_MAX_BODY = 256 * 1024 * 1024;

/** The options of every client function. */
export const requestOptions = options("opts", {
  headers: table,
  query: table,
  body: any,
  json: any,
  timeout: number,
  follow_redirects: boolean,
  on_event: func,
  max_body: integer,
});

/** What {@link requestOptions} gives: every option may be absent. */
export type RequestOptions = ParamValues<[typeof requestOptions]>[0];

/** What `http.client` sets for all requests of a client. */
export interface ClientDefaults {
  /** Seconds. */
  readonly timeout: number;
  readonly followRedirects: boolean;
}

/** A request that is ready to be sent. */
export interface HttpRequest {
  /** How errors call it, such as `http.get`. */
  readonly functionName: string;
  readonly method: string;
  /** Without user and password: they are in `lines`. */
  readonly url: URL;
  readonly lines: readonly HeaderLine[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  /** Milliseconds. */
  readonly timeout: number;
  readonly followRedirects: boolean;
  readonly onEvent: LuaFunction | undefined;
  /** Bytes. */
  readonly maxBody: number;
}

/** The body argument of `http.post` and its like: bytes, or a table to be sent as JSON. */
export type BodyValue = string | LuaTable | undefined;

/** Lines that the connection needs for itself. */
const AUTOMATIC: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);

/** @throws {ScriptError} When the URL, a header or an option cannot be used */
export function buildRequest(
  functionName: string,
  method: string,
  url: string,
  given: BodyValue,
  opts: RequestOptions,
  defaults: ClientDefaults,
): HttpRequest {
  const lines = opts.headers === undefined
    ? []
    : headerLines(functionName, opts.headers).filter(([name]) => !AUTOMATIC.has(name.toLowerCase()));
  const target = parseUrl(functionName, url);
  if (opts.query !== undefined) addQuery(target, opts.query);
  const credentials = credentialsOf(target);
  if (credentials !== undefined) addDefault(lines, "authorization", credentials);
  const body = bodyOf(functionName, lines, given, opts);
  addDefault(lines, "accept", "*/*");
  addDefault(lines, "user-agent", `assay/${VERSION}`);
  // The body is to be what the server means by it: compression would be undone behind the script's back
  addDefault(lines, "accept-encoding", "identity");
  return {
    functionName,
    method,
    url: target,
    lines,
    body,
    timeout: timeoutOf(functionName, opts.timeout ?? defaults.timeout),
    followRedirects: opts.follow_redirects ?? defaults.followRedirects,
    onEvent: opts.on_event,
    maxBody: bodyLimit(functionName, opts.max_body, DEFAULT_MAX_BODY),
  };
}

function addDefault(lines: HeaderLine[], name: string, value: string): void {
  if (!hasHeader(lines, name)) lines.push([name, value]);
}

/** The bytes to send, and for JSON the header that says so. The argument wins over the options. */
function bodyOf(
  functionName: string,
  lines: HeaderLine[],
  argument: BodyValue,
  { body, json }: RequestOptions,
): Uint8Array<ArrayBuffer> | undefined {
  const given = argument ?? json ?? body;
  if (given === undefined) return undefined;
  if (isTable(given) || (argument === undefined && json !== undefined)) {
    addDefault(lines, "content-type", "application/json");
    return toBytes(encodeJson(given, { functionName }));
  }
  if (isNumber(given)) return toBytes(formatNumber(given));
  if (typeof given === "string") return given === "" ? undefined : toBytes(given);
  throw new ScriptError(
    `${functionName}: option 'body' must be a string, table, or nil, got ${typeOf(given)}`,
  );
}

/** Seconds to milliseconds. @throws {ScriptError} When it is no length of time */
export function timeoutOf(functionName: string, seconds: number): number {
  if (!(seconds > 0)) {
    throw new ScriptError(
      `${functionName}: timeout must be above zero, in seconds: current value is ${seconds}`,
    );
  }
  return seconds * 1000;
}

/** The bytes that a body may have. @throws {ScriptError} When it is no size */
export function bodyLimit(functionName: string, given: number | undefined, fallback: number): number {
  if (given === undefined) return fallback;
  if (given >= 0) return given;
  throw new ScriptError(
    `${functionName}: max_body must be zero or more, in bytes: current value is ${given}`,
  );
}

/** Adds parameters in the order of their names; an array gives its name several times. */
function addQuery(url: URL, query: LuaTable): void {
  const parts: string[] = [];
  const entries = [...query.entries()].map(([key, value]) => [textOf(key), value] as const);
  entries.sort(([a], [b]) => a < b ? -1 : 1);
  for (const [name, value] of entries) {
    for (const single of isTable(value) ? elements(value) : [value]) {
      if (single !== undefined) parts.push(`${encodeBytes(name)}=${encodeBytes(textOf(single))}`);
    }
  }
  if (parts.length > 0) url.search += `${url.search === "" ? "" : "&"}${parts.join("&")}`;
}

function elements(table: LuaTable): LuaValue[] {
  return Array.from({ length: table.length() }, (_, index) => table.get(index + 1));
}

function textOf(value: LuaValue): string {
  if (typeof value === "string") return value;
  return isNumber(value) ? formatNumber(value) : String(value);
}

/** Percent-encodes all bytes but the unreserved ones of RFC 3986. */
function encodeBytes(bytes: string): string {
  return bytes.replace(
    /[^A-Za-z0-9\-._~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}

/** A method as scripts name it, in upper case. @throws {ScriptError} When it is none */
export function methodOf(functionName: string, method: string): string {
  const name = method.toUpperCase();
  if (!/^[A-Z0-9!#$%&'*+\-.^_`|~]+$/.test(name) || name === "CONNECT") {
    throw new ScriptError(`${functionName}: "${toText(method)}" is no HTTP method that can be sent`);
  }
  return name;
}
