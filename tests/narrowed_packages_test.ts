/** Builtins that stand on packages work in a narrowed script that is allowed what they need. */
import assert from "node:assert/strict";
import { findMentions } from "../runtime/mentions.ts";
import { GLOBALS } from "../builtins/registry.ts";
import { assay, withFolder } from "./support/assay.ts";
import { makeAuthority } from "./support/certificates.ts";
import { mariadbUrlTest } from "./support/mariadb.ts";
import { postgresUrlTest } from "./support/postgres.ts";
import { TemporalServer } from "./support/temporal.ts";

/** Runs code that may reach one address. */
async function reach(address: string, code: string, flags: readonly string[] = []): Promise<string> {
  const { stdout, stderr } = await assay(["exec", `--allow-net=${address}`, ...flags, "-e", code]);
  return stdout + stderr;
}

const hostOf = (url: string) => new URL(url).host;

await postgresUrlTest("a narrowed script uses PostgreSQL", async (_t, url) => {
  const code = `local c = db.connect("${url}")
    print(db.query(c, "SELECT $1::int + 1 AS n, '{\\"a\\": [1]}'::jsonb AS j", {41})[1].n)`;
  assert.equal(await reach(hostOf(url), code), "42\n");
});

await mariadbUrlTest("a narrowed script uses MySQL", async (_t, url) => {
  const code = `local c = db.connect("${url}") print(db.query(c, "SELECT ? + 1 AS n", {41})[1].n)`;
  assert.match(await reach(hostOf(url), code), /^42(?:\.0)?\n$/);
});

Deno.test("a narrowed script uses a file of SQLite", async () => {
  await withFolder(async (folder) => {
    const code = `local c = db.connect("sqlite://${folder}/x.db?mode=rwc")
      db.execute(c, "CREATE TABLE t (a)") db.execute(c, "INSERT INTO t VALUES (42)")
      print(db.query(c, "SELECT a FROM t")[1].a)`;
    const { stdout, stderr } = await assay(["exec", `--allow-write=${folder}`, "-e", code]);
    assert.deepEqual([stdout, stderr], ["42\n", ""]);
  });
});

Deno.test({
  name: "a narrowed script uses Temporal",
  // The library's own timers and sockets outlive a connection by some turns of the event loop
  sanitizeOps: false,
  sanitizeResources: false,
  async fn() {
    await using server = await TemporalServer.start();
    const code = `local client = temporal.connect({url = "${server.address}"})
      local started = client:start_workflow({task_queue = "q", workflow_type = "Echo", workflow_id = "w", input = {1}})
      print(started.workflow_id) client:close()`;
    assert.equal(await reach(server.address.replace(/^\w+:\/\//, ""), code), "w\n");
  },
});

Deno.test("a narrowed script uses TLS by either of the clients", async () => {
  await withFolder(async (folder) => {
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("DNS:localhost", 2);
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, cert, key, onListen() {} },
      async (request) => new Response(`got ${await request.text()}`),
    );
    const address = `localhost:${server.addr.port}`;
    const code = `local client = http.client({ca_cert_file = "${authority.file}"})
      print(client:get("https://${address}/").body)
      print(client:get("https://${address}/", {body = "a body"}).body)
      print(http.client({insecure = true}):get("https://${address}/").body)
      print(pcall(http.get, "https://${address}/"))`;
    assert.match(
      await reach(address, code, [`--allow-read=${folder}`]),
      /^got \ngot \ngot \nfalse\t[^\n]*certificate[^\n]*\n$/,
    );
  });
});

const EMBEDDED = new Map(
  Object.entries({
    grafana: `http.get("x")`,
    reports: `local function later() require("assay.pages") end`,
    pages: `template.render("x")`,
  }).map(([name, text]) => [name, () => Promise.resolve({ default: text })]),
);

/** The names of builtins that may be used, and those of embedded modules. */
async function mentioned(source: string, folder = "/nowhere"): Promise<string[]> {
  const files = { path: `${folder}/?.lua`, folders: [`${folder}/modules`] };
  const { builtins, modules } = await findMentions(source, files, EMBEDDED);
  return [...GLOBALS.filter(builtins).map(({ name }) => name), ...[...modules].sort()];
}

const ALL = [...GLOBALS.map(({ name }) => name), "grafana", "pages", "reports"];

Deno.test("what a script and its modules name is imported before it is confined, and nothing else", async () => {
  assert.deepEqual(await mentioned("print(1)"), []);
  assert.deepEqual(await mentioned("return template.render_string('x', {})"), ["template"]);
  assert.deepEqual(await mentioned("my_template = databases"), []);
  assert.deepEqual(await mentioned(`("a,b"):split(",")`), ["string"]);
  assert.deepEqual(await mentioned(`require("assay.grafana")`), ["http", "grafana"]);
  assert.deepEqual(await mentioned(`require 'assay.reports'`), ["template", "pages", "reports"]);
  assert.deepEqual(await mentioned(`require "assay.no_such_module"`), []);
  await withFolder(async (folder) => {
    await Deno.mkdir(`${folder}/modules`);
    await Deno.writeTextFile(`${folder}/own.lua`, `require("assay.deeper") require("own")`);
    await Deno.writeTextFile(`${folder}/modules/deeper.lua`, `markdown.to_html("x")`);
    assert.deepEqual(await mentioned(`require("own")`, folder), ["markdown"]);
  });
});

Deno.test("everything is imported where it cannot be known what a script names", async () => {
  const sources = [
    "load(x)()",
    "dofile(x)",
    "require(name)",
    "local r = require; r('x')",
    "require('assay.' .. name)",
    "_G[name].x()",
    "_ENV = x",
    "package.path = x",
    "debug.getregistry()",
  ];
  for (const source of sources) assert.deepEqual(await mentioned(source), ALL, source);
});

Deno.test("a narrowed script that makes a name while it runs has what it names", async () => {
  const code =
    `print(load("return mark" .. "down.to_html('x')")(), _G["temp" .. "late"].render_string("{{ 1 + 1 }}", {}))
    print(type(require("assay." .. "vault")))`;
  assert.equal(await reach("127.0.0.1:1", code), "<p>x</p>\n\t2\ntable\n");
});
