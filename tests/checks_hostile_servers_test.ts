/** Checks of servers that do not behave: a failed check with its reason, never one that hangs. */
import assert from "node:assert/strict";
import { errorOf } from "./support/checks.ts";

/** Serves connections with a handler of raw bytes, and gives the error of a check against it. */
async function raw(
  handler: (connection: Deno.Conn) => Promise<void>,
  rest = "",
  timeout = "300ms",
): Promise<string | undefined> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const serving = (async () => {
    for await (const connection of listener) {
      connections.push(connection);
      handler(connection).catch(() => {});
    }
  })();
  const url = `http://127.0.0.1:${listener.addr.port}/`;
  const error = await errorOf(`type: http, url: '${url}', timeout: ${timeout}, ${rest}`);
  listener.close();
  await serving.catch(() => {});
  for (const connection of connections) {
    try {
      connection.close();
    } catch {
      // The handler has closed it
    }
  }
  return error;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const BODY = "expect: {body: zzz}";

Deno.test("a server that never answers", async () => {
  assert.match(await raw(async () => {}) ?? "", /: timed out after 0\.3s$/);
});

Deno.test("a server that sends its answer byte by byte", async () => {
  const drip = async (connection: Deno.Conn) => {
    for (const byte of bytes(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${"x".repeat(1000)}`)) {
      await connection.write(Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  assert.match(await raw(drip, BODY) ?? "", /timed out after 0\.3s$/);
});

Deno.test("a server that drips its body", async () => {
  const drip = async (connection: Deno.Conn) => {
    await connection.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"));
    for (;;) {
      await connection.write(bytes("x"));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  assert.match(await raw(drip, BODY) ?? "", /timed out after 0\.3s$/);
});

Deno.test("a server that closes in the middle of its body", async () => {
  const cut = async (connection: Deno.Conn) => {
    await connection.read(new Uint8Array(4096));
    await connection.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
    connection.close();
  };
  assert.match(await raw(cut, BODY) ?? "", /broke off within the body$/);
});

Deno.test("a body that is longer than announced counts up to its length", async () => {
  const long = async (connection: Deno.Conn) => {
    await connection.read(new Uint8Array(4096));
    await connection.write(bytes("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhalf and more"));
    connection.close();
  };
  assert.equal(await raw(long, "expect: {body: more}"), 'body does not contain "more"');
});

Deno.test("a length that is no number, and two that differ", async () => {
  for (const length of ["abc", "5\r\nContent-Length: 6", "-1"]) {
    const wrong = async (connection: Deno.Conn) => {
      await connection.read(new Uint8Array(4096));
      await connection.write(bytes(`HTTP/1.1 200 OK\r\nContent-Length: ${length}\r\n\r\nhello`));
      connection.close();
    };
    assert.match(await raw(wrong, BODY) ?? "", /^HTTP GET http:\/\/127\.0\.0\.1:\d+\/: ./, length);
  }
});

Deno.test("5,000 redirects", async () => {
  let count = 0;
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      count++ < 5000
        ? new Response(null, { status: 302, headers: { location: `/${count}` } })
        : new Response("end"),
  );
  const error = await errorOf(`type: http, url: 'http://127.0.0.1:${server.addr.port}/'`);
  assert.match(error ?? "", /more than 10 redirects$/);
  assert.equal(count, 11);
});

Deno.test("a body of 1 GB, announced or without end, is not read", async () => {
  const chunk = new Uint8Array(1024 * 1024);
  for (const head of ["Content-Length: 1000000000", "Connection: close"]) {
    let written = 0;
    const flood = async (connection: Deno.Conn) => {
      await connection.read(new Uint8Array(4096));
      await connection.write(bytes(`HTTP/1.1 200 OK\r\n${head}\r\n\r\n`));
      while (written < 1_000_000_000) written += await connection.write(chunk);
    };
    assert.match(await raw(flood, BODY, "20s") ?? "", /larger than 16 MiB/);
    assert.ok(written < 200_000_000, `${written} bytes were taken`);
  }
});

Deno.test("a header without end", async () => {
  const flood = async (connection: Deno.Conn) => {
    await connection.write(bytes("HTTP/1.1 200 OK\r\n"));
    for (let i = 0; i < 1_000_000; i++) await connection.write(bytes(`x-${i}: ${"y".repeat(1000)}\r\n`));
  };
  assert.match(await raw(flood) ?? "", /^HTTP GET .*: ./);
});

/** The keys of a check of each type, by the port of its server. */
const TYPES: Readonly<Record<string, (port: number) => string>> = {
  prometheus: (port) => `url: 'http://127.0.0.1:${port}', query: up`,
  "sql (PostgreSQL)": (port) => `url: 'postgres://u:p@127.0.0.1:${port}/x', query: SELECT 1`,
  "sql (MySQL)": (port) => `url: 'mysql://u:p@127.0.0.1:${port}/x', query: SELECT 1`,
  k8s: (port) => `server: 'http://127.0.0.1:${port}', kind: Pod, object: x`,
  ws: (port) => `url: 'ws://127.0.0.1:${port}/'`,
  tcp: (port) => `host: 127.0.0.1, port: ${port}, expect: {response: x}`,
  tls: (port) => `host: 127.0.0.1, port: ${port}`,
  grpc_health: (port) => `host: 127.0.0.1, port: ${port}`,
};

Deno.test("no type of checks hangs with a server that accepts and says nothing", async (t) => {
  for (const [name, keys] of Object.entries(TYPES)) {
    await t.step(name, async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const type = name.split(" ")[0];
      const error = await errorOf(`type: ${type}, timeout: 300ms, ${keys(listener.addr.port)}`);
      assert.match(error ?? "", /timed out after 0\.3s/);
    });
  }
});

Deno.test("no type of checks waits for a server that closes at once", async (t) => {
  for (const [name, keys] of Object.entries(TYPES)) {
    await t.step(name, async () => {
      using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const closing = (async () => {
        for await (const connection of listener) connection.close();
      })().catch(() => {});
      const type = name.split(" ")[0];
      const error = await errorOf(`type: ${type}, timeout: 20s, ${keys(listener.addr.port)}`);
      assert.match(error ?? "", /clos|reset|broke|EOF|eof|hang up|lost/i);
      assert.doesNotMatch(error ?? "", /timed out|internal error/);
      listener.close();
      await closing;
    });
  }
});
