/** The memory limit: whatever a script does to use up memory ends in an error that it can catch. */
import assert from "node:assert/strict";
import { assay } from "./support/assay.ts";

/** Each is run under `pcall`; `keep` is a global that is let go of afterwards. */
const GREEDY: Readonly<Record<string, string>> = {
  "one string of ten billion bytes": `return ("x"):rep(1e10)`,
  "a string that doubles": `local s = "x" while true do s = s .. s end`,
  "a string that doubles in one operator of three": `local s = "x" while true do s = s .. s .. "y" end`,
  "a string that grows by what stands before it": `local s = "x" for i = 1, 1e9 do s = i .. s .. s end`,
  "an endless list": `keep = {} for i = 1, math.huge do keep[i] = i end`,
  "an endless list of lists": `keep = {} while true do keep[#keep + 1] = {} end`,
  "an endless chain of tables": `while true do keep = { next = keep, name = "x" } end`,
  "an endless dictionary": `keep = {} for i = 1, math.huge do keep["k" .. i] = true end`,
  "a sparse table without end": `keep = {} for i = 1, math.huge do keep[i * 1000.5] = i end`,
  "endless closures": `while true do local last = keep keep = function() return last end end`,
  "endless coroutines": `keep = {} while true do
      local co = coroutine.create(function(a) coroutine.yield(a) end)
      coroutine.resume(co, {})
      keep[#keep + 1] = co
    end`,
  "a list of long repetitions": `keep = {} while true do keep[#keep + 1] = ("x"):rep(1000000 + #keep) end`,
  "a list of short repetitions": `keep = {} while true do keep[#keep + 1] = ("x"):rep(1000 + #keep) end`,
  "long strings that are joined and read": `keep = {} while true do
      keep[#keep + 1] = ("x"):rep(1000000) .. #keep
      keep[#keep]:find("y", 1, true)
    end`,
  "a substitution that multiplies": `local s = "x" while true do s = s:gsub(".", "%0%0%0") end`,
  "a substitution by a function":
    `local s = ("x"):rep(1000) while true do s = s:gsub(".", function(c) return c:rep(99) end) end`,
  "a format that doubles": `local s = "xy" while true do s = ("%s%s"):format(s, s) end`,
  "a concat that doubles": `local s = "xy" while true do s = table.concat({ s, s, s }, s) end`,
  "upper case of ever longer strings":
    `keep = {} local s = ("x"):rep(2 ^ 20) while true do keep[#keep + 1] = (s .. #keep):upper() end`,
  "packed strings": `local s = "xy" while true do s = string.pack("s4s4", s, s) end`,
  "recursion without end": `local function f(a) return 1 + f({ a }) end return f({})`,
  "recursion that fills a table": `keep = {} local function f(n) keep[n] = { n } f(n + 1) return n end f(1)`,
  "varargs that grow": `local function f(...) return f(1, 2, 3, ...) end return f()`,
  "a sort that reads without end":
    `return table.sort(setmetatable({}, { __len = function() return 1e9 end }))`,
  "a chunk of very many elements": `return assert(load("return {" .. ("1,"):rep(1e6) .. "}"))`,
  "a string of separators": `return ("").rep("", 1e9, "ab")`,
  "chunks without end": `keep = {} while true do
      keep[#keep + 1] = assert(load("local a = ... return function() return a, " .. #keep .. " end"))
    end`,
};

/** Runs every case in one process; prints what each ends with. */
const SCRIPT = `
local cases = {${
  Object.entries(GREEDY).map(([name, code]) => `{ ${JSON.stringify(name)}, function() ${code} end },`).join(
    "\n",
  )
}}
for _, case in ipairs(cases) do
  local ok, message = pcall(case[2])
  keep = nil
  print(case[1] .. ": " .. tostring(ok) .. " " .. tostring(message):sub(1, 80))
end
local t = {}
for i = 1, 100000 do t[i] = tostring(i) end
print("afterwards: " .. #table.concat(t))
`;

Deno.test("what uses up memory ends in an error, and the script goes on", async (t) => {
  const { status, stdout, stderr } = await assay(["exec", "--memory", "32M", "-e", SCRIPT]);
  assert.equal(stderr, "");
  assert.equal(status, 0);
  const lines = new Map(stdout.trimEnd().split("\n").map((line) => line.split(/: (.*)/) as [string, string]));
  for (const name of Object.keys(GREEDY)) {
    await t.step(name, () => {
      assert.match(lines.get(name) ?? "", /^false (not enough memory|.*stack overflow)/);
    });
  }
  assert.equal(lines.get("afterwards"), "488895");
});

Deno.test("an error that nothing catches ends the script, not the process in disorder", async () => {
  const { status, stderr } = await assay(["exec", "-e", "local t = {} while true do t[#t + 1] = { #t } end"]);
  assert.equal(status, 1);
  assert.match(stderr, /not enough memory/);
});

Deno.test("garbage is no reason for an error, however much of it there is", async () => {
  const code = `
    local kept = {}
    for i = 1, 20000 do kept[i] = { i } end
    for i = 1, 300 do
      local t = {}
      for j = 1, 2000 do t[j] = { j, tostring(j) .. ("x"):rep(100) } end
    end
    print(#kept, kept[20000][1])`;
  const { status, stdout } = await assay(["exec", "--memory", "16M", "-e", code]);
  assert.equal(stdout, "20000\t20000\n");
  assert.equal(status, 0);
});

Deno.test("chunks that nothing uses any more take no memory, however many are loaded", async () => {
  const code = `
    local sum = 0
    for i = 1, 5000 do sum = sum + load("local a = ... return a + 1 " .. ("-- " .. i .. "\\n"):rep(50))(1) end
    print(sum)`;
  const { status, stdout, stderr } = await assay(["exec", "--memory", "16M", "-e", code]);
  assert.equal(stdout, "10000\n", stderr);
  assert.equal(status, 0);
});

Deno.test("--memory and ASSAY_MEMORY set the limit, the option wins", async () => {
  const code = `print(pcall(string.rep, "x", 20 * 1024 * 1024) and "fits" or "too much")`;
  const outcome = async (args: string[], env: Record<string, string> = {}) =>
    (await assay([...args, "exec", "-e", code], { env })).stdout.trim();
  assert.equal(await outcome([]), "fits");
  assert.equal(await outcome(["--memory", "16M"]), "too much");
  assert.equal(await outcome([], { ASSAY_MEMORY: "16384K" }), "too much");
  assert.equal(await outcome(["--memory=0.5G"], { ASSAY_MEMORY: "16M" }), "fits");
});

Deno.test("a limit that is no size is refused", async () => {
  for (const text of ["much", "-1M", "0", "12X", ""]) {
    const { status, stderr } = await assay(["exec", `--memory=${text}`, "-e", ""]);
    assert.equal(status, 2, text);
    assert.match(stderr, /invalid value '.*' for --memory: it must be bytes, or a number with K, M or G/);
  }
  const { status, stderr } = await assay(["exec", "-e", ""], { env: { ASSAY_MEMORY: "lots" } });
  assert.equal(status, 2);
  assert.match(stderr, /invalid value 'lots' of ASSAY_MEMORY/);
});
