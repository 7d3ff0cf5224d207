/** Opening a WebSocket as a client: RFC 6455, section 4. */
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { ScriptError } from "../../runtime/seam/error.ts";
import { findRoute } from "../http/dial.ts";
import { addDefault, type HeaderLine } from "../http/headers.ts";
import { grouped } from "../http/node_wire.ts";
import type { Settings } from "../http/settings.ts";
import { shownUrl } from "../http/shown_url.ts";

/** RFC 6455, section 1.3: proves that the server speaks WebSocket. */
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Lines that the handshake writes itself. */
const AUTOMATIC: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "sec-websocket-extensions",
  "sec-websocket-key",
  "sec-websocket-protocol",
  "sec-websocket-version",
  "transfer-encoding",
  "upgrade",
]);

/** What a handshake asks for. */
export interface Handshake {
  /** ws or wss, without user and password. */
  readonly url: URL;
  readonly lines: readonly HeaderLine[];
  readonly subprotocols: readonly string[];
}

/** A connection that has been upgraded. */
export interface Upgraded {
  readonly socket: Duplex;
  /** What has come behind the response. */
  readonly head: Uint8Array;
  /** The subprotocol that the server chose; empty without one. */
  readonly protocol: string;
}

/**
 * Connects and upgrades.
 *
 * @throws {ScriptError} When the server does not want to
 * @throws {unknown} What the connection failed with, or the signal's reason
 */
export async function openSocket(
  { url, lines, subprotocols }: Handshake,
  settings: Settings,
  signal: AbortSignal,
): Promise<Upgraded> {
  const route = await findRoute(url, settings, signal, true);
  const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  const sent: HeaderLine[] = [
    ...lines.filter(([name]) => !AUTOMATIC.has(name.toLowerCase())),
    ["connection", "Upgrade"],
    ["upgrade", "websocket"],
    ["sec-websocket-version", "13"],
    ["sec-websocket-key", key],
  ];
  addDefault(sent, "host", url.host);
  if (subprotocols.length > 0) sent.push(["sec-websocket-protocol", subprotocols.join(", ")]);
  const { promise, resolve, reject } = Promise.withResolvers<[IncomingMessage, Duplex, Uint8Array]>();
  const outgoing = route.request({
    ...route.options,
    method: "GET",
    headers: { ...route.headers, ...grouped(sent) },
  });
  const stop = () => outgoing.destroy(signal.reason as Error);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  outgoing.on("upgrade", (response, socket, head) => {
    // Before anybody else listens: what is unheard would end the process
    socket.on("error", () => {});
    resolve([response, socket, head]);
  });
  outgoing.on("response", (response) => {
    response.destroy();
    reject(refusal(url, response));
  });
  outgoing.on("error", reject);
  outgoing.end();
  try {
    const [response, socket, head] = await promise;
    try {
      return { socket, head, protocol: await accepted(response, key, subprotocols) };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function refusal(url: URL, { statusCode = 0, headers }: IncomingMessage): ScriptError {
  const target = headers.location === undefined ? null : URL.parse(headers.location, url);
  const hint = target === null ? "" : `; it points to ${shownUrl(target.href)}`;
  return new ScriptError(
    `the server answered with status ${statusCode} and does not upgrade to WebSocket${hint}`,
  );
}

async function accepted(
  { headers }: IncomingMessage,
  key: string,
  subprotocols: readonly string[],
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-1", new TextEncoder().encode(key + GUID));
  const expected = btoa(String.fromCharCode(...new Uint8Array(digest)));
  if (headers.upgrade?.toLowerCase() !== "websocket" || headers["sec-websocket-accept"] !== expected) {
    throw new ScriptError(
      "the server's answer is no WebSocket handshake (Sec-WebSocket-Accept does not fit)",
    );
  }
  if (headers["sec-websocket-extensions"] !== undefined) {
    throw new ScriptError("the server uses an extension that was not asked for");
  }
  const protocol = headers["sec-websocket-protocol"] ?? "";
  if (protocol !== "" && !subprotocols.includes(protocol)) {
    throw new ScriptError(`the server chose the subprotocol "${protocol}", which was not asked for`);
  }
  return protocol;
}
