/** `http.serve`: a web service whose handlers are Lua functions. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { describeError, describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes, fromText } from "../../runtime/seam/text.ts";
import type { LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import { describeLuaError } from "./failure.ts";
import { headerTable } from "./headers.ts";
import { bodyLimit } from "./request.ts";
import { makeResponse, type OpenStreams, plainResponse } from "./response.ts";
import { type Match, queryParams, Routes } from "./routes.ts";

/** How long requests may go on once the process is asked to end. Milliseconds. */
const SHUTDOWN_LIMIT = 20_000;

/** The largest request body without `max_body`: 64 MiB. */
const DEFAULT_MAX_BODY = 64 * 1024 * 1024;

/** The options of `http.serve`. */
export interface ServeOptions {
  /** The address to listen on. @default "0.0.0.0" */
  readonly host?: string;
  /** The largest request body in bytes; larger ones are answered with 413. @default 64 MiB */
  readonly max_body?: number;
}

/**
 * Serves until the process ends. The port in use is put in the global `_SERVER_PORT` before the first request.
 *
 * @param port 0 picks a free one
 * @throws {ScriptError} When the routes are of another shape or the port cannot be listened on
 */
export function serve(host: Host, port: number, routes: LuaTable, options: ServeOptions): Promise<never> {
  if (port < 0 || port > 65535) {
    throw new ScriptError(`http.serve: port must be between 0 and 65535: current value is ${port}`);
  }
  const service = new Service(
    host,
    new Routes(routes),
    bodyLimit("http.serve", options.max_body, DEFAULT_MAX_BODY),
  );
  const abort = new AbortController();
  const server = listen(options.host ?? "0.0.0.0", port, abort.signal, service);
  host.vm.globals.set("_SERVER_PORT", server.addr.port);
  const stop = async () => {
    service.endStreams();
    const timer = setTimeout(() => abort.abort(), SHUTDOWN_LIMIT);
    await server.shutdown();
    clearTimeout(timer);
  };
  host.onStop(stop);
  onAbort(host.signal, () => void stop());
  return new Promise(() => {});
}

function listen(
  hostname: string,
  port: number,
  signal: AbortSignal,
  service: Service,
): Deno.HttpServer<Deno.NetAddr> {
  try {
    return Deno.serve({
      hostname,
      port,
      signal,
      onListen() {},
      onError: (error) => service.failed(error),
    }, service.handle);
  } catch (error) {
    throw new ScriptError(`http.serve: bind failed: ${bindFailure(error, hostname, port)}`, { cause: error });
  }
}

function bindFailure(error: unknown, hostname: string, port: number): string {
  const reason = describeSystemError(error);
  if (error instanceof Deno.errors.AddrInUse) {
    return `${reason}: port ${port} is in use; stop what listens there or choose another (0 picks a free one)`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${reason}: ports below 1024 need root or CAP_NET_BIND_SERVICE`;
  }
  return `${reason}: cannot listen on ${hostname}:${port}`;
}

/** Answers requests. What does not have to wait is answered without a promise. */
class Service {
  readonly #host: Host;
  readonly #routes: Routes;
  readonly #maxBody: number;
  readonly #streams: OpenStreams = new Set();

  constructor(host: Host, routes: Routes, maxBody: number) {
    this.#host = host;
    this.#routes = routes;
    this.#maxBody = maxBody;
  }

  readonly handle = (request: Request): Response | Promise<Response> => {
    const target = new Target(request.url);
    const match = this.#routes.find(request.method, target.path);
    if (match === undefined) return plainResponse(404, "not found");
    if (request.body === null) return this.#answer(request, target, match, "");
    return this.#readBody(request).then(
      (body) =>
        body === undefined
          ? plainResponse(413, "request body too large")
          : this.#answer(request, target, match, body),
      (error) => {
        this.#host.log.debug(`http.serve: a request body broke off: ${describeError(error)}`);
        return plainResponse(400, "request body could not be read");
      },
    );
  };

  /** What is left when an answer could not be sent. */
  failed(error: unknown): Response {
    this.#host.log.error(`http.serve: ${describeError(error)}`);
    return plainResponse(500, "internal error");
  }

  endStreams(): void {
    for (const end of [...this.#streams]) end();
  }

  #answer(
    request: Request,
    target: Target,
    { handler, params }: Match,
    body: string,
  ): Response | Promise<Response> {
    try {
      const host = this.#host;
      const results = host.call(handler, requestTable(host, request, target, params, body));
      if (results instanceof Promise) {
        return results.then(([result]) => makeResponse(host, result, this.#streams))
          .catch((error) => this.#handlerError(request, target, error));
      }
      return makeResponse(host, results[0], this.#streams);
    } catch (error) {
      return this.#handlerError(request, target, error);
    }
  }

  #handlerError(request: Request, target: Target, error: unknown): Response {
    const text = describeLuaError(this.#host, error);
    this.#host.log.error(`http.serve: handler of ${request.method} ${target.path} failed: ${text}`);
    return plainResponse(500, `handler error: ${text}`);
  }

  /** The body as bytes, undefined when it is too large. */
  async #readBody(request: Request): Promise<string | undefined> {
    const announced = request.headers.get("content-length");
    if (announced !== null) {
      if (Number(announced) > this.#maxBody) return undefined;
      return fromBytes(await request.bytes());
    }
    let body = "";
    for await (const chunk of request.body ?? []) {
      if (body.length + chunk.length > this.#maxBody) return undefined;
      body += fromBytes(chunk);
    }
    return body;
  }
}

/** The raw path and query of a request's URL. */
class Target {
  readonly path: string;
  readonly query: string;

  /** @param url Made by Deno from the request line and the Host header, nothing in it decoded */
  constructor(url: string) {
    const start = url.indexOf("/", url.indexOf("://") + 3);
    const mark = url.indexOf("?", start);
    const end = mark < 0 ? url.length : mark;
    this.path = start < 0 ? "" : url.slice(start, end);
    this.query = url.slice(end + 1);
  }
}

function requestTable(
  host: Host,
  request: Request,
  { path, query }: Target,
  pathParams: Match["params"],
  body: string,
): LuaValue {
  const { vm } = host;
  const params = vm.newTable();
  if (query !== "") { for (const [name, value] of queryParams(query)) params.set(name, value); }
  if (pathParams !== undefined) { for (const [name, value] of pathParams) params.set(name, value); }
  const table = vm.newTable();
  table.set("method", request.method);
  table.set("path", fromText(path));
  table.set("query", fromText(query));
  table.set("params", params);
  table.set("headers", headerTable(host, request.headers));
  table.set("body", body);
  return table;
}
