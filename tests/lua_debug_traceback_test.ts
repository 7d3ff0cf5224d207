/** Errors that nothing catches come with their exact position and every level of Lua that was there. */
import assert from "node:assert/strict";
import { LuaError } from "../runtime/seam/error.ts";
import { runLua } from "./support/lua.ts";

async function uncaught(code: string): Promise<{ message: string; levels: string[] }> {
  try {
    await runLua(code);
  } catch (error) {
    if (!(error instanceof LuaError)) throw error;
    const [title, ...levels] = (error.traceback ?? "").split("\n\t");
    assert.equal(title, "stack traceback:");
    return { message: error.message, levels };
  }
  throw new Error("The code raised no error");
}

for (const [how, prefix] of [["generated code", ""], ["stepped code", "--[[debug.sethook]] "]]) {
  Deno.test(`an operation on nil tells every level in ${how}`, async () => {
    const { message, levels } = await uncaught(`${prefix}local t = {}
local function f() return 1 + t.x.y end
local function g() local r = f() return r end
g()`);
    assert.equal(message, "test.lua:2: attempt to index a nil value (field 'x')");
    assert.deepEqual(levels, [
      "test.lua:2: in upvalue 'f'",
      "test.lua:3: in local 'g'",
      "test.lua:4: in main chunk",
    ]);
  });

  Deno.test(`an error after a builtin that has waited tells every level in ${how}`, async () => {
    const { message, levels } = await uncaught(`${prefix}local function f()
  sleep(0.001)
  local t
  print(t.x)
end
local function g() f() end
g()`);
    assert.equal(message, "test.lua:4: attempt to index a nil value (local 't')");
    assert.deepEqual(levels, [
      "test.lua:4: in upvalue 'f'",
      "test.lua:6: in local 'g'",
      "test.lua:7: in main chunk",
    ]);
  });

  Deno.test(`an error of a builtin shows no level that is not there in ${how}`, async () => {
    const { message, levels } = await uncaught(
      `${prefix}local function f() return (fs.read("/nonexistent/x")) end
local function g() local text = f() return text end
g()`,
    );
    assert.match(message, /^test\.lua:1: fs\.read: failed to read "\/nonexistent\/x"/);
    assert.deepEqual(levels.filter((level) => !level.startsWith("[C]")), [
      "test.lua:1: in upvalue 'f'",
      "test.lua:2: in local 'g'",
      "test.lua:3: in main chunk",
    ]);
    assert.ok(!levels.some((level) => /debug\.|coroutine\./.test(level)), levels.join("\n"));
  });

  Deno.test(`a function of the library that calls stands between the levels in ${how}`, async () => {
    const { levels } = await uncaught(`${prefix}table.sort({3, 2, 1}, function(a, b) return a.x < b end)`);
    assert.deepEqual(levels, [
      "test.lua:1: in function <test.lua:1>",
      "[C]: in function 'table.sort'",
      "test.lua:1: in main chunk",
    ]);
  });

  Deno.test(`an error of a wrapped coroutine has the position of its caller only where that is Lua in ${how}`, async () => {
    const [caught, direct] = await runLua(`${prefix}local function fails() error("e") end
local _, caught = pcall(coroutine.wrap(fails))
local _, direct = pcall(function() coroutine.wrap(fails)() end)
return caught, direct`);
    assert.equal(caught, "test.lua:1: e");
    assert.equal(direct, "test.lua:3: test.lua:1: e");
  });
}
