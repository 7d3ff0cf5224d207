-- Deep recursion of every kind is either done or an error that can be caught; afterwards all goes on.
local V55 = _VERSION == "Lua 5.5"

local function healthy()
  local co = coroutine.wrap(function(...) local a = coroutine.yield(...) return a + 1 end)
  assert(co(1) == 1 and co(41) == 42)
  assert(select(2, pcall(error, "fine", 0)) == "fine")
  local function fib(n) return n < 2 and n or fib(n - 1) + fib(n - 2) end
  assert(fib(15) == 610)
end

local function overflows(f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok and tostring(e):find("overflow"), tostring(e):sub(1, 200))
  healthy()
end

test("150,000 levels", function()
  local function count(n) if n == 0 then return 0 end return 1 + count(n - 1) end
  assert(count(150000) == 150000)
  local function build(n) if n == 0 then return nil end return {next = build(n - 1)} end
  local t, n = build(100000), 0
  while t do t = t.next n = n + 1 end
  assert(n == 100000)
end)

test("recursion without end", function()
  local function f() return 1 + f() end
  overflows(f)
  local function g(...) return g(1, ...) .. "x" end
  local a, b
  function a() b() return 1 end
  function b() a() return 1 end
  overflows(a)
  local o = {}
  function o:m() self:m() return 1 end
  overflows(o.m, o)
end)

test("recursion in metamethods", function()
  local t = setmetatable({}, {})
  getmetatable(t).__index = function(t, k) return t[k .. "x"] end
  local n = 0
  getmetatable(t).__index = function(t, k) n = n + 1 return t[n] .. "" end
  overflows(function() return t.x end)
  getmetatable(t).__newindex = function(t, k, v) t[k] = v return 1 end
  overflows(function() t.x = 1 end)
  getmetatable(t).__add = function(a, b) return (a + b) + 1 end
  overflows(function() return t + 1 end)
  getmetatable(t).__eq = function(a, b) return not (a == b) end
  overflows(function() return t == setmetatable({}, getmetatable(t)) end)
  getmetatable(t).__lt = function(a, b) return not (a < b) end
  overflows(function() return t < t end)
  getmetatable(t).__concat = function(a, b) return (a .. b) .. "x" end
  overflows(function() return t .. "x" end)
  getmetatable(t).__len = function(a) return #a + 1 end
  overflows(function() return #t end)
  getmetatable(t).__call = function(self) return self() + 1 end
  overflows(t)
end)

test("__index and __newindex chains", function()
  local a = {}
  for i = 1, 100 do a = setmetatable({}, {__index = a}) end
  assert(a.x == nil)
  local loop = {}
  setmetatable(loop, {__index = loop, __newindex = loop})
  raises("'__index' chain too long; possible loop", function() return loop.x end)
  raises("'__newindex' chain too long; possible loop", function() loop.x = 1 end)
end)

test("tostring, pairs, sort and gsub that call themselves", function()
  local t = setmetatable({}, {__tostring = function(t) return tostring(t) .. "x" end})
  overflows(tostring, t)
  local p = setmetatable({}, {__pairs = function(p) for k in pairs(p) do end return next, {} end})
  overflows(pairs, p)
  local function s() table.sort({1, 2, 3}, s) return true end
  overflows(s)
  local function g() return (string.gsub("a", "a", g)) .. "x" end
  overflows(g)
end)

test("pcall in pcall", function()
  local function f() return pcall(f) end
  f()
  healthy()
  local n = 0
  local function g() n = n + 1 local ok, e = pcall(g) return ok, e end
  g()
  assert(n > 100)
  healthy()
  local function h(d) if d == 0 then error("bottom", 0) end local ok, e = pcall(h, d - 1) error(e, 0) end
  local ok, e = pcall(h, 150)
  assert(e == "bottom")
end)

test("xpcall handlers without end", function()
  local function h(m) return h(m) .. "" end
  local ok, e = xpcall(error, h, "x")
  assert(not ok)
  healthy()
  local function loop() return 1 + loop() end
  ok, e = xpcall(loop, function(m) return loop() end)
  assert(not ok)
  healthy()
end)

test("a handler that fails some times, and one that always does", function()
  local function err(n)
    if type(n) ~= "number" then return n elseif n == 0 then return "END" else error(n - 1) end
  end
  local ok, msg = xpcall(error, err, 170)
  assert(not ok and msg == "END")
  ok, msg = xpcall(error, err, 300)
  assert(not ok and msg == "C stack overflow", msg)
end)

test("loads in loads, requires of depth in strings", function()
  local function f() return load("return ...")(f)() end
  local deep = ("("):rep(150) .. "1" .. (")"):rep(150)
  assert(load("return " .. deep)() == 1)
  assert(not load("return " .. ("("):rep(1000) .. "1" .. (")"):rep(1000)))
  assert(not load(("do "):rep(1000) .. ("end "):rep(1000)))
  assert(not load("return " .. ("- "):rep(1000) .. "1"))
  assert(not load("return " .. ("not "):rep(1000) .. "1"))
  assert(not load("x = " .. ("{"):rep(1000) .. ("}"):rep(1000)))
  assert(not load(("function f() "):rep(1000) .. ("end "):rep(1000)))
  assert(not load(("a.b("):rep(1000) .. (")"):rep(1000)))
  healthy()
end)

test("long chains that need no depth", function()
  assert(load("return " .. ("1 + "):rep(5000) .. "1")() == 5001)
  assert(#load("return " .. ("'x' .. "):rep(150) .. "'x'")() == 151)
  assert(load("local a = true return " .. ("a and "):rep(3000) .. "1")() == 1)
  assert(load("local t = {} t.t = t return t" .. (".t"):rep(3000))())
  local code = {"local n = 0 if n == -1 then "}
  for i = 1, 500 do code[#code + 1] = "elseif n == " .. i .. " then n = 1 " end
  code[#code + 1] = "else n = 7 end return n"
  assert(load(table.concat(code))() == 7)
end)

test("patterns that nest", function()
  local function match(n) return pcall(string.match, ("a"):rep(n), (".?"):rep(n)) end
  local ok, m = match(80)
  assert(ok and #m == 80)
  ok, m = match(200000)
  assert(not ok and m:find("too complex"))
  assert(("a"):rep(10000):find(".-b") == nil)
  healthy()
end)

test("coroutines in coroutines", function()
  local function f() return coroutine.wrap(f)() end
  overflows(f)
  local n = 0
  local function g() n = n + 1 return coroutine.resume(coroutine.create(g)) end
  g()
  assert(n > 100)
  healthy()
  local t = setmetatable({}, {__index = function(t, k) return coroutine.wrap(function() return t[k] end)() end})
  overflows(function() return t.x end)
end)

test("recursion in coroutines without end", function()
  local co = coroutine.create(function() local function f() return 1 + f() end return f() end)
  local ok, e = coroutine.resume(co)
  assert(not ok and e:find("stack overflow"))
  healthy()
  co = coroutine.wrap(function()
    local function f() return 1 + f() end
    for i = 1, 3 do
      local ok, e = pcall(f)
      assert(not ok and e:find("stack overflow"))
      coroutine.yield(i)
    end
    return "end"
  end)
  assert(co() == 1 and co() == 2 and co() == 3 and co() == "end")
end)

test("closing in a stack overflow, and overflow while closing", function()
  local function loop() return 1 + loop() end
  local n = 0
  local function f()
    local x <close> = setmetatable({}, {__close = function() n = n + 1 loop() end})
    error("first")
  end
  overflows(f)
  assert(n == 1)
end)

test("a closing method that needs closing", function()
  local t = setmetatable({}, {})
  local n = 0
  getmetatable(t).__close = function(a)
    n = n + 1
    local x <close> = a
  end
  overflows(function() local x <close> = t end)
  assert(n > 100 and n <= 200)
end)

test("iterators that call themselves", function()
  local function it() for x in it do return x end end
  overflows(function() for x in it do return 1 + x end end)
end)

test("arguments and results: more than JavaScript takes", function()
  local ok, e = pcall(table.unpack, {}, 1, 1e7)
  assert(not ok and e:find("too many results to unpack"))
  ok, e = pcall(string.byte, ("x"):rep(1e7), 1, -1)
  assert(not ok and (e:find("string slice too long") or e:find("overflow")), e)
  local t = {}
  for i = 1, 100000 do t[i] = i end
  assert(select("#", table.unpack(t)) == 100000)
  local function id(...) return ... end
  assert(select("#", id(table.unpack(t))) == 100000)
  assert(#{id(table.unpack(t))} == 100000)
  assert(math.max(table.unpack(t)) == 100000)
  assert(select("#", table.unpack({}, 1, 900000)) == 900000)
  assert(table.pack(table.unpack({}, 1, 200000)).n == 200000)
  assert((select(199999, table.unpack({ [199999] = "x" }, 1, 200000))) == "x")
  assert((function(a, b) return b end)(table.unpack({ 1, "y" }, 1, 200000)) == "y")
  healthy()
end)

test("protected calls without end, within a handler of such an error too, come to an end soon", function()
  local function loop()
    local ok, err = pcall(loop)
    if not ok then error(err, 0) end
  end
  local ok, err = xpcall(loop, loop)
  assert(not ok and err:find("error", 1, true))
end)
