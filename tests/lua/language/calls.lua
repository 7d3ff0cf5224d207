-- Calls, results, tail calls, __call, and loading chunks.
local V55 = _VERSION == "Lua 5.5"

test("types of values", function()
  assert(type(1 < 2) == "boolean" and type(true) == "boolean" and type(nil) == "nil")
  assert(type(-3) == "number" and type("x") == "string" and type({}) == "table" and type(type) == "function")
  assert(type(assert) == type(print))
  raises("value expected", type)
  local function f(x) return a:x(x) end
  assert(type(f) == "function")
end)

test("recursion, mutual and deep", function()
  local fact = false
  do
    local res = 1
    local function fact(n) if n == 0 then return res else return n * fact(n - 1) end end
    assert(fact(5) == 120)
  end
  assert(fact == false)
  local function deep(n) if n > 0 then deep(n - 1) end end
  deep(10) deep(180)
  local function sum(n) return n == 0 and 0 or n + sum(n - 1) end
  assert(sum(100000) == 100000 * 100001 // 2)
end)

test("functions as fields and methods", function()
  local a = {b = {c = {}}}
  function a.b.c.f1(x) return x + 1 end
  function a.b.c:f2(x, y) self[x] = y end
  assert(a.b.c.f1(4) == 5)
  a.b.c:f2("k", 12)
  assert(a.b.c.k == 12)
  local t = nil
  function f2(a, b, c) t = {a, b, c} end
  f2(1, 2) assert(t[1] == 1 and t[2] == 2 and t[3] == nil)
  f2(1, 2, 3, 4) assert(t[1] == 1 and t[2] == 2 and t[3] == 3)
  f2 = nil
end)

test("how many values", function()
  local function ret(n) if n > 0 then return n, ret(n - 1) end end
  assert(select("#", ret(10)) == 10)
  assert(select("#", (ret(10))) == 1)
  assert(select("#", ret(0)) == 0)
  local a, b, c = ret(2)
  assert(a == 2 and b == 1 and c == nil)
  local t = {ret(3), ret(3)}
  assert(#t == 4 and t[1] == 3 and t[2] == 3 and t[4] == 1)
  t = {ret(3), (ret(3))}
  assert(#t == 2)
  local function none() end
  assert(not pcall(tostring, none()) and tostring((none())) == "nil")
  assert(select("#", none(), none()) == 1)
  local x, y = (function() return 1, 2 end)(), 10
  assert(x == 1 and y == 10)
  assert(#{table.unpack({1, 2, 3}, -1, 3)} >= 3)
  assert(select("#", table.unpack({}, 1, 200)) == 200)
  assert(math.max(table.unpack({5, 9, 2})) == 9)
end)

test("calls with a string or a table as the only argument", function()
  local function id(...) return ... end
  assert(id"x" == "x" and id[[y]] == "y" and id{1}[1] == 1 and id"a".x == nil)
  local s = ("x"):rep(3):upper()
  assert(s == "XXX")
  local o = {f = function(self, x) return function(y) return x .. y end end}
  assert(o:f"a""b" == "ab")
end)

test("tail calls do not pile up", function()
  local function deep(n) if n > 0 then return deep(n - 1) else return 101 end end
  assert(deep(30000) == 101)
  assert(deep(1000000) == 101)
  local a = {}
  function a:deep(n) if n > 0 then return self:deep(n - 1) else return 101 end end
  assert(a:deep(30000) == 101)
  local function even(n) end
  local odd
  function even(n) if n == 0 then return true end return odd(n - 1) end
  function odd(n) if n == 0 then return false end return even(n - 1) end
  assert(even(100000) == true)
  -- with varying numbers of arguments
  local function foo(x, ...) if x == 0 then return select("#", ...) end return foo(x - 1, x, ...) end
  assert(foo(50) == 50)
end)

test("tail calls through __call", function()
  local n = 10000
  local function foo()
    if n == 0 then return 1023 else n = n - 1; return foo() end
  end
  for i = 1, 15 do foo = setmetatable({}, {__call = foo}) end
  assert((function() return foo() end)() == 1023)
end)

test("chains of __call", function()
  local N = 15
  local u = table.pack
  for i = 1, N do u = setmetatable({i}, {__call = u}) end
  local r = u("a", "b", "c")
  assert(r.n == N + 3)
  for i = 1, N do assert(r[i][1] == i) end
  assert(r[N + 1] == "a" and r[N + 2] == "b" and r[N + 3] == "c")
  local function co(...) return coroutine.wrap(function(...) return u(...) end)(...) end
  assert(co().n == N)
  assert(select(2, pcall(u)).n == N)
end)

test("a __call without end is an error", function()
  if not V55 then return end -- 5.4 does not come back
  local t = setmetatable({}, {})
  getmetatable(t).__call = t
  assert(not pcall(t))
  assert(not pcall(function() return t() end))
  for _ = 1, 3 do assert(not pcall(pcall, t) or true) end
end)

test("arguments are evaluated from left to right", function()
  local log = {}
  local function l(x) log[#log + 1] = x return x end
  local t = setmetatable({}, {__index = function(_, k) return function(...) l("call") return ... end end})
  local function get() l("get") return t end
  get().f(l(1), l(2), l(3))
  assert(table.concat(log, " ") == "get 1 2 3 call")
  log = {}
  local r = {l(1), [l(2)] = l(3), l(4)}
  assert(table.concat(log, " ") == "1 2 3 4")
end)

test("many arguments", function()
  local t = {}
  for i = 1, 240 do t[i] = i end
  assert(select("#", table.unpack(t)) == 240)
  local function count(...) return select("#", ...) end
  for i = 241, 5000 do t[i] = i end
  assert(count(table.unpack(t)) == 5000)
  local code = "return function(" .. table.concat((function() local p = {} for i = 1, 150 do p[i] = "a" .. i end return p end)(), ",") .. ") return a150 end"
  assert(load(code)()(table.unpack(t)) == 150)
  assert(#string.char(string.byte(("x"):rep(3000), 1, -1)) == 3000)
end)

test("functions with an upvalue that is their own name", function()
  local Y = function(le)
    local function a(f) return le(function(x) return f(f)(x) end) end
    return a(a)
  end
  local F = function(f) return function(n) if n == 0 then return 1 else return n * f(n - 1) end end end
  assert(Y(F)(5) == 120)
end)

test("load: strings, names, environments", function()
  assert(load("return 1")() == 1)
  local f, err = load("x =", "=name")
  assert(f == nil and err:find("^name:1: "))
  local env = {y = 5}
  assert(load("x = y; return x", "c", "t", env)() == 5 and env.x == 5 and x == nil)
  assert(load("return _ENV", "c", "t", nil)() == nil)
  assert(load("return ...")(1) == 1)
  assert(select("#", load("return ...")(1, nil, nil)) == 3)
  assert(load("")() == nil and select("#", load("")()) == 0)
  assert(load("  -- comment")() == nil)
  assert(load("# no comment here") == nil)
  local fn = load("local a = ...; return function() a = a + 1; return a end")
  local c1, c2 = fn(1), fn(10)
  assert(c1() == 2 and c2() == 11 and c1() == 3)
  -- changes of _ENV belong to the function
  local g = load("_ENV = {x = 1}; return x")
  assert(g() == 1 and print)
end)

test("load: modes", function()
  local f, err = load("return 1", "c", "b")
  assert(not f and err == "attempt to load a text chunk (mode is 'b')", err)
  f, err = load("\27Lua", "c", "t")
  assert(not f and err == "attempt to load a binary chunk (mode is 't')", err)
  assert(load("return 1", "c", "bt")() == 1)
end)

test("load: reader functions", function()
  local function reader(...)
    local parts, i = {...}, 0
    return function() i = i + 1 return parts[i] end
  end
  assert(load(reader("re", "turn ", "1", "2"))() == 12)
  assert(load(reader("return 1", "", "2"))() == 1)
  assert(load(reader())() == nil)
  local text = "return 'a' .. \"b\" .. [[c]] --[==[ x ]==] .. 'd'"
  local i = 0
  assert(load(function() i = i + 1 return text:sub(i, i) end)() == "abcd")
  local f, err = load(function() error("broken", 0) end)
  assert(not f and err == "broken")
  f, err = load(function() return {} end)
  assert(not f and err:find("reader function must return a string"), err)
  f, err = load(reader("*"), "=r")
  assert(not f and err:find("^r:1:"), err)
  -- load within the reader
  local calls = 0
  assert(load(function() calls = calls + 1 if calls == 1 then return load("return 'return 7'")() end end)() == 7)
end)

test("load: readers that yield", function()
  if not V55 then return end -- PUC-Rio refuses this
  local co = coroutine.wrap(function()
    return load(function() return coroutine.yield() end)
  end)
  co() co("return ") local f = co("42") f = co(nil)
  assert(f() == 42)
end)

test("bytecode is refused", function()
  if not V55 then return end
  assert(not load("\27Lua\x54"))
  assert(not pcall(string.dump, function() end))
end)

test("comments and blank lines in chunks", function()
  assert(load("--[[ a\nb ]] return 5")() == 5)
  assert(load("return 5 -- x")() == 5)
  assert(load("--[==[\n]]\n]==]return 6")() == 6)
  assert(load(";;; return 7;")() == 7)
  assert(load("return")() == nil and load("return;")() == nil)
end)

test("passing functions by name", function()
  assert((function(...) return ... end)(1, 2) == 1)
  local a = {}
  (function(x) a.x = x end)(3)
  assert(a.x == 3)
  local t = {f = function(...) return {...} end}
  local r = t.f(1, (function() return 2, 3 end)())
  assert(#r == 3)
  r = t.f((function() return 2, 3 end)(), 1)
  assert(#r == 2)
end)

test("string.dump and load of functions of the library", function()
  assert(not pcall(string.dump, print))
end)

test("tail calls through a chain of __call", function()
  local n = 10000
  local function foo()
    if n == 0 then return 1023 end
    n = n - 1
    return foo()
  end
  for _ = 1, 100 do foo = setmetatable({}, { __call = foo }) end
  assert(coroutine.wrap(function() return foo() end)() == 1023)
end)

test("a chain of __call gives its values before the arguments, the innermost first", function()
  local u = table.pack
  for i = 1, 15 do u = setmetatable({ i }, { __call = u }) end
  local r = u("a", "b")
  assert(r.n == 17 and r[16] == "a" and r[17] == "b")
  for i = 1, 15 do assert(r[i][1] == i) end
end)

test("a chain of __call that leads to nothing is too long", function()
  if not V55 then return end
  local a = {}
  for _ = 1, 16 do a = setmetatable({}, { __call = a }) end
  raises("'__call' chain too long", a)
  setmetatable(a, { __call = a })
  raises("'__call' chain too long", a)
  raises("'__call' chain too long", function() return a() end)
end)

test("load: what a reader gives may be a number", function()
  local parts = { "return ", 1, 2 }
  local f = assert(load(function() return table.remove(parts, 1) end))
  assert(f() == 12)
end)
