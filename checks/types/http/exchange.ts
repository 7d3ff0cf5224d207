/** The requests that checks make: bounded in time, redirects and size. */
import { STANDARD_SETTINGS } from "../../../builtins/http/settings.ts";
import { shownUrl } from "../../../builtins/http/shown_url.ts";
import { describeTransportError } from "../../../builtins/http/transport_error.ts";
import { credentialsOf, withoutSecrets } from "../../../builtins/http/url.ts";
import type { Reply } from "../../../builtins/http/wire.ts";
import { describeError } from "../../../runtime/seam/error.ts";
import { VERSION } from "../../../runtime/seam/version.ts";
import { failed, type Outcome, type Part } from "../type.ts";
import { type Arrival, type HeaderLines, ReplyArrival } from "./arrival.ts";
import { clientFor } from "./clients.ts";
import { type Auth, authorization, type LoadedTls } from "./connection.ts";
import { needsNode } from "./exchange_kind.ts";
import { hasProxy, isPlain, sendPlain } from "./plain/send.ts";

const MAX_REDIRECTS = 10;
/** Bytes of a body. */
const MAX_BODY = 16 * 1024 * 1024;
/** A body that nobody wants is read up to this size, so that its connection can be used again. Bytes. */
const MAX_DRAINED = 64 * 1024;

type HeaderLine = [string, string];

/** A list is what fetch takes over with the least work. */
const HEADERS: HeaderLine[] = [["user-agent", `assay/${VERSION}`], ["accept-encoding", "identity"]];
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** How a server comes to be trusted. */
export const CA_HINT =
  "name its CA in 'ca', add it to the certificates of the system, or name it in SSL_CERT_FILE";

/** Why there is no answer, in a few words: `connection refused`. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** What is sent, and how. */
export interface RequestOptions {
  /** @default "GET" */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly auth?: Auth | undefined;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
  /** What `body` is, unless the headers say so. */
  readonly contentType?: string | undefined;
  readonly tls?: LoadedTls | undefined;
  /** @default false */
  readonly insecure?: boolean | undefined;
  /** @default true */
  readonly followRedirects?: boolean | undefined;
  /** Whether the body is wanted. @default true */
  readonly wantsBody?: boolean;
  readonly signal: AbortSignal;
}

/** What a check sees of a response. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderLines;
  /** As UTF-8, invalid sequences replaced; empty when it is not wanted. */
  readonly body: string;
}

interface Message {
  readonly method: string;
  readonly url: string;
  readonly lines: HeaderLine[];
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** Sends a request that `fetch` cannot make. */
export type NodeSend = typeof import("../../../builtins/http/node_wire.ts").sendByNode;

let nodeSend: NodeSend | undefined;
/** Whether http:// URLs are reached without a proxy. */
let isDirect = false;

/** Imports what {@link exchange} needs beside `fetch`, and looks for a proxy while variables can be read. */
export async function loadExchange(parts: ReadonlySet<Part>): Promise<void> {
  isDirect = !hasProxy();
  if (!parts.has("node:http")) return;
  if (parts.has("roots")) (await import("../../../builtins/http/roots.ts")).defaultRoots();
  nodeSend = (await import("../../../builtins/http/node_wire.ts")).sendByNode;
}

/** Sends a request and follows redirects. @throws {TransportError} When there is no answer */
export async function exchange(url: string, options: RequestOptions): Promise<Answer> {
  const { method = "GET", body, wantsBody = true, followRedirects = true, signal, tls } = options;
  if (tls !== undefined && "problem" in tls) throw new TransportError(tls.problem);
  let message: Message = { method, url, lines: linesOf(options), body };
  try {
    let arrival = await send(message, options);
    for (let redirects = 1; followRedirects && REDIRECTS.has(arrival.status); redirects++) {
      const location = arrival.headers.get("location");
      if (location === null) break;
      await arrival.discard(MAX_DRAINED);
      if (redirects > MAX_REDIRECTS) throw new TransportError(`more than ${MAX_REDIRECTS} redirects`);
      message = redirected(message, arrival.status, location);
      arrival = await send(message, options);
    }
    const { status, headers } = arrival;
    const body = wantsBody ? await arrival.text(MAX_BODY) : await arrival.discard(MAX_DRAINED);
    if (wantsBody && body === undefined) throw tooLarge();
    return { status, headers, body: body ?? "" };
  } catch (error) {
    if (error instanceof TransportError) throw error;
    if (signal.aborted) throw new TransportError(describeError(signal.reason), { cause: error });
    const reason = describeTransportError(error, new URL(message.url), CA_HINT);
    throw new TransportError(reason, { cause: error });
  }
}

function linesOf({ headers, auth, body, contentType }: RequestOptions): HeaderLine[] {
  if (headers === undefined && auth === undefined && body === undefined) return HEADERS;
  const lines: HeaderLine[] = Object.entries(headers ?? {});
  const given = new Set(lines.map(([name]) => name.toLowerCase()));
  const defaults: HeaderLine[] = [
    ...HEADERS,
    ...(auth === undefined ? [] : [["authorization", authorization(auth)] satisfies HeaderLine]),
    ...(contentType === undefined ? [] : [["content-type", contentType] satisfies HeaderLine]),
  ];
  return [...lines, ...defaults.filter(([name]) => !given.has(name))];
}

async function send(message: Message, request: RequestOptions): Promise<Arrival> {
  const { method, url, lines, body } = message;
  const { signal, tls, insecure } = request;
  if (isDirect && body === undefined && isPlain(method, url, lines)) {
    const arrival = await sendPlain(method, url, lines, signal);
    if (arrival !== undefined) return arrival;
  }
  if (needsNode(method, body !== undefined, insecure)) {
    return new ReplyArrival(await sendByNode(message, request));
  }
  const client = clientFor(tls, lines);
  // Each property costs time: most requests have the fewest
  const options = method === "GET" && client === undefined
    ? { headers: lines, redirect: "manual", signal } as const
    : {
      method,
      headers: lines,
      redirect: "manual",
      signal,
      ...(body === undefined ? {} : { body }),
      ...(client === undefined ? {} : { client }),
    } as const;
  return new ReplyArrival(await fetch(url, options));
}

function sendByNode({ method, url, lines, body }: Message, options: RequestOptions): Promise<Reply> {
  if (nodeSend === undefined) throw new TransportError("internal error: node:http is not loaded");
  const { signal, tls = {}, insecure = false } = options;
  const target = new URL(url);
  const credentials = credentialsOf(target);
  const { ca, cert, key } = "problem" in tls ? {} : tls;
  const settings = {
    ...STANDARD_SETTINGS,
    caCerts: ca === undefined ? [] : [ca],
    ...(cert === undefined || key === undefined ? {} : { identity: { cert, key } }),
    verify: !insecure,
  };
  const request = {
    functionName: "",
    method,
    url: target,
    lines: credentials === undefined || lines.some(([name]) => /^authorization$/i.test(name))
      ? lines
      : [...lines, ["authorization", credentials] satisfies HeaderLine],
    body,
    timeout: Infinity,
    followRedirects: false,
    onEvent: undefined,
    maxBody: Infinity,
    retry: { count: 0, delay: 0, on: [] },
  };
  return nodeSend(request as unknown as Parameters<NodeSend>[0], settings, signal);
}

/** As browsers do: a POST that moved becomes a GET, and credentials go to the first origin only. */
function redirected({ method, url, lines, body }: Message, status: number, location: string): Message {
  const next = URL.canParse(location, url) ? new URL(location, url) : undefined;
  if (next === undefined || !/^https?:$/.test(next.protocol)) {
    throw new TransportError("redirected to what is no http:// or https:// URL");
  }
  const rest = next.origin === new URL(url).origin ? lines : withoutSecrets(lines) as HeaderLine[];
  const isPost = method === "POST" && (status === 301 || status === 302);
  if (!isPost && (status !== 303 || method === "HEAD")) return { method, url: next.href, lines: rest, body };
  const bare = rest.filter(([name]) => !/^content-/i.test(name));
  return { method: "GET", url: next.href, lines: bare, body: undefined };
}

function tooLarge(): TransportError {
  return new TransportError(`the body is larger than ${MAX_BODY / 1024 / 1024} MiB`);
}

/** What a check fails with that got no answer. @throws The error when it is none of {@link exchange} */
export function transportFailure(method: string, url: string, error: unknown): Outcome {
  if (!(error instanceof TransportError)) throw error;
  return failed(`HTTP ${method} ${shownUrl(url)}: ${error.message}`);
}
