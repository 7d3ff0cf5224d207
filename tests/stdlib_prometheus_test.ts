/** `assay.prometheus` against a mock of Prometheus. */
import assert from "node:assert/strict";
import { refusedUrl } from "./support/mock.ts";
import { luaError } from "./support/lua.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local prom = require("assay.prometheus") local c = prom.client(url .. "//")';

const success = (data: unknown) => ({ body: { status: "success", data } });
const vector = (...result: unknown[]) => success({ resultType: "vector", result });
const series = (value: string, metric: Record<string, string> = {}) => ({
  metric,
  value: [1700000000.5, value],
});

moduleTests("prometheus", SETUP, [
  {
    name: "an instant query sends the PromQL text, URL-encoded",
    call: "c.queries:instant('sum(rate(x{a=\"b&c\"}[5m])) + 1')",
    replies: [vector(series("7"))],
    expected: {
      path: "/api/v1/query",
      query: "query=sum%28rate%28x%7Ba%3D%22b%26c%22%7D%5B5m%5D%29%29%20%2B%201",
      headers: { authorization: undefined },
    },
    result: 7,
  },
  {
    name: "a fraction stays one",
    call: "c.queries:instant('x')",
    replies: [vector(series("0.25"))],
    result: 0.25,
  },
  {
    name: "a value that is no number stays text",
    call: "c.queries:instant('x')",
    replies: [vector(series("NaN"))],
    result: "NaN",
  },
  {
    name: "several series are an array in order",
    call: "c.queries:instant('up')",
    replies: [vector(series("1", { job: "b" }), series("0", { job: "a" }))],
    result: [{ metric: { job: "b" }, value: 1 }, { metric: { job: "a" }, value: 0 }],
  },
  { name: "no series is an empty table", call: "#c.queries:instant('none')", replies: [vector()], result: 0 },
  {
    name: "a scalar result is its number",
    call: "c.queries:instant('1 + 1')",
    replies: [success({ resultType: "scalar", result: [1700000000, "2"] })],
    result: 2,
  },
  {
    name: "a range selector's series keep their values",
    call: "c.queries:instant('up[5m]')",
    replies: [success({ resultType: "matrix", result: [{ metric: {}, values: [[1, "1"], [2, "0"]] }] })],
    result: [{ metric: {}, values: [[1, "1"], [2, "0"]] }],
  },
  {
    name: "an answer without a result is an error",
    call: "c.queries:instant('up')",
    replies: [success({})],
    error: "prometheus: unexpected response format",
  },
  {
    name: "a range query sends its window in order",
    call: "c.queries:range('up', 1700000000, '2023-11-14T23:13:20+01:00', '15s')",
    replies: [success({ resultType: "matrix", result: [{ metric: {}, values: [] }] })],
    expected: {
      path: "/api/v1/query_range",
      query: "query=up&start=1700000000&end=2023-11-14T23%3A13%3A20%2B01%3A00&step=15s",
    },
  },
  {
    name: "a range query leaves out what is nil",
    call: "c.queries:range('up', 1, nil, 15)",
    replies: [success({ result: [] })],
    expected: { path: "/api/v1/query_range", query: "query=up&start=1&step=15" },
  },
  {
    name: "alerts:list gives the alerts",
    call: "c.alerts:list()",
    replies: [success({ alerts: [{ state: "firing" }] })],
    expected: { path: "/api/v1/alerts" },
    result: [{ state: "firing" }],
  },
  {
    name: "targets:list gives both kinds of targets",
    call: "c.targets:list()",
    replies: [success({ activeTargets: [{ health: "up" }], droppedTargets: [] })],
    expected: { path: "/api/v1/targets" },
    result: { activeTargets: [{ health: "up" }], droppedTargets: [] },
  },
  {
    name: "targets:metadata sends its filters in order",
    call: "c.targets:metadata({ limit = 5, metric = 'up', match_target = '{job=\"x\"}' })",
    replies: [success([{ metric: "up" }])],
    expected: {
      path: "/api/v1/targets/metadata",
      query: "match_target=%7Bjob%3D%22x%22%7D&metric=up&limit=5",
    },
    result: [{ metric: "up" }],
  },
  {
    name: "targets:metadata needs no filters",
    call: "c.targets:metadata()",
    replies: [success([])],
    expected: { path: "/api/v1/targets/metadata" },
  },
  {
    name: "rules:list filters by type",
    call: "c.rules:list({ type = 'alert' })",
    replies: [success({ groups: [{ name: "g" }] })],
    expected: { path: "/api/v1/rules", query: "type=alert" },
    result: [{ name: "g" }],
  },
  {
    name: "labels:values encodes the label",
    call: "c.labels:values('a/b')",
    replies: [success(["x", "y"])],
    expected: { path: "/api/v1/label/a%2Fb/values" },
    result: ["x", "y"],
  },
  {
    name: "series:list repeats its selectors",
    call: "c.series:list({ 'up', 'x{a=\"1\"}' })",
    replies: [success([{ __name__: "up" }])],
    expected: { path: "/api/v1/series", query: "match[]=up&match[]=x%7Ba%3D%221%22%7D" },
    result: [{ __name__: "up" }],
  },
  {
    name: "config:reload is true on 200",
    call: "c.config:reload()",
    replies: [{ status: 200 }],
    expected: { method: "POST", path: "/-/reload", body: "" },
    result: true,
  },
  {
    name: "config:reload is false otherwise",
    call: "c.config:reload()",
    replies: [{ status: 403 }],
    result: false,
  },

  {
    name: "an error in a 200 answer is raised",
    call: "c.queries:instant('(')",
    replies: [{ body: { status: "error", error: "parse error" } }],
    error: "prometheus: parse error",
  },
  {
    name: "an answer that is not a success and names no error says so",
    call: "c.alerts:list()",
    replies: [{ body: {} }],
    error: "prometheus: unknown error",
  },
  {
    name: "404 is raised with method, path and body",
    call: "c.targets:list()",
    replies: [{ status: 404, body: "404 page not found\n" }],
    error: "prometheus: GET /api/v1/targets HTTP 404: 404 page not found",
  },
  {
    name: "401 is raised with the query",
    call: "c.queries:instant('a b')",
    replies: [{ status: 401, body: "Unauthorized" }],
    error: "prometheus: GET /api/v1/query?query=a%20b HTTP 401: Unauthorized",
  },
  {
    name: "500 with a text body is raised with it",
    call: "c.alerts:list()",
    replies: [{ status: 500, body: "oops" }],
    error: "prometheus: GET /api/v1/alerts HTTP 500: oops",
  },
  {
    name: "a page instead of JSON is a clear error",
    call: "c.alerts:list()",
    replies: [{ body: "<html>Sign in</html>", headers: { "content-type": "text/html" } }],
    error: "prometheus: GET /api/v1/alerts: the response is not JSON (text/html, 20 bytes): ",
  },
  {
    name: "an empty body is a clear error",
    call: "c.alerts:list()",
    replies: [{ body: "" }],
    error: "prometheus: GET /api/v1/alerts: the response is not JSON (no content type, 0 bytes): ",
  },
  {
    name: "JSON under another content type is read",
    call: "c.labels:values('job')",
    replies: [{ body: '{"status":"success","data":["x"]}', headers: { "content-type": "text/plain" } }],
    result: ["x"],
  },
  {
    name: "JSON that is no object is an error, not a crash",
    call: "c.alerts:list()",
    replies: [{ body: "42" }],
    error: "prometheus: unknown error",
  },
  {
    name: "data of the wrong type is an error, not a crash",
    call: "c.alerts:list()",
    replies: [success("text")],
    error: "prometheus: unexpected response format",
  },
  {
    name: "a long error page is cut",
    call: "select(2, pcall(c.alerts.list, c.alerts)):sub(-40)",
    replies: [{ status: 502, body: "x".repeat(10_000) }],
    result: `${"x".repeat(23)}... (10000 bytes)`,
  },
  {
    name: "errors stand at the script's line, not at the module's",
    call: "(function() local ok, err = pcall(function()\n\n c.alerts:list() end) return err end)()",
    replies: [{ status: 500 }],
    result: "test.lua:5: prometheus: GET /api/v1/alerts HTTP 500: ",
  },
  { name: "the client shows its trimmed URL", call: "c.url == url", replies: [], result: true },
  {
    name: "methods ignore their self",
    call: "select(2, pcall(c.queries.instant, nil, 'up'))",
    replies: [vector(series("3"))],
    result: 3,
  },
]);

/** Each old function, with the new method it stands for. */
const OLD: readonly [call: string, path: string, query: string, data: unknown, result: unknown][] = [
  ["query(url, 'up')", "/api/v1/query", "query=up", { result: [series("1")] }, 1],
  [
    "query_range(url, 'up', 1, 2, 3)",
    "/api/v1/query_range",
    "query=up&start=1&end=2&step=3",
    { result: [1] },
    [1],
  ],
  ["alerts(url)", "/api/v1/alerts", "", { alerts: [1] }, [1]],
  ["targets(url)", "/api/v1/targets", "", { activeTargets: [1] }, { activeTargets: [1] }],
  ["targets_metadata(url, {limit = 1})", "/api/v1/targets/metadata", "limit=1", [1], [1]],
  ["rules(url, {type = 'record'})", "/api/v1/rules", "type=record", { groups: [1] }, [1]],
  ["label_values(url, 'job')", "/api/v1/label/job/values", "", ["x"], ["x"]],
  ["series(url, {'up'})", "/api/v1/series", "match[]=up", [1], [1]],
];

moduleTests(
  "prometheus",
  SETUP,
  OLD.flatMap(([call, path, query, data, result]) => [
    {
      name: `the module function ${call} works`,
      call: `prom.${call}`,
      replies: [success(data)],
      expected: { path, query },
      result,
    },
    {
      name: `the client method ${call.replace("url, ", "").replace("url", "")} works`,
      call: `c:${call.replace("url, ", "").replace("url", "")}`,
      replies: [success(data)],
      expected: { path, query },
      result,
    },
  ]),
);

moduleTests("prometheus", SETUP, [
  {
    name: "the module function config_reload works",
    call: "prom.config_reload(url)",
    replies: [{}],
    expected: { method: "POST", path: "/-/reload" },
    result: true,
  },
  {
    name: "errors of module functions begin with their name",
    call: "prom.query(url, 'up')",
    replies: [{ status: 503, body: "starting" }],
    error: "prometheus.query: HTTP 503: starting",
  },
  {
    name: "errors in answers to module functions begin with their name",
    call: "prom.query(url, '(')",
    replies: [{ body: { status: "error", error: "parse error" } }],
    error: "prometheus.query: parse error",
  },
]);

Deno.test("prometheus: an unreachable server is named", async () => {
  const url = refusedUrl();
  const error = await luaError(`require("assay.prometheus").client("${url}").alerts:list()`);
  assert.match(error, /^test\.lua:1: prometheus: GET \/api\/v1\/alerts: http\.get failed: /);
  assert.ok(error.includes(url));
});

Deno.test("prometheus: a client without a URL is an error at once", async () => {
  assert.match(
    await luaError('require("assay.prometheus").client(nil)'),
    /^test\.lua:1: prometheus: a base URL is required, .*got nil$/,
  );
});
