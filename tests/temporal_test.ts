/** The global `temporal` against a gRPC server with Temporal's messages, and a real one where there is one. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { ENGINES } from "../runtime/engines.ts";
import { Buffer } from "node:buffer";
import { grpc } from "./support/grpc.js";
import { makeAuthority } from "./support/certificates.ts";
import { luaError, luaTests, runLua } from "./support/lua.ts";
import { refusedUrl } from "./support/mock.ts";
import { TemporalServer } from "./support/temporal.ts";

const PAGE = new URL("./lua/temporal/client.lua", import.meta.url);

// The library's own timers and sockets outlive a connection by some turns of the event loop
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

function withUrl(url: string) {
  return { environment: new FixedEnvironment({ TEMPORAL_URL: url }) };
}

const START = `task_queue = "q", workflow_type = "Echo", workflow_id = "w"`;

for (const engine of ENGINES) {
  Deno.test({
    name: `lua/temporal/client.lua in ${engine}`,
    ...LOOSE,
    async fn(t) {
      await using server = await TemporalServer.start();
      const environment = {
        TEMPORAL_URL: server.address,
        CLOSED_URL: refusedUrl().replace("http://", ""),
      };
      await luaTests(t, PAGE, { engine, environment });
    },
  });
}

Deno.test({
  name: "requests of Temporal name the namespace and who acts",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    await runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL"), namespace = "prod" })
       c:start_workflow({ ${START}, input = { a = 1 } })
       c:close()
       temporal.start({ url = env.get("TEMPORAL_URL"), identity = "me", ${START} })`,
      withUrl(server.address),
    );
    const [first, second] = server.of("StartWorkflowExecution");
    assert.ok(first && second);
    assert.equal(first.message.namespace, "prod");
    assert.equal(first.message.identity, "assay-client@prod");
    assert.equal(first.metadata["temporal-namespace"], "prod");
    assert.deepEqual(first.message.input, {
      payloads: [{ metadata: { encoding: btoa("json/plain") }, data: btoa('{"a":1}') }],
    });
    assert.equal(second.message.namespace, "default");
    assert.equal(second.message.identity, "me");
    assert.equal(second.message.input, undefined);
    assert.notEqual(first.message.requestId, second.message.requestId);
  },
});

Deno.test({
  name: "requests leave nothing behind that lives as long as the client",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    const listeners = new Map<EventTarget, number>();
    const { addEventListener } = AbortSignal.prototype;
    AbortSignal.prototype.addEventListener = function (this: AbortSignal, ...args: unknown[]) {
      listeners.set(this, (listeners.get(this) ?? 0) + 1);
      addEventListener.apply(this, args as Parameters<typeof addEventListener>);
    };
    try {
      await runLua(
        `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
         c:start_workflow({ ${START} })
         for i = 1, 50 do c:describe_workflow("w") end
         c:close()`,
        withUrl(server.address),
      );
    } finally {
      AbortSignal.prototype.addEventListener = addEventListener;
    }
    assert.equal(server.of("DescribeWorkflowExecution").length, 50);
    assert.ok(listeners.size >= 50, "each request listens to a signal of its own");
    assert.ok(Math.max(...listeners.values()) < 10, "no signal gathers listeners");
  },
});

Deno.test({
  name: "get_result asks no more when its task is cancelled",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    server.emptyPolls = Infinity;
    await runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
       c:start_workflow({ ${START} })
       local task = async.spawn(function() c:get_result({ workflow_id = "w" }) end)
       c:describe_workflow("w")
       task:cancel()
       assert.eq(pcall(task.await), false)
       for i = 1, 10 do c:describe_workflow("w") end
       c:close()`,
      withUrl(server.address),
    );
    const last = server.requests.slice(-8).map(({ method }) => method);
    assert.deepEqual(new Set(last), new Set(["DescribeWorkflowExecution"]));
    assert.ok(server.of("GetWorkflowExecutionHistory").length > 0);
  },
});

Deno.test({
  name: "get_result asks again while nothing has happened",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    server.emptyPolls = 3;
    const [result] = await runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
       c:start_workflow({ ${START}, input = "done" })
       local result = c:get_result({ workflow_id = "w" })
       c:close()
       return result`,
      withUrl(server.address),
    );
    assert.equal(result, "done");
    const polls = server.of("GetWorkflowExecutionHistory");
    assert.equal(polls.length, 4);
    assert.equal(polls.at(-1)?.message.nextPageToken, btoa("more"));
    assert.equal(polls[0]?.message.waitNewEvent, true);
  },
});

Deno.test({
  name: "an API key is sent with each request, and refused where it is wrong",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start({ apiKey: "key-1" });
    const connect = (key: string) =>
      `temporal.connect({ url = env.get("TEMPORAL_URL"), tls = false, api_key = "${key}" })`;
    await runLua(
      `local c = ${connect("key-1")} c:start_workflow({ ${START} }) c:close()`,
      withUrl(server.address),
    );
    assert.ok(server.requests.every(({ metadata }) => metadata.authorization === "Bearer key-1"));
    const message = await luaError(connect("key-2"), withUrl(server.address));
    assert.match(
      message,
      /temporal connect: cannot connect to ".*": request unauthorized \(UNAUTHENTICATED\)$/,
    );
    assert.ok(!message.includes("key-2"));
  },
});

Deno.test({
  name: "TLS with a private authority, a client certificate and a server's other name",
  ...LOOSE,
  async fn() {
    const folder = await Deno.makeTempDir();
    const authority = await makeAuthority(folder);
    const own = await authority.issue("DNS:frontend.test", 1);
    const mine = await authority.issue("DNS:client.test", 1);
    await Deno.writeTextFile(`${folder}/client.pem`, mine.cert);
    await Deno.writeTextFile(`${folder}/client.key`, mine.key);
    const pair = { cert_chain: Buffer.from(own.cert), private_key: Buffer.from(own.key) };
    const credentials = grpc.ServerCredentials.createSsl(Buffer.from(authority.pem), [pair], true);
    await using server = await TemporalServer.start({ credentials });
    const options = (rest: string) =>
      `{ url = "https://" .. env.get("TEMPORAL_URL"), server_name = "frontend.test", connect_timeout = 2, ${rest} }`;
    const ca = `ca_cert_file = "${folder}/ca.pem"`;
    const [status] = await runLua(
      `local c = temporal.connect(${
        options(`${ca}, cert_file = "${folder}/client.pem", key_file = "${folder}/client.key"`)
      })
       c:start_workflow({ ${START} })
       local status = c:describe_workflow("w").status
       c:close()
       return status`,
      withUrl(server.address),
    );
    assert.equal(status, "COMPLETED");
    const untrusted = await luaError(`temporal.connect(${options("")})`, withUrl(server.address));
    assert.match(untrusted, /temporal connect: cannot connect to ".*": .*UnknownIssuer/);
    const anonymous = await luaError(`temporal.connect(${options(ca)})`, withUrl(server.address));
    assert.match(anonymous, /temporal connect: cannot connect to/);
    await Deno.remove(folder, { recursive: true });
  },
});

Deno.test({
  name: "a server that does not speak gRPC is told after the time to connect",
  ...LOOSE,
  async fn() {
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      () => new Response("web"),
    );
    const message = await luaError(
      `temporal.connect({ url = env.get("TEMPORAL_URL"), connect_timeout = 1 })`,
      withUrl(`127.0.0.1:${server.addr.port}`),
    );
    assert.match(message, /temporal connect: cannot connect to "127\.0\.0\.1:\d+": /);
  },
});

Deno.test({
  name: "the end of the VM ends a wait for a result",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    const stop = new AbortController();
    const running = runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
       c:start_workflow({ task_queue = "q", workflow_type = "Wait", workflow_id = "w" })
       c:get_result({ workflow_id = "w" })`,
      { ...withUrl(server.address), signal: stop.signal },
    );
    while (server.of("GetWorkflowExecutionHistory").length === 0) {
      await new Promise((turn) => setTimeout(turn, 1));
    }
    stop.abort(new Error("stopped"));
    await assert.rejects(running, /stopped/);
  },
});

const real = Deno.env.get("TEMPORAL_ADDRESS");

Deno.test({
  name: real === undefined
    ? "a real server of Temporal: skipped, set TEMPORAL_ADDRESS to its host:port"
    : "a real server of Temporal starts, describes, lists, signals and terminates",
  ignore: real === undefined,
  ...LOOSE,
  async fn() {
    const [status, message] = await runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
       local id = "assay-test-" .. crypto.uuid()
       c:start_workflow({ task_queue = "assay-test", workflow_type = "Nobody", workflow_id = id, input = { a = 1 } })
       c:signal_workflow({ workflow_id = id, signal_name = "s", input = 1 })
       local status = c:describe_workflow(id).status
       c:list_workflows({ limit = 1 })
       c:terminate_workflow({ workflow_id = id, reason = "test" })
       return status, select(2, pcall(c.get_result, c, { workflow_id = id }))`,
      withUrl(real ?? ""),
    );
    assert.equal(status, "RUNNING");
    assert.match(String(message), /was terminated: test/);
  },
});

Deno.test({
  name: "a request is made again while the server is not available, and given up in the end",
  ...LOOSE,
  async fn() {
    await using server = await TemporalServer.start();
    server.unavailable = 2;
    const [status] = await runLua(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL") })
       c:start_workflow({ ${START} })
       local status = c:describe_workflow("w").status
       c:close()
       return status`,
      withUrl(server.address),
    );
    assert.equal(status, "COMPLETED");
    const starts = server.of("StartWorkflowExecution");
    assert.equal(starts.length, 3);
    assert.equal(new Set(starts.map(({ message }) => message.requestId)).size, 1);
    server.unavailable = Infinity;
    const message = await luaError(
      `local c = temporal.connect({ url = env.get("TEMPORAL_URL"), timeout = 0.3 })
       local ok, err = pcall(c.describe_workflow, c, "w")
       c:close()
       error(err, 0)`,
      withUrl(server.address),
    );
    assert.match(message, /temporal describe: not now \(UNAVAILABLE\)$/);
  },
});
