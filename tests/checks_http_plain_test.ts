/** Requests of checks over plain TCP: read as `fetch` reads them, over connections that are used again. */
import assert from "node:assert/strict";
import { assay, withFolder } from "./support/assay.ts";
import { errorOf, runFile } from "./support/checks.ts";
import { MockServer } from "./support/mock.ts";

/** Makes `fetch` send the request: it has a header line about the connection. */
const BY_FETCH = "headers: {Keep-Alive: timeout=5}";

/** Answers requests with bytes, each connection by itself, and counts connections. */
class ByteServer implements AsyncDisposable {
  connections = 0;
  requests = 0;
  readonly url: string;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;

  /** @param answer What the n-th request of a connection gets, in pieces; the connection ends behind `close` */
  constructor(answer: (request: number) => { pieces: readonly string[]; close?: boolean }) {
    this.url = `http://127.0.0.1:${this.#listener.addr.port}/`;
    this.#serving = this.#serve(answer);
  }

  async #serve(answer: (request: number) => { pieces: readonly string[]; close?: boolean }): Promise<void> {
    for await (const connection of this.#listener) {
      this.connections++;
      this.#open.add(connection);
      this.#converse(connection, answer).catch(() => {}).finally(() => {
        this.#open.delete(connection);
        connection.close();
      });
    }
  }

  async #converse(
    connection: Deno.TcpConn,
    answer: (request: number) => { pieces: readonly string[]; close?: boolean },
  ): Promise<void> {
    connection.setNoDelay();
    for (let request = 1; await connection.read(new Uint8Array(4096)) !== null; request++) {
      this.requests++;
      const { pieces, close = false } = answer(request);
      for (const piece of pieces) {
        await connection.write(Uint8Array.from(piece, (char) => char.charCodeAt(0)));
        // So that pieces arrive one by one
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
      if (close) return;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) await connection.closeWrite().catch(() => {});
    await this.#serving;
  }
}

/** The errors of checks against bytes: of one over plain TCP, and of one by `fetch`. */
async function bothErrors(bytes: string, rest: string): Promise<(string | undefined)[]> {
  await using server = new ByteServer(() => ({ pieces: [bytes], close: true }));
  const shown = (error: string | undefined) => error?.replaceAll(/127\.0\.0\.1:\d+/g, "HOST");
  return [
    shown(await errorOf(`type: http, url: '${server.url}', timeout: 5s, ${rest}`)),
    shown(await errorOf(`type: http, url: '${server.url}', timeout: 5s, ${BY_FETCH}, ${rest}`)),
  ];
}

const RESPONSES: Readonly<Record<string, string>> = {
  "a body with its length": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "a body with a length told twice": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
  "a body until the end": "HTTP/1.1 200 OK\r\n\r\nhello",
  "chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
  "chunks with extensions and trailers":
    "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX-Y: z\r\n\r\n",
  "chunks that end early": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
  "chunks without the last": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
  "a body that ends early": "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello",
  "HTTP/1.0": "HTTP/1.0 200 OK\r\n\r\nhello",
  "lines without CR": "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
  "no reason": "HTTP/1.1 200\r\nContent-Length: 5\r\n\r\nhello",
  "a response that comes first":
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "no content": "HTTP/1.1 204 No Content\r\n\r\n",
  "no body of a 304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
  "bytes that are not UTF-8": "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhell\xff\xfe",
  "a byte order mark": "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n\xef\xbb\xbfhello",
  "gzip that nobody asked for": "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
  "a line of many spaces": `HTTP/1.1 200 OK\r\nX-A: ${" ".repeat(100_000)}x\r\nContent-Length:${
    " ".repeat(100_000)
  }5\r\n\r\nhello`,
  "empty lines first": "\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "nothing": "",
  "half a head": "HTTP/1.1 200 OK\r\nContent-Le",
  "another protocol": "SSH-2.0-OpenSSH_9.2\r\n",
  "another version": "HTTP/2.0 200 OK\r\n\r\n",
  "a status that is no number": "HTTP/1.1 abc OK\r\n\r\n",
  "a length that is no number": "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\nhello",
  "a redirect to nowhere": "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
  "a redirect to a file": "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n",
};

Deno.test("responses come to the same over plain TCP and by fetch", async (t) => {
  for (const [name, bytes] of Object.entries(RESPONSES)) {
    await t.step(name, async () => {
      for (const rest of ["expect: {body: {equals: zzz}}", "expect: {status: 200}", "method: HEAD"]) {
        const [plain, fetched] = await bothErrors(bytes, rest);
        assert.equal(plain, fetched, rest);
      }
    });
  }
});

Deno.test("header lines are those that fetch gives: several with commas, spaces around values cut", async () => {
  const bytes = "HTTP/1.1 200 OK\r\nX-A: \t one \t\r\nx-a:two\r\nContent-Length: 0\r\n\r\n";
  const [plain, fetched] = await bothErrors(bytes, "expect: {headers: {X-a: {equals: zzz}}}");
  assert.equal(plain, fetched);
  assert.match(plain ?? "", /one, two/);
});

Deno.test("a response may come byte by byte", async () => {
  const response =
    "HTTP/1.1 200 OK\r\nX-A: b\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
  await using server = new ByteServer(() => ({ pieces: [...response] }));
  const check = `type: http, url: '${server.url}', expect: {headers: {x-a: b}, body: {equals: hello}}`;
  assert.equal(await errorOf(check), undefined);
  assert.equal(await errorOf(check), undefined);
  assert.equal(server.connections, 1);
});

Deno.test("one check after the other uses one connection; a body that nobody wants is read for that", async () => {
  const framings = [
    "Content-Length: 5\r\n\r\nhello",
    "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  ];
  for (const rest of framings) {
    await using server = new ByteServer(() => ({ pieces: [`HTTP/1.1 200 OK\r\n${rest}`] }));
    const checks = Array.from({ length: 10 }, (_, i) => `{name: c${i}, type: http, url: '${server.url}'}`);
    const { report } = await runFile(`{retries: 0, checks: [${checks.join(", ")}]}`);
    assert.deepEqual([report.passed, server.requests, server.connections], [10, 10, 1]);
  }
});

Deno.test("a connection is not used again when its server says so, or when bytes are left in it", async () => {
  const responses = [
    "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and HTTP/1.1 500 No\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ];
  for (const response of responses) {
    await using server = new ByteServer(() => ({ pieces: [response] }));
    const check = `type: http, url: '${server.url}'`;
    assert.equal(await errorOf(check), undefined);
    assert.equal(await errorOf(check), undefined);
    assert.equal(server.connections, 2, response);
  }
});

Deno.test("a connection that its server has closed meanwhile is replaced, once", async () => {
  const passes = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const late = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
  for (const second of [[], [late]]) {
    await using server = new ByteServer((request) =>
      request === 1 ? { pieces: [passes] } : { pieces: second, close: true }
    );
    const check = `type: http, url: '${server.url}'`;
    assert.equal(await errorOf(check), undefined);
    assert.equal(await errorOf(check), undefined);
    assert.deepEqual([server.connections, server.requests], [2, 3]);
  }
  await using server = new ByteServer(() => ({ pieces: [late], close: true }));
  assert.equal(await errorOf(`type: http, url: '${server.url}'`), "expected 2xx, got 408");
});

Deno.test("what the environment names as proxy is asked", async () => {
  await using proxy = new MockServer({ status: 200, body: "from the proxy" });
  await using server = new MockServer({ status: 200, body: "from the server" });
  await withFolder(async (cwd) => {
    const check = `{name: a, type: http, url: '${server.url}', expect: {body: from the proxy}}`;
    await Deno.writeTextFile(`${cwd}/c.yaml`, `{retries: 0, checks: [${check}]}`);
    for (const name of ["HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
      const { status, stdout } = await assay(["c.yaml"], { cwd, env: { [name]: proxy.url } });
      assert.equal(status, 0, `${name}: ${stdout}`);
    }
  });
});
