/** `db` on MariaDB. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";
import { mariadbTest, mysqlUrl } from "./support/mariadb.ts";

const PAGE = new URL("./lua/db/mysql.lua", import.meta.url);

await mariadbTest("lua/db/mysql.lua", async (t, server) => {
  for (const engine of ENGINES) {
    await t.step(
      `in ${engine}`,
      (step) => luaTests(step, PAGE, { engine, environment: { URL: mysqlUrl(server) } }),
    );
  }
});
