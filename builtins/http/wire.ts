/** One request and its response over HTTP/1.1, without redirects. */
import { trustSystemStore } from "../../runtime/seam/certificates.ts";
import { toText } from "../../runtime/seam/text.ts";
import type { HttpRequest } from "./request.ts";
import { type Settings, STANDARD_SETTINGS } from "./settings.ts";

/** A response whose body has not been read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** How a client reaches servers, with the connections it keeps open for the next request. */
export class Connection {
  readonly settings: Settings;
  /** Absent where `fetch` cannot do what the settings ask for. */
  readonly client: Deno.HttpClient | undefined;

  /** @throws {TypeError|Deno.errors.InvalidData} When a certificate or a key cannot be decoded */
  constructor(settings: Settings) {
    trustSystemStore();
    this.settings = settings;
    if (!settings.verify) return;
    this.client = createClient(settings);
    abandoned.register(this, this.client);
  }
}

/** A service may make clients for ever: the connections of those that it has let go of are closed. */
const abandoned = new FinalizationRegistry<Deno.HttpClient>((client) => client.close());

function createClient({ caCerts, identity, proxy, unixSocket }: Settings): Deno.HttpClient {
  return Deno.createHttpClient({
    allowHost: true,
    http2: false,
    caCerts: [...caCerts],
    ...(identity === undefined ? {} : identity),
    ...(unixSocket === undefined ? {} : { proxy: { transport: "unix", path: unixSocket } }),
    ...(proxy === undefined ? {} : { proxy: { url: proxy.url.href, ...basicAuth(proxy.authorization) } }),
  });
}

/** Deno wants the parts of the header that a proxy's URL stands for. */
function basicAuth(authorization: string | undefined): { basicAuth?: Deno.BasicAuth } {
  if (authorization === undefined) return {};
  const [, username = "", password = ""] =
    /^([^:]*):(.*)$/s.exec(atob(authorization.slice("Basic ".length))) ?? [];
  return { basicAuth: { username: toText(username), password: toText(password) } };
}

let standard: Connection | undefined;

/** The connection of requests without a client of their own. */
export function standardConnection(): Connection {
  return standard ??= new Connection(STANDARD_SETTINGS);
}

/** Sends a request. @throws {unknown} What `fetch` or node:http rejects with */
export async function send(
  request: HttpRequest,
  connection: Connection,
  signal: AbortSignal,
): Promise<Reply> {
  const { method, url, lines, body } = request;
  const fetchRefuses = method === "TRACE" || (body !== undefined && (method === "GET" || method === "HEAD"));
  if (fetchRefuses || connection.client === undefined) return await sendByNode(request, connection, signal);
  try {
    const reply = await fetch(url, {
      method,
      headers: lines as [string, string][],
      redirect: "manual",
      signal,
      client: connection.client,
      ...(body === undefined ? {} : { body }),
    });
    return asksForEncoding(request, reply) ? withoutEncoding(reply, reply.body) : reply;
  } catch (error) {
    if (!isPortBlocked(error)) throw error;
    return await sendByNode(request, connection, signal);
  }
}

async function sendByNode(
  request: HttpRequest,
  { settings }: Connection,
  signal: AbortSignal,
): Promise<Reply> {
  const wire = await import("./node_wire.ts");
  const reply = await wire.sendByNode(request, settings, signal);
  const encoding = asksForEncoding(request, reply);
  if (encoding === undefined || reply.body === null || request.method === "HEAD") return reply;
  return withoutEncoding(reply, wire.decoded(reply.body, encoding));
}

/** `fetch` keeps browsers from the ports of other protocols, on which operators have services. */
function isPortBlocked(error: unknown): boolean {
  return error instanceof TypeError && /Requests to port \d+ are blocked/.test(error.message);
}

/** Deno undoes gzip and br for a request that does not ask for `identity`, but keeps the header lines. */
function asksForEncoding({ lines }: HttpRequest, { headers }: Reply): "gzip" | "br" | undefined {
  const encoding = headers.get("content-encoding")?.toLowerCase();
  if (encoding !== "gzip" && encoding !== "br") return undefined;
  const asked = lines.find(([name]) => name.toLowerCase() === "accept-encoding")?.[1];
  return asked === "identity" ? undefined : encoding;
}

function withoutEncoding({ status, headers }: Reply, body: Reply["body"]): Reply {
  const rest = new Headers(headers);
  rest.delete("content-encoding");
  rest.delete("content-length");
  return { status, headers: rest, body };
}
