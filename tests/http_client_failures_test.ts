/** Requests of the HTTP client that come to nothing: limits, causes, certificates, wrong arguments. */
import assert from "node:assert/strict";
import { assay, withFolder } from "./support/assay.ts";
import { error, field, ok, run } from "./support/http_client.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { rawServer } from "./support/wire.ts";

Deno.test("the timeout covers waiting for an answer and reading the body", async () => {
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  {
    await using silent = rawServer(async function* () {
      await never;
      yield "";
    });
    await using halting = rawServer(async function* () {
      yield "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
      await never;
    });
    assert.match(
      await error(silent.url, "return http.get(url, { timeout = 0.05 })"),
      /http\.get failed: error sending request for url \(.*\): timed out after 0\.05s$/,
    );
    assert.match(
      await error(silent.url, "return http.client{ timeout = 0.05 }:get(url, { body = 'x' })"),
      /timed out after 0\.05s$/,
    );
    assert.match(
      await error(halting.url, "return http.get(url, { timeout = 0.05 })"),
      /http\.get: reading body failed: timed out after 0\.05s$/,
    );
    release();
  }
});

Deno.test("a body beyond max_body is refused, announced or not", async () => {
  await using announced = ok("12345");
  await using unannounced = rawServer(() => ["HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", "123", "45"]);
  for (const { url } of [announced, unannounced]) {
    assert.equal(field(await run(url, "return http.get(url, { max_body = 5 })"), "body"), "12345");
    assert.match(
      await error(url, "return http.get(url, { max_body = 4 })"),
      /http\.get: reading body failed: larger than 4 bytes: raise max_body/,
    );
  }
});

Deno.test("a connection that breaks off is an error that says where", async () => {
  await using mute = rawServer(() => []);
  await using short = rawServer(() => ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]);
  assert.match(await error(mute.url, "return http.get(url)"), /closed the connection without an answer$/);
  assert.match(
    await error(short.url, "return http.get(url)"),
    /http\.get: reading body failed: 127\.0\.0\.1:\d+ broke off within the body/,
  );
});

Deno.test("a body that breaks off or cannot be decompressed is told alike on either wire", async () => {
  await using short = rawServer(() => ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"]);
  await using chunk = rawServer(() => ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"]);
  await using packed = ok("no gzip", ["Content-Encoding: gzip"]);
  for (const body of ["nil", "'x'"]) {
    const code = `return http.get(url, { body = ${body}, headers = { ["Accept-Encoding"] = "gzip" } })`;
    for (const { url } of [short, chunk]) {
      assert.match(await error(url, code), /body failed: .* broke off within/);
    }
    assert.match(await error(packed.url, code), /body failed: .* sent a body that cannot be decompressed/);
  }
});

Deno.test("causes of failed requests are told", async () => {
  const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = closed.addr as Deno.NetAddr;
  closed.close();
  const refused = new RegExp(
    `\\(http://127\\.0\\.0\\.1:${port}/\\): connection refused: nothing listens on 127`,
  );
  assert.match(await error(`http://127.0.0.1:${port}`, "return http.get(url)"), refused);
  assert.match(await error(`http://127.0.0.1:${port}`, "return http.get(url, { body = 'x' })"), refused);
  assert.match(
    await error("http://127.0.0.1:6667", "return http.get(url)"),
    /connection refused: nothing listens on 127\.0\.0\.1:6667/,
  );
  assert.match(
    await error("http://no-such-host.invalid/", "return http.get(url)"),
    /the host name no-such-host\.invalid cannot be resolved/,
  );
  await using plain = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response());
  assert.match(
    await error(`https://127.0.0.1:${plain.addr.port}/`, "return http.get(url)"),
    /does not speak TLS: is the URL to begin with http:/,
  );
});

Deno.test("arguments and options of the wrong type are named", async () => {
  const cases = {
    "http.get(nil)": "http.get: first argument must be a URL string",
    "http.get({})": "http.get: first argument must be a URL string",
    "http.get('x', 1)": "http.get: second argument must be a table or nil",
    "http.post('x', true)": "http.post: second argument must be a string, table, or nil",
    "http.post('x', '', 1)": "http.post: third argument must be a table or nil",
    "http.get('x', { timeout = {} })": "http.get: option 'timeout' must be a number, got table",
    "http.get('http://h/', { timeout = 0 })": "http.get: timeout must be above zero",
    "http.get('http://h/', { max_body = -1 })":
      "http.get: max_body must be zero or more, in bytes: current value is -1",
    "http.serve(0, {}, { max_body = -1 })":
      "http.serve: max_body must be zero or more, in bytes: current value is -1",
    "http.get('x')": "http.get failed: error sending request for url (x): not an absolute URL",
    "http.get('ftp://h/')": `scheme "ftp" is not supported`,
    "http.get('http://h/', { headers = { ['a b'] = 'c' } })": `http.get: invalid header name "a b"`,
    "http.get('http://h/', { headers = { a = 'c\\nd' } })": `http.get: invalid value of header "a"`,
    "http.request('A B', 'http://h/')": `http.request: "A B" is no HTTP method`,
    "http.client{}.get('http://h/')": "http.get: call it with a colon",
    "http.client{ ca_cert = 'x' }": "http.client: invalid PEM in ca_cert",
    "http.client{ ca_cert_file = '/no/file' }":
      `http.client: failed to read CA cert file "/no/file": No such file`,
  };
  for (const [call, message] of Object.entries(cases)) {
    const raised = await luaError(`return ${call}`);
    assert.ok(raised.includes(message), `${call}: ${raised}`);
  }
});

Deno.test("an option that does not exist is told once, and the call goes on", async () => {
  const { session, logged } = await testSession();
  await session.run("for _ = 1, 3 do http.client{ tiemout = 5 } end json.encode({}, { a = 1 })", "test.lua");
  assert.match(
    logged(),
    /^WARN http\.client: unknown option 'tiemout' is ignored: known are timeout, follow_redirects, .*\n$/,
  );
});

Deno.test("secrets of a URL stay out of messages", async () => {
  const query = "q=1&access_token=SECRET&X-Amz-Signature=SECRET&api_key=SECRET&key=SECRET&monkey=seen";
  const raised = await luaError(`http.get("ftp://user:SECRET@h/?${query}")`);
  assert.match(raised, /\(ftp:\/\/h\/\?q=1&access_token=\*\*\*&.*&monkey=seen\)/);
  assert.doesNotMatch(raised, /SECRET/);
  assert.doesNotMatch(await luaError(`http.get("user:SECRET@h?${query}")`), /SECRET/);
});

Deno.test("certificates: a client with the CA or a system that has it trusts its servers, others are told what is wrong", async () => {
  const { makeAuthority } = await import("./support/certificates.ts");
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const serve = async (names: string, days: number) =>
      Deno.serve(
        { hostname: "127.0.0.1", port: 0, onListen() {}, ...await authority.issue(names, days) },
        () => new Response("secure"),
      );
    await using good = await serve("DNS:localhost,IP:127.0.0.1", 1);
    await using other = await serve("DNS:other.example", 1);
    await using expired = await serve("IP:127.0.0.1", -1);
    const url = ({ addr }: Deno.HttpServer<Deno.NetAddr>) => `https://127.0.0.1:${addr.port}/`;
    const trusting = `http.client{ ca_cert_file = "${authority.file}" }`;
    assert.equal(field(await run(url(good), `return ${trusting}:get(url)`), "body"), "secure");
    assert.equal(
      field(await run(url(good), `return ${trusting}:get(url, { body = "x" })`), "body"),
      "secure",
    );
    const text = `http.client{ ca_cert = [[${authority.pem}]] }`;
    assert.equal(field(await run(url(good), `return ${text}:post(url)`), "body"), "secure");
    assert.match(await error(url(good), "return http.get(url)"), /is not trusted: unknown issuer/);
    const code = `print(http.get("${url(good)}").body)`;
    const system = await assay(["exec", "-e", code], { env: { SSL_CERT_FILE: authority.file } });
    assert.deepEqual(system, { status: 0, stdout: "secure\n", stderr: "" });
    assert.match(
      await error(url(good), "return http.get(url, { body = 'x' })"),
      /is not trusted: unknown issuer/,
    );
    assert.match(await error(url(other), `return ${trusting}:get(url)`), /is for another name/);
    assert.match(await error(url(expired), `return ${trusting}:get(url)`), /has expired/);
  });
});

Deno.test("a request ends when its VM does", async () => {
  const { promise: never, resolve: release } = Promise.withResolvers<void>();
  const { promise: asked, resolve: arrived } = Promise.withResolvers<void>();
  await using server = rawServer(async function* () {
    arrived();
    await never;
    yield "";
  });
  const controller = new AbortController();
  const running = runLua(`http.get("${server.url}")`, { signal: controller.signal });
  await asked;
  controller.abort(new Error("the VM has ended"));
  await assert.rejects(running, /the VM has ended/);
  release();
});
