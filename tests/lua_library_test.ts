/** Runs every file of tests/lua/library/ in the Lua 5.5 engine, and by PUC-Rio's Lua where that is installed. */
import { luaTests } from "./support/lua.ts";
import { pucTests } from "./support/puc_tests.ts";

const FOLDER = new URL("./lua/library/", import.meta.url);

for (const { name } of [...Deno.readDirSync(FOLDER)].sort((a, b) => a.name < b.name ? -1 : 1)) {
  const file = new URL(name, FOLDER);
  Deno.test(`library/${name}`, (t) => luaTests(t, file, { engine: "lua" }));
  Deno.test(`library/${name} expects what PUC-Rio's Lua does`, () => pucTests(file));
}
