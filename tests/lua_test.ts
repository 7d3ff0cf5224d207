/** Runs every file of tests/lua/ that needs no server. */
import { luaTests } from "./support/lua.ts";

const FOLDER = new URL("./lua/", import.meta.url);

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  if (!name.endsWith(".lua")) continue;
  Deno.test(`lua/${name}`, (t) => luaTests(t, new URL(name, FOLDER)));
}
