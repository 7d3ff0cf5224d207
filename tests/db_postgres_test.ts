/** `db` on PostgreSQL. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";
import { postgresUrlTest } from "./support/postgres.ts";

const PAGE = new URL("./lua/db/postgres.lua", import.meta.url);

await postgresUrlTest("lua/db/postgres.lua", async (t, url) => {
  for (const engine of ENGINES) {
    await t.step(
      `in ${engine}`,
      (step) => luaTests(step, PAGE, { engine, environment: { URL: url } }),
    );
  }
});
