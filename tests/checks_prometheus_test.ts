/** prometheus checks: the request, what counts as the value, and the bounds. */
import assert from "node:assert/strict";
import { errorOf } from "./support/checks.ts";
import { type MockReply, MockServer } from "./support/mock.ts";

async function query(reply: MockReply, expect = "", text = "up"): Promise<string | undefined> {
  await using server = new MockServer(reply);
  return await errorOf(`type: prometheus, url: '${server.url}', query: '${text}', expect: {${expect}}`);
}

function vector(...values: string[]): MockReply {
  const result = values.map((value, index) => ({
    metric: { job: `j${index}` },
    value: [1_700_000_000, value],
  }));
  return { body: { status: "success", data: { resultType: "vector", result } } };
}

function single(resultType: string, value: string): MockReply {
  return { body: { status: "success", data: { resultType, result: [1_700_000_000, value] } } };
}

Deno.test("the query is sent encoded, slashes at the URL's end dropped", async () => {
  await using server = new MockServer(vector("1"));
  const text = 'sum(rate(http_requests_total{job=~"a|b+c"}[5m])) / 2 > 0';
  assert.equal(await errorOf(`type: prometheus, url: '${server.url}/base//', query: '${text}'`), undefined);
  const { method, path, query: sent } = server.request;
  assert.deepEqual([method, path], ["GET", "/base/api/v1/query"]);
  assert.equal(new URLSearchParams(sent).get("query"), text);
  assert.equal([...new URLSearchParams(sent).keys()].length, 1);
});

Deno.test("bounds are inclusive and hold for the first series", async () => {
  assert.equal(await query(vector("5", "99")), undefined);
  assert.equal(await query(vector("5", "99"), "min: 5, max: 5"), undefined);
  assert.equal(await query(vector("5"), "min: 5.5"), "expected min 5.5, got 5");
  assert.equal(await query(vector("0.85"), "max: 0.8"), "expected max 0.8, got 0.85");
  assert.equal(await query(vector("1e3"), "max: 999"), "expected max 999, got 1000");
  assert.equal(await query(vector("+Inf"), "max: 1"), "expected max 1, got +Inf");
  assert.equal(await query(vector("-Inf"), "min: 1"), "expected min 1, got -Inf");
});

Deno.test("a scalar is a value too", async () => {
  assert.equal(await query(single("scalar", "3"), "min: 3"), undefined);
  assert.equal(await query(single("scalar", "2"), "min: 3"), "expected min 3, got 2");
});

Deno.test("NaN passes both bounds", async () => {
  assert.equal(await query(vector("NaN"), "min: 1, max: 2"), undefined);
});

Deno.test("no series is a failure, with bounds or without", async () => {
  assert.equal(await query(vector()), "Prometheus query returned no results");
  assert.equal(await query(vector(), "max: 1"), "Prometheus query returned no results");
});

Deno.test("what is no number fails only where a bound asks for one", async () => {
  assert.equal(await query(single("string", "text")), undefined);
  assert.equal(
    await query(single("string", "text"), "min: 1"),
    'Prometheus query returned no number: "text"',
  );
  const matrix = { body: { status: "success", data: { resultType: "matrix", result: [{ values: [] }] } } };
  assert.match(await query(matrix) ?? "", /^Prometheus query returned a range of values/);
});

Deno.test("an error of Prometheus is shown whatever the HTTP status", async () => {
  const body = { status: "error", errorType: "bad_data", error: "parse error at char 3" };
  assert.equal(await query({ status: 400, body }), "Prometheus query failed: parse error at char 3");
  assert.equal(await query({ body: { status: "error" } }), "Prometheus query failed: unknown error");
  assert.equal(await query({ body: [] }), "Prometheus query failed: unknown error");
  assert.equal(await query({ ...vector("1"), status: 500 }), undefined);
});

Deno.test("an answer that is not JSON is shown with its status", async () => {
  assert.match(
    await query({ status: 502, body: "<html>Bad gateway" }) ?? "",
    /^response body is not valid JSON \(HTTP status 502\): /,
  );
});

Deno.test("series: all wants every series to hold, and names the one that does not", async () => {
  assert.equal(await query(vector("5", "99"), "max: 100, series: all"), undefined);
  assert.equal(
    await query(vector("5", "99"), "max: 50, series: all"),
    'expected max 50, got 99 for {job="j1"}',
  );
});

Deno.test("equals and empty", async () => {
  assert.equal(await query(vector("2.0"), "equals: 2"), undefined);
  assert.equal(await query(vector("3"), "equals: 2"), "expected 2, got 3");
  assert.equal(await query(vector(), "empty: true"), undefined);
  assert.equal(
    await query(vector("1", "1"), "empty: true"),
    'expected no results, got 2 series, the first {job="j0"}',
  );
});

Deno.test("a range query asks for a while and looks at all values of all series", async () => {
  const result = [
    { metric: { job: "a" }, values: [[1, "1"], [2, "2"]] },
    { metric: { job: "b" }, values: [[1, "1"], [2, "9"]] },
  ];
  await using server = new MockServer({
    body: { status: "success", data: { resultType: "matrix", result } },
  });
  const check = `type: prometheus, url: '${server.url}', query: up, range: {last: 30m, step: 30s}`;
  assert.equal(await errorOf(`${check}, expect: {max: 5}`), 'expected max 5, got 9 for {job="b"}');
  assert.equal(await errorOf(`${check}, expect: {max: 5, series: first}`), undefined);
  const { path, query: sent } = server.requests[0] ?? { path: "", query: "" };
  const parameters = new URLSearchParams(sent);
  assert.equal(path, "/api/v1/query_range");
  assert.equal(parameters.get("step"), "30");
  assert.equal(Math.round(Number(parameters.get("end")) - Number(parameters.get("start"))), 1800);
});

Deno.test("credentials are sent", async () => {
  await using server = new MockServer(vector("1"));
  assert.equal(
    await errorOf(`type: prometheus, url: '${server.url}', query: up, auth: {bearer: abc}`),
    undefined,
  );
  assert.equal(server.request.headers["authorization"], "Bearer abc");
});
