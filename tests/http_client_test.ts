/** The functions of `http` that make requests, against servers whose bytes are known. */
import assert from "node:assert/strict";
import { isTable, type LuaValue } from "../runtime/seam/value.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { assay, withFolder } from "./support/assay.ts";
import { luaError, runLua } from "./support/lua.ts";
import { rawResponse, type RawServer, rawServer } from "./support/wire.ts";

/** Runs Lua code in which `url` is a server's, and gives its first result. */
async function run(url: string, code: string): Promise<LuaValue> {
  const [result] = await runLua(`local url = env.get("URL") ${code}`, withUrl(url));
  return result;
}

async function error(url: string, code: string): Promise<string> {
  return await luaError(`local url = env.get("URL") ${code}`, withUrl(url));
}

function withUrl(url: string) {
  return { environment: new FixedEnvironment({ URL: url }) };
}

const ok = (body = "", lines: readonly string[] = []) =>
  rawServer(() => [rawResponse("200 OK", lines, body)]);

function field(result: LuaValue, name: string): LuaValue {
  assert.ok(isTable(result));
  return result.get(name);
}

/** The request line, and the header lines by lower-case name. */
function onlyRequest(
  { requests }: RawServer,
): { line: string; headers: Map<string, string[]>; body: string } {
  assert.equal(requests.length, 1);
  const [head = "", body = ""] = (requests[0] ?? "").split("\r\n\r\n");
  const [line = "", ...lines] = head.split("\r\n");
  const headers = new Map<string, string[]>();
  for (const text of lines) {
    const [name = "", value = ""] = text.split(/: (.*)/s);
    headers.set(name.toLowerCase(), [...headers.get(name.toLowerCase()) ?? [], value]);
  }
  return { line, headers, body };
}

Deno.test("a response has its status, its bytes and its headers in lower case", async () => {
  const body = String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i));
  await using server = rawServer(() => [rawResponse("418 Teapot", ["X-Name: caf\xe9"], body)]);
  const result = await run(server.url, "return http.get(url)");
  assert.equal(field(result, "status"), 418);
  assert.equal(field(result, "body"), body);
  assert.equal(field(field(result, "headers"), "x-name"), "caf\xe9");
  assert.equal(field(field(result, "headers"), "X-Name"), undefined);
});

Deno.test("of repeated headers the last counts", async () => {
  await using server = ok("", ["X-A: 1, 2", "x-a: 3, 4", "Set-Cookie: a=1", "Set-Cookie: b=2"]);
  const headers = field(await run(server.url, "return http.get(url)"), "headers");
  assert.equal(field(headers, "x-a"), "3, 4");
  assert.equal(field(headers, "set-cookie"), "b=2");
});

Deno.test("each function sends its method, and what it sends besides is known", async () => {
  for (const verb of ["get", "head", "options", "delete", "post", "put", "patch"]) {
    await using server = ok();
    await run(server.url, `return http.${verb}(url .. "/path")`);
    const { line, headers, body } = onlyRequest(server);
    assert.equal(line, `${verb.toUpperCase()} /path HTTP/1.1`);
    assert.deepEqual(headers.get("accept"), ["*/*"]);
    assert.deepEqual(headers.get("accept-encoding"), ["identity"]);
    assert.equal(headers.has("content-type"), false);
    assert.equal(body, "");
  }
  await using server = ok();
  await run(server.url, `return http.request("propfind", url, { body = "x" })`);
  assert.equal(onlyRequest(server).line, "PROPFIND / HTTP/1.1");
});

Deno.test("a string is sent as it is, a table as JSON", async () => {
  {
    await using server = ok();
    await run(server.url, `return http.post(url, "\\0\\255")`);
    const { headers, body } = onlyRequest(server);
    assert.equal(body, "\0\xff");
    assert.equal(headers.has("content-type"), false);
  }
  for (
    const call of [`http.put(url, { b = 1, a = {} })`, `http.post(url, nil, { json = { b = 1, a = {} } })`]
  ) {
    await using server = ok();
    await run(server.url, `return ${call}`);
    const { headers, body } = onlyRequest(server);
    assert.equal(body, `{"a":{},"b":1}`);
    assert.deepEqual(headers.get("content-type"), ["application/json"]);
  }
});

Deno.test("a header of the caller replaces the runtime's own, in any case", async () => {
  await using server = ok();
  await run(
    server.url,
    `return http.patch(url, {}, { headers = {
       ["CONTENT-TYPE"] = "application/merge-patch+json", Accept = "text/plain", Host = "other.example", ["X-N"] = 1 } })`,
  );
  const { headers } = onlyRequest(server);
  assert.deepEqual(headers.get("content-type"), ["application/merge-patch+json"]);
  assert.deepEqual(headers.get("accept"), ["text/plain"]);
  assert.deepEqual(headers.get("host"), ["other.example"]);
  assert.deepEqual(headers.get("x-n"), ["1"]);
});

Deno.test("GET, HEAD and DELETE carry a body", async () => {
  for (const verb of ["get", "delete", "head"]) {
    await using server = ok(verb === "head" ? "" : "answer", ["X-A: 1, 2", "X-A: 3"]);
    const result = await run(
      server.url,
      `return http.${verb}(url, { body = { q = 1 }, headers = { Host = "h" } })`,
    );
    const { line, headers, body } = onlyRequest(server);
    assert.equal(line, `${verb.toUpperCase()} / HTTP/1.1`);
    assert.equal(body, `{"q":1}`);
    assert.deepEqual(headers.get("content-type"), ["application/json"]);
    assert.deepEqual(headers.get("host"), ["h"]);
    assert.equal(field(result, "body"), verb === "head" ? "" : "answer");
    assert.equal(field(field(result, "headers"), "x-a"), "3");
  }
});

Deno.test("a URL is encoded only where it must be, and loses its fragment", async () => {
  await using server = ok();
  await run(server.url, `return http.get(url .. '/a b%20c?q={x="1"}[+]=<#frag')`);
  assert.equal(onlyRequest(server).line, "GET /a%20b%20c?q={x=%221%22}[+]=%3C HTTP/1.1");
});

Deno.test("query adds encoded parameters, sorted, arrays several times", async () => {
  await using server = ok();
  await run(server.url, `return http.get(url .. "/?z=1", { query = { b = { 1, "x&y" }, a = "é +" } })`);
  assert.equal(onlyRequest(server).line, "GET /?z=1&a=%C3%A9%20%2B&b=1&b=x%26y HTTP/1.1");
});

Deno.test("user and password of a URL become an Authorization header, and stay out of messages", async () => {
  await using server = ok();
  await run(server.url.replace("//", "//us%40er:secret@"), "return http.get(url)");
  assert.deepEqual(onlyRequest(server).headers.get("authorization"), [`Basic ${btoa("us@er:secret")}`]);
  for (
    const url of ["http://user:secret@127.0.0.1:1/", "ftp://user:secret@host/", "http://user:secret@:x/"]
  ) {
    const message = await error(url, "return http.get(url)");
    assert.match(message, /^test\.lua:1: http\.get failed: error sending request for url \(/);
    assert.doesNotMatch(message, /user|secret/);
  }
});

Deno.test("a compressed body that was asked for is decoded, and its headers do not claim otherwise", async () => {
  const stream = new Blob(["unpacked"]).stream().pipeThrough(new CompressionStream("gzip"));
  const packed = String.fromCharCode(...await new Response(stream).bytes());
  await using server = ok(packed, ["Content-Encoding: gzip"]);
  const asked = await run(server.url, `return http.get(url, { headers = { ["Accept-Encoding"] = "gzip" } })`);
  assert.equal(field(asked, "body"), "unpacked");
  assert.equal(field(field(asked, "headers"), "content-encoding"), undefined);
  const plain = await run(server.url, `return http.get(url)`);
  assert.equal(field(plain, "body"), packed);
  assert.equal(field(field(plain, "headers"), "content-encoding"), "gzip");
});

Deno.test("redirects are followed; a POST that moved becomes a GET, 307 repeats it", async () => {
  for (
    const [status, expected] of [[301, "GET"], [302, "GET"], [303, "GET"], [307, "POST"], [
      308,
      "POST",
    ]] as const
  ) {
    await using server = rawServer((request) =>
      request.includes(" /start ")
        ? [rawResponse(`${status} Moved`, ["Location: /end"])]
        : [rawResponse("200 OK", [], "arrived")]
    );
    const result = await run(server.url, `return http.post(url .. "/start", { a = 1 })`);
    assert.equal(field(result, "body"), "arrived");
    const [, second = ""] = server.requests;
    assert.ok(second.startsWith(`${expected} /end `), second);
    assert.equal(second.includes(`{"a":1}`), expected === "POST");
    assert.equal(/content-type/i.test(second), expected === "POST");
  }
});

Deno.test("credentials stay with the host they were given for", async () => {
  await using target = ok("target");
  await using origin = rawServer((request) =>
    request.includes(" /here ")
      ? [rawResponse("302 Found", [`Location: ${target.url}/there`])]
      : [rawResponse("302 Found", ["Location: /here"])]
  );
  const result = await run(
    origin.url,
    `return http.get(url, { headers = { Authorization = "Bearer s", Cookie = "c=1", ["X-Other"] = "kept" } })`,
  );
  assert.equal(field(result, "body"), "target");
  assert.match(origin.requests[1] ?? "", /authorization: Bearer s/i);
  const { headers } = onlyRequest(target);
  assert.equal(headers.has("authorization"), false);
  assert.equal(headers.has("cookie"), false);
  assert.deepEqual(headers.get("x-other"), ["kept"]);
});

Deno.test("an endless redirect is given up after ten", async () => {
  await using server = rawServer(() => [rawResponse("302 Found", ["Location: /again"])]);
  assert.match(
    await error(server.url, "return http.get(url)"),
    /http\.get failed: error sending request for url \(.*\): too many redirects: gave up after 10/,
  );
  assert.equal(server.requests.length, 11);
});

Deno.test("a redirect is left alone when asked, and never leads out of HTTP", async () => {
  await using server = rawServer(() => [rawResponse("302 Found", ["Location: file:///etc/passwd"])]);
  const result = await run(server.url, "return http.get(url, { follow_redirects = false })");
  assert.equal(field(result, "status"), 302);
  assert.match(
    await error(server.url, "return http.get(url)"),
    /redirected \(status 302\) to what is no http/,
  );
  assert.equal(
    field(await run(server.url, "return http.client{ follow_redirects = false }:get(url)"), "status"),
    302,
  );
});

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
  assert.match(await error(short.url, "return http.get(url)"), /http\.get: reading body failed: /);
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
    "http.get('x', { timeout = {} })": "option 'timeout' must be a number, got table",
    "http.get('http://h/', { timeout = 0 })": "http.get: timeout must be above zero",
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

Deno.test("events are given to on_event as the standard reads them", async () => {
  await using server = rawServer(() => [
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nConnection: close\r\n\r\n",
    "\xef\xbb\xbf: comment\r\nevent:update\r",
    "\ndata: one\r\ndata:  two\r\n\r\n:only a comment\n\nid: 7\rretry: 250\rretry: x\rdata\r\runknown: x\n\ndata: cut off",
  ]);
  const result = await run(
    server.url,
    `local seen = {}
     local reply = http.get(url, { on_event = function(e) sleep(0) seen[#seen + 1] = json.encode(e) end })
     return table.concat(seen, "\\n") .. "\\n" .. reply.status .. " " .. tostring(reply.body) .. " " .. reply.headers["content-type"]`,
  );
  assert.equal(
    result,
    [
      `{"data":"one\\n two","event":"update"}`,
      `{"data":"","id":"7","retry":250}`,
      "200 nil text/event-stream; charset=utf-8",
    ].join("\n"),
  );
});

Deno.test("a stream of events outlives the timeout, and ends when on_event says close", async () => {
  let left = () => {};
  const gone = new Promise<void>((resolve) => left = resolve);
  await using server = rawServer(async function* () {
    yield "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n";
    yield* until(gone, "data: more\n\n");
  });
  const count = await run(
    server.url,
    `local count, start = 0, time()
     http.post(url, nil, { timeout = 0.02, on_event = function(e)
       count = count + 1
       if time() - start > 0.06 then return "close" end
     end })
     return count`,
  );
  left();
  assert.ok(count as number > 1);
});

async function* until(end: Promise<void>, piece: string): AsyncGenerator<string> {
  let ended = false;
  end.then(() => ended = true);
  while (!ended) {
    yield piece;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

Deno.test("errors of on_event come out of the call; other content types are plain responses", async () => {
  await using events = ok("data: x\n\n", ["Content-Type: text/event-stream"]);
  await using plain = ok("data: x\n\n", ["Content-Type: text/plain"]);
  assert.match(
    await error(events.url, "return http.get(url, { on_event = function() error('from the callback') end })"),
    /^test\.lua:1: from the callback$/,
  );
  assert.equal(
    field(await run(plain.url, "return http.get(url, { on_event = function() error('never') end })"), "body"),
    "data: x\n\n",
  );
});

Deno.test("download writes the body to a file, and leaves what was there when it fails", async () => {
  const body = "\0\xff".repeat(100_000);
  await using server = rawServer((request) => {
    if (request.includes("/missing")) return [rawResponse("404 Not Found", [], "no")];
    if (request.includes("/broken")) return ["HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"];
    return [rawResponse("200 OK", [], body)];
  });
  await withFolder(async (folder) => {
    const path = `${folder}/file`;
    const download = (name: string, to = path) => `return http.download(url .. "/${name}", "${to}")`;
    assert.equal(await run(server.url, download("whole")), body.length);
    assert.equal((await Deno.stat(path)).size, body.length);
    await Deno.writeTextFile(path, "before");
    assert.match(
      await error(server.url, download("missing")),
      /http\.download: the server answered with status 404/,
    );
    assert.match(await error(server.url, download("broken")), /http\.download: reading body failed: /);
    assert.match(
      await error(server.url, download("whole", "/no/folder/x")),
      /failed to write "\/no\/folder\/x": No such/,
    );
    assert.equal(await Deno.readTextFile(path), "before");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["file"]);
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

Deno.test("a proxy of the environment is used", async () => {
  await using proxy = ok("from the proxy");
  const code = `print(http.get("http://service.invalid/path").body)`;
  const { stdout } = await assay(["exec", "-e", code], { env: { HTTP_PROXY: proxy.url } });
  assert.equal(stdout, "from the proxy\n");
  assert.equal(onlyRequest(proxy).line, "GET http://service.invalid/path HTTP/1.1");
});

Deno.test("events in pieces of any size are the same events", async () => {
  const { EventParser } = await import("../builtins/http/event_parser.ts");
  const stream = "\xef\xbb\xbfevent: a\r\ndata: 1\r\n\r\nid: 2\rdata:x\rdata:\ry\n\n: c\n\ndata: 3\n\n";
  const whole = new EventParser(1000).push(stream);
  assert.deepEqual(whole, [{ event: "a", data: "1" }, { id: "2", data: "x\n" }, { data: "3" }]);
  for (let size = 1; size < 6; size++) {
    const parser = new EventParser(1000);
    const events = [];
    for (let i = 0; i < stream.length; i += size) events.push(...parser.push(stream.slice(i, i + size)));
    assert.deepEqual(events, whole);
  }
  const small = new EventParser(10);
  assert.throws(() => small.push("data: 12345678"), /an event is larger than 10 bytes/);
});
