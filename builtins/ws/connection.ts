/** The connection object that scripts hold, on either side: of `ws.connect`, and of a handler of `http.serve`. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { fn, type FunctionDeclaration, objectMetatable } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { boolean, instance, integer, number, optional, options, string } from "../../runtime/seam/params.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";
import { type LuaResult, LuaUserdata } from "../../runtime/seam/value.ts";
import { ReceiveTimeout } from "./inbox.ts";
import { checkEnding, DEFAULT_MAX_MESSAGE, describeEnding, type Message } from "./message.ts";
import { StandardSocket } from "./standard_socket.ts";
import type { Transport } from "./transport.ts";

/** How long a pong may take unless `timeout` says otherwise. Seconds. */
const PING_TIMEOUT = 30;

const KEY = Symbol("ws.connection");

/** A WebSocket in a script's hands. */
export class WebSocketConnection extends LuaUserdata {
  readonly #transport: Transport;
  #left = false;

  constructor(host: Host, transport: Transport) {
    super();
    this.#transport = transport;
    this.metatable = objectMetatable(host, KEY, "ws.connection", connectionObject);
    const release = onAbort(host.signal, () => transport.destroy());
    void transport.inbox.ended.then(release);
  }

  get transport(): Transport {
    return this.#transport;
  }

  /** Whether this side has closed it. */
  get left(): boolean {
    return this.#left;
  }

  get closed(): boolean {
    return this.#left || this.#transport.inbox.ending !== undefined;
  }

  /** Closes the connection; what has been closed stays closed. */
  async close(code = 1000, reason = ""): Promise<void> {
    if (this.closed) return;
    this.#left = true;
    this.#transport.inbox.clear();
    await this.#transport.close(code, reason);
  }
}

/**
 * The connection of an upgraded request, for the handler's function. Whoever calls that function closes the
 * connection when it returns.
 *
 * @param maxMessage Bytes of the largest message. @default 64 MiB
 * @param protocol The subprotocol of the upgrade, which the platform's socket does not tell. @default none
 */
export function serverConnection(
  host: Host,
  socket: WebSocket,
  maxMessage = DEFAULT_MAX_MESSAGE,
  protocol = "",
): WebSocketConnection {
  return new WebSocketConnection(host, new StandardSocket(socket, maxMessage, protocol));
}

const connection = instance("conn", "ws connection", WebSocketConnection);

/** Words for a wrong handle, as the documents fix them. */
const handleMessage = (index: number, name: string): string | undefined =>
  index === 0 ? `${name.replace("connection:", "")}: first argument must be a ws connection` : undefined;

const message = string("message");
const sendOptions = options("opts", { binary: boolean });
const receiveOptions = options("opts", { timeout: number });

type Body = (name: string) => FunctionDeclaration;

const send = (binary: boolean | undefined): Body => (name) =>
  fn({
    params: [connection, message, sendOptions],
    argumentMessage: handleMessage,
    returns: "nil",
    doc: binary ? "Send a binary message" : "Send a message: text, or bytes with {binary = true}",
    permission: "net",
    effect: "write",
    run: (_, conn, data, opts) => sendMessage(name, conn, { data, binary: binary ?? opts.binary ?? false }),
  });

const receive: Body = (name) =>
  fn({
    params: [connection, receiveOptions],
    argumentMessage: handleMessage,
    returns: "string",
    doc: "Wait for the next message, {timeout = seconds} at most; raises when the connection has been closed",
    permission: "net",
    run: async (host, conn, { timeout }) => {
      const received = await take(host, name, conn, timeout);
      if (received !== undefined) return received.data;
      throw closedError(name, conn);
    },
  });

const read: Body = (name) =>
  fn({
    params: [connection, receiveOptions],
    argumentMessage: handleMessage,
    returns: "string|nil",
    doc: "Wait for the next message; nil when the connection has been closed",
    permission: "net",
    run: async (host, conn, { timeout }) => (await take(host, name, conn, timeout))?.data,
  });

const receiveMessage: Body = (name) =>
  fn({
    params: [connection, receiveOptions],
    argumentMessage: handleMessage,
    returns: "{data: string, binary: boolean}|nil",
    doc: "Wait for the next message and its kind; nil when the connection has been closed",
    permission: "net",
    run: async (host, conn, { timeout }) => {
      const received = await take(host, name, conn, timeout);
      return received === undefined ? undefined : host.vm.newRecord({ ...received });
    },
  });

const ping: Body = (name) =>
  fn({
    params: [connection, receiveOptions],
    argumentMessage: handleMessage,
    returns: "number",
    doc: "Send a ping and wait for its pong; gives the seconds that it took",
    permission: "net",
    run: (host, conn, { timeout = PING_TIMEOUT }) => pingOnce(host, name, conn, timeout),
  });

const close: Body = (name) =>
  fn({
    params: [connection, optional(integer("code")), optional(string("reason"))],
    argumentMessage: handleMessage,
    returns: "nil",
    doc: "Close the connection with a code (1000) and a reason; closing again does nothing",
    permission: "net",
    effect: "write",
    run: async (_, conn, code = 1000, reason = "") => {
      checkEnding(name, code, reason);
      if (toTextStrict(reason) === undefined) throw new ScriptError(`${name}: the reason must be UTF-8`);
      await conn.close(code, reason);
    },
  });

const isClosed: Body = () =>
  fn({
    params: [connection],
    argumentMessage: handleMessage,
    returns: "boolean",
    doc: "Whether either side has closed the connection",
    run: (_, conn) => conn.closed,
  });

const ending: Body = () =>
  fn({
    params: [connection],
    argumentMessage: handleMessage,
    returns: "{code: integer, reason: string}|nil",
    doc: "The close code and reason; nil while the connection is open",
    run: (host, conn): LuaResult => {
      const end = conn.transport.inbox.ending;
      return end === undefined ? undefined : host.vm.newRecord({ code: end.code, reason: end.reason });
    },
  });

const protocol: Body = () =>
  fn({
    params: [connection],
    argumentMessage: handleMessage,
    returns: "string|nil",
    doc: "The subprotocol that was agreed on",
    run: (_, conn) => conn.transport.protocol === "" ? undefined : conn.transport.protocol,
  });

const BODIES = {
  send: send(undefined),
  send_binary: send(true),
  recv: receive,
  ping,
  close,
  protocol,
} as const;

const OBJECT_ONLY = {
  write: send(undefined),
  read,
  receive: receiveMessage,
  is_closed: isClosed,
  ending,
} as const;

function namedFunctions(bodies: Readonly<Record<string, Body>>): Record<string, FunctionDeclaration> {
  return Object.fromEntries(Object.entries(bodies).map(([name, body]) => [name, body(`ws.${name}`)]));
}

/** The functions of the table `ws` that take a connection: `ws.send(conn, text)`. */
export const connectionFunctions = namedFunctions(BODIES);

/** The same as methods, `conn:send(text)`, and those that only the object has. */
export const connectionObject = {
  doc: "A WebSocket connection, of ws.connect or of a handler of http.serve",
  methods: namedFunctions({ ...BODIES, ...OBJECT_ONLY }),
};

function sendMessage(name: string, conn: WebSocketConnection, sent: Message): void | Promise<void> {
  if (conn.closed) throw closedError(name, conn);
  if (!sent.binary && toTextStrict(sent.data) === undefined) {
    throw new ScriptError(`${name}: a text message must be UTF-8: send bytes with ws.send_binary`);
  }
  return named(name, () => conn.transport.send(sent));
}

async function take(
  host: Host,
  name: string,
  conn: WebSocketConnection,
  timeout: number | undefined,
): Promise<Message | undefined> {
  const limit = timeout === undefined ? undefined : milliseconds(name, timeout);
  if (conn.left) return undefined;
  try {
    return await conn.transport.inbox.take(limit, host.signal, (call) => host.onCancel(call));
  } catch (error) {
    if (!(error instanceof ReceiveTimeout)) throw error;
    throw new ScriptError(`${name}: timed out after ${timeout}s`, { cause: error });
  }
}

async function pingOnce(
  host: Host,
  name: string,
  conn: WebSocketConnection,
  timeout: number,
): Promise<number> {
  const limit = milliseconds(name, timeout);
  if (conn.closed) throw closedError(name, conn);
  const { transport } = conn;
  if (transport.ping === undefined) {
    throw new ScriptError(`${name}: a server's connection sends its pings by itself`);
  }
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new ScriptError(`timed out after ${timeout}s`)), limit);
  const release = onAbort(host.signal, () => reject(host.signal.reason));
  const start = performance.now();
  try {
    await named(name, () => Promise.race([transport.ping?.(crypto.randomUUID()), late]));
    return (performance.now() - start) / 1000;
  } finally {
    clearTimeout(timer);
    release();
  }
}

/** Seconds to milliseconds. @throws {ScriptError} When it is no length of time */
export function milliseconds(name: string, seconds: number): number {
  if (seconds > 0) return seconds * 1000;
  throw new ScriptError(`${name}: timeout must be above zero, in seconds: current value is ${seconds}`);
}

function closedError(name: string, conn: WebSocketConnection): ScriptError {
  const { ending: end } = conn.transport.inbox;
  return new ScriptError(
    `${name}: ${conn.left || end === undefined ? "connection closed" : describeEnding(end)}`,
  );
}

/** Puts the function's name in front of what a transport has to say. */
function named<T>(name: string, body: () => T | Promise<T>): Promise<T> {
  return Promise.resolve().then(body).catch((error) => {
    if (!(error instanceof ScriptError)) throw error;
    throw new ScriptError(`${name}: ${error.message}`, { cause: error });
  });
}
