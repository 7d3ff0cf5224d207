/** `http.serve`, seen by clients. */
import assert from "node:assert/strict";
import { luaError, testSession } from "./support/lua.ts";
import { answerOf, exchangeBytes, rawRequest, withService } from "./support/service.ts";

/** Routes that answer with the request as JSON. */
const ECHO = `function(req) return { json = req } end`;

async function echoed(routes: string, request: string): Promise<Record<string, unknown>> {
  let echo: Record<string, unknown> = {};
  await withService(routes, async ({ port }) => {
    const answer = await exchangeBytes(port, request);
    echo = JSON.parse(answer.slice(answer.indexOf("\r\n\r\n") + 4));
  });
  return echo;
}

Deno.test("a handler sees method, raw path, query, decoded params, headers and body", async () => {
  const echo = await echoed(
    `{ POST = { ["/a%20b"] = ${ECHO} } }`,
    rawRequest("POST", "/a%20b?x=1+2%2B3&y=%25&x=last&flag", ["X-Test: one", "x-test: two, three"], "hello"),
  );
  assert.equal(echo.method, "POST");
  assert.equal(echo.path, "/a%20b");
  assert.equal(echo.query, "x=1+2%2B3&y=%25&x=last&flag");
  assert.deepEqual(echo.params, { x: "last", y: "%", flag: "" });
  assert.equal((echo.headers as Record<string, string>)["x-test"], "two, three");
  assert.equal((echo.headers as Record<string, string>).host, "test");
  assert.equal(echo.body, "hello");
});

Deno.test("a request without query and body has empty strings for them", async () => {
  const echo = await echoed(`{ GET = { ["/"] = ${ECHO} } }`, rawRequest("GET", "/"));
  assert.equal(echo.query, "");
  assert.equal(echo.body, "");
  assert.deepEqual(echo.params, {});
});

Deno.test("exact paths win over parameters, parameters over wildcards, long wildcards over short ones", async () => {
  const name = (text: string) => `function(req) return { body = "${text} " .. (req.params.id or "") } end`;
  await withService(
    `{ get = {
      ["/a/b"] = ${name("exact")}, ["/a/:id"] = ${name("param")},
      ["/a/*"] = ${name("a")}, ["/a/b/*"] = ${name("ab")}, ["/*"] = ${name("root")},
    } }`,
    async ({ url }) => {
      const get = async (path: string) => (await (await fetch(url + path)).text()).trim();
      assert.equal(await get("/a/b?q"), "exact");
      assert.equal(await get("/a/x%20y"), "param x y");
      assert.equal(await get("/a/"), "a");
      assert.equal(await get("/a/b/c/d"), "ab");
      assert.equal(await get("/a"), "root");
      assert.equal(await get("/"), "root");
    },
  );
});

Deno.test("a path or a method without a route is answered with 404", async () => {
  await withService(`{ GET = { ["/x/*"] = ${ECHO} } }`, async ({ port }) => {
    for (const [method, path] of [["GET", "/x"], ["POST", "/x/y"], ["OPTIONS", "*"]] as const) {
      const answer = await exchangeBytes(port, rawRequest(method, path));
      assert.match(answer, /^HTTP\/1\.1 404 /);
      assert.match(answer, /\r\ncontent-type: text\/plain\r\n/i);
      assert.match(answer, /\r\n\r\nnot found$/);
    }
  });
});

Deno.test("an array of header values gives a line each, in order", async () => {
  const answer = await answerOf(
    `function() return { headers = { ["Set-Cookie"] = {"a=1; Path=/", "b=2"}, Link = {"<a>", "<b>"}, ["X-N"] = 5 } } end`,
  );
  assert.deepEqual(answer.match(/^(?:set-cookie|link|x-n): .*$/gmi)?.sort(), [
    "Link: <a>",
    "Link: <b>",
    "Set-Cookie: a=1; Path=/",
    "Set-Cookie: b=2",
    "X-N: 5",
  ]);
});

Deno.test("a Content-Type of the handler replaces the default, in any case", async () => {
  const types = async (result: string) =>
    (await answerOf(`function() return ${result} end`)).match(/^content-type: .*$/gmi)?.map((line) =>
      line.toLowerCase()
    );
  assert.deepEqual(await types(`{ body = "x" }`), ["content-type: text/plain"]);
  assert.deepEqual(await types(`{ json = {} }`), ["content-type: application/json"]);
  assert.deepEqual(await types(`{ json = {}, headers = { ["CONTENT-type"] = "text/x" } }`), [
    "content-type: text/x",
  ]);
});

Deno.test("json wins over body, what is no table is passed over, what has no JSON form is null", async () => {
  const body = async (result: string) =>
    (await answerOf(`function() return ${result} end`)).split("\r\n\r\n")[1];
  assert.equal(await body(`{ json = { a = 1 }, body = "b" }`), `{"a":1}`);
  assert.equal(await body(`{ json = "text", body = "b" }`), "b");
  assert.equal(await body(`{ json = { f = print } }`), "null");
  assert.equal(await body(`(function() local t = {} t.t = t return { json = t } end)()`), "null");
  assert.equal(await body(`{}`), "");
});

Deno.test("bodies are bytes in both directions", async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  await withService(
    `{ POST = { ["/"] = function(req) return { body = req.body .. req.body } end } }`,
    async ({ url }) => {
      const reply = await fetch(url, { method: "POST", body: bytes });
      assert.deepEqual(await reply.bytes(), new Uint8Array([...bytes, ...bytes]));
    },
  );
});

Deno.test("a status beyond 100 to 999 is 200; one that HTTP has no room for is an error of the handler", async () => {
  const line = async (status: string) =>
    (await answerOf(`function() return { status = ${status} } end`)).slice(9, 12);
  assert.equal(await line("201"), "201");
  assert.equal(await line("204"), "204");
  assert.equal(await line("99"), "200");
  assert.equal(await line("1000"), "200");
  assert.equal(await line("'x'"), "200");
  assert.equal(await line("101"), "500");
});

Deno.test("an error in a handler is answered with 500 and logged, and the service goes on", async () => {
  await withService(
    `{ GET = { ["/"] = function() error("boom") end, ["/wait"] = function() sleep(0.001) error({}) end,
               ["/nil"] = function() end, ["/ok"] = function() return { body = "ok" } end } }`,
    async ({ url, logged }) => {
      const failed = await fetch(url);
      assert.equal(failed.status, 500);
      assert.equal(failed.headers.get("content-type"), "text/plain");
      assert.match(await failed.text(), /^handler error: service\.lua:2: boom\nstack traceback:/);
      assert.match(logged(), /^ERROR http\.serve: handler of GET \/ failed: service\.lua:2: boom/m);
      assert.match(await (await fetch(`${url}/wait`)).text(), /^handler error: table: /);
      assert.match(await (await fetch(`${url}/nil`)).text(), /must return a table .*, got nil/);
      assert.equal(await (await fetch(`${url}/ok`)).text(), "ok");
    },
  );
});

Deno.test("hide_errors keeps what went wrong in the log", async () => {
  await withService(`{ GET = { ["/"] = function() error("boom") end } }`, async ({ url, logged }) => {
    const failed = await fetch(url);
    assert.equal(failed.status, 500);
    assert.equal(await failed.text(), "internal server error");
    assert.match(
      logged(),
      /^ERROR http\.serve: handler of GET \/ failed: service\.lua:2: boom\nstack traceback:/m,
    );
  }, "{ host = '127.0.0.1', hide_errors = true }");
});

Deno.test("HEAD is answered by the route of GET, without a body, unless it has one of its own", async () => {
  await withService(
    `{ GET = { ["/"] = function(req) return { body = req.method, headers = { ["X-A"] = "b" } } end,
               ["/own"] = function() return { body = "get" } end },
       HEAD = { ["/own"] = function() return { headers = { ["X-Own"] = "yes" } } end },
       POST = { ["/post"] = function() return {} end } }`,
    async ({ url, port }) => {
      const answer = await exchangeBytes(port, rawRequest("HEAD", "/"));
      assert.match(answer, /^HTTP\/1\.1 200 /);
      assert.match(answer, /\r\nx-a: b\r\n/i);
      assert.match(answer, /\r\ncontent-length: 4\r\n/i);
      assert.match(answer, /\r\n\r\n$/);
      assert.equal((await fetch(`${url}/own`, { method: "HEAD" })).headers.get("x-own"), "yes");
      assert.equal((await fetch(`${url}/post`, { method: "HEAD" })).status, 404);
    },
  );
});

Deno.test("access_log logs each request with what came of it, but for its query", async () => {
  await withService(
    `{ GET = { ["/ok"] = function() sleep(0) return { body = "ok" } end, ["/bad"] = function() error("x") end } }`,
    async ({ url, port, logged, session }) => {
      for (const path of ["/ok?token=secret", "/bad", "/none"]) {
        await (await fetch(url + path)).body?.cancel();
      }
      // What a terminal would obey
      await exchangeBytes(port, rawRequest("GET", "/\xc2\x9b2J"));
      await session.stop();
      const lines = logged().match(/^INFO http\.serve: request .*$/gm) ?? [];
      assert.deepEqual(lines.map((line) => line.replace(/duration_ms=\S+/, "duration_ms=N")), [
        "INFO http.serve: request method=GET path=/ok remote=127.0.0.1 status=200 duration_ms=N",
        "INFO http.serve: request method=GET path=/bad remote=127.0.0.1 status=500 duration_ms=N",
        "INFO http.serve: request method=GET path=/none remote=127.0.0.1 status=404 duration_ms=N",
        "INFO http.serve: request method=GET path=/%C2%9B2J remote=127.0.0.1 status=404 duration_ms=N",
      ]);
    },
    "{ host = '127.0.0.1', access_log = true }",
  );
});

Deno.test("header names and values that cannot be sent are an error of the handler", async () => {
  const bad = (headers: string) => answerOf(`function() return { headers = ${headers} } end`);
  assert.match(await bad(`{ ["a b"] = "c" }`), /^HTTP\/1\.1 500 [\s\S]*invalid header name "a b"/);
  const split = await bad(`{ a = "secret\\r\\nX-Injected: 1" }`);
  assert.match(split, /^HTTP\/1\.1 500 [\s\S]*invalid value of header "a"/);
  assert.doesNotMatch(split, /secret|injected/i);
});

Deno.test("a length or an encoding that a handler claims is left to the server", async () => {
  const answer = await answerOf(
    `function() return { body = "four", headers = { ["Content-Length"] = 99, ["Transfer-Encoding"] = "chunked" } } end`,
  );
  assert.match(answer, /\r\ncontent-length: 4\r\n/i);
  assert.doesNotMatch(answer, /transfer-encoding/i);
});

Deno.test("a handler that waits lets others answer", async () => {
  await withService(
    `{ GET = {
      ["/wait"] = function() waiting = true while not released do sleep(0.001) end return { body = "waited" } end,
      ["/release"] = function() released = true return { body = tostring(waiting) } end,
    } }`,
    async ({ url }) => {
      const waiting = fetch(`${url}/wait`);
      while ((await (await fetch(`${url}/release`)).text()) !== "true");
      assert.equal(await (await waiting).text(), "waited");
    },
  );
});

Deno.test("a body beyond max_body is refused with 413, announced or not", async () => {
  const routes = `{ POST = { ["/"] = function(req) return { body = tostring(#req.body) } end } }`;
  await withService(routes, async ({ port }) => {
    assert.match(await exchangeBytes(port, rawRequest("POST", "/", [], "12345")), /\r\n\r\n5$/);
    assert.match(await exchangeBytes(port, rawRequest("POST", "/", [], "123456")), /^HTTP\/1\.1 413 /);
    const chunked = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert.match(await exchangeBytes(port, `${chunked}3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`), /\r\n\r\n5$/);
    assert.match(
      await exchangeBytes(port, `${chunked}3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n`),
      /^HTTP\/1\.1 413 /,
    );
  }, "{ host = '127.0.0.1', max_body = 5 }");
});

Deno.test("a client that leaves in the middle of its body disturbs nobody", async () => {
  const routes = `{ POST = { ["/"] = function(req) return { body = req.body } end } }`;
  await withService(routes, async ({ port, logged }) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(
      new TextEncoder().encode("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nhalf"),
    );
    connection.close();
    assert.match(await exchangeBytes(port, rawRequest("POST", "/", [], "whole")), /\r\n\r\nwhole$/);
    assert.doesNotMatch(logged(), /ERROR/);
  });
});

Deno.test("a port in use is a bind failure that says so", async () => {
  using taken = Deno.listen({ hostname: "0.0.0.0", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  assert.match(
    await luaError(`http.serve(${port}, {})`),
    new RegExp(`http\\.serve: bind failed: Address already in use .*port ${port} is in use`),
  );
});

Deno.test("routes of another shape and impossible ports raise", async () => {
  assert.match(
    await luaError(`http.serve(0, { GET = 1 })`),
    /http\.serve: routes must map methods .*routes\.GET is a number/,
  );
  assert.match(await luaError(`http.serve(0, { GET = { ["/"] = "x" } })`), /GET "\/" has a string/);
  assert.match(
    await luaError(`http.serve(70000, {})`),
    /port must be between 0 and 65535: current value is 70000/,
  );
  assert.match(await luaError(`http.serve("x", {})`), /bad argument #1/);
  assert.match(
    await luaError(`http.serve(0, { GET = { ["health"] = print } })`),
    /the path of a route must begin with "\/": GET "health"/,
  );
});

Deno.test("the VM's end frees the port", async () => {
  const controller = new AbortController();
  const { session } = await testSession({ signal: controller.signal });
  const { promise: ready, resolve } = Promise.withResolvers<number>();
  session.vm.globals.set("ready", session.vm.newFunction("ready", ([port]) => resolve(port as number)));
  const ended = session.run(
    `async.spawn(function() ready(_SERVER_PORT) end) http.serve(0, {}, { host = "127.0.0.1" })`,
    "service.lua",
  );
  const port = await ready;
  controller.abort(new Error("time is up"));
  await assert.rejects(ended, /time is up/);
  await assert.rejects(exchangeBytes(port, rawRequest("GET", "/")), /refused|reset/);
});
