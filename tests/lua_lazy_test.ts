/** Functions of modules are compiled when they are first called, which nothing but time may show. */
import assert from "node:assert/strict";
import { fromText } from "../runtime/seam/text.ts";
import type { LuaValue } from "../runtime/seam/value.ts";
import { checkLanguageTests, LANGUAGE_HARNESS } from "./support/language.ts";
import { testSession } from "./support/lua.ts";

/** Those that call functions in every way, and that look at errors, levels and upvalues. */
const FILES = ["calls", "closures", "coroutines", "debug", "errors", "vararg"];

for (const name of FILES) {
  Deno.test(`lua/language/${name}.lua holds for a module`, async () => {
    const source = Deno.readTextFileSync(new URL(`lua/language/${name}.lua`, import.meta.url));
    const { session, printed } = await testSession({ visible: () => false });
    await session.call(
      session.vm.load(fromText(LANGUAGE_HARNESS + source), `${name}.lua`, undefined, true),
    );
    checkLanguageTests(printed());
  });
}

async function module(source: string): Promise<readonly LuaValue[]> {
  const { session } = await testSession({ visible: () => false });
  return await session.call(session.vm.load(source, "m.lua", undefined, true));
}

Deno.test("a function of a module is the same before and after its first call", async () => {
  assert.deepEqual(
    await module(`
      local function recurse(n, f) if n == 0 then return f == recurse end return recurse(n - 1, f) end
      local known = { [recurse] = "before" }
      local same = recurse(3, recurse)
      return same, known[recurse]`),
    [true, "before"],
  );
});

Deno.test("closures made before and after the first call share what they should share", async () => {
  assert.deepEqual(
    await module(`
      local total = 0
      local function counter()
        local n = 0
        return function(by) n = n + by total = total + by return n end
      end
      local a, b = counter(), counter()
      return a(1), b(10), a(1), counter()(100), total`),
    [1, 10, 2, 100, 112],
  );
});

Deno.test("an error in a function of a module has the position and the name of the value", async () => {
  await assert.rejects(
    module("local function f(t)\n  return t.x.y\nend\nf({})"),
    /m\.lua:2: attempt to index a nil value \(field 'x'\)/,
  );
});
