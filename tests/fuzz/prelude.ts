/** What every generated program begins with, in Lua that all versions understand. */

/**
 * `pause()` is given by whoever runs the program: it does nothing or waits. `_CLOSE` says whether all of 5.4 is there.
 *
 * - `out(...)` prints values without addresses, floats to 14 digits
 * - `fuel()` ends a program that runs for long
 * - `Y(x)` yields where that is possible in PUC-Rio's Lua too: not inside the callbacks of C functions
 * - `O(n)` is an object with every metamethod, which pause and yield
 * - `K(name)` is an object to be closed
 * - `small(n)` keeps integers within what fengari has
 */
export const PRELUDE = String.raw`
local pause, type, select, pcall, error, setmetatable, rawget = pause, type, select, pcall, error, setmetatable, rawget
local pairs, all, max = pairs, math, math.max
local mtype, format, concat, unpack, pack = math.type, string.format, table.concat, table.unpack, table.pack
local yield, yieldable, create, resume, status = coroutine.yield, coroutine.isyieldable, coroutine.create, coroutine.resume, coroutine.status
local F, NY, M, KM = 3000, 0, {}, {}
local function fuel() F = F - 1 if F < 0 then error("out of fuel", 0) end end
-- fengari's own formats have no sign of zero, and another infinity
local function digits(x)
  if x ~= x then return "nan" end
  if x == 0 then return 1 / x < 0 and "-0" or "0" end
  return x == 1 / 0 and "inf" or x == -1 / 0 and "-inf" or format("%.14g", x)
end
local function show(v)
  local t = mtype(v)
  if t == "float" then return digits(v) .. "f" end
  if t == "integer" then return format("%d", v) end
  if type(v) == "string" then return '"' .. v .. '"' end
  if type(v) == "table" then return rawget(v, "kind") == "O" and "O:" .. show(rawget(v, "n")) or "table" end
  if type(v) == "boolean" or v == nil then return tostring(v) end
  return type(v)
end
local function out(...)
  local s = {}
  for i = 1, select("#", ...) do s[i] = show((select(i, ...))) end
  print(concat(s, " "))
end
local function Y(x) if NY == 0 and yieldable() then return yield(x) end return x end
local function O(n) return setmetatable({ kind = "O", n = n }, M) end
local function num(x)
  if type(x) == "table" then x = rawget(x, "n") end
  return mtype(x) and x or type(x) == "string" and #x or 7
end
local function small(n)
  -- 5.3 makes floats of strings
  if not _CLOSE and mtype(n) == "float" then n = math.tointeger(n) or n end
  if mtype(n) == "integer" and (n > 30000 or n < -30000) then return n % 1000 end
  return n
end
local function S(x) if mtype(x) == "float" then return digits(x) end return x end
local function fin(x) if mtype(x) == "float" and (x ~= x or x == 0 or x - x ~= 0) then return 7 end return x end
local function clip(s) if type(s) == "string" then return s:sub(1, 30) end return s end
-- What compares in C yields in our engine only
local math = { max = function(...)
  NY = NY + 1
  local r = pack(pcall(max, ...))
  NY = NY - 1
  if not r[1] then error(r[2], 0) end
  return unpack(r, 2, r.n)
end }
for name, value in pairs(all) do math[name] = math[name] or value end
local function counted(name, work)
  return function(a, b, c)
    fuel() pause()
    -- PUC-Rio's strings have metamethods of their own for arithmetic, C functions that nothing can yield across
    if (type(a) ~= "string" or name == "concat") and (_CLOSE or name ~= "pairs") then Y(name) end
    return work(a, b, c)
  end
end
M.__add = counted("add", function(a, b) return O(small(num(a) + num(b))) end)
M.__sub = counted("sub", function(a, b) return O(small(num(a) - num(b))) end)
M.__mul = counted("mul", function(a, b) return O(small(num(a) * 3)) end)
M.__div = counted("div", function(a, b) return num(a), num(b) end)
M.__mod = counted("mod", function(a, b) return end)
M.__pow = counted("pow", function(a, b) return O(2) end)
M.__unm = counted("unm", function(a) return O(num(a)) end)
M.__idiv = counted("idiv", function(a, b) return 1.5, 2 end)
M.__band = counted("band", function(a, b) return O(1) end)
M.__bor = counted("bor", function(a, b) return "bor" end)
M.__bxor = counted("bxor", function(a, b) return 3 end)
M.__shl = counted("shl", function(a, b) return O(4) end)
M.__shr = counted("shr", function(a, b) return 5 end)
M.__bnot = counted("bnot", function(a) return 6, 6 end)
M.__concat = counted("concat", function(a, b) return clip(show(a) .. "~" .. show(b)) end)
M.__len = counted("len", function(a) return num(a) end)
M.__eq = counted("eq", function(a, b) return num(a) == num(b) and 1 or nil end)
M.__lt = counted("lt", function(a, b) return num(a) < num(b) or nil end)
M.__le = counted("le", function(a, b) return num(a) <= num(b) and "yes" end)
M.__index = counted("index", function(a, k) if k == "get" then return function(o, d) pause() return small(num(o) + num(d)) end end return k end)
M.__newindex = counted("newindex", function(a, k, v) rawset(a, "n", num(v)) end)
M.__call = counted("call", function(a, b, c) return small(num(a) + num(b)), c end)
M.__pairs = counted("pairs", function(a) return function(_, i) pause() Y(i) if i < 3 then return i + 1, i * 2 end end, a, 0 end)
KM.__close = function(k, e)
  fuel() pause()
  -- With an error, it may be that of a wrapped coroutine, where PUC-Rio closes without yields
  if e == nil then Y("close") end
  out("close", k.name, e)
  if k.name == "bad" then error("in close") end
end
local function K(name) return setmetatable({ name = name }, KM) end
local function iter(n, close)
  local i = 0
  return function(s, c)
    fuel() pause()
    i = i + 1
    Y(i)
    if i <= n then return i, s, c end
  end, "state", 5, close and K("for") or nil
end
local function drain(f, ...)
  local co = create(f)
  local n, r = 0, pack(resume(co, ...))
  while status(co) == "suspended" and n < 12 do
    n = n + 1
    if n < 4 then out("yielded", unpack(r, 1, r.n)) end
    r = pack(resume(co, n, "in"))
  end
  out("drained", n, status(co), unpack(r, 1, r.n))
  if _CLOSE and status(co) == "suspended" then
    NY = NY + 1
    out("closed", coroutine.close(co))
    NY = NY - 1
  end
  return n
end
local function quiet(f)
  return function(...)
    NY = NY + 1
    fuel()
    local r = f(...)
    NY = NY - 1
    return r
  end
end
local function plain(f, ...)
  local ny = NY
  -- Not at once: what C functions raise names the position of a Lua function that calls them
  local r = pack(pcall(function(...)
    local r = pack(f(...))
    return unpack(r, 1, r.n)
  end, ...))
  NY = ny
  return unpack(r, 1, r.n)
end
`;
