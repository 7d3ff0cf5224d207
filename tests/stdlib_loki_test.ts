/** `assay.loki` against a mock of Loki. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { runLua } from "./support/lua.ts";
import { MockServer } from "./support/mock.ts";
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = 'local loki = require("assay.loki") local c = loki.client(url .. "/")';

const streams = [{ stream: { app: "x" }, values: [["1700000000000000001", "line"]] }];
const success = (data: unknown) => ({ status: "success", data });
const entries =
  "{ { '1700000000000000001', 'a' }, { '1700000000000000002', 'b\\n' }, { 3, 'c', { trace = 'x' } } }";

methodTests("loki", SETUP, [
  {
    calls: [`c.logs:push({ app = 'ü' }, ${entries})`, `c:push({ app = 'ü' }, ${entries})`],
    onlyFirstEngine: "wide integers",
    method: "POST",
    path: "/loki/api/v1/push",
    status: 204,
    json: {
      streams: [{
        stream: { app: "ü" },
        values: [["1700000000000000001", "a"], ["1700000000000000002", "b\n"], ["3", "c", { trace: "x" }]],
      }],
    },
    headers: { "content-type": "application/json", authorization: undefined },
    result: true,
  },
  {
    calls: ["c.logs:push({ app = 'x' }, {})"],
    method: "POST",
    path: "/loki/api/v1/push",
    status: 204,
    json: { streams: [{ stream: { app: "x" }, values: [] }] },
    result: true,
  },
  {
    calls: [
      "c.queries:instant('{app=\"x\"} |= `a b`', { direction = 'forward', limit = 10, time = 1700000000.5 })",
      "c:query('{app=\"x\"} |= `a b`', { direction = 'forward', limit = 10, time = 1700000000.5 })",
    ],
    path: "/loki/api/v1/query",
    query: "query=%7Bapp%3D%22x%22%7D%20%7C%3D%20%60a%20b%60&limit=10&time=1700000000.5&direction=forward",
    reply: success({ resultType: "streams", result: streams }),
    result: streams,
  },
  {
    calls: [
      "c.queries:range('{a=\"b\"}', { start = 1700000000000000000, end_time = '2023-11-15T00:00:00Z', limit = 5, " +
      "step = '1m', direction = 'backward' })",
      "c:query_range('{a=\"b\"}', { start = '1700000000000000000', end_time = '2023-11-15T00:00:00Z', limit = 5, " +
      "step = '1m', direction = 'backward' })",
    ],
    path: "/loki/api/v1/query_range",
    query: "query=%7Ba%3D%22b%22%7D&start=1700000000000000000&end=2023-11-15T00%3A00%3A00Z&limit=5&step=1m" +
      "&direction=backward",
    reply: success({ resultType: "streams", result: streams }),
    result: streams,
  },
  {
    calls: [
      "c.queries:tail('{a=\"b\"}', { limit = 5, start = 1 })",
      "c:tail('{a=\"b\"}', { limit = 5, start = 1 })",
    ],
    path: "/loki/api/v1/tail",
    query: "query=%7Ba%3D%22b%22%7D&limit=5&start=1",
    reply: { streams },
  },
  {
    calls: ["c.labels:list()", "c:labels()"],
    path: "/loki/api/v1/labels",
    reply: success(["app"]),
    result: ["app"],
  },
  {
    calls: ["c.labels:list({ start = 1, end_time = 2 })", "c:labels({ start = 1, end_time = 2 })"],
    path: "/loki/api/v1/labels",
    query: "start=1&end=2",
    reply: success([]),
    result: [],
  },
  {
    calls: [
      "c.labels:values('a/b', { start = 1, end_time = 2 })",
      "c:label_values('a/b', { start = 1, end_time = 2 })",
    ],
    path: "/loki/api/v1/label/a%2Fb/values",
    query: "start=1&end=2",
    reply: success(["x"]),
    result: ["x"],
  },
  {
    calls: [
      "c.series:list({ '{a=\"b\"}', '{c=\"d\"}' }, { start = 1, end_time = 2 })",
      "c:series({ '{a=\"b\"}', '{c=\"d\"}' }, { start = 1, end_time = 2 })",
    ],
    path: "/loki/api/v1/series",
    query: "match[]=%7Ba%3D%22b%22%7D&match[]=%7Bc%3D%22d%22%7D&start=1&end=2",
    reply: success([{ a: "b" }]),
    result: [{ a: "b" }],
  },
  { calls: ["c.health:ready()", "c:ready()"], path: "/ready", reply: "ready\n", result: true },
  {
    calls: ["c.health:ready()", "c:ready()"],
    path: "/ready",
    status: 503,
    reply: "Ingester not ready: waiting for 15s after being ready",
    result: false,
  },
  {
    calls: ["c.health:metrics()", "c:metrics()"],
    path: "/metrics",
    reply: "# HELP loki_build_info\nloki_build_info 1\n",
  },
]);

failureTests("loki", SETUP, {
  read: "c.labels:list()",
  readPath: "GET /loki/api/v1/labels",
  write: "c.logs:push({ app = 'x' }, { 'line' })",
  writePath: "POST /loki/api/v1/push",
});

moduleTests("loki", SETUP, [
  {
    // Not in fengari, whose numbers are not so wide
    name: "a time of 64 bits survives",
    call: "c.logs:push({ app = 'x' }, { { 1700000000000000001, 'a' } })",
    replies: [{ status: 204 }],
    expected: {
      method: "POST",
      path: "/loki/api/v1/push",
      json: { streams: [{ stream: { app: "x" }, values: [["1700000000000000001", "a"]] }] },
    },
  },
  {
    name: "any refusal of tail but that of plain HTTP is an error",
    call: "c.queries:tail('{')",
    replies: [{ status: 400, body: "parse error" }],
    error: "loki: GET /loki/api/v1/tail?query=%7B HTTP 400: parse error",
  },
  {
    name: "a parse error is told as Loki tells it",
    call: "c.queries:instant('{')",
    replies: [{ status: 400, body: "parse error at line 1, col 2: syntax error: unexpected $end\n" }],
    error: "loki: GET /loki/api/v1/query?query=%7B HTTP 400: parse error at line 1, col 2",
  },
  {
    name: "an answer without a result is a clear error",
    call: "c.queries:range('{}')",
    replies: [{ body: [1] }],
    error: "loki: GET /loki/api/v1/query_range: unexpected response format",
  },
  {
    name: "a selector is sorted and quoted",
    call: "loki.selector({ b = 'x', a = 'say \"hi\"\\n', c = '\\\\d' })",
    replies: [],
    result: '{a="say \\"hi\\"\\n",b="x",c="\\\\d"}',
  },
  { name: "a selector of nothing is empty", call: "loki.selector({})", replies: [], result: "{}" },
  {
    name: "a batch that is answered 200 was not taken by Loki",
    call: "c.logs:push({}, { 'x' })",
    replies: [{ status: 200, body: "<html>" }],
    error: "loki: POST /loki/api/v1/push HTTP 200: <html>",
  },
]);

/** Refuses plain HTTP as Loki does, and sends `message`, or nothing, to a WebSocket. */
function tailServer(message?: string) {
  const targets: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    targets.push(`${request.headers.get("upgrade")} ${pathname}${search}`);
    if (request.headers.get("upgrade") !== "websocket") {
      return new Response("Bad Request\n", { status: 400, headers: { "sec-websocket-version": "13" } });
    }
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => message !== undefined && socket.send(message);
    return response;
  });
  const url = `http://127.0.0.1:${server.addr.port}`;
  return { url, targets, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("loki: tail gives the first message of Loki's WebSocket", async () => {
  await using server = tailServer(JSON.stringify({ streams, dropped_entries: null }));
  const [json] = await runLua(
    `local url = "${server.url}" ${SETUP} return json.encode(c.queries:tail('{a="b c"}', { limit = 1 }))`,
  );
  assert.deepEqual(JSON.parse(String(json)), { streams });
  const target = "/loki/api/v1/tail?query=%7Ba%3D%22b%20c%22%7D&limit=1";
  assert.deepEqual(server.targets, [`null ${target}`, `websocket ${target}`]);
});

Deno.test("loki: tail gives no streams where none comes in time", async () => {
  await using server = tailServer();
  const [json] = await runLua(
    `local url = "${server.url}" ${SETUP} return json.encode(c:tail('{a="b"}', { timeout = 0.05 }))`,
  );
  assert.deepEqual(JSON.parse(String(json)), { streams: [] });
});

for (const engine of ["lua", "fengari"] as const) {
  Deno.test(`loki: lines without a time are of now, in order, each at its own time (${engine})`, async () => {
    await using server = new MockServer({ status: 204 });
    const { loadEngine } = await import("../runtime/engines.ts");
    const before = BigInt(Date.now()) * 1_000_000n;
    await runLua(`local url = env.get("MOCK_URL") ${SETUP} c.logs:push({ app = "x" }, { "a", "a", "b" })`, {
      engine: await loadEngine(engine),
      environment: new FixedEnvironment({ MOCK_URL: server.url }),
    });
    const after = BigInt(Date.now() + 1) * 1_000_000n;
    const [{ values }] = JSON.parse(server.request.body).streams;
    assert.deepEqual(values.map(([, line]: [string, string]) => line), ["a", "a", "b"]);
    const times = values.map(([time]: [string, string]) => BigInt(time));
    assert.ok(times[0] >= before - 1_000_000n && times[0] <= after, String(times[0]));
    assert.deepEqual(times.map((time: bigint) => time - times[0]), [0n, 1n, 2n]);
  });
}
