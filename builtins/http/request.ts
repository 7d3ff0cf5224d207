/** A client's request: what a script's arguments ask for, checked before anything is sent. */
import { ScriptError } from "../../runtime/seam/error.ts";
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
import { toText } from "../../runtime/seam/text.ts";
import type { LuaFunction, LuaTable } from "../../runtime/seam/value.ts";
import { VERSION } from "../../runtime/seam/version.ts";
import { authorizationOf } from "./authorization.ts";
import { addDefault, type HeaderLine, headerLines } from "./headers.ts";
import { encodeQuery, parameters } from "./parameters.ts";
import { type BodyValue, requestBody } from "./request_body.ts";
import { retry, type RetryPolicy, retryPolicy } from "./retry.ts";
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
  form: table,
  multipart: table,
  auth: table,
  timeout: number,
  follow_redirects: boolean,
  on_event: func,
  max_body: integer,
  retry,
});

/** What {@link requestOptions} gives: every option may be absent. */
export type RequestOptions = ParamValues<[typeof requestOptions]>[0];

/** What `http.client` sets for all requests of a client. */
export interface ClientDefaults {
  /** Seconds. */
  readonly timeout: number;
  readonly followRedirects: boolean;
  readonly retry: RetryPolicy;
  /** Lines that a request's own replace. */
  readonly lines: readonly HeaderLine[];
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
  readonly retry: RetryPolicy;
}

/** Lines that the connection needs for itself. */
const AUTOMATIC: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);

/** The header lines that a script gives. @throws {ScriptError} For one that cannot be sent */
export function requestLines(functionName: string, headers: LuaTable): HeaderLine[] {
  return headerLines(functionName, headers).filter(([name]) => !AUTOMATIC.has(name.toLowerCase()));
}

/** @throws {ScriptError} When the URL, a header or an option cannot be used */
export function buildRequest(
  functionName: string,
  method: string,
  url: string,
  given: BodyValue,
  opts: RequestOptions,
  defaults: ClientDefaults,
): HttpRequest {
  const lines = opts.headers === undefined ? [] : requestLines(functionName, opts.headers);
  const target = parseUrl(functionName, url);
  if (opts.query !== undefined) addQuery(functionName, target, opts.query);
  const credentials = credentialsOf(target);
  if (opts.auth !== undefined) addDefault(lines, "authorization", authorizationOf(functionName, opts.auth));
  else if (credentials !== undefined) addDefault(lines, "authorization", credentials);
  const own = new Set(lines.map(([name]) => name.toLowerCase()));
  for (const line of defaults.lines) if (!own.has(line[0].toLowerCase())) lines.push(line);
  const body = requestBody(functionName, lines, given, opts);
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
    retry: opts.retry === undefined ? defaults.retry : retryPolicy(functionName, opts.retry),
  };
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

/** Adds parameters to those that the URL has. */
function addQuery(functionName: string, url: URL, query: LuaTable): void {
  const added = encodeQuery(parameters(`${functionName}: query`, query));
  if (added !== "") url.search += `${url.search === "" ? "" : "&"}${added}`;
}

/** A method as scripts name it, in upper case. @throws {ScriptError} When it is none */
export function methodOf(functionName: string, method: string): string {
  const name = method.toUpperCase();
  if (!/^[A-Z0-9!#$%&'*+\-.^_`|~]+$/.test(name) || name === "CONNECT") {
    throw new ScriptError(`${functionName}: "${toText(method)}" is no HTTP method that can be sent`);
  }
  return name;
}
