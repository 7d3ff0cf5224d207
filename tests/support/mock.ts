/** A web service of the test's own: gives programmed replies and keeps what it was asked. */

/** A request as it arrived. */
export interface MockRequest {
  method: string;
  /** The path, still encoded, without the query. */
  path: string;
  /** The raw query without `?`; empty when there is none. */
  query: string;
  /** Lower-case names. */
  headers: Record<string, string>;
  body: string;
}

export interface MockReply {
  /** @default 200 */
  status?: number;
  /** An object is sent as JSON. @default empty */
  body?: string | object;
  headers?: Record<string, string>;
}

/** Serves on a free loopback port until disposed. */
export class MockServer implements AsyncDisposable {
  /** Without a slash at its end. */
  readonly url: string;
  readonly requests: MockRequest[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #replies: MockReply[];

  /** @param replies What the requests get, in order; the last one is given again and again */
  constructor(...replies: readonly MockReply[]) {
    this.#replies = [...replies];
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) => this.#answer(request),
    );
    this.url = `http://127.0.0.1:${this.#server.addr.port}`;
  }

  /** The only request that has come. @throws When there were none or several */
  get request(): MockRequest {
    const [request, ...more] = this.requests;
    if (request === undefined || more.length > 0) {
      throw new Error(`Expected one request, got ${this.requests.length}`);
    }
    return request;
  }

  async #answer(request: Request): Promise<Response> {
    const url = new URL(request.url);
    // The part of the request line, not URL's normalised form
    const [, path = "", query = ""] = /^[^/]*\/\/[^/]*([^?]*)\??(.*)$/.exec(request.url) ?? [];
    this.requests.push({
      method: request.method,
      path: path === "" ? url.pathname : path,
      query,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
    });
    const reply = (this.#replies.length > 1 ? this.#replies.shift() : this.#replies[0]) ??
      { status: 500, body: "the mock has no reply" };
    return toResponse(reply);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function toResponse({ status = 200, body, headers }: MockReply): Response {
  if (typeof body === "object") return Response.json(body, { status, ...(headers && { headers }) });
  return new Response(body === "" ? null : body, { status, ...(headers && { headers }) });
}

/** The address of a port that nothing listens on. */
export function refusedUrl(): string {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return `http://127.0.0.1:${port}`;
}
