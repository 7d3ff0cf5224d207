/** http checks: what is sent, what is expected beyond the status, and what is taken from answers. */
import assert from "node:assert/strict";
import { Secrets } from "../checks/values/secrets.ts";
import { assay, withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { errorOf, runFile } from "./support/checks.ts";
import { type MockReply, MockServer } from "./support/mock.ts";

/** Makes one check against a server and gives the request. */
async function sent(rest: string) {
  await using server = new MockServer({ status: 200 });
  assert.equal(await errorOf(`type: http, url: '${server.url}/x', ${rest}`), undefined);
  return server.request;
}

async function against(reply: MockReply, rest: string): Promise<string | undefined> {
  await using server = new MockServer(reply);
  return await errorOf(`type: http, url: '${server.url}/x', ${rest}`);
}

Deno.test("method, headers and a body are sent as they are given", async () => {
  const { method, headers, body } = await sent("method: put, headers: {X-A: b, x-n: 5}, body: 'wörld'");
  assert.deepEqual([method, headers["x-a"], headers["x-n"], body], ["PUT", "b", "5", "wörld"]);
});

Deno.test("json and form make a POST with their content type", async () => {
  const json = await sent("json: {a: [1, 1.5, true, null, 'x']}");
  assert.deepEqual([json.method, json.headers["content-type"]], ["POST", "application/json"]);
  assert.deepEqual(JSON.parse(json.body), { a: [1, 1.5, true, null, "x"] });
  const form = await sent("form: {a: 'b c', d: 1}");
  assert.equal(form.headers["content-type"], "application/x-www-form-urlencoded");
  assert.equal(form.body, "a=b+c&d=1");
});

Deno.test("a GET can have a body", async () => {
  const { method, headers } = await sent("method: GET, json: {query: all}");
  // The server of the test shows no body of a GET
  assert.deepEqual([method, headers["content-length"]], ["GET", String('{"query":"all"}'.length)]);
});

Deno.test("auth becomes a header, which the headers can replace", async () => {
  assert.equal((await sent("auth: {bearer: abc}")).headers["authorization"], "Bearer abc");
  assert.equal(
    (await sent("auth: {basic: {username: u, password: 'p:ß'}}")).headers["authorization"],
    `Basic ${btoa("u:p:\u00c3\u009f")}`,
  );
  assert.equal(
    (await sent("auth: {bearer: abc}, headers: {Authorization: own}")).headers["authorization"],
    "own",
  );
});

Deno.test("credentials stay behind when a redirect leads to another host", async () => {
  await using other = new MockServer({ body: "there" });
  await using first = new MockServer({ status: 307, headers: { location: `${other.url}/y` } });
  const check = `type: http, url: '${first.url}/', auth: {bearer: abc}, json: {a: 1}, expect: {body: there}`;
  assert.equal(await errorOf(check), undefined);
  const { method, headers, body } = other.request;
  assert.deepEqual([method, headers["authorization"], body], ["POST", undefined, '{"a":1}']);
});

Deno.test("status can be a list, a class, or a list of both", async () => {
  assert.equal(await against({ status: 404 }, "expect: {status: [200, 404]}"), undefined);
  assert.equal(await against({ status: 503 }, "expect: {status: 5xx}"), undefined);
  assert.equal(await against({ status: 301 }, "expect: {status: [200, 3xx]}"), undefined);
  assert.equal(
    await against({ status: 500 }, "expect: {status: [204, 4xx]}"),
    "expected status 204 or 4xx, got 500",
  );
});

Deno.test("headers are compared as a whole, in parts and with patterns, before the body", async () => {
  const reply = { body: "x", headers: { "x-version": "v1.2.3" } };
  const expect = (headers: string) => against(reply, `expect: {headers: ${headers}, body: x}`);
  assert.equal(await expect("{X-Version: v1.2.3}"), undefined);
  assert.equal(await expect("{x-version: {contains: v1, matches: '^v\\d+\\.'}}"), undefined);
  assert.equal(await expect("{x-version: v2}"), 'expected header x-version "v2", got "v1.2.3"');
  assert.equal(await expect("{x-version: {matches: '^v2'}}"), "header x-version does not match /^v2/");
  assert.equal(await expect("{x-gone: {contains: v}}"), "the answer has no header x-gone");
});

Deno.test("a body is compared with patterns and several parts", async () => {
  const expect = (body: string) => against({ body: "all is well" }, `expect: {body: ${body}}`);
  assert.equal(await expect("{contains: [all, well], matches: 'is\\s+w'}"), undefined);
  assert.equal(await expect("{contains: [all, ill]}"), 'body does not contain "ill"');
  assert.equal(await expect("{equals: all}"), 'expected body "all", got "all is well"');
  assert.match(await expect("{matches: '('}") ?? "", /^invalid pattern/);
});

Deno.test("of a list of expressions the first that fails is told, with the value that is there", async () => {
  const body = { items: [{ n: 3, id: "x1" }], big: 1, status: "ok" };
  const expect = (...list: string[]) =>
    against({ body }, `expect: {json: [${list.map((e) => `'${e}'`).join()}]}`);
  assert.equal(
    await expect('.status == "ok"', ".items length >= 1", ".items[0].n < 4", '.items[0].id matches "^x"'),
    undefined,
  );
  assert.equal(
    await expect('.status == "ok"', ".items[0].n > 5", ".gone exists"),
    "JSON expression failed: .items[0].n > 5 (actual value: 3)",
  );
  assert.equal(await expect(".gone exists"), "JSON expression failed: .gone exists (no such value)");
  assert.match(
    await against({ body: "<p>" }, "expect: {json: ['.a']}") ?? "",
    /^response body is not valid JSON/,
  );
});

Deno.test("a latency that is not reached fails with what it was", async () => {
  assert.equal(await against({ body: "x" }, "expect: {latency: 30s}"), undefined);
  assert.match(
    await against({ body: "x" }, "expect: {latency: 0ms}") ?? "",
    /^expected an answer in less than 0 ms, it took \d+ ms$/,
  );
});

Deno.test("later checks use what earlier ones capture", async () => {
  await using server = new MockServer(
    { status: 201, body: { token: "t-9", id: 9007199254740993n.toString() }, headers: { etag: "e1" } },
    { body: "ok" },
  );
  const { report } = await runFile(`
retries: 0
checks:
  - name: login
    type: http
    url: ${server.url}/login
    capture: {token: {json: .token}, tag: {header: ETag}, code: status, digits: {regex: '"id":"(\\d+)"'}}
  - name: use
    type: http
    url: ${server.url}/use/{{digits}}
    headers: {x-token: '{{token}}', x-tag: '{{tag}}', x-code: '{{code}}'}`);
  assert.deepEqual(report.results.map(({ error }) => error), [undefined, undefined]);
  const [, use] = server.requests;
  assert.deepEqual(
    [use?.path, use?.headers["x-token"], use?.headers["x-tag"], use?.headers["x-code"]],
    ["/use/9007199254740993", "t-9", "e1", "201"],
  );
});

Deno.test("what cannot be captured fails the check that should", async () => {
  const capture = (source: string) => against({ body: { a: 1 } }, `capture: {v: ${source}}`);
  assert.equal(await capture("{json: .b.c}"), "cannot capture 'v': there is no .b.c in the answer");
  assert.equal(await capture("{header: x-none}"), "cannot capture 'v': the answer has no header x-none");
  assert.equal(await capture("{regex: 'z+'}"), "cannot capture 'v': the body does not match /z+/");
});

Deno.test("passwords, tokens and secret captures never show", async () => {
  await using server = new MockServer(
    { body: { token: "captured-secret" } },
    { body: "token-of-auth password-of-url header-secret captured-secret" },
  );
  const secrets = new Secrets();
  const { report, log } = await runFile(
    `
retries: 0
checks:
  - {name: a, type: http, url: '${server.url}', capture: {t: {json: .token, secret: true}}}
  - name: b
    type: http
    url: ${server.url.replace("//", "//user:password-of-url@")}
    auth: {bearer: token-of-auth}
    headers: {x-api-key: header-secret}
    depends_on: a
    expect: {body: {equals: '{{t}}'}}`,
    { secrets },
  );
  const shown = JSON.stringify(report) + log;
  assert.match(report.results[1]?.error ?? "", /^expected body/);
  assert.doesNotMatch(shown, /captured-secret|password-of-url|token-of-auth|header-secret/);
});

Deno.test("what cannot be is refused with its place", () => {
  const cases: [string, RegExp][] = [
    ["method: CONNECT", /'method' must be a method such as GET/],
    ["headers: {'a b': c}", /'a b' is no name of a header/],
    ['headers: {a: "b\\nc"}', /has a line break/],
    ["auth: {bearer: a, basic: {username: u, password: p}}", /must have one of bearer and basic/],
    ["expect: {status: 6xx}", /'status' must be a whole number between 100 and 599/],
    ["expect: {json: ['.a ==']}", /is no expression/],
    ["capture: {v: {json: .a, header: b}}", /must have one of json, header, regex/],
    ["capture: {v: {json: '.a == 1'}}", /must be a path/],
    ["json: {n: 123456789012345678901}", /cannot be sent as a number/],
  ];
  return Promise.all(
    cases.map(([keys, message]) =>
      assert.rejects(() => errorOf(`type: http, url: 'http://127.0.0.1/', ${keys}`), message)
    ),
  ).then(() => {});
});

Deno.test("servers with certificates of a CA of one's own", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("DNS:localhost,IP:127.0.0.1", 2);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      () => new Response("secure"),
    );
    const url = `https://127.0.0.1:${server.addr.port}/`;
    const check = (rest: string) => errorOf(`type: http, url: '${url}', expect: {body: secure}, ${rest}`);
    assert.match(await check("") ?? "", /is not trusted: unknown issuer \(name its CA in 'ca'/);
    assert.equal(await check(`ca: '${authority.file}'`), undefined);
    assert.equal(await check("insecure: true"), undefined);
    assert.match(await check("ca: /nowhere.pem") ?? "", /cannot read 'ca' "\/nowhere.pem": No such file/);
    assert.match(await check("cert: a.pem") ?? "", /'cert' and 'key' are needed together/);
    // The worker has no permission to read the file
    const yaml = `{retries: 0, checks: [{name: a, type: http, url: '${url}', ca: '${authority.file}'}]}`;
    await Deno.writeTextFile(`${folder}/checks.yaml`, yaml);
    const { status, stdout } = await assay(["checks.yaml"], { cwd: folder });
    assert.equal(status, 0, stdout);
  });
});
