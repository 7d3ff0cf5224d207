/** What builtins may rely on, whatever engine is behind the seam. */
import assert from "node:assert/strict";
import { ENGINES, loadEngine } from "../runtime/engines.ts";
import type { Engine } from "../runtime/seam/engine.ts";
import { LuaError, ScriptError } from "../runtime/seam/error.ts";
import { formatNumber, parseNumber, toInteger } from "../runtime/seam/number.ts";
import { fromBytes, fromText, toBytes, toText, toTextStrict } from "../runtime/seam/text.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  isTable,
  LuaFloat,
  LuaInteger,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  typeOf,
} from "../runtime/seam/value.ts";
import type { SessionOptions } from "../runtime/session.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";

/** The ways to run Lua code in one of the engines. */
function ways(engine: Engine) {
  return {
    testSession: (options: Partial<SessionOptions> = {}) => testSession({ engine, ...options }),
    /** What Lua code makes of a value that the host hands in as `value`. */
    async withValue(value: LuaValue, code: string): Promise<readonly LuaValue[]> {
      const { session } = await testSession({ engine });
      session.vm.globals.set("value", value);
      return await session.run(code, "test.lua");
    },
    runLua: (code: string, options: Partial<SessionOptions> = {}) => runLua(code, { engine, ...options }),
    luaError: (code: string) => luaError(code, { engine }),
  };
}

/** A test of what holds in both engines. */
function inBoth(name: string, run: (lua: ReturnType<typeof ways>) => Promise<void>): void {
  for (const engine of ENGINES) {
    Deno.test(`${name} (${engine})`, async () => await run(ways(await loadEngine(engine))));
  }
}

inBoth("numbers keep their subtype across the border", async ({ runLua, withValue }) => {
  assert.deepEqual(await runLua("return 1, 1.5, 1.0, -0.0, 1/0"), [
    1,
    1.5,
    new LuaFloat(1),
    new LuaFloat(-0),
    Infinity,
  ]);
  assert.deepEqual(await withValue(7, "return math.type(value), value + 1"), ["integer", 8]);
  assert.deepEqual(await withValue(new LuaFloat(7), "return math.type(value), value"), [
    "float",
    new LuaFloat(7),
  ]);
  assert.deepEqual(await withValue(0.5, "return math.type(value)"), ["float"]);
});

inBoth("an integer beyond 32 bits comes back as the integer it was", async ({ withValue }) => {
  assert.deepEqual(await withValue(1_763_640_000_123, "return value, value + 1"), [
    1_763_640_000_123,
    1_763_640_000_124,
  ]);
});

inBoth("strings are bytes on both sides", async ({ runLua, withValue }) => {
  const [bytes] = await runLua("return '\\0\\xff\\x80é'");
  assert.equal(bytes, "\0\xff\x80\xc3\xa9");
  assert.deepEqual(await withValue("\0\xff", "return #value, value:byte(1, -1)"), [2, 0, 255]);
});

inBoth("tables and functions keep their identity", async ({ testSession }) => {
  const { session } = await testSession();
  const [table, fn] = await session.run("t = {}; function f() end; return t, f", "test.lua");
  session.vm.globals.set("table2", table);
  session.vm.globals.set("fn2", fn);
  assert.deepEqual(await session.run("return t == table2, f == fn2", "test.lua"), [true, true]);
  assert.equal(session.vm.globals.get("t"), table);
});

inBoth("a table is read and written raw", async ({ runLua }) => {
  const [table] = await runLua(
    "return setmetatable({10, 20, x = 'y'}, {__index = function() return 'meta' end})",
  ) as [LuaTable];
  assert.equal(table.get("x"), "y");
  assert.equal(table.get("missing"), undefined);
  assert.equal(table.length(), 2);
  table.set(3, 30);
  table.set("x", undefined);
  const entries = [...table.entries()].sort(([a], [b]) => Number(a) - Number(b));
  assert.deepEqual(entries, [[1, 10], [2, 20], [3, 30]]);
  assert.equal(typeOf(table.metatable?.get("__index")), "function");
  assert.throws(() => table.set(undefined, 1), /index is nil/);
  assert.throws(() => table.set(NaN, 1), /index is NaN/);
});

inBoth("keys that JavaScript objects treat in their own way are plain keys", async ({ testSession }) => {
  const { session } = await testSession();
  for (const key of ["__proto__", "constructor", "hasOwnProperty", "toString", ""]) {
    const table = session.vm.newTable();
    assert.equal(table.get(key), undefined);
    table.set(key, 1);
    assert.equal(table.get(key), 1);
    assert.deepEqual([...table.entries()], [[key, 1]]);
  }
});

inBoth("a float key with an integral value is the integer key", async ({ runLua }) => {
  const [table] = await runLua("return {}") as [LuaTable];
  table.set(new LuaFloat(2), "two");
  assert.equal(table.get(2), "two");
});

inBoth("userdata carries a host object through Lua", async ({ testSession }) => {
  class Box extends LuaUserdata {
    constructor(readonly content: string) {
      super();
    }
  }
  const { session } = await testSession();
  const { vm } = session;
  const box = new Box("inside");
  const methods = vm.newRecord({
    open: vm.newFunction("box:open", ([self]) => (self as Box).content),
  });
  box.metatable = vm.newRecord({ __index: methods, __name: "box" });
  vm.globals.set("box", box);
  const results = await session.run(
    "return box:open(), type(box), box, tostring(box):match('^box: ')",
    "test.lua",
  );
  assert.deepEqual(results, ["inside", "userdata", box, "box: "]);
});

inBoth("a host function gives none, one or several results", async ({ testSession }) => {
  const { session } = await testSession();
  const { vm } = session;
  vm.globals.set("none", vm.newFunction("none", () => {}));
  vm.globals.set("several", vm.newFunction("several", () => [undefined, "message", 3]));
  const results = await session.run("return select('#', several()), select(2, several())", "test.lua");
  assert.deepEqual(results, [3, "message", 3]);
  assert.deepEqual(await session.run("return none()", "test.lua"), []);
});

inBoth(
  "what a host function throws is a Lua error with the position of the call",
  async ({ testSession }) => {
    const { session } = await testSession();
    const { vm } = session;
    vm.globals.set(
      "fail",
      vm.newFunction("fail", () => {
        throw new ScriptError("fail: it did");
      }),
    );
    vm.globals.set(
      "failLater",
      vm.newFunction("failLater", async () => {
        await Promise.resolve();
        throw new ScriptError("failLater: it did");
      }),
    );
    const results = await session.run(
      "local _, a = pcall(function()\n fail() end)\nlocal _, b = pcall(function()\n\n failLater() end)\nreturn a, b",
      "test.lua",
    );
    assert.deepEqual(results, ["test.lua:2: fail: it did", "test.lua:5: failLater: it did"]);
  },
);

inBoth("a Lua error passes through a host function as the value it is", async ({ testSession }) => {
  const { session } = await testSession();
  const { vm } = session;
  vm.globals.set("through", vm.newFunction("through", async ([fn]) => await session.call(fn)));
  const results = await session.run(
    "local e = {}; local ok, err = pcall(through, function() error(e) end); return ok, err == e",
    "test.lua",
  );
  assert.deepEqual(results, [false, true]);
});

inBoth("an uncaught error has message, position and a Lua traceback without ours", async ({ runLua }) => {
  const error = await runLua(
    "local function inner()\n  error('deep')\nend\nlocal function outer() inner() end\nouter()",
  )
    .then(() => assert.fail("nothing was raised"), (reason) => reason);
  assert.ok(error instanceof LuaError);
  assert.equal(error.value, "test.lua:2: deep");
  assert.match(error.traceback ?? "", /^stack traceback:\n/);
  assert.match(error.traceback ?? "", /test\.lua:4: in .*outer/);
  assert.doesNotMatch(error.traceback ?? "", /\.ts/);
});

inBoth("runaway recursion is an error that can be caught", async ({ runLua }) => {
  const [ok, message] = await runLua("local function f() return 1 + f() end return pcall(f)");
  assert.equal(ok, false);
  assert.match(String(message), /stack overflow/);
});

inBoth("only text chunks are loaded, and nothing dumps bytecode", async ({ runLua }) => {
  assert.equal((await runLua("return pcall(string.dump, function() end)"))[0], false);
  const [fn, message] = await runLua("return load('\\27Lua', 'x', 'b')");
  assert.equal(fn, undefined);
  assert.match(String(message), /attempt to load a binary chunk/);
  assert.deepEqual(await runLua("return load('return 1, ...')(2)"), [1, 2]);
  assert.deepEqual(await runLua("local env = {x = 5} return load('return x', 'c', 't', env)()"), [5]);
  assert.deepEqual(
    await runLua("local n = 0 return load(function() n = n + 1; return ({'return ', '7'})[n] end)()"),
    [
      7,
    ],
  );
});

inBoth("coroutines: status, wrap errors, close", async ({ runLua, luaError }) => {
  assert.deepEqual(
    await runLua(
      "local co = coroutine.create(function() end) return coroutine.close(co), coroutine.status(co)",
    ),
    [
      true,
      "dead",
    ],
  );
  assert.equal(
    await luaError("coroutine.wrap(function() error('inside') end)()"),
    "test.lua:1: test.lua:1: inside",
  );
  assert.deepEqual(await runLua("return coroutine.resume(coroutine.running())"), [
    false,
    "cannot resume non-suspended coroutine",
  ]);
  assert.deepEqual(
    await runLua("local co = coroutine.create(print) coroutine.resume(co) return coroutine.resume(co)"),
    [
      false,
      "cannot resume dead coroutine",
    ],
  );
});

inBoth(
  "a task that computes for long lets others have their turn when there is a deadline",
  async ({ testSession }) => {
    const { session } = await testSession({ deadline: performance.now() + 20_000 });
    const [ticks] = await session.run(
      `local ticks = 0
     local h = async.spawn_interval(function() ticks = ticks + 1 end, 1)
     local x = 0
     while ticks < 3 do x = x + 1 end
     h:cancel()
     return ticks`,
      "test.lua",
    );
    assert.equal(ticks, 3);
  },
);

Deno.test("number formatting and parsing follow Lua", () => {
  const shown: [LuaValue, string][] = [
    [3, "3"],
    [new LuaFloat(3), "3.0"],
    [new LuaFloat(-0), "-0.0"],
    [0.1, "0.1"],
    [0.1 + 0.2, "0.30000000000000004"],
    [new LuaFloat(1e15), "1e+15"],
    [new LuaFloat(1e100), "1e+100"],
    [1e-7, "1e-07"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
    [integerFromBigInt(2n ** 63n - 1n), "9223372036854775807"],
    [integerFromBigInt(-(2n ** 63n)), "-9223372036854775808"],
  ];
  for (const [value, text] of shown) assert.equal(formatNumber(value as number), text);
  assert.equal(parseNumber("0x10"), 16);
  assert.equal(parseNumber(" -7 "), -7);
  assert.deepEqual(parseNumber("1e2"), new LuaFloat(100));
  assert.deepEqual(parseNumber("9223372036854775807"), integerFromBigInt(2n ** 63n - 1n));
  assert.deepEqual(parseNumber("9223372036854775808"), new LuaFloat(2 ** 63));
  assert.equal(parseNumber("1x"), undefined);
  assert.equal(parseNumber(""), undefined);
  assert.equal(toInteger(new LuaFloat(4)), 4);
  assert.equal(toInteger(4.5), undefined);
});

Deno.test("64-bit integers keep all their bits", () => {
  for (const value of [2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n), 0x123456789abcdefn]) {
    const integer = integerFromBigInt(value);
    assert.ok(integer instanceof LuaInteger);
    assert.equal(integer.toBigInt(), value);
  }
  assert.equal(integerFromBigInt(2n ** 64n + 5n), 5);
  assert.equal(integerFromBigInt(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER);
  assert.deepEqual(floatFromNumber(2), new LuaFloat(2));
});

Deno.test("text and bytes convert both ways", () => {
  for (const text of ["", "plain", "é€😀", "\0"]) assert.equal(toText(fromText(text)), text);
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  assert.deepEqual(toBytes(fromBytes(all)), all);
  const long = new Uint8Array(100_000).fill(0xe9);
  assert.deepEqual(toBytes(fromBytes(long)), long);
  assert.equal(toTextStrict("\xff"), undefined);
  assert.equal(toText("\xff"), "\ufffd");
  assert.equal(isTable({}), false);
});
