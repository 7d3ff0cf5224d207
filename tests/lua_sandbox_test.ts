/** Whatever stands in a source, generated code does nothing but Lua, and Lua sees nothing of JavaScript. */
import assert from "node:assert/strict";
import { LuaError } from "../runtime/seam/error.ts";
import { fromText, toText } from "../runtime/seam/text.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { luaString, Random } from "./support/puc.ts";

/** Strings that mean something to JavaScript: as source text, as property names, or as line ends. */
const STRINGS = [
  "__proto__",
  "constructor",
  "prototype",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "__defineGetter__",
  "__lookupGetter__",
  "then",
  "length",
  "name",
  "caller",
  "arguments",
  "",
  "0",
  "-0",
  "01",
  "1e3",
  "NaN",
  "undefined",
  "null",
  "\u2028",
  "\u2029",
  "\n",
  "\r\n",
  "*/",
  "/*",
  "//",
  "-->",
  "<!--",
  "</script>",
  "`",
  "${",
  "${globalThis}",
  '"',
  "'",
  "\\",
  '\\"',
  '");throw 1;("',
  "\0",
  "\xff\xfe",
  "\ud800",
  "x".repeat(100_000),
];

/** Names of Lua that are words of JavaScript, or names that generated code uses. */
const NAMES = [
  "abstract arguments async await boolean byte case catch char class const continue debugger default delete enum",
  "eval export extends final finally float from get implements import instanceof int interface let long native new",
  "null of package private protected public set short static super switch synchronized this throw throws transient",
  "try typeof undefined var void volatile with yield globalThis Deno process Function Object Array Map Reflect",
  "constructor prototype __proto__ hasOwnProperty toString valueOf K C I Q M T S E B F0 F1 v0 v1 t1 pc fr val va",
  "k_ s_ u_ b_ r f g0 save index first spread call NP LF L1 G1 H1 self NaN Infinity CH keep slowCall results",
].flatMap((line) => line.split(" "));

const quoted = (text: string) => luaString(fromText(text));

/** What Lua code gives, as one text. */
async function show(code: string): Promise<string> {
  const values = await runLua(code);
  return values.map(String).join(" ");
}

Deno.test("strings are themselves as constants, keys, fields and global names", async () => {
  for (const text of STRINGS) {
    const s = quoted(text);
    const code = `
      local s = ${s}
      assert(#s == ${fromText(text).length})
      local t = { [s] = 1 }
      assert(t[s] == 1 and t[${s}] == 1 and rawget(t, s) == 1 and next(t) == s and next(t, s) == nil)
      t[s] = nil
      assert(t[s] == nil and t[${s}] == nil and next(t) == nil)
      assert(_G[s] == nil and ({})[s] == nil and ("")[s] == string[s])
      local u = setmetatable({}, { __index = function(_, k) return k end })
      assert(u[s] == s and u[${s}] == s)
      rawset(u, s, false)
      assert(u[s] == false)
      _ENV[${s}] = 5
      assert(_G[s] == 5)
      _ENV[${s}] = nil
      assert(load("return " .. ("%q"):format(s))() == s)
      assert(pcall(error, s) == false and select(2, pcall(error, s, 0)) == s)
      for i = 1, 20 do t[s .. i] = i end
      assert(t[s] == nil and t[s .. 20] == 20)
      t[s] = "last"
      local n = 0
      for k, v in pairs(t) do n = n + 1 end
      assert(n == 21 and t[s] == "last")
      return "fine"`;
    assert.equal(await show(code), "fine", JSON.stringify(text.slice(0, 20)));
  }
});

Deno.test("words of JavaScript are names of Lua everywhere", async () => {
  for (const name of new Set(NAMES)) {
    const code = `
      local shownAll = {}
      do
        local ${name} = 1
        local function up() ${name} = ${name} + 1 return ${name} end
        shownAll[1] = up() + ${name}
      end
      ${name} = 10
      shownAll[2] = ${name} + _G.${name} + _ENV["${name}"]
      _G.${name} = nil
      assert(${name} == nil)
      local t = { ${name} = 3, other = { ${name} = 4 } }
      t.other.${name} = t.other.${name} + t.${name}
      function t.${name}(a) return a end
      shownAll[3] = t.other.${name} + t.${name}(1)
      function t:${name}(${name}) return ${name} end
      shownAll[4] = t:${name}(5)
      local function ${name}(n) if n == 0 then return 0 end return ${name}(n - 1) end
      shownAll[5] = ${name}(10)
      for ${name} = 1, 2 do shownAll[6] = ${name} end
      for ${name}, v in pairs({ 7 }) do shownAll[7] = v + ${name} end
      do
        local i = 0
        ::${name}::
        i = i + 1
        if i < 3 then goto ${name} end
        shownAll[8] = i
      end
      local co = coroutine.wrap(function(${name}) local x = coroutine.yield(${name}) return x + ${name} end)
      shownAll[9] = co(2) + co(3)
      return table.concat(shownAll, ",")`;
    assert.equal(await show(code), "4,30,8,5,0,2,8,3,7", name);
  }
});

Deno.test("numbers reach code as they are, however they are written", async () => {
  const cases: [source: string, shown: string][] = [
    ["9223372036854775807", "9223372036854775807"],
    ["-9223372036854775808", "-9.2233720368547758e+18"],
    ["0xffffffffffffffff", "-1"],
    ["9007199254740993", "9007199254740993"],
    ["1e308 * 10", "inf"],
    ["-0.0", "-0.0"],
    ["0x.1p4", "1.0"],
    ["1e1000", "inf"],
    ["3 .. ''", "3"],
    ["1//1", "1"],
  ];
  for (const [source, shown] of cases) assert.equal(await show(`return tostring(${source})`), shown, source);
  const keys =
    "local t = { [9007199254740993] = 'a', [-0.0] = 'b', [2^53] = 'c', [1e300] = 'd', [-1] = 'e' } " +
    "return t[9007199254740993] .. t[0] .. t[1 << 53] .. t[1e300] .. t['-1'] == nil";
  await assert.rejects(runLua(keys), LuaError);
  assert.equal(await show(keys.replace(".. t['-1'] == nil", ".. t[-1]")), "abcde");
});

Deno.test("chunk names with line ends and quotes stay names", async () => {
  for (
    const name of [
      "=a\nb",
      '=");throw 1;//',
      "=*/",
      "@x\u2028y",
      "=\r",
      "=//# sourceURL=evil.js",
      "",
      "`${1}`",
    ]
  ) {
    const code = `
      local f = assert(load("local x <const> = 1\\nreturn function() error('here') end", ${quoted(name)}))
      local ok, message = pcall(f())
      return ok, message`;
    const [ok, message] = await runLua(code);
    assert.equal(ok, false);
    assert.ok(toText(String(message)).includes(":2: here"), `${JSON.stringify(name)}: ${message}`);
  }
});

Deno.test("source text is never JavaScript", async () => {
  const random = new Random(20240607);
  const pieces = [
    ...[
      "`",
      "${",
      "*/",
      "//",
      "/*",
      "\u2028",
      ";",
      "}",
      "{",
      "(",
      ")",
      "=>",
      "'",
      '"',
      "\\",
      "\n",
      "--",
      "[[",
      "]]",
    ],
    ...[
      "globalThis.broken=1",
      "import('x')",
      "eval('1')",
      "this",
      "new Function('broken=1')()",
      "local",
      "=",
      "x",
    ],
    ...["function", "end", "return", "goto", "::", "if", "then", "..", "0x", "1e", "<const>", "<close>"],
  ];
  for (let i = 0; i < 500; i++) {
    const source = Array.from({ length: 1 + random.below(12) }, () => random.pick(pieces)).join(
      random.pick(["", " "]),
    );
    await runLua(
      `local f, m = load(${quoted(source)}) if f then pcall(f) else assert(type(m) == "string") end`,
      {},
    );
  }
  assert.equal("broken" in globalThis, false);
});

/** Walks everything that can be reached from the globals, and checks that it is a Lua value. */
const WALK = `
local seen, queue, bad = {}, { _G }, {}
local known = { ["nil"] = true, boolean = true, number = true, string = true, table = true, ["function"] = true, thread = true, userdata = true }
local function visit(value, path)
  if not known[type(value)] then bad[#bad + 1] = path .. " is a " .. tostring(type(value)) end
  if type(value) ~= "table" and type(value) ~= "userdata" or seen[value] then return end
  seen[value] = path
  queue[#queue + 1] = value
end
local i = 0
while i < #queue do
  i = i + 1
  local value = queue[i]
  local mt = getmetatable(value)
  if mt ~= nil then visit(mt, seen[value] or "_G" .. "<metatable>") end
  if type(value) == "table" then
    for k, v in pairs(value) do
      visit(k, "key")
      visit(v, (seen[value] or "_G") .. "." .. tostring(k))
    end
  end
end
assert(#bad == 0, table.concat(bad, "\\n"))
return #queue > 10`;

Deno.test("nothing but Lua values can be reached from the globals", async () => {
  const globals = "assert async base64 crypto env fs http io json log os regex sleep time toml yaml";
  assert.equal(await show(`local _ = { ${globals.replaceAll(" ", ", ")} } ${WALK}`), "true");
});

Deno.test("no value has properties of JavaScript's", async () => {
  const values = [
    "print",
    "string.rep",
    "function() end",
    "('x')",
    "{}",
    "coroutine.create(print)",
    "io.stdout",
  ];
  const names = [
    "constructor",
    "__proto__",
    "prototype",
    "call",
    "apply",
    "bind",
    "length",
    "toString",
    "callee",
    "name",
  ];
  for (const value of values) {
    for (const name of names) {
      const code = `local ok, found = pcall(function() return (${value}).${name} end)
        local isMethod = type(${value}) == "string" and string.${name} ~= nil
        return isMethod or not ok or found == nil, tostring(found)`;
      assert.equal((await runLua(code))[0], true, `${value}.${name}`);
    }
  }
  assert.match(
    await luaError("return (print).constructor"),
    /attempt to index a function value \(global 'print'\)/,
  );
  assert.match(
    await luaError("local f = function() end f.x = 1"),
    /attempt to index a function value \(local 'f'\)/,
  );
});

Deno.test("errors of the host are strings, without JavaScript stacks", async () => {
  const failing = [
    `json.parse("{")`,
    `yaml.parse("a: [")`,
    `fs.read("/nowhere/at/all")`,
    `http.get("http://127.0.0.1:1/")`,
    `http.get("nothing")`,
    `string.rep("x", -1, {})`,
    `regex.match("(", "a")`,
    `require("assay.nothing")`,
    `crypto.hash("x", "md1000")`,
    `os.date("%Ez", {})`,
    `io.open({})`,
    `("x"):rep(1e10)`,
    `table.concat({ {} })`,
    `coroutine.wrap(function() error({}) end)()`,
    `setmetatable({}, { __index = error }).x()`,
    `local function f() return f() + 1 end f()`,
    `string.format("%d", "x")`,
    `load(("("):rep(10000))()`,
    `load(("a="):rep(10000))()`,
    `load("return " .. ("- "):rep(100000) .. "1")()`,
  ];
  for (const code of failing) {
    const wrapped = `
      local ok, err = xpcall(function() ${code} end, function(e)
        return type(e) == "string" and e .. "\\n" .. (debug and debug.traceback and debug.traceback() or "") or e
      end)
      return ok, type(err), type(err) == "string" and err or ""`;
    const [ok, type, text] = await runLua(wrapped);
    assert.equal(ok, false, code);
    assert.ok(type === "string" || type === "table", `${code}: ${type}`);
    assert.doesNotMatch(
      toText(String(text)),
      /\bat .*\.(ts|js):\d+|file:\/\/|node:|ext:|\[object |internal error/,
      code,
    );
  }
});

Deno.test("what one VM changes, another does not see", async () => {
  const one = await testSession();
  const other = await testSession();
  const run = async (vm: typeof one, code: string) =>
    (await vm.session.run(fromText(code), "x.lua")).map(String).join(" ");
  await run(
    one,
    `
    getmetatable("").__index = function(s, k) return k end
    getmetatable("").__add = function() return "added" end
    string.upper = nil
    table.insert = nil
    math.random = function() return 4 end
    shared = true
    print = nil
    math.randomseed(42)`,
  );
  assert.equal(await run(one, `return ("x").anything, "a" + "b", shared`), "anything added true");
  assert.equal(
    await run(
      other,
      `return ("x").anything, pcall(function() return "a" + "b" end), ("x"):upper(), shared, type(print), type(table.insert)`,
    ),
    "undefined false X undefined function function",
  );
  const seeded = "math.randomseed(7) local a = math.random(1000000) return a";
  const next = "return math.random(1000000)";
  const third = await testSession();
  const fourth = await testSession();
  assert.equal(await run(third, seeded), await run(fourth, seeded));
  await run(third, "for _ = 1, 10 do math.random() end");
  const alone = await testSession();
  await run(alone, seeded);
  assert.equal(await run(fourth, next), await run(alone, next));
});

Deno.test("tables of the host stay apart: what a script does to one result does not show in the next", async () => {
  const code = `
    local first = json.parse('{"a": {"b": 1}, "__proto__": {"polluted": true}, "constructor": 5}')
    assert(first["__proto__"].polluted == true and first.constructor == 5 and first.polluted == nil)
    first.a.b = 2
    local second = json.parse('{"a": {"b": 1}}')
    assert(second.a.b == 1 and second.polluted == nil and ({}).polluted == nil and second.constructor == nil)
    local y = yaml.parse("__proto__: {x: 1}\\nconstructor: 2\\n")
    assert(y["__proto__"].x == 1 and y.constructor == 2 and y.x == nil and ({}).x == nil)
    assert(json.parse(json.encode(first))["__proto__"].polluted == true)
    return "fine"`;
  assert.equal(await show(code), "fine");
});
