/** Runs every file of tests/lua/network/ against a web service, in both engines. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";
import { webService } from "./support/web_service.ts";

const FOLDER = new URL("./lua/network/", import.meta.url);

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  for (const engine of ENGINES) {
    Deno.test(`lua/network/${name} in ${engine}`, async (t) => {
      await using service = webService();
      await luaTests(t, new URL(name, FOLDER), { engine, environment: { URL: service.url } });
    });
  }
}
