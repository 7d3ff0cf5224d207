/** A WebSocket server of a test that sends bytes of its own, right or wrong, and keeps what it gets. */
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

export interface SocketServer extends AsyncDisposable {
  url: string;
  /** The head of the only connection's request. */
  request: Promise<string>;
  /** All that has come behind it, when the connection has ended. */
  received: Promise<string>;
}

/**
 * Upgrades one connection, sends `bytes` behind the response, in pieces of `size`, and reads until the client leaves.
 *
 * @param lines Header lines of the response beside those of the handshake, which they replace
 * @param end Whether the server ends the connection then
 */
export function socketServer(
  bytes: string,
  { lines = {}, size = bytes.length, end = false }: {
    lines?: Record<string, string>;
    size?: number;
    end?: boolean;
  } = {},
): SocketServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const request = Promise.withResolvers<string>();
  const received = Promise.withResolvers<string>();
  let connection: Deno.Conn | undefined;
  const converse = async () => {
    connection = await listener.accept();
    const head = await readHead(connection);
    request.resolve(head);
    const response = { ...await handshake(head), ...lines };
    const text = Object.entries(response).map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const all = toBytes(`HTTP/1.1 101 Switching Protocols\r\n${text}\r\n${bytes}`);
    const start = all.length - bytes.length;
    await writeAll(connection, all.subarray(0, start));
    for (let i = start; i < all.length; i += size) await writeAll(connection, all.subarray(i, i + size));
    if (end) await connection.closeWrite();
    received.resolve(await readRest(connection));
  };
  const done = converse().catch((error) => {
    received.resolve("");
    if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.ConnectionReset)) {
      throw error;
    }
  });
  return {
    url: `ws://127.0.0.1:${(listener.addr as Deno.NetAddr).port}/`,
    request: request.promise,
    received: received.promise,
    async [Symbol.asyncDispose]() {
      listener.close();
      connection?.close();
      await done;
    },
  };
}

async function handshake(head: string): Promise<Record<string, string>> {
  const key = /^sec-websocket-key: (.*)$/mi.exec(head)?.[1]?.trim() ?? "";
  const digest = await crypto.subtle.digest("SHA-1", toBytes(key + GUID));
  return {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Accept": btoa(fromBytes(new Uint8Array(digest))),
  };
}

async function readHead(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(8192);
  let head = "";
  while (!head.endsWith("\r\n\r\n")) {
    const count = await connection.read(buffer);
    if (count === null) return head;
    head += fromBytes(buffer.subarray(0, count));
  }
  return head;
}

async function readRest(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(8192);
  let rest = "";
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return rest;
    rest += fromBytes(buffer.subarray(0, count));
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

/** The frames in the bytes of a client, unmasked. */
export function clientFrames(bytes: string): { opcode: number; payload: string }[] {
  const frames: { opcode: number; payload: string }[] = [];
  const at = (index: number) => bytes.charCodeAt(index);
  for (let i = 0; i + 6 <= bytes.length;) {
    const length = at(i + 1) & 0x7f;
    if (length > 125) throw new Error("only short frames are expected");
    let payload = "";
    for (let k = 0; k < length; k++) payload += String.fromCharCode(at(i + 6 + k) ^ at(i + 2 + (k & 3)));
    frames.push({ opcode: at(i) & 0x0f, payload });
    i += 6 + length;
  }
  return frames;
}
