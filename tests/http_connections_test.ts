/** How HTTP clients and WebSockets reach servers: certificates of both sides, proxies, sockets. */
import assert from "node:assert/strict";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { assay, withFolder } from "./support/assay.ts";
import { type Authority, type Certificate, makeAuthority } from "./support/certificates.ts";
import { error, field, run } from "./support/http_client.ts";
import { startProxy } from "./support/proxy.ts";
import { startSocks } from "./support/socks.ts";

const HERE = { hostname: "127.0.0.1", port: 0, onListen() {} };

/** Says what it has been asked, over HTTP and as a WebSocket. */
async function answer(request: Request): Promise<Response> {
  if (request.headers.get("upgrade") === "websocket") {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(`heard ${data}`);
    return response;
  }
  return new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`);
}

async function withServer(
  body: (server: { authority: Authority; port: number; folder: string }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const server = Deno.serve({ ...HERE, ...await authority.issue("DNS:localhost,IP:127.0.0.1", 1) }, answer);
    try {
      await body({ authority, port: server.addr.port, folder });
    } finally {
      await server.shutdown();
    }
  });
}

/** A server that lets in who has a certificate of its authority. */
async function startMutual(authority: Authority, certificate: Certificate) {
  const server = createServer(
    { ...certificate, ca: authority.pem, requestCert: true, rejectUnauthorized: true },
    (_, response) => response.end("let in"),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

Deno.test("a server that wants a client certificate gets it, from text and from files, on either wire", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    await using server = await startMutual(authority, await authority.issue("IP:127.0.0.1", 1));
    const { cert, key } = await authority.issue("DNS:client", 1);
    await Deno.writeTextFile(`${folder}/own.pem`, cert);
    await Deno.writeTextFile(`${folder}/own.key`, key);
    const ca = `ca_cert_file = "${authority.file}"`;
    const text = `http.client{ ${ca}, cert = [[${cert}]], key = [[${key}]] }`;
    const files = `http.client{ ${ca}, cert_file = "${folder}/own.pem", key_file = "${folder}/own.key" }`;
    for (const client of [text, files]) {
      assert.equal(field(await run(server.url, `return ${client}:get(url)`), "body"), "let in");
      assert.equal(field(await run(server.url, `return ${client}:get(url, {body = "x"})`), "body"), "let in");
    }
    assert.match(
      await error(server.url, `return http.client{ ${ca} }:get(url)`),
      /the server wants a client certificate that it trusts: give cert and key/,
    );
    const other = await authority.issue("DNS:other", 1);
    assert.match(
      await error(server.url, `return http.client{ cert = [[${cert}]], key = [[${other.key}]] }`),
      /http\.client: invalid PEM: .*do not belong together/,
    );
  });
});

Deno.test("insecure takes any certificate; nothing else does", async () => {
  await withServer(async ({ port }) => {
    const url = `https://127.0.0.1:${port}/path`;
    assert.match(await error(url, "return http.client{ insecure = false }:get(url)"), /is not trusted/);
    const reply = await run(url, `return http.client{ insecure = true }:post(url, "\\0\\255")`);
    assert.equal(field(reply, "body"), "POST /path \0\xef\xbf\xbd");
    assert.match(await error(`wss://127.0.0.1:${port}/`, "return ws.connect(url)"), /is not trusted/);
    const heard = `conn:send("x") local got = conn:recv() conn:close() return got`;
    assert.equal(
      await run(`wss://127.0.0.1:${port}/`, `local conn = ws.connect(url, {insecure = true}) ${heard}`),
      "heard x",
    );
  });
});

Deno.test("what is read without checking certificates has the same limits and errors", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const certificate = await authority.issue("DNS:other", 1);
    const { promise: never, resolve: release } = Promise.withResolvers<void>();
    const server = Deno.serve({ ...HERE, ...certificate }, async (request) => {
      const { pathname } = new URL(request.url);
      if (pathname === "/moved") return new Response(null, { status: 302, headers: { location: "/large" } });
      if (pathname === "/large") return new Response("12345");
      if (pathname === "/packed") {
        const packed = new Blob(["text"]).stream().pipeThrough(new CompressionStream("gzip"));
        return new Response(packed, { headers: { "content-encoding": "gzip" } });
      }
      await never;
      return new Response();
    });
    const url = `https://127.0.0.1:${server.addr.port}`;
    const client = "http.client{ insecure = true }";
    assert.match(
      await error(url, `return ${client}:get(url .. "/large", { max_body = 4 })`),
      /reading body failed: larger than 4 bytes/,
    );
    assert.match(
      await error(url, `return ${client}:get(url .. "/slow", { timeout = 0.05 })`),
      /timed out after 0\.05s$/,
    );
    release();
    const moved = await run(url, `return ${client}:get(url .. "/moved")`);
    assert.equal(field(moved, "url"), `${url}/large`);
    const asking = `{ headers = { ["Accept-Encoding"] = "gzip" } }`;
    const packed = await run(url, `return ${client}:get(url .. "/packed", ${asking})`);
    assert.equal(field(packed, "body"), "text");
    assert.equal(field(field(packed, "headers"), "content-encoding"), undefined);
    assert.equal(await run(url, `return ${client}:download(url .. "/large", "${folder}/file")`), 5);
    assert.equal(await Deno.readTextFile(`${folder}/file`), "12345");
    await server.shutdown();
  });
});

Deno.test("requests go through the proxy that a client names, plain ones passed on, encrypted ones tunnelled", async () => {
  await using plain = Deno.serve(HERE, answer);
  await using proxy = await startProxy("user:pass word");
  const client = `http.client{ proxy = "http://user:pass%20word@${proxy.address}", insecure = INSECURE }`;
  await withServer(async ({ port, authority }) => {
    const http = `http://127.0.0.1:${plain.addr.port}/p`;
    const https = `https://127.0.0.1:${port}/s`;
    const trusting = client.replace("insecure = INSECURE", `ca_cert_file = "${authority.file}"`);
    const insecure = client.replace("INSECURE", "true");
    for (const each of [trusting, insecure]) {
      assert.equal(field(await run(http, `return ${each}:get(url)`), "body"), "GET /p ");
      assert.equal(field(await run(https, `return ${each}:put(url, "x")`), "body"), "PUT /s x");
    }
    assert.deepEqual(proxy.requests, [
      `GET ${http}`,
      `CONNECT 127.0.0.1:${port}`,
      `GET ${http}`,
      `CONNECT 127.0.0.1:${port}`,
    ]);
  });
});

Deno.test("WebSockets go through a proxy's tunnel, encrypted or not", async () => {
  await using plain = Deno.serve(HERE, answer);
  await using proxy = await startProxy();
  await withServer(async ({ port, authority }) => {
    const heard = `conn:send("x") local got = conn:recv() conn:close() return got`;
    const via = `proxy = "${proxy.address}", ca_cert_file = "${authority.file}"`;
    for (const url of [`ws://127.0.0.1:${plain.addr.port}/`, `wss://localhost:${port}/`]) {
      assert.equal(await run(url, `local conn = ws.connect(url, { ${via} }) ${heard}`), "heard x");
    }
    assert.deepEqual(proxy.requests, [`CONNECT 127.0.0.1:${plain.addr.port}`, `CONNECT localhost:${port}`]);
  });
});

Deno.test("a proxy that refuses, or is not there, is what the error names", async () => {
  await using proxy = await startProxy("user:right");
  const { address } = proxy;
  const wrong = `proxy = "http://user:wrong@${address}"`;
  const credentials = new RegExp(`the proxy ${address} wants other credentials`);
  assert.match(await error("https://h.invalid/", `return http.client{ ${wrong} }:get(url)`), credentials);
  assert.match(
    await error("https://h.invalid/", `return http.client{ ${wrong}, insecure = true }:get(url)`),
    credentials,
  );
  assert.match(await error("ws://h.invalid/", `return ws.connect(url, { ${wrong} })`), credentials);
  assert.equal(
    field(await run("http://h.invalid/", `return http.client{ ${wrong} }:get(url)`), "status"),
    407,
  );
  const right = `proxy = "http://user:right@${address}"`;
  assert.match(
    await error("https://h.invalid:1/", `return http.client{ ${right} }:get(url)`),
    /the proxy .* refused the connection/,
  );
  assert.match(
    await error("ws://h.invalid:1/", `return ws.connect(url, { ${right} })`),
    /the proxy .* refused the connection to h\.invalid:1 \(status 502\)/,
  );
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  const gone = `proxy = "http://127.0.0.1:${port}"`;
  const unreachable = new RegExp(`the proxy 127\\.0\\.0\\.1:${port} cannot be (?:reached|used)`);
  for (const insecure of ["", ", insecure = true"]) {
    for (const url of ["http://h.invalid/", "https://h.invalid/"]) {
      const message = await error(url, `return http.client{ ${gone}${insecure} }:get(url)`);
      assert.match(message, unreachable);
    }
  }
  assert.match(
    await error(
      "http://h.invalid/",
      "return http.client{ proxy = 'socks5://127.0.0.1:1', insecure = true }:get(url)",
    ),
    /cannot go through a socks5 proxy/,
  );
});

Deno.test("the proxies of the environment serve every kind of request but those that NO_PROXY names", async () => {
  await using plain = Deno.serve(HERE, answer);
  await using proxy = await startProxy();
  const { port } = plain.addr;
  const code = `
    print(http.get("http://localhost:${port}/g", { body = "x" }).status)
    local conn = ws.connect("ws://localhost:${port}/") conn:send("x") print(conn:recv()) conn:close()
    print(http.get("http://127.0.0.1:${port}/direct", { body = "x" }).body)`;
  const env = { HTTP_PROXY: `http://${proxy.address}`, NO_PROXY: "other.example, 127.0.0.1" };
  const { stdout, stderr } = await assay(["exec", "-e", code], { env });
  assert.equal(stderr, "");
  assert.equal(stdout, "200\nheard x\nGET /direct \n");
  assert.deepEqual(proxy.requests, [`GET http://localhost:${port}/g`, `CONNECT localhost:${port}`]);
});

Deno.test("a socks5 proxy is given the names of hosts to resolve", async () => {
  await using plain = Deno.serve(HERE, () => new Response("found", { headers: { connection: "close" } }));
  await using proxy = startSocks(plain.addr.port);
  const client = `http.client{ proxy = "socks5h://${proxy.address}" }`;
  const reply = await run("http://service.invalid/", `return ${client}:get(url)`);
  assert.equal(field(reply, "body"), "found");
  assert.deepEqual(proxy.names, ["service.invalid"]);
});

Deno.test("a proxy may be reached over TLS itself", async () => {
  await using plain = Deno.serve(HERE, answer);
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    await using proxy = await startProxy(undefined, await authority.issue("IP:127.0.0.1", 1));
    const http = `http://127.0.0.1:${plain.addr.port}/p`;
    const via = `proxy = "https://${proxy.address}", ca_cert_file = "${authority.file}"`;
    assert.equal(field(await run(http, `return http.client{ ${via} }:get(url)`), "body"), "GET /p ");
    assert.equal(
      field(await run(http, `return http.client{ ${via}, insecure = true }:get(url)`), "body"),
      "GET /p ",
    );
    assert.deepEqual(proxy.requests, [`GET ${http}`, `GET ${http}`]);
  });
});

Deno.test("a unix socket takes all requests of its client, on either wire", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/service.sock`;
    const server = Deno.serve({ path, onListen() {} }, answer);
    const client = `http.client{ unix_socket = "${path}" }`;
    assert.equal(field(await run("http://docker/v1", `return ${client}:get(url)`), "body"), "GET /v1 ");
    assert.equal(
      field(await run("http://docker/v1", `return ${client}:request("TRACE", url)`), "status"),
      200,
    );
    const heard = `conn:send("x") local got = conn:recv() conn:close() return got`;
    assert.equal(
      await run("ws://docker/", `local conn = ws.connect(url, { unix_socket = "${path}" }) ${heard}`),
      "heard x",
    );
    await server.shutdown();
    const missing = `unix_socket = "${folder}/none"`;
    const message = /no connection to the socket ".*\/none": there is no such file/;
    assert.match(await error("http://h/", `return http.client{ ${missing} }:get(url)`), message);
    assert.match(await error("ws://h/", `return ws.connect(url, { ${missing} })`), message);
  });
});

Deno.test("credentials do not follow a redirect from one name of a host to another", async () => {
  const seen: (string | null)[] = [];
  await using server = Deno.serve(HERE, (request) => {
    seen.push(request.headers.get("authorization"));
    const { hostname, port } = new URL(request.url);
    if (hostname === "localhost") return new Response("arrived");
    return new Response(null, { status: 307, headers: { location: `http://localhost:${port}/` } });
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  for (const insecure of ["false", "true"]) {
    const client = `http.client{ insecure = ${insecure}, auth = { bearer = "secret" } }`;
    const reply = await run(url, `return ${client}:post(url, "x", { auth = { basic = { "u", "p" } } })`);
    assert.equal(field(reply, "body"), "arrived");
    assert.deepEqual(seen.splice(0), [`Basic ${btoa("u:p")}`, null]);
  }
});
