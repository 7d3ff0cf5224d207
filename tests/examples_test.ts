/** The examples do what they say. */
import assert from "node:assert/strict";
import { assay, ROOT, withFolder } from "./support/assay.ts";
import { withExampleService } from "./support/example_service.ts";

async function json(url: string, init?: RequestInit): Promise<unknown> {
  return await (await fetch(url, init)).json();
}

Deno.test("examples: hello.lua greets and sums up", async () => {
  const { status, stdout, stderr } = await assay(["examples/hello.lua", "Ada"], { cwd: ROOT });
  assert.equal(status, 0, stderr);
  assert.deepEqual(stdout.split("\n"), [
    "Hello, Ada!",
    "  node-a  ready      cpu  42 %",
    "  node-b  not ready  cpu   5 %",
    "  node-c  ready      cpu  91 %",
    '{"busiest":"node-c","cluster":"staging","ready":2,"total":3}',
    "",
  ]);
});

Deno.test("examples: service.lua answers each of its routes", async (t) => {
  await withExampleService(async (url) => {
    await t.step("/health", async () => {
      assert.deepEqual(await json(`${url}/health`), { status: "ok", version: "1.0.0" });
    });
    await t.step("/api/time", async () => {
      const { unix, utc } = await json(`${url}/api/time`) as { unix: number; utc: string };
      assert.equal(typeof unix, "number");
      assert.match(utc, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    });
    await t.step("/api/echo", async () => {
      const post = (body: string) => ({ method: "POST", body });
      assert.deepEqual(await json(`${url}/api/echo`, post('{"a":[1,"ü"]}')), { echo: { a: [1, "ü"] } });
      assert.deepEqual(await json(`${url}/api/echo`, post("{")), { error: "the body is not JSON" });
    });
    await t.step("/events", async () => {
      const response = await fetch(`${url}/events?count=2`);
      assert.equal(response.headers.get("content-type"), "text/event-stream");
      const events = (await response.text()).split("\n\n").filter((event) => event !== "");
      assert.equal(events.length, 2);
      assert.match(events[1] ?? "", /^event: tick\ndata: \{"tick":2,"unix":[\d.]+\}\nid: 2$/);
    });
    await t.step("/api/v1/query", async () => {
      const query = async (promql: string) =>
        await json(`${url}/api/v1/query?query=${encodeURIComponent(promql)}`) as {
          status: string;
          data: { result: { metric: Record<string, string>; value: [number, string] }[] };
        };
      assert.equal((await query("up")).data.result[0]?.value[1], "1");
      const { result } = (await query("http_requests_total")).data;
      assert.equal(result.find(({ metric }) => metric.path === "/health")?.value[1], "1");
      assert.deepEqual((await query("unknown")).data.result, []);
      assert.equal((await query("sum(up)")).status, "error");
    });
  });
});

Deno.test("examples: verify.lua passes against the service, and fails without it", async () => {
  await withExampleService(async (url) => {
    const { status, stderr } = await assay(["examples/verify.lua"], { cwd: ROOT, env: { SERVICE_URL: url } });
    assert.equal(status, 0, stderr);
  });
  const { status, stderr } = await assay(["examples/verify.lua"], { cwd: ROOT });
  assert.equal(status, 1);
  assert.match(stderr, /SERVICE_URL must be the service's address/);
});

Deno.test("examples: checks.yaml passes against the service", async () => {
  await withExampleService(async (url) => {
    await withFolder(async (folder) => {
      // On the port of this run
      const checks = await Deno.readTextFile(`${ROOT}examples/checks.yaml`);
      await Deno.writeTextFile(`${folder}/checks.yaml`, checks.replaceAll("http://127.0.0.1:18080", url));
      const { status, stdout, stderr } = await assay([`${folder}/checks.yaml`], { cwd: ROOT });
      assert.equal(status, 0, stdout + stderr);
      const { passed, failed, total } = JSON.parse(stdout);
      assert.deepEqual({ passed, failed, total }, { passed: 3, failed: 0, total: 3 });
    });
  });
});
