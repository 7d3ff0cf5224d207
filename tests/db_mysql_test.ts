/** `db` on MariaDB. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";
import { mariadbUrlTest } from "./support/mariadb.ts";

const PAGE = new URL("./lua/db/mysql.lua", import.meta.url);

await mariadbUrlTest("lua/db/mysql.lua", async (t, url) => {
  for (const engine of ENGINES) {
    await t.step(
      `in ${engine}`,
      (step) => luaTests(step, PAGE, { engine, environment: { URL: url } }),
    );
  }
});
