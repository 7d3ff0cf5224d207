/** Runs every file of tests/lua/ that needs no server, in both engines. */
import { ENGINES } from "../runtime/engines.ts";
import { luaTests } from "./support/lua.ts";

const FOLDER = new URL("./lua/", import.meta.url);

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".lua")) continue;
  for (const engine of ENGINES) {
    Deno.test(`lua/${name} in ${engine}`, (t) => luaTests(t, new URL(name, FOLDER), { engine }));
  }
}
