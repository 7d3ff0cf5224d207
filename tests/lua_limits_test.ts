/** Whatever a script does for ever ends at `--timeout` with one clear error. */
import assert from "node:assert/strict";
import { assay } from "./support/assay.ts";

const ENDLESS: Readonly<Record<string, string>> = {
  "an empty loop": "while true do end",
  "repeat until false": "repeat until false",
  "a for loop without a body": "for i = 1, math.maxinteger do end",
  "a for loop of floats": "for i = 1.0, math.huge do end",
  "a generic for": "for i in function() return 1 end do end",
  "goto": "::top:: goto top",
  "tail calls": "local function f(n) return f(n + 1) end f(1)",
  "recursion that is caught": "local function f() return 1 + f() end while true do pcall(f) end",
  "loops within pcall": "while true do pcall(function() while true do end end) end",
  "errors that are caught": "while true do pcall(error, 'x') end",
  "two coroutines in turn":
    "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
  "a loop in a coroutine": "coroutine.wrap(function() while true do end end)()",
  "long chains of __index":
    "local t = {} for i = 1, 1900 do t = setmetatable({}, {__index = t}) end while true do local _ = t.x end",
  "an __index that asks itself":
    "local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) while true do pcall(function() return t[1] end) end",
  "a __tostring": "print(setmetatable({}, {__tostring = function() while true do end end}))",
  "an error handler": "xpcall(error, function() while true do end end)",
  "closing a variable":
    "do local c <close> = setmetatable({}, {__close = function() while true do end end}) end",
  "a catastrophic pattern": "string.find(string.rep('a', 40), '.-.-.-.-.-.-.-.-b')",
  "a replacement": "string.gsub(string.rep('x', 1e7), 'x', function() end) while true do end",
  "string.rep": "while true do string.rep('x', 1e6, '') end",
  "strings reversed": "local s = string.rep('x', 1e6) while true do s:reverse() end",
  "table.concat of a huge table":
    "local t = {} for i = 1, 1e6 do t[i] = 'x' end while true do table.concat(t) end",
  "a huge table sorted again and again":
    "local t = {} for i = 1, 1e6 do t[i] = -i end while true do table.sort(t) end",
  "sorting with a broken comparator":
    "local t = {} for i = 1, 100 do t[i] = i end while true do pcall(table.sort, t, function() return true end) end",
  "a comparator that does not end": "table.sort({1, 2, 3}, function() while true do end end)",
  "chunks loaded": "local s = ('x = 1 '):rep(5000) while true do load(s) end",
  "a reader of load": "load(function() while true do end end)",
  "numerals read": "local s = ('1'):rep(1e6) while true do tonumber(s) end",
  "numerals of a base read": "local s = ('1'):rep(1e6) while true do tonumber(s, 10) end",
  "arithmetic on long strings": "local s = ('1'):rep(1e6) while true do local _ = s + 1 end",
  "long strings compared": "local s = ('x'):rep(1e7) while true do local _ = s < s .. 'y' end",
  "finalizers": "while true do setmetatable({}, { __gc = function() while true do end end }) end",
  "errors with a handler": "while true do xpcall(error, debug.traceback) end",
  "coroutines made and closed": "while true do coroutine.close(coroutine.create(function() end)) end",
  "a sort whose table has no end":
    "table.sort(setmetatable({}, { __len = function() return 2 ^ 31 - 2 end, __index = function() while true do end end }))",
  "what waits under pcall": "while true do pcall(sleep, 60) end",
  "waiting again and again": "while true do sleep(0) end",
};

for (const [what, code] of Object.entries(ENDLESS)) {
  Deno.test(`ends at the time limit: ${what}`, async () => {
    const { status, stderr } = await assay(["exec", "--timeout", "0.3", "-e", code]);
    assert.equal(status, 1);
    const errors = stderr.split("\n").filter((line) => /ERROR/.test(line));
    assert.equal(errors.length, 1, stderr);
    assert.match(errors[0] ?? "", /execution timed out after 0\.3s/);
  });
}

Deno.test("no pcall catches the end of the time", async () => {
  const code = "print(pcall(sleep, 60)) print('after')";
  const { status, stdout, stderr } = await assay(["exec", "--timeout", "0.3", "-e", code]);
  assert.equal(status, 1);
  assert.equal(stdout, "");
  assert.match(stderr, /ERROR .*execution timed out after 0\.3s$/m);
});

Deno.test("a background task that meets the time limit is told once, by the script's end", async () => {
  const code = "async.spawn(function() while true do end end) sleep(60)";
  const { status, stderr } = await assay(["exec", "--timeout", "0.3", "-e", code]);
  assert.equal(status, 1);
  assert.equal(stderr.match(/timed out/g)?.length, 1, stderr);
});
