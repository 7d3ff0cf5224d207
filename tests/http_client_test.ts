/** The functions of `http` that make requests, against servers whose bytes are known. */
import assert from "node:assert/strict";
import { assay, withFolder } from "./support/assay.ts";
import { error, field, ok, onlyRequest, run } from "./support/http_client.ts";
import { rawResponse, rawServer } from "./support/wire.ts";

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
       ["CONTENT-TYPE"] = "application/merge-patch+json", Accept = "text/plain", Host = "other.example", ["X-N"] = 1, ["X-B"] = true } })`,
  );
  const { headers } = onlyRequest(server);
  assert.deepEqual(headers.get("content-type"), ["application/merge-patch+json"]);
  assert.deepEqual(headers.get("accept"), ["text/plain"]);
  assert.deepEqual(headers.get("host"), ["other.example"]);
  assert.deepEqual(headers.get("x-n"), ["1"]);
  assert.deepEqual(headers.get("x-b"), ["true"]);
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

Deno.test("a proxy of the environment is used", async () => {
  await using proxy = ok("from the proxy");
  const code = `print(http.get("http://service.invalid/path").body)`;
  const { stdout } = await assay(["exec", "-e", code], { env: { HTTP_PROXY: proxy.url } });
  assert.equal(stdout, "from the proxy\n");
  assert.equal(onlyRequest(proxy).line, "GET http://service.invalid/path HTTP/1.1");
});
