/** `assay.postgres` on PostgreSQL. */
import assert from "node:assert/strict";
import { type EngineName, ENGINES, loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { luaError, luaTests, runLua } from "./support/lua.ts";
import { PASSWORD, postgresTest } from "./support/postgres.ts";

const PAGE = new URL("./lua/modules/postgres.lua", import.meta.url);

await postgresTest("stdlib postgres", async (t, server) => {
  const environment = { HOST: "127.0.0.1", PORT: String(server.port), PASSWORD, FOLDER: server.folder };
  for (const engine of ENGINES) {
    await t.step(`in ${engine}`, (step) => luaTests(step, PAGE, { engine, environment }));
  }
});

for (const engine of ENGINES) {
  const evaluate = async (expression: string, name: EngineName = engine) =>
    (await runLua(`local postgres = require("assay.postgres") return ${expression}`, {
      engine: await loadEngine(name),
    }))[0];

  Deno.test(`stdlib postgres: names and texts are quoted, in ${engine}`, async () => {
    assert.equal(await evaluate(`postgres._quote_ident('a"; DROP')`), '"a""; DROP"');
    assert.equal(await evaluate(`postgres._quote_literal("it's")`), "'it''s'");
    assert.equal(await evaluate(`postgres._quote_literal("\\\\' OR 1")`), "E'\\\\'' OR 1'");
    assert.equal(await evaluate(`postgres._quote_literal(42)`), "'42'");
  });
}

for (
  const [secret, problem] of [
    ["nil", "no secret at secrets/app/pg"],
    ["{}", "no data at secrets/app/pg"],
    ["{ data = { password = 'hidden' } }", "no username at secrets/app/pg"],
    ["{ data = { username = 'u' } }", "no password at secrets/app/pg"],
  ] as const
) {
  Deno.test(`stdlib postgres: client_from_vault raises '${problem}'`, async () => {
    const message = await luaError(`local vault = { kv = { get = function() return ${secret} end } }
      local c = require("assay.postgres").client_from_vault(vault, "app/pg", "db") return c`);
    assert.ok(message.endsWith(`postgres.client_from_vault: ${problem}`), message);
    assert.ok(!message.includes("hidden"));
  });
}

Deno.test("stdlib postgres: a server that is not there is an error without the password", async () => {
  const environment = new FixedEnvironment({ PASSWORD });
  const message = await luaError(
    `local c = require("assay.postgres").client("127.0.0.1", 1, "u", env.get("PASSWORD")) return c`,
    { environment },
  );
  assert.ok(message.includes("db.connect: "), message);
  for (const text of [PASSWORD, encodeURIComponent(PASSWORD)]) assert.ok(!message.includes(text), message);
});

for (const call of ['client(nil, 5432, "u", "p")', 'client("", 5432, "u", "p")']) {
  Deno.test(`stdlib postgres: ${call} asks for a host`, async () => {
    const message = await luaError(`local c = require("assay.postgres").${call} return c`);
    assert.ok(message.endsWith("postgres.client: host is required"), message);
  });
}

Deno.test("stdlib postgres: a client needs a user", async () => {
  const message = await luaError('local c = require("assay.postgres").client("db", 5432) return c');
  assert.ok(message.endsWith("postgres.client: username is required"), message);
});
