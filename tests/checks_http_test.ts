/** http checks: what passes, what fails with which message. */
import assert from "node:assert/strict";
import { judgeJson } from "../checks/types/http/json.ts";
import { errorOf, runFile } from "./support/checks.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";

/** The error of an http check against a server with this handler. */
async function against(handler: (request: Request) => Response | Promise<Response>, rest = "") {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  return await errorOf(`type: http, url: 'http://127.0.0.1:${server.addr.port}/x', ${rest}`);
}

const reply = (status: number, body = "") => () => new Response(body === "" ? null : body, { status });

Deno.test("without expect.status any 2xx passes, whatever else is expected", async () => {
  assert.equal(await against(reply(200)), undefined);
  assert.equal(await against(reply(204)), undefined);
  assert.equal(await against(reply(404)), "expected 2xx, got 404");
  assert.equal(await against(reply(500, "fine"), "expect: {body: fine}"), "expected 2xx, got 500");
  assert.equal(await against(reply(200, "fine"), "expect: {body: fine}"), undefined);
});

Deno.test("expect.status must be met exactly", async () => {
  assert.equal(await against(reply(404), "expect: {status: 404}"), undefined);
  assert.equal(await against(reply(204), "expect: {status: 200}"), "expected status 200, got 204");
});

Deno.test("expect.body must be part of the body", async () => {
  assert.equal(await against(reply(200, "all is wéll"), "expect: {body: wéll}"), undefined);
  assert.equal(
    await against(reply(200, "no"), "expect: {body: yes, json: '.a == 1'}"),
    'body does not contain "yes"',
  );
});

Deno.test("expect.json must hold", async () => {
  const json = '{"database": {"status": "ok", "n": 1}}';
  const expect = (text: string) => against(reply(200, json), `expect: {json: '${text}'}`);
  assert.equal(await expect('.database.status == "ok"'), undefined);
  assert.equal(await expect("database.n == 1"), undefined);
  assert.equal(await expect(".database.n == 2"), "JSON expression failed: .database.n == 2");
  assert.equal(await expect(".database.gone == null"), "JSON path '.gone' not found in response");
  assert.match(
    await against(reply(200, "<html>"), "expect: {json: '.a == 1'}") ?? "",
    /^response body is not valid JSON: /,
  );
});

Deno.test("JSON values are compared in the form in which they are written", () => {
  const holds = (expression: string, body: string) => {
    return judgeJson(expression, body) === undefined;
  };
  const cases: [string, string, boolean][] = [
    [".a == 1", '{"a":1}', true],
    [".a == 1", '{"a":1.0}', false],
    [".a == 1.0", '{"a":1.0}', true],
    [".a == 1.0", '{"a":1}', false],
    [".a == 1", '{"a":"1"}', false],
    ['.a == "1"', '{"a":"1"}', true],
    [".a == 9007199254740993", '{"a":9007199254740993}', true],
    [".a == 9007199254740993", '{"a":9007199254740992}', false],
    [".a == true", '{"a":true}', true],
    [".a == true", '{"a":"true"}', false],
    [".a == null", '{"a":null}', true],
    [".a == healthy", '{"a":"healthy"}', true],
    ['.a == "x == y"', '{"a":"x == y"}', true],
    ["..a..b == 1", '{"a":{"b":1}}', true],
    [". == 5", "5", true],
    [".a.0 == 1", '{"a":[1]}', false],
    [".__proto__ == null", "{}", false],
    [".a.length == 1", '{"a":"x"}', false],
  ];
  for (const [expression, body, expected] of cases) {
    assert.equal(holds(expression, body), expected, `${expression} with ${body}`);
  }
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  assert.equal(holds(". == 1", deep), false);
});

Deno.test("redirects are followed, up to ten, unless follow_redirects is false", async () => {
  const hops = (limit: number) => {
    let count = 0;
    return () =>
      count++ < limit
        ? new Response(null, { status: 302, headers: { location: `/${count}` } })
        : new Response("end");
  };
  assert.equal(await against(hops(10), "expect: {body: end}"), undefined);
  assert.match(await against(hops(11)) ?? "", /^HTTP GET http:\/\/127.*: more than 10 redirects$/);
  assert.equal(await against(hops(1), "follow_redirects: false, expect: {status: 302}"), undefined);
  const file = () => new Response(null, { status: 302, headers: { location: "file:///etc/passwd" } });
  assert.match(await against(file) ?? "", /: redirected to what is no http:\/\/ or https:\/\/ URL$/);
});

Deno.test("no answer is described without the URL's password", async () => {
  const url = refusedUrl().replace("http://", "http://user:secret@");
  const error = await errorOf(`type: http, url: '${url}/x?y=1'`);
  const shown = url.replace("user:secret@", "");
  assert.equal(error, `HTTP GET ${shown}/x?y=1: connection refused: nothing listens on ${shown.slice(7)}`);
});

Deno.test("causes of a missing answer are put in words", async () => {
  assert.match(
    await errorOf("type: http, url: 'http://nowhere.invalid/'") ?? "",
    /: the host name nowhere\.invalid cannot be resolved/,
  );
  await using plain = new MockServer({ body: "x" });
  const tls = await errorOf(`type: http, url: '${plain.url.replace("http:", "https:")}'`);
  assert.match(tls ?? "", / does not speak TLS: is the URL to begin with http:/);
  const cut = await raw("");
  assert.match(cut ?? "", /: 127\.0\.0\.1:\d+ closed the connection without an answer$/);
  assert.match(
    await raw("nonsense\r\n\r\n") ?? "",
    / does not answer in HTTP\/1\.1: is the URL to begin with https:/,
  );
  const half = "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf";
  const blocked = await errorOf("type: http, url: 'http://127.0.0.1:6667/'");
  assert.match(blocked ?? "", /: port 6667 is closed to HTTP clients/);
  assert.match(await raw(half) ?? "", /: 127\.0\.0\.1:\d+ broke off within the body$/);
});

/** The error of a check whose server answers with these bytes and closes. */
async function raw(answer: string): Promise<string | undefined> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = (async () => {
    using connection = await listener.accept();
    await connection.read(new Uint8Array(4096));
    await connection.write(new TextEncoder().encode(answer));
  })();
  const error = await errorOf(
    `type: http, url: 'http://127.0.0.1:${listener.addr.port}/', expect: {body: x}`,
  );
  await served;
  return error;
}

Deno.test("a body beyond 16 MiB is refused, announced or not", async () => {
  const mebibyte = new Uint8Array(1024 * 1024).fill(120);
  const endless = () =>
    new Response(new ReadableStream({ pull: (controller) => controller.enqueue(mebibyte) }));
  const announced = () => new Response(new Uint8Array(17 * mebibyte.length));
  for (const handler of [endless, announced]) {
    assert.match(
      await against(handler, "expect: {body: nothing}") ?? "",
      /: the body is larger than 16 MiB$/,
    );
    // Nobody looks at it
    assert.equal(await against(handler), undefined);
  }
});

Deno.test("the request is a plain GET that names assay", async () => {
  await using server = new MockServer({ status: 200 });
  await errorOf(`type: http, url: '${server.url}/a%20b?c=d'`);
  const { method, path, query, headers, body } = server.request;
  assert.deepEqual([method, path, query, body], ["GET", "/a%20b", "c=d", ""]);
  assert.equal(headers["accept"], "*/*");
  assert.equal(headers["accept-encoding"], "identity");
  assert.match(headers["user-agent"] ?? "", /^assay\//);
});

Deno.test("parallel: true has the requests on their way at the same time", async () => {
  let waiting = 0;
  const { promise: all, resolve } = Promise.withResolvers<void>();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    // Nobody is answered before everybody has asked
    if (++waiting === 20) resolve();
    await all;
    return new Response("x");
  });
  const checks = Array.from(
    { length: 20 },
    (_, i) => `  - {name: c${i}, type: http, url: 'http://127.0.0.1:${server.addr.port}/'}\n`,
  );
  const { report } = await runFile(`parallel: true\nretries: 0\ntimeout: 30s\nchecks:\n${checks.join("")}`);
  assert.equal(report.passed, 20);
});

Deno.test("a request that the global timeout cuts is given up", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    // The server could not be shut down if the client stayed
    await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
    return new Response();
  });
  const { report } = await runFile(
    `{timeout: 50ms, checks: [{name: a, type: http, url: 'http://127.0.0.1:${server.addr.port}/'}]}`,
  );
  assert.equal(report.results[0]?.error, "global timeout of 0.05s exceeded");
});
