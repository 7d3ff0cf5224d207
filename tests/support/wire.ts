/** A TCP server of a test that answers HTTP requests with bytes of its own, and keeps the requests' bytes. */
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";

export interface RawServer extends AsyncDisposable {
  port: number;
  url: string;
  /** The requests so far, header and body. */
  requests: string[];
}

/**
 * Answers each connection's only request.
 *
 * @param answer What is sent, in pieces; waits between them are the generator's own
 */
export function rawServer(answer: (request: string) => AsyncIterable<string> | Iterable<string>): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const connections = new Set<Promise<void>>();
  const accept = async () => {
    for await (const connection of listener) {
      const done = converse(connection, requests, answer).finally(() => connections.delete(done));
      connections.add(done);
    }
  };
  const accepting = accept();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(connections);
    },
  };
}

async function converse(
  connection: Deno.Conn,
  requests: string[],
  answer: (request: string) => AsyncIterable<string> | Iterable<string>,
): Promise<void> {
  try {
    const request = await readRequest(connection);
    requests.push(request);
    for await (const piece of answer(request)) await writeAll(connection, toBytes(piece));
  } catch (error) {
    // The client may leave at any time
    if (!(error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset)) {
      throw error;
    }
  } finally {
    connection.close();
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await connection.write(rest));
}

async function readRequest(connection: Deno.Conn): Promise<string> {
  const buffer = new Uint8Array(65536);
  let request = "";
  while (!isWhole(request)) {
    const count = await connection.read(buffer);
    if (count === null) return request;
    request += fromBytes(buffer.subarray(0, count));
  }
  return request;
}

function isWhole(request: string): boolean {
  const end = request.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/^content-length: (\d+)/mi.exec(request)?.[1] ?? 0);
  return request.length >= end + 4 + length;
}

/** A response with its length, after which the connection closes. */
export function rawResponse(status: string, lines: readonly string[] = [], body = ""): string {
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${body.length}`, "Connection: close", ...lines];
  return `${head.join("\r\n")}\r\n\r\n${body}`;
}
