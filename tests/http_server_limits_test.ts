/** What bounds the requests of `http.serve`: lengths and times. */
import assert from "node:assert/strict";
import { toBytes } from "../runtime/seam/text.ts";
import { awaitLine } from "./support/assay.ts";
import { luaError } from "./support/lua.ts";
import { exchangeBytes, rawRequest, withService } from "./support/service.ts";

const LENGTH = `{ POST = { ["/"] = function(req) return { body = tostring(#req.body) } end },
                  GET = { ["/"] = function() return { body = "ok" } end } }`;

Deno.test("header lines beyond max_header are refused with 431, the request line counts", async () => {
  await withService(LENGTH, async ({ port }) => {
    assert.match(await exchangeBytes(port, rawRequest("GET", "/", [`X: ${"a".repeat(100)}`])), /\r\n\r\nok$/);
    for (
      const request of [
        rawRequest("GET", "/", [`X: ${"a".repeat(300)}`]),
        rawRequest("GET", "/", Array.from({ length: 60 }, (_, i) => `X-${i}: y`)),
        rawRequest("GET", `/?${"q".repeat(300)}`),
      ]
    ) {
      const answer = await exchangeBytes(port, request);
      assert.match(answer, /^HTTP\/1\.1 431 [\s\S]*\r\n\r\nrequest header too large$/);
    }
  }, "{ host = '127.0.0.1', max_header = 300 }");
});

Deno.test("without max_header 32 KiB of header are enough for everybody", async () => {
  await withService(LENGTH, async ({ port }) => {
    const cookie = (length: number) => rawRequest("GET", "/", [`Cookie: ${"c".repeat(length)}`]);
    assert.match(await exchangeBytes(port, cookie(30_000)), /\r\n\r\nok$/);
    assert.match(await exchangeBytes(port, cookie(33_000)), /^HTTP\/1\.1 431 /);
  });
});

Deno.test("a body that does not arrive in time is answered with 408", async () => {
  await withService(LENGTH, async ({ port }) => {
    for (
      const head of ["Content-Length: 10\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"]
    ) {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(toBytes(`POST / HTTP/1.1\r\nHost: h\r\n${head}`));
      const [answer] = await awaitLine(connection.readable, /^HTTP[\s\S]*took too long/);
      assert.match(
        answer,
        /^HTTP\/1\.1 408 [\s\S]*\r\nconnection: close\r\n[\s\S]*\r\n\r\nrequest body took too long$/,
      );
    }
    assert.match(await exchangeBytes(port, rawRequest("POST", "/", [], "12345")), /\r\n\r\n5$/);
  }, "{ host = '127.0.0.1', read_timeout = 0.02 }");
});

Deno.test("a body may come in pieces of one byte, and be long", async () => {
  await withService(LENGTH, async ({ port }) => {
    const pieces = "1\r\na\r\n".repeat(50_000);
    const head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert.match(await exchangeBytes(port, `${head}${pieces}0\r\n\r\n`), /\r\n\r\n50000$/);
    const long = "x".repeat(3_000_000);
    assert.match(await exchangeBytes(port, rawRequest("POST", "/", [], long)), /\r\n\r\n3000000$/);
  });
});

Deno.test("a handler beyond timeout is cancelled and answered with 503", async () => {
  await withService(
    `{ GET = {
      ["/slow"] = function() local ok, err = pcall(sleep, 3600) ended = tostring(err) error("unseen") end,
      ["/busy"] = function() while true do end end,
      ["/ended"] = function() return { body = ended } end,
    } }`,
    async ({ url, logged }) => {
      const slow = await fetch(`${url}/slow`);
      assert.equal(slow.status, 503);
      assert.equal(await slow.text(), "the handler took too long");
      const busy = await fetch(`${url}/busy`);
      assert.equal(busy.status, 503);
      await busy.body?.cancel();
      assert.match(await (await fetch(`${url}/ended`)).text(), /task cancelled/);
      assert.match(
        logged(),
        /ERROR http\.serve: handler of GET \/slow failed: it has not ended after 0\.05s\n/,
      );
    },
    "{ host = '127.0.0.1', timeout = 0.05 }",
  );
});

Deno.test("a Host header cannot pose as a part of the path", async () => {
  await withService(
    `{ GET = { ["/admin/"] = function() return { body = "secret" } end, ["/"] = function() return { body = "home" } end } }`,
    async ({ port }) => {
      const get = (host: string, target = "/") =>
        exchangeBytes(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      for (const host of ["x/admin", "/admin", "x/admin/"]) {
        assert.match(await get(host), /^HTTP\/1\.1 400 [\s\S]*invalid Host header$/, host);
      }
      for (const host of ["x:80", "[::1]:80", "x?y", "x#y", "u@x"]) {
        assert.match(await get(host), /\r\n\r\nhome$/, host);
      }
      assert.match(await get("proxied", "http://other.example/"), /\r\n\r\nhome$/);
    },
  );
});

Deno.test("what is no HTTP is answered with 400, and the service goes on", async () => {
  await withService(LENGTH, async ({ port }) => {
    for (
      const request of [
        "\x00\x01\x02\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -3\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nX : y\r\n\r\n",
      ]
    ) {
      assert.match(await exchangeBytes(port, request), /^HTTP\/1\.1 400 /, request);
    }
    assert.match(await exchangeBytes(port, rawRequest("GET", "/")), /\r\n\r\nok$/);
  });
});

Deno.test("requests that come at once on one connection are answered in their order", async () => {
  await withService(
    `{ GET = { ["/*"] = function(req) if req.path == "/1" then sleep(0.005) end return { body = req.path } end } }`,
    async ({ port }) => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const requests = ["/1", "/2", "/3"].map((path, index) =>
        `GET ${path} HTTP/1.1\r\nHost: h\r\n${index === 2 ? "Connection: close\r\n" : ""}\r\n`
      );
      await connection.write(toBytes(requests.join("")));
      const answer = await new Response(connection.readable).text();
      assert.deepEqual(answer.match(/\r\n\r\n\/\d/g), ["\r\n\r\n/1", "\r\n\r\n/2", "\r\n\r\n/3"]);
    },
  );
});

Deno.test("a client that reads no events counts as gone after write_timeout", async () => {
  await withService(
    `{ GET = {
      ["/"] = function() return { sse = function(send)
        local ok, err
        repeat ok, err = pcall(send, { data = ("x"):rep(100000) }) until not ok
        seen = err
      end } end,
      ["/seen"] = function() while not seen do sleep(0.001) end return { body = seen } end,
    } }`,
    async ({ port, url }) => {
      using connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(toBytes("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
      assert.match(await (await fetch(`${url}/seen`)).text(), /SSE stream closed$/);
    },
    "{ host = '127.0.0.1', write_timeout = 0.05 }",
  );
});

Deno.test("options that are no length, no time and no address raise", async () => {
  for (
    const [option, message] of [
      ["max_body = -1", "max_body must be zero or more, in bytes: current value is -1"],
      ["max_header = 0", "max_header must be above zero, in bytes: current value is 0"],
      ["max_message = 0", "max_message must be above zero, in bytes: current value is 0"],
      ["read_timeout = 0", "read_timeout must be above zero, in seconds: current value is 0"],
      ["write_timeout = -1", "write_timeout must be above zero, in seconds: current value is -1"],
      ["timeout = 0", "timeout must be above zero, in seconds: current value is 0"],
      ["grace = -1", "grace must be zero or more, in seconds: current value is -1"],
      ["access_log = 1", "option 'access_log' must be a boolean, got number"],
      ["host = 'nowhere.invalid'", "bind failed: "],
      ["unix_socket = '/nowhere/at/all.sock'", 'cannot listen on "/nowhere/at/all.sock"'],
    ] as const
  ) {
    const error = await luaError(`http.serve(0, {}, { ${option} })`);
    assert.ok(error.includes(`http.serve: ${message}`) || error.includes(message), error);
  }
});
