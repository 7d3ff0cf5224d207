/** Answers requests with what the handlers of a script give. */
import { DEBUG, describeError, LuaError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import type { LuaFunction, LuaTable, LuaValue, MaybePromise } from "../../../runtime/seam/value.ts";
import { describeLuaError } from "../../lua_failure.ts";
import type { Limits } from "./options.ts";
import { type BodyFailure, readBody } from "./request_body.ts";
import { readHeaders, requestTable, Target } from "./request_table.ts";
import { type OpenStreams, plainResponse, type ResponseContext } from "./context.ts";
import { makeResponse } from "./response.ts";
import type { Match, Routes } from "./routes.ts";

const REFUSALS: Readonly<Record<BodyFailure, readonly [status: number, text: string]>> = {
  "too large": [413, "request body too large"],
  "too slow": [408, "request body took too long"],
};

/** A handler has not come to its end in time. */
class HandlerTimeout extends Error {
  override readonly name = "HandlerTimeout";
}

/** Answers requests. What does not have to wait is answered without a promise. */
export class Service {
  readonly #host: Host;
  readonly #routes: Routes;
  readonly #limits: Limits;
  readonly #hideErrors: boolean;
  readonly #streams: OpenStreams = new Set();
  readonly #context: ResponseContext;

  /** @param hideErrors Whether clients are not told what has gone wrong in a handler */
  constructor(host: Host, routes: Routes, limits: Limits, hideErrors: boolean) {
    this.#host = host;
    this.#routes = routes;
    this.#limits = limits;
    this.#hideErrors = hideErrors;
    this.#context = { host, limits, streams: this.#streams };
  }

  readonly handle = (request: Request): MaybePromise<Response> => {
    const { url, method } = request;
    const target = new Target(url);
    const headers = readHeaders(this.#host, request.headers);
    if (headers.length + url.length > this.#limits.header) {
      return plainResponse(431, "request header too large");
    }
    if (!target.isFrom(headers.table.get("host") as string | undefined)) {
      return plainResponse(400, "invalid Host header");
    }
    const match = this.#routes.find(method, target.path);
    if (match === undefined) return plainResponse(404, "not found");
    if (request.body === null) return this.#answer(request, target, match, headers.table, "");
    return readBody(request, this.#limits).then(
      (body) =>
        typeof body === "string"
          ? plainResponse(...REFUSALS[body], CLOSE)
          : this.#answer(request, target, match, headers.table, body.bytes),
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
    headers: LuaTable,
    body: string,
  ): MaybePromise<Response> {
    try {
      const table = requestTable(this.#host, request.method, target, headers, params, body);
      const { handlerTime } = this.#limits;
      const results = handlerTime === undefined
        ? this.#host.call(handler, table)
        : this.#callFor(handlerTime, handler, table);
      if (!(results instanceof Promise)) return makeResponse(this.#context, request, results[0]);
      return results.then(([result]) => makeResponse(this.#context, request, result))
        .catch((error) => this.#handlerError(request, target, error));
    } catch (error) {
      return this.#handlerError(request, target, error);
    }
  }

  /** Calls a handler that is cancelled when its time is up. */
  #callFor(milliseconds: number, handler: LuaFunction, table: LuaTable): Promise<readonly LuaValue[]> {
    const task = this.#host.spawn(handler, table);
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      reject(new HandlerTimeout(`it has not ended after ${milliseconds / 1000}s`));
      task.cancel();
    }, milliseconds);
    return Promise.race([task.result, late]).finally(() => clearTimeout(timer));
  }

  #handlerError({ method }: Request, { shown }: Target, error: unknown): Response {
    const text = describeLuaError(this.#host, error);
    const isScripts = error instanceof LuaError || error instanceof ScriptError;
    const stack = DEBUG && !isScripts && error instanceof Error ? `\n${error.stack}` : "";
    this.#host.log.error(`http.serve: handler of ${method} ${shown} failed: ${text}${stack}`);
    if (error instanceof HandlerTimeout) return plainResponse(503, "the handler took too long");
    return plainResponse(
      500,
      this.#hideErrors || !isScripts ? "internal server error" : `handler error: ${text}`,
    );
  }
}

/** What is left of such a body cannot be told from another request. */
const CLOSE: readonly [name: string, value: string][] = [["connection", "close"]];
