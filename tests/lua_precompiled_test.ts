/** Code that was generated before and comes from a file, which nothing but time may show. */
import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { contentHash } from "../runtime/lua/run/content_hash.ts";
import { type CodeFile, definePrecompiled, precompile } from "../runtime/lua/run/precompiled.ts";
import { fromText } from "../runtime/seam/text.ts";
import type { LuaValue } from "../runtime/seam/value.ts";
import { allModules } from "../stdlib/mod.ts";
import { checkLanguageTests, LANGUAGE_HARNESS } from "./support/language.ts";
import { testSession } from "./support/lua.ts";

/** Has the code of a chunk come from a file. */
async function define(text: string, name: string): Promise<void> {
  const code = precompile(text, name, await contentHash(text));
  const file = await Deno.makeTempFile({ suffix: ".js" });
  try {
    await Deno.writeTextFile(file, code);
    definePrecompiled(text, await import(pathToFileURL(file).href) as CodeFile);
  } finally {
    await Deno.remove(file);
  }
}

for (const name of ["calls", "closures", "coroutines", "errors", "vararg", "goto"]) {
  Deno.test(`lua/language/${name}.lua holds for code that was generated before`, async () => {
    const file = new URL(`lua/language/${name}.lua`, import.meta.url);
    const source = fromText(`${LANGUAGE_HARNESS}${await Deno.readTextFile(file)}`);
    await define(source, `${name}.lua`);
    const { session, printed } = await testSession({ visible: () => false });
    await session.call(session.vm.load(source, `${name}.lua`, undefined, true));
    checkLanguageTests(printed());
  });
}

async function run(source: string): Promise<readonly LuaValue[]> {
  await define(source, "m.lua");
  const { session } = await testSession();
  await session.prepare(source);
  return await session.call(session.vm.load(source, "m.lua", undefined, true));
}

Deno.test("a function that waits goes on where it was, in every chunk that has the same text", async () => {
  const source = `local sum = 0
    for i = 1, 3 do
      sleep(0)
      sum = sum + i
    end
    return sum, 9007199254740993, 0x7fffffffffffffff, -0.0, 1e308, ({ x = 1, y = sum }).y`;
  assert.deepEqual(await run(source), await run(source));
  assert.equal((await run(source))[0], 6);
});

Deno.test("an error has its position, the name of the value and its traceback", async () => {
  await assert.rejects(
    run("local function inner(t)\n  sleep(0)\n  return t.x.y\nend\ninner({})"),
    (error: Error & { traceback?: string }) => {
      assert.match(error.message, /^m\.lua:3: attempt to index a nil value \(field 'x'\)/);
      assert.match(error.traceback ?? "", /m\.lua:3: in .*inner.*\n\tm\.lua:5: in main chunk/);
      return true;
    },
  );
});

Deno.test("the code of every embedded module is that of its text: what it gives has the same fields", async () => {
  const fields = async (text: string, name: string) => {
    const { session } = await testSession();
    await session.prepare(text);
    const [module] = await session.call(session.vm.load(text, name, undefined, true));
    const keys = Array.from(
      (module as { entries(): Iterable<[LuaValue, LuaValue]> }).entries(),
      ([key]) => String(key),
    );
    return keys.sort();
  };
  for (const [path, text] of await allModules()) {
    const source = fromText(text);
    const plain = await fields(source, `assay/${path}.lua`);
    await define(source, `assay/${path}.lua`);
    assert.deepEqual(await fields(source, `assay/${path}.lua`), plain, path);
  }
});

/** More than trees are kept of. */
const LONG = "x = 1 -- so that it is long\n".repeat(10_000);

Deno.test("a long text waits, fails and knows its lines as a short one does", async () => {
  const { session } = await testSession();
  const results = await session.run(
    fromText(`
      local source = ${
      JSON.stringify(LONG)
    } .. "local t = ...\\nlocal function f() sleep(0) return t.a.b end\\nsleep(0)\\nlocal v = f()\\nreturn v"
      local chunk = load(source, "=long")
      return chunk({ a = { b = 5 } }), debug.getinfo(chunk, "S").lastlinedefined,
        select(2, xpcall(chunk, debug.traceback, {}))`.replaceAll("\\\\n", "\\n")),
    "test.lua",
  );
  assert.equal(results[0], 5);
  const [, , message] = results;
  assert.match(String(message), /^long:10002: attempt to index a nil value \(field 'a'\)/);
  assert.match(String(message), /long:10002: in .*'f'\n(?:.*\n)*?\tlong:10004: in /);
});

Deno.test("long texts can be loaded again and again", async () => {
  const { session } = await testSession({ memory: 64 * 2 ** 20 });
  const source = `
    local items = {}
    for i = 1, 100000 do items[i] = i .. "," end
    local text = "return {" .. table.concat(items) .. "}"
    local sum = 0
    for i = 1, 5 do sum = sum + #load(text)() end
    return sum`;
  assert.deepEqual(await session.run(source, "test.lua"), [500_000]);
});
