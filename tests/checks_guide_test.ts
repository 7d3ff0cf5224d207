/** docs/checks.md: its examples are read by assay and by the schema, and those that say so run. */
import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { load as parseYaml } from "js-yaml";
import { COMMON } from "../checks/config/check.ts";
import { checksSchema } from "../checks/config/json_schema.ts";
import { parseChecks, ROOT as FILE_KEYS } from "../checks/config/load.ts";
import { REPORT_NAMES } from "../checks/reports/registry.ts";
import { CHECK_TYPES } from "../checks/types/registry.ts";
import { assay, ROOT, withFolder } from "./support/assay.ts";

interface Example {
  readonly text: string;
  /** Whether it is to be run. */
  readonly isTried: boolean;
  readonly line: number;
}

const guide = await Deno.readTextFile(`${ROOT}docs/checks.md`);
const EXAMPLES: Example[] = Array.from(
  guide.matchAll(/(<!-- tried -->\n)?```yaml\n([^]*?)```/g),
  ({ 1: tried, 2: text = "", index }) => ({
    text,
    isTried: tried !== undefined,
    line: guide.slice(0, index).split("\n").length,
  }),
);

type Node = Record<string, unknown>;

Deno.test("every example of the guide is in order, for assay and for editors", () => {
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(checksSchema());
  assert.ok(EXAMPLES.length >= 15);
  for (const { text, line } of EXAMPLES) {
    parseChecks(text, `${ROOT}docs/checks.md:${line}`);
    assert.ok(validate(parseYaml(text)), `line ${line}: ${JSON.stringify(validate.errors)}`);
  }
});

Deno.test("the guide has an example of every key, and names every report and type", () => {
  const seen = new Set<string>();
  for (const { text } of EXAMPLES) {
    const file = parseYaml(text) as Node;
    for (const key of Object.keys(file)) seen.add(key);
    for (const check of file["checks"] as Node[]) {
      for (const key of Object.keys(check)) seen.add(`check ${key}`).add(`${check["type"]} ${key}`);
      const expected = check["expect"] as Node | undefined;
      for (const key of Object.keys(expected ?? {})) seen.add(`${check["type"]} expect ${key}`);
    }
  }
  const wanted = [
    ...Object.keys(FILE_KEYS),
    ...[...Object.keys(COMMON), "matrix"].map((key) => `check ${key}`),
    ...CHECK_TYPES.flatMap(({ name, keys, expect }) => [
      ...Object.keys(keys).map((key) => `${name} ${key}`),
      ...Object.keys(expect).map((key) => `${name} expect ${key}`),
    ]),
  ];
  assert.deepEqual(wanted.filter((key) => !seen.has(key)), []);
  for (const name of REPORT_NAMES) assert.match(guide, new RegExp(`^\\| \`${name}\` \\|`, "m"));
});

/** What the examples ask for. */
function answer(request: Request): Response {
  const { pathname, searchParams } = new URL(request.url);
  if (request.headers.get("upgrade") === "websocket") {
    const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "feed.v1" });
    socket.onmessage = ({ data }) => socket.send(data);
    return response;
  }
  switch (pathname) {
    case "/health":
      return Response.json({ status: "ok", items: [{ id: 1 }], note: "build 77" }, {
        headers: { "x-server": "s" },
      });
    case "/login":
      return Response.json({ token: "abcdef" });
    case "/profile":
      return new Response(null, {
        status: request.headers.get("authorization") === "Bearer abcdef" ? 200 : 401,
      });
    case "/items":
      return Response.json({ items: [{ id: 1, name: "a" }, { id: 2, name: "b" }] });
    case "/api/v1/query": {
      const isThere = searchParams.get("query") !== "nothing";
      const result = isThere ? [{ metric: {}, value: [0, "1"] }] : [];
      return Response.json({ status: "success", data: { resultType: "vector", result } });
    }
    case "/apis/apps/v1/namespaces/prod/deployments/web":
      return Response.json({
        metadata: { name: "web", generation: 1 },
        spec: { replicas: 1 },
        status: {
          observedGeneration: 1,
          updatedReplicas: 1,
          availableReplicas: 1,
          conditions: [{ type: "Available", status: "True" }],
        },
      });
    default:
      return new Response(null, { status: pathname.startsWith("/echo/") ? 200 : 404 });
  }
}

/** Answers PONG. */
async function pong(listener: Deno.Listener): Promise<void> {
  for await (const connection of listener) {
    await connection.read(new Uint8Array(64));
    await connection.write(new TextEncoder().encode("+PONG\r\n"));
    connection.close();
  }
}

Deno.test("the examples of the guide that say so pass", async (t) => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, answer);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const answering = pong(listener);
  const host = `127.0.0.1:${server.addr.port}`;
  const values = [
    `API=http://${host}`,
    `API_HOST=${host}`,
    `WS=ws://${host}`,
    "HOST=127.0.0.1",
    `TCP_PORT=${(listener.addr as Deno.NetAddr).port}`,
  ].flatMap((value) => ["--var", value]);
  await withFolder(async (cwd) => {
    await Deno.writeTextFile(
      `${cwd}/verify.lua`,
      "assert.eq(http.get(env.get('BASE_URL') .. '/health').status, 200)",
    );
    for (const { text, line } of EXAMPLES.filter(({ isTried }) => isTried)) {
      await t.step(`line ${line}`, async () => {
        await Deno.writeTextFile(`${cwd}/checks.yaml`, text);
        const { status, stdout, stderr } = await assay([
          "check",
          "checks.yaml",
          "--report",
          "pretty",
          ...values,
        ], { cwd });
        assert.equal(status, 0, stdout + stderr);
        assert.doesNotMatch(stdout, /skipped/);
      });
    }
  });
  listener.close();
  await answering;
});
