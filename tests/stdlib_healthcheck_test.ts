/** `assay.healthcheck` against a mock of a service. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { runLua } from "./support/lua.ts";
import { MockServer, refusedUrl } from "./support/mock.ts";
import { callModule, moduleTests } from "./support/module.ts";

const SETUP = `
  local hc = require("assay.healthcheck")
  -- Takes away what differs from run to run, after looking at it
  local function timed(result)
    assert(math.type(result.latency_ms) == "integer" and result.latency_ms >= 0)
    result.latency_ms = nil
    return result
  end
`;

moduleTests("healthcheck", SETUP, [
  {
    name: "http expects 200",
    call: "timed(hc.http(url .. '/h'))",
    replies: [{}],
    expected: { path: "/h" },
    result: { ok: true, status: 200 },
  },
  {
    name: "http reports another status",
    call: "timed(hc.http(url))",
    replies: [{ status: 503, body: "text" }],
    result: { ok: false, status: 503, error: "expected status 200, got 503" },
  },
  {
    name: "http expects the status it is told to",
    call: "timed(hc.http(url, { expected_status = 404 }))",
    replies: [{ status: 404 }],
    result: { ok: true, status: 404 },
  },
  ...["POST", "put"].map((method) => ({
    name: `http sends a ${method} request with body and headers`,
    call: `timed(hc.http(url, { method = "${method}", body = "data", headers = { ["X-Key"] = "k" } }))`,
    replies: [{}],
    expected: { method: method.toUpperCase(), path: "/", body: "data", headers: { "x-key": "k" } },
    result: { ok: true, status: 200 },
  })),
  {
    name: "http sends a table as JSON",
    call: "timed(hc.http(url, { method = 'POST', body = { a = 1 } }))",
    replies: [{}],
    expected: { method: "POST", path: "/", json: { a: 1 }, headers: { "content-type": "application/json" } },
  },
  {
    name: "http sends GET for any other method",
    call: "timed(hc.http(url, { method = 'DELETE', body = 'x' }))",
    replies: [{}],
    expected: { method: "GET", path: "/", body: "" },
  },
  {
    name: "json_path finds a nested field",
    call: "hc.json_path(url, 'data.status', 'ok', { headers = { ['X-Key'] = 'k' } })",
    replies: [{ body: { data: { status: "ok" } } }],
    expected: { path: "/", headers: { "x-key": "k" } },
    result: { ok: true, actual: "ok", expected: "ok" },
  },
  {
    name: "json_path compares numbers and booleans as they are",
    call:
      "{ hc.json_path(url, 'n', 3).ok, hc.json_path(url, 'b', false).ok, hc.json_path(url, 'n', '3').ok }",
    replies: [{ body: { n: 3, b: false } }],
    result: [true, true, false],
  },
  {
    name: "json_path reports another value",
    call: "hc.json_path(url, 'status', 'ok')",
    replies: [{ body: { status: "degraded" } }],
    result: { ok: false, actual: "degraded", expected: "ok", error: "expected ok, got degraded" },
  },
  {
    name: "json_path reports a missing key",
    call: "hc.json_path(url, 'data.status', 'ok').error",
    replies: [{ body: { data: {} } }],
    result: "path 'data.status': key 'status' not found",
  },
  {
    name: "json_path reports where it cannot go on",
    call: "hc.json_path(url, 'data.status.code', 'ok').error",
    replies: [{ body: { data: { status: 3 } } }],
    result: "path traversal failed at 'code': not a table",
  },
  {
    name: "json_path needs HTTP 200",
    call: "hc.json_path(url, 'a', 1)",
    replies: [{ status: 401, body: { a: 1 } }],
    result: { ok: false, expected: 1, error: "HTTP 401" },
  },
  {
    name: "json_path reports a body that is no JSON, whatever its content type says",
    call: "hc.json_path(url, 'a', 1).error:find('^JSON parse error: ') ~= nil",
    replies: [{ body: "<html>", headers: { "content-type": "application/json" } }],
    result: true,
  },
  {
    name: "json_path reports an empty body",
    call: "hc.json_path(url, 'a', 1).error:find('^JSON parse error: ') ~= nil",
    replies: [{ body: "" }],
    result: true,
  },
  {
    name: "status_code passes on the expected status",
    call: "hc.status_code(url .. '/a b', 204)",
    replies: [{ status: 204 }],
    expected: { path: "/a%20b" },
    result: { ok: true, status: 204 },
  },
  {
    name: "status_code reports another status",
    call: "hc.status_code(url, 200, { headers = { ['X-Key'] = 'k' } })",
    replies: [{ status: 500, body: "oops" }],
    expected: { path: "/", headers: { "x-key": "k" } },
    result: { ok: false, status: 500, error: "expected status 200, got 500" },
  },
  {
    name: "body_contains looks for plain text, whatever the status",
    call: "hc.body_contains(url, 'a.b(')",
    replies: [{ status: 500, body: "x a.b( y" }],
    result: { ok: true, found: true },
  },
  {
    name: "body_contains does not take the text for a pattern",
    call: "hc.body_contains(url, 'a.b')",
    replies: [{ body: "axb" }],
    result: { ok: false, found: false, error: 'body does not contain "a.b"' },
  },
  {
    name: "endpoint passes within its latency",
    call: "timed(hc.endpoint(url, { max_latency_ms = 60000, headers = { ['X-Key'] = 'k' } }))",
    replies: [{}],
    expected: { path: "/", headers: { "x-key": "k" } },
    result: { ok: true, status: 200 },
  },
  {
    name: "endpoint reports a slow answer",
    call: "(function() local r = hc.endpoint(url, { max_latency_ms = -1 }) " +
      "return { r.ok, r.status, r.error == 'latency ' .. r.latency_ms .. 'ms exceeds threshold -1ms' } end)()",
    replies: [{}],
    result: [false, 200, true],
  },
  {
    name: "endpoint reports the status before the latency",
    call: "hc.endpoint(url, { max_latency_ms = -1, expected_status = 201 }).error",
    replies: [{}],
    result: "expected status 201, got 200",
  },
  {
    name: "multi runs all checks in order and counts them",
    call: `(function()
      local order = {}
      local function note(name, result) return function() order[#order + 1] = name return result end end
      local summary = hc.multi({
        { name = "first", check = note("first", { ok = true, status = 200 }) },
        { name = "second", check = function() order[#order + 1] = "second" error("broken") end },
        { name = "third", check = note("third", { ok = false, error = "no" }) },
      })
      summary.results[2].error = summary.results[2].error:match("broken$")
      summary.order = order
      return summary
    end)()`,
    replies: [],
    expected: [],
    result: {
      ok: false,
      passed: 1,
      failed: 2,
      total: 3,
      order: ["first", "second", "third"],
      results: [
        { name: "first", ok: true, status: 200 },
        { name: "second", ok: false, error: "broken" },
        { name: "third", ok: false, error: "no" },
      ],
    },
  },
  {
    name: "multi passes when every check does",
    call: "hc.multi({ { name = 'a', check = function() return hc.status_code(url, 200) end } })",
    replies: [{}],
    result: { ok: true, passed: 1, failed: 0, total: 1, results: [{ name: "a", ok: true, status: 200 }] },
  },
  {
    name: "multi takes a boolean, and reports a check that gives nothing",
    call: `(function()
      local r = hc.multi({ { name = "a", check = function() return true end }, { name = "b", check = function() end } })
      return { r.passed, r.results[2].error }
    end)()`,
    replies: [],
    result: [1, "the check gave a nil value: a table with 'ok' is expected"],
  },
  {
    name: "wait asks until the service is healthy",
    call: "hc.wait(url, { timeout = 1, interval = 0.001, headers = { ['X-Key'] = 'k' } })",
    replies: [{ status: 503 }, { status: 500 }, {}],
    expected: Array.from({ length: 3 }, () => ({ path: "/", headers: { "x-key": "k" } })),
    result: { ok: true, status: 200, attempts: 3 },
  },
  {
    name: "wait may expect another status",
    call: "hc.wait(url, { expect_status = 401 })",
    replies: [{ status: 401 }],
    result: { ok: true, status: 401, attempts: 1 },
  },
]);

Deno.test("healthcheck: wait asks ceil(timeout / interval) times, then says how long it waited and why", async () => {
  const call = "hc.wait(url .. '/h', { timeout = 0.0025, interval = 0.001 })";
  const { error, requests } = await callModule(SETUP, call, [{ status: 503 }], true);
  assert.match(error ?? "", /^test\.lua:\d+: healthcheck\.wait: http:.*\/h not healthy after 0\.0025s: /);
  assert.match(error ?? "", /: expected status 200, got 503$/);
  assert.equal(requests.length, 3);
});

Deno.test("healthcheck: wait survives a service that is not there yet", async () => {
  const url = refusedUrl();
  await using server = new MockServer({});
  const code = `
    local hc = require("assay.healthcheck")
    local tries = 0
    local get = http.get
    http.get = function(address, options)
      tries = tries + 1
      return get(tries == 1 and address or env.get("LATER"), options)
    end
    local result = hc.wait("${url}", { interval = 0.001 })
    return result.attempts
  `;
  const environment = new FixedEnvironment({ LATER: server.url });
  assert.deepEqual(await runLua(code, { environment }), [2]);
});

Deno.test("healthcheck: wait refuses an interval of zero", async () => {
  const { error } = await callModule(SETUP, "hc.wait(url, { interval = 0 })", [], true);
  assert.match(error ?? "", /timeout and interval must be seconds above zero, got 60 and 0$/);
});

for (
  const call of [
    "http(url)",
    "json_path(url, 'a', 1)",
    "status_code(url, 200)",
    "body_contains(url, 'x')",
    "endpoint(url)",
  ]
) {
  Deno.test(`healthcheck: ${call} reports an unreachable service instead of raising`, async () => {
    const url = refusedUrl();
    const [ok, status, error] = await runLua(
      `local url = "${url}" local r = require("assay.healthcheck").${call} return r.ok, r.status or 0, r.error`,
    );
    assert.equal(ok, false);
    assert.equal(status, 0);
    assert.match(String(error), /^http\.get failed: /);
    assert.ok(String(error).includes(url));
  });
}
