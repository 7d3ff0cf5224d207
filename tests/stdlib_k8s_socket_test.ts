/** What `assay.k8s` has the Kubernetes API stream: watches and commands in pods. */
import assert from "node:assert/strict";
import { FixedEnvironment } from "../runtime/environment.ts";
import { toText } from "../runtime/seam/text.ts";
import { luaError, runLua } from "./support/lua.ts";

/** A connection of the API's: what it sends, and what it does with what it gets. */
interface Script {
  /** Subprotocol that the server chooses. */
  protocol?: string;
  send?: readonly (string | Uint8Array<ArrayBuffer>)[];
  /** Called with each message; what it gives is sent. */
  answer?(message: Uint8Array, all: Uint8Array[]): readonly (string | Uint8Array<ArrayBuffer>)[];
  /** Whether the server ends the connection when it has sent. */
  end?: boolean;
  /** A response instead of a connection. */
  refuse?: Response;
}

interface Api extends AsyncDisposable {
  url: string;
  /** Paths with their queries. */
  requests: string[];
  headers: Headers[];
}

/** The Kubernetes API's side; each connection has a script of its own, the last one again and again. */
function startApi(...scripts: Script[]): Api {
  const requests: string[] = [];
  const headers: Headers[] = [];
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    requests.push(request.url.replace(/^http:\/\/[^/]*/, ""));
    headers.push(new Headers(request.headers));
    const script = scripts[Math.min(requests.length, scripts.length) - 1];
    assert.ok(script);
    if (script.refuse) return script.refuse;
    const { socket, response } = Deno.upgradeWebSocket(
      request,
      script.protocol === undefined ? {} : { protocol: script.protocol },
    );
    sockets.add(socket);
    socket.binaryType = "arraybuffer";
    const all: Uint8Array[] = [];
    socket.onopen = () => {
      for (const message of script.send ?? []) socket.send(message);
      if (script.end) socket.close();
    };
    socket.onmessage = ({ data }) => {
      const message = new Uint8Array(data);
      all.push(message);
      for (const reply of script.answer?.(message, all) ?? []) socket.send(reply);
    };
    socket.onclose = () => sockets.delete(socket);
    return response;
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests,
    headers,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

const code = (url: string, body: string) =>
  `local k8s = require("assay.k8s").client("${url}", { token = "tok" })\n${body}`;

async function run(url: string, body: string): Promise<unknown> {
  const [result] = await runLua(code(url, body), { environment: new FixedEnvironment({}) });
  return JSON.parse(toText(String(result)));
}

async function failure(url: string, body: string): Promise<string> {
  return await luaError(code(url, body), { environment: new FixedEnvironment({}) });
}

const event = (type: string, name: string, resourceVersion: string) =>
  JSON.stringify({ type, object: { metadata: { name, resourceVersion } } });

const WATCH = `local seen = json.array()
local function watch(opts, last)
  k8s.resources:watch("web", "pod", function(type, pod)
    seen[#seen + 1] = type .. " " .. pod.metadata.name
    return #seen == last and "close" or nil
  end, opts)
end
`;

const query = (rest = "") => `/api/v1/namespaces/web/pods?${rest}watch=true&allowWatchBookmarks=true`;

Deno.test("a watch gives each change until the function has seen enough", async () => {
  await using api = startApi({
    send: [
      event("ADDED", "a", "1"),
      event("BOOKMARK", "", "5"),
      event("MODIFIED", "a", "6"),
      event("DELETED", "a", "7"),
    ],
  });
  const seen = await run(
    api.url,
    `${WATCH} watch({ label_selector = "app=web" }, 3) return json.encode(seen)`,
  );
  assert.deepEqual(seen, ["ADDED a", "MODIFIED a", "DELETED a"]);
  assert.deepEqual(api.requests, [query("labelSelector=app%3Dweb&")]);
  assert.equal(api.headers[0]?.get("authorization"), "Bearer tok");
  // The API server answers 403 to a watch without it
  assert.equal(api.headers[0]?.get("origin"), api.url);
});

Deno.test("a watch that the server ends goes on where it was, also after a bookmark", async () => {
  await using api = startApi(
    { send: [event("ADDED", "a", "1")], end: true },
    { send: [event("BOOKMARK", "", "9")], end: true },
    { send: [event("ADDED", "b", "10")] },
  );
  const seen = await run(api.url, `${WATCH} watch({ resource_version = "0" }, 2) return json.encode(seen)`);
  assert.deepEqual(seen, ["ADDED a", "ADDED b"]);
  assert.deepEqual(api.requests, ["0", "1", "9"].map((version) => `${query()}&resourceVersion=${version}`));
});

Deno.test("a watch begins anew where the server has forgotten its place", async () => {
  const expired = JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } });
  await using api = startApi({ send: [expired] }, { send: [event("ADDED", "a", "12")] });
  const seen = await run(api.url, `${WATCH} watch({ resource_version = "3" }, 1) return json.encode(seen)`);
  assert.deepEqual(seen, ["ADDED a"]);
  assert.deepEqual(api.requests, [`${query()}&resourceVersion=3`, query()]);
});

Deno.test("a watch ends when its time is up", async () => {
  await using api = startApi({ send: [event("ADDED", "a", "1")] });
  assert.deepEqual(await run(api.url, `${WATCH} watch({ timeout = 0.2 }) return json.encode(seen)`), [
    "ADDED a",
  ]);
});

Deno.test("what goes wrong with a watch is raised", async () => {
  const denied = JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 500, message: "etcd" } });
  await using api = startApi({ send: [denied] });
  assert.match(
    await failure(api.url, `${WATCH} watch() return 1`),
    /k8s\.watch: HTTP 500 \/api\/v1\/namespaces\/web\/pods: .*etcd/,
  );
  await using closed = startApi({ refuse: new Response("forbidden", { status: 403 }) });
  const raised = await failure(closed.url, `${WATCH} watch() return 1`);
  assert.match(raised, /k8s: GET \/api\/v1\/namespaces\/web\/pods: ws\.connect: .*403/);
  assert.doesNotMatch(raised, /tok/);
  await using other = startApi({ send: [event("ADDED", "a", "1")] });
  assert.match(
    await failure(other.url, `k8s.resources:watch("web", "pod", function() error("mine", 0) end) return 1`),
    /^mine$/,
  );
});

const frame = (channel: number, text: string) =>
  Uint8Array.from([channel, ...new TextEncoder().encode(text)]);

const success = frame(3, JSON.stringify({ kind: "Status", status: "Success" }));

Deno.test("a command in a pod gives its status and what it wrote", async () => {
  const failed = {
    kind: "Status",
    status: "Failure",
    reason: "NonZeroExitCode",
    details: { causes: [{ reason: "ExitCode", message: "7" }] },
  };
  await using api = startApi({
    protocol: "v5.channel.k8s.io",
    send: [
      frame(1, ""),
      frame(2, "wa"),
      Uint8Array.of(1, 0, 255),
      frame(2, "rn"),
      frame(1, "out"),
      frame(3, JSON.stringify(failed)),
    ],
  });
  const result = await run(
    api.url,
    `local r = k8s.pods:exec("web", "x", { "sh", "-c", "echo a b" }, { container = "main" })
     return json.encode({ r.status, #r.stdout, r.stdout:byte(1, 2), r.stderr })`,
  );
  assert.deepEqual(result, [7, 5, 0, "warn"]);
  assert.deepEqual(api.requests, [
    "/api/v1/namespaces/web/pods/x/exec?command=sh&command=-c&command=echo%20a%20b&container=main&stdout=true&stderr=true",
  ]);
  assert.equal(api.headers[0]?.get("sec-websocket-protocol"), "v5.channel.k8s.io, v4.channel.k8s.io");
});

Deno.test("a line is run by the pod's shell, with standard input that ends", async () => {
  await using api = startApi({
    protocol: "v5.channel.k8s.io",
    answer: (message, all) => {
      // Channel 255 tells which channel is closed
      if (message[0] !== 255) return [];
      const size = all.slice(0, -1).reduce((sum, part) => sum + part.length - 1, 0);
      return [frame(1, `${size} bytes, then ${message[1]} closed`), success];
    },
  });
  const result = await run(
    api.url,
    `local r = k8s.pods:exec("web", "x", "wc -c", { stdin = ("x"):rep(100000) }) return json.encode(r)`,
  );
  assert.deepEqual(result, { status: 0, stdout: "100000 bytes, then 0 closed", stderr: "" });
  assert.match(api.requests[0] ?? "", /exec\?command=%2Fbin%2Fsh&command=-c&command=wc%20-c&stdin=true&/);
});

Deno.test("what goes wrong with a command is raised", async () => {
  const cases: [script: Script, opts: string, expected: RegExp][] = [
    [
      { protocol: "v4.channel.k8s.io", end: true },
      "",
      /k8s\.exec: the connection ended before the command did$/,
    ],
    [
      { protocol: "v4.channel.k8s.io" },
      "stdin = 'x'",
      /k8s\.exec: the server cannot end a command's standard input/,
    ],
    [
      { protocol: "v5.channel.k8s.io" },
      "timeout = 0.1",
      /k8s\.exec: the command has not ended within 0\.1s$/,
    ],
    [
      { send: [frame(3, JSON.stringify({ status: "Failure", message: "no such container" }))] },
      "",
      /k8s\.exec: no such container$/,
    ],
    [
      { refuse: new Response("pods not found", { status: 404 }) },
      "",
      /k8s: GET \S+\/exec: ws\.connect: .*404/,
    ],
  ];
  for (const [script, opts, expected] of cases) {
    await using api = startApi({ ...(script.refuse ? {} : { protocol: "v5.channel.k8s.io" }), ...script });
    const raised = await failure(api.url, `local r = k8s.pods:exec("web", "x", "true", { ${opts} })`);
    assert.match(raised, expected);
    assert.match(raised, /^test\.lua:2: /);
  }
});
