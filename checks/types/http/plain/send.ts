/**
 * GET and HEAD over plain TCP, HTTP/1.1, in a third of the time that `fetch` takes for a short answer on the loopback.
 * Whatever is not plain (TLS, proxies, bodies, header lines about the connection) is left to `fetch`.
 */
import type { Arrival, HeaderLines } from "../arrival.ts";
import { readBody } from "./body.ts";
import { ConnectionEnded, type PlainConnection } from "./connection.ts";
import { type Head, parseHead, startsLikeHttp } from "./head.ts";
import { connect, keepWaiting, type Server, takeWaiting } from "./pool.ts";

const REQUEST_TIMEOUT = 408;
/** Interim responses (1xx) before the final one. */
const MAX_INTERIM = 16;

/** Header lines that are about the connection. */
const SPECIAL =
  /^(?:host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade|expect)$/i;
const PROXY_VARIABLES = ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"];

const encoder = new TextEncoder();
const utf8 = new TextDecoder();

type HeaderLine = readonly [string, string];

/** Whether the environment names a proxy for http:// URLs. */
export function hasProxy(): boolean {
  return PROXY_VARIABLES.some((name) => Deno.env.get(name));
}

/** Whether {@link sendPlain} can make a request without a body. */
export function isPlain(method: string, url: string, lines: readonly HeaderLine[]): boolean {
  return (method === "GET" || method === "HEAD") && /^http:\/\/[^/?#@\\]+(?:[/?#]|$)/i.test(url) &&
    lines.every(([name, value]) =>
      !SPECIAL.test(name) && /^[\t\x20-\x7e]*$/.test(value) &&
      (value === "identity" || !/^accept-encoding$/i.test(name))
    );
}

/** A response that has come over plain TCP. */
class PlainArrival implements Arrival {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly #head: Head;
  readonly #lease: Lease;

  constructor(head: Head, lease: Lease) {
    this.status = head.status;
    this.headers = head.headers;
    this.#head = head;
    this.#lease = lease;
  }

  async text(limit: number): Promise<string | undefined> {
    const bytes = await this.#read(limit);
    return bytes === undefined ? undefined : utf8.decode(bytes);
  }

  async discard(limit: number): Promise<void> {
    const { framing } = this.#head;
    const isThere = framing.kind === "length"
      ? framing.length <= limit
      : framing.kind === "chunked" && endsChunked(this.#lease.connection.received);
    if (isThere) await this.#read(limit);
    else this.#lease.end(false);
  }

  async #read(limit: number): Promise<Uint8Array | undefined> {
    const { framing, keepsOpen } = this.#head;
    let isWhole = false;
    try {
      const bytes = await readBody(this.#lease.connection, framing, limit);
      isWhole = bytes !== undefined && framing.kind !== "end";
      return bytes;
    } catch (error) {
      const isCut = error instanceof ConnectionEnded || error instanceof Deno.errors.ConnectionReset;
      if (!isCut) throw error;
      // No cause: the innermost one is what is told
      throw new Error("error reading a body from connection");
    } finally {
      this.#lease.end(isWhole && keepsOpen);
    }
  }
}

/** A connection in use, which ends with the signal of the attempt that uses it. */
class Lease {
  readonly connection: PlainConnection;
  readonly #server: Server;
  readonly #signal: AbortSignal;
  readonly #onAbort: () => void;

  constructor(connection: PlainConnection, server: Server, signal: AbortSignal) {
    this.connection = connection;
    this.#server = server;
    this.#signal = signal;
    this.#onAbort = () => connection.close();
    signal.addEventListener("abort", this.#onAbort);
    if (signal.aborted) connection.close();
  }

  /** @param isReusable Whether the next request can be sent over it */
  end(isReusable: boolean): void {
    this.#signal.removeEventListener("abort", this.#onAbort);
    if (!isReusable || this.#signal.aborted || this.connection.received.length > 0) this.connection.close();
    else keepWaiting(this.#server, this.connection);
  }
}

/**
 * Makes a request that {@link isPlain} lets through.
 *
 * @returns Nothing when there is no connection: `fetch` says why
 * @throws {Error} With the texts that `fetch` has for the same
 */
export async function sendPlain(
  method: string,
  url: string,
  lines: readonly HeaderLine[],
  signal: AbortSignal,
): Promise<Arrival | undefined> {
  const target = new URL(url);
  const server = {
    hostname: target.hostname.replace(/^\[|\]$/g, ""),
    port: target.port === "" ? 80 : Number(target.port),
  };
  const request = requestOf(method, target, lines);
  // A server may have closed a connection that waited, or close it at this moment: then a new one is tried once
  const known = takeWaiting(server);
  if (known !== undefined) {
    const arrival = await converse(known, request, method, new Lease(known, server, signal));
    if (arrival !== undefined) return arrival;
  }
  let connection: PlainConnection;
  try {
    connection = await connect(server, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return undefined;
  }
  const arrival = await converse(connection, request, method, new Lease(connection, server, signal));
  if (arrival === undefined) throw new ConnectionEnded();
  return arrival;
}

function requestOf(
  method: string,
  { host, pathname, search }: URL,
  lines: readonly HeaderLine[],
): Uint8Array {
  let text = `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`;
  let accepts = "accept: */*\r\n";
  let language = "accept-language: *\r\n";
  for (const [name, value] of lines) {
    text += `${name}: ${value}\r\n`;
    if (/^accept$/i.test(name)) accepts = "";
    if (/^accept-language$/i.test(name)) language = "";
  }
  return encoder.encode(`${text}${accepts}${language}\r\n`);
}

/** @returns Nothing when the server has closed a connection that has been used before */
async function converse(
  connection: PlainConnection,
  request: Uint8Array,
  method: string,
  lease: Lease,
): Promise<Arrival | undefined> {
  const isUsed = connection.responses > 0;
  try {
    await connection.write(request);
    const head = await readHead(connection, method);
    if (!(isUsed && head.status === REQUEST_TIMEOUT)) {
      connection.responses++;
      return new PlainArrival(head, lease);
    }
  } catch (error) {
    lease.end(false);
    const isGone = error instanceof ConnectionEnded || error instanceof Deno.errors.BrokenPipe ||
      error instanceof Deno.errors.ConnectionReset;
    if (isGone && isUsed && connection.received.length === 0) return undefined;
    throw error;
  }
  lease.end(false);
  return undefined;
}

async function readHead(connection: PlainConnection, method: string): Promise<Head> {
  for (let interim = 0; interim <= MAX_INTERIM; interim++) {
    let text: string | undefined;
    while ((text = connection.takeHead()) === undefined) {
      if (!startsLikeHttp(connection.received)) throw new Error("invalid HTTP version parsed");
      if (!await connection.receive()) throw new ConnectionEnded();
    }
    const head = parseHead(text, method === "HEAD");
    if (head.status >= 200 || head.status === 101) return head;
  }
  throw new Error(`more than ${MAX_INTERIM} interim responses`);
}

/** Whether what is received ends as chunked bodies do: to throw it away nothing is waited for. */
function endsChunked(received: Uint8Array): boolean {
  const end = "0\r\n\r\n";
  if (received.length < end.length) return false;
  for (let i = 0; i < end.length; i++) {
    if (received[received.length - end.length + i] !== end.charCodeAt(i)) return false;
  }
  return true;
}
