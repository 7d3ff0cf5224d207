/** `ws.connect`: from a script's arguments to an open connection. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { toText } from "../../runtime/seam/text.ts";
import { VERSION } from "../../runtime/seam/version.ts";
import { authorizationOf } from "../http/authorization.ts";
import { describeConnectionError } from "../http/connection_error.ts";
import { Deadline } from "../http/deadline.ts";
import { addDefault, type HeaderLine, headerLines } from "../http/headers.ts";
import { readSettings, type Settings } from "../http/settings.ts";
import { shownUrl } from "../http/shown_url.ts";
import { credentialsOf } from "../http/url.ts";
import { trustSystemStore } from "../../runtime/seam/certificates.ts";
import { ClientSocket } from "./client_socket.ts";
import { milliseconds, WebSocketConnection } from "./connection.ts";
import { type Handshake, openSocket, type Upgraded } from "./handshake.ts";
import { DEFAULT_MAX_MESSAGE } from "./message.ts";
import type { ConnectOptions } from "./options.ts";

const NAME = "ws.connect";

/** How long connecting may take unless `timeout` says otherwise. Seconds. */
const DEFAULT_TIMEOUT = 30;

/** @throws {ScriptError} When there is no connection in time */
export async function connect(host: Host, text: string, opts: ConnectOptions): Promise<WebSocketConnection> {
  const url = parseSocketUrl(toText(text));
  const settings = readSettings(NAME, opts);
  const maxMessage = opts.max_message ?? DEFAULT_MAX_MESSAGE;
  if (maxMessage < 1) {
    throw new ScriptError(
      `${NAME}: max_message must be above zero, in bytes: current value is ${maxMessage}`,
    );
  }
  const lines = socketLines(url, opts);
  const deadline = new Deadline(milliseconds(NAME, opts.timeout ?? DEFAULT_TIMEOUT), host.signal);
  host.onCancel(() => deadline.abort());
  try {
    const handshake = { url, lines, subprotocols: opts.subprotocols ?? [] };
    const { socket, head, protocol } = await open(handshake, settings, deadline);
    return new WebSocketConnection(host, new ClientSocket(socket, head, protocol, maxMessage));
  } finally {
    deadline.close();
  }
}

async function open(handshake: Handshake, settings: Settings, deadline: Deadline): Promise<Upgraded> {
  trustSystemStore();
  try {
    return await openSocket(handshake, settings, deadline.signal);
  } catch (error) {
    const { url } = handshake;
    const reason = deadline.expired ? deadline.message : describeConnectionError(error, url, settings);
    throw new ScriptError(`${NAME}: cannot connect to ${shownUrl(url.href)}: ${reason}`, { cause: error });
  }
}

function parseSocketUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new ScriptError(`${NAME}: ${shownUrl(text)} is not an absolute URL`);
  // As browsers do: WHATWG WebSockets, section 3.1
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new ScriptError(
      `${NAME}: scheme "${url.protocol.slice(0, -1)}" of ${shownUrl(text)} is not supported, use ws or wss`,
    );
  }
  url.hash = "";
  return url;
}

function socketLines(url: URL, { headers, auth }: ConnectOptions): HeaderLine[] {
  const lines = headers === undefined ? [] : headerLines(NAME, headers);
  const credentials = credentialsOf(url);
  if (auth !== undefined) addDefault(lines, "authorization", authorizationOf(NAME, auth));
  else if (credentials !== undefined) addDefault(lines, "authorization", credentials);
  addDefault(lines, "user-agent", `assay/${VERSION}`);
  return lines;
}
