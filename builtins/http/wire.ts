/** One request and its response over HTTP/1.1, without redirects. */
import { trustSystemStore } from "../../runtime/seam/certificates.ts";
import type { HttpRequest } from "./request.ts";

/** A response whose body has not been read. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

/** How a client reaches servers. */
export interface Connection {
  /** Keeps connections open for the next request. */
  readonly client: Deno.HttpClient;
  /** Certificates in PEM form that are trusted beside the usual ones. */
  readonly caCerts: readonly string[];
}

/** @throws {TypeError} When the PEM text holds no certificate that can be read */
export function openConnection(caCerts: readonly string[] = []): Connection {
  return { client: Deno.createHttpClient({ allowHost: true, http2: false, caCerts: [...caCerts] }), caCerts };
}

let standard: Connection | undefined;

/** The connection of requests without a client of their own. */
export function standardConnection(): Connection {
  if (standard === undefined) {
    trustSystemStore();
    standard = openConnection();
  }
  return standard;
}

/** Sends a request. @throws {unknown} What `fetch` or the plain wire rejects with */
export async function send(
  request: HttpRequest,
  connection: Connection,
  signal: AbortSignal,
): Promise<Reply> {
  const { method, url, lines, body } = request;
  const fetchRefuses = method === "TRACE" || (body !== undefined && (method === "GET" || method === "HEAD"));
  if (fetchRefuses) return await sendPlainly(request, connection, signal);
  try {
    const reply = await fetch(url, {
      method,
      headers: lines as [string, string][],
      redirect: "manual",
      signal,
      client: connection.client,
      ...(body === undefined ? {} : { body }),
    });
    return isDecoded(request, reply) ? withoutEncoding(reply) : reply;
  } catch (error) {
    if (!isPortBlocked(error)) throw error;
    return await sendPlainly(request, connection, signal);
  }
}

async function sendPlainly(
  request: HttpRequest,
  connection: Connection,
  signal: AbortSignal,
): Promise<Reply> {
  const wire = await import("./plain_wire.ts");
  return await wire.sendPlainly(request, connection.caCerts, signal);
}

/** `fetch` keeps browsers from the ports of other protocols, on which operators have services. */
function isPortBlocked(error: unknown): boolean {
  return error instanceof TypeError && /Requests to port \d+ are blocked/.test(error.message);
}

/** Deno undoes gzip and br for a request that does not ask for `identity`, but keeps the header lines. */
function isDecoded({ lines }: HttpRequest, { headers }: Reply): boolean {
  const encoding = headers.get("content-encoding")?.toLowerCase();
  if (encoding !== "gzip" && encoding !== "br") return false;
  return lines.find(([name]) => name.toLowerCase() === "accept-encoding")?.[1] !== "identity";
}

function withoutEncoding({ status, headers, body }: Reply): Reply {
  const rest = new Headers(headers);
  rest.delete("content-encoding");
  rest.delete("content-length");
  return { status, headers: rest, body };
}
