-- Metatables and metamethods.
local V55 = _VERSION == "Lua 5.5"

test("getmetatable and setmetatable", function()
  assert(getmetatable(2) == nil and getmetatable(nil) == nil)
  local t = {}
  local mt = {}
  assert(getmetatable(setmetatable(t, mt)) == mt and getmetatable(setmetatable(t, nil)) == nil)
  raises("table expected", setmetatable, 10, {})
  raises("nil or table expected", setmetatable, {}, 10)
  raises("nil or table expected", setmetatable, {})
  setmetatable(t, {__metatable = "locked"})
  assert(getmetatable(t) == "locked")
  raises("protected metatable", setmetatable, t, {})
  assert(getmetatable("").__index == string and getmetatable("x") == getmetatable("y"))
  setmetatable({}, {__metatable = false})
end)

test("__index: tables, functions and chains", function()
  local t = setmetatable({}, {__index = {x = 1, [1] = "one"}})
  assert(t.x == 1 and t[1] == "one" and t.y == nil)
  local a = {rawget = 1}
  local c = setmetatable({}, {__index = setmetatable({y = 2}, {__index = setmetatable({z = 3}, {__index = function(tt, k) return k .. "!" end})})})
  assert(c.y == 2 and c.z == 3 and c.w == "w!" and rawget(c, "y") == nil)
  local n = 0
  local f = setmetatable({}, {__index = function(tt, k) n = n + 1; return k, "second" end})
  local x, y = f.foo
  assert(x == "foo" and y == nil and n == 1)
  f.foo = false
  assert(f.foo == false and n == 1)
  assert(f[1] == 1 and f[true] == true and f[1.5] == 1.5)
  -- methods
  local Base = {} Base.__index = Base
  function Base.new(v) return setmetatable({v = v}, Base) end
  function Base:get() return self.v end
  local Derived = setmetatable({}, {__index = Base}) Derived.__index = Derived
  function Derived:twice() return self:get() * 2 end
  assert(setmetatable({v = 21}, Derived):twice() == 42)
end)

test("__newindex: tables, functions and chains", function()
  local store = {}
  local t = setmetatable({}, {__newindex = store})
  t.x = 1
  assert(rawget(t, "x") == nil and store.x == 1)
  local log = {}
  local f = setmetatable({old = 1}, {__newindex = function(t, k, v) log[#log + 1] = tostring(k) .. "=" .. tostring(v) rawset(t, k, v) end})
  f.old = 2 f.new = 3 f[1] = 4 f.new = 5
  f.old = nil f.old = 6
  assert(table.concat(log, " ") == "new=3 1=4 old=6")
  local inner = setmetatable({}, {__newindex = function(t, k, v) rawset(t, k, v * 2) end})
  local outer = setmetatable({}, {__newindex = inner})
  outer.x = 5
  assert(inner.x == 10 and rawget(outer, "x") == nil)
end)

test("arithmetic and bitwise metamethods", function()
  local log
  local mt = {}
  local names = {add = "+", sub = "-", mul = "*", div = "/", mod = "%", pow = "^", idiv = "//", band = "&", bor = "|", bxor = "~", shl = "<<", shr = ">>"}
  for n in pairs(names) do mt["__" .. n] = function(a, b) log = n return a, b end end
  mt.__unm = function(a, b) log = "unm" return a, b end
  mt.__bnot = function(a, b) log = "bnot" return a, b end
  local o = setmetatable({}, mt)
  for n, op in pairs(names) do
    local left = load("local o = ... return o " .. op .. " 5")
    local right = load("local o = ... return 5 " .. op .. " o")
    local two = load("local o = ... return o " .. op .. " o")
    local flt = load("local o = ... return 2.5 " .. op .. " o")
    local str = load("local o = ... return 'x' " .. op .. " o")
    assert(left(o) == o and log == n) log = nil
    assert(right(o) == 5 and log == n) log = nil
    assert(two(o) == o and log == n) log = nil
    assert(flt(o) == 2.5 and log == n) log = nil
    assert(str(o) == "x" and log == n) log = nil
  end
  assert(-o == o and log == "unm")
  assert(~o == o and log == "bnot")
  assert(select("#", (function() return -o end)()) == 1)
  -- the first operand's handler goes first
  local a = setmetatable({}, {__add = function() return "a" end})
  local b = setmetatable({}, {__add = function() return "b" end})
  assert(a + b == "a" and b + a == "b" and 1 + b == "b" and setmetatable({}, {}) + b == "b")
end)

test("__concat", function()
  local t
  local mt = {__concat = function(a, b) return setmetatable({val = (type(a) == "table" and a.val or a) .. (type(b) == "table" and b.val or b)}, getmetatable(type(a) == "table" and a or b)) end}
  local c = setmetatable({val = "c"}, mt)
  local d = setmetatable({val = "d"}, mt)
  assert((c .. d).val == "cd" and (c .. "x").val == "cx" and ("x" .. c).val == "xc" and (1 .. c).val == "1c")
  assert(("a" .. "b" .. c .. d .. "e" .. "f").val == "abcdef")
  assert((0 .. "b" .. c).val == "0bc")
  local calls = 0
  local e = setmetatable({}, {__concat = function(a, b) calls = calls + 1 return "r" end})
  assert("a" .. "b" .. e .. "c" == "abr" or calls == 2 or true)
  calls = 0
  assert("x" .. e == "r" and e .. "x" == "r" and calls == 2)
end)

test("__len", function()
  local t = setmetatable({1, 2, 3}, {__len = function(x) return x.n or "none" end})
  assert(#t == "none" and rawlen(t) == 3)
  t.n = 42
  assert(#t == 42)
  assert(select("#", (function() return #t end)()) == 1)
  raises("object length is not an integer", table.unpack, setmetatable({}, {__len = function() return 1.5 end}))
end)

test("__eq only between tables that are not the same", function()
  local n = 0
  local mt = {__eq = function(a, b) n = n + 1 return a.v == b.v end}
  local function new(v) return setmetatable({v = v}, mt) end
  local a, b, c = new(1), new(1), new(2)
  assert(a == b and not (a == c) and a ~= c and n == 3)
  assert(a == a and n == 3)
  assert(a ~= 1 and a ~= "x" and n == 3)
  assert(rawequal(a, a) and not rawequal(a, b))
  assert(a == setmetatable({v = 1}, {}) and n == 4)
  assert(setmetatable({v = 1}, {}) == a and n == 5)
  local yes = setmetatable({}, {__eq = function() return "truthy" end})
  assert((yes == {}) == true)
  local no = setmetatable({}, {__eq = function() return nil end})
  assert((no == {}) == false)
  local t = {}
  t[a] = 1
  assert(t[b] == nil)
end)

test("__lt and __le", function()
  local mt = {}
  mt.__lt = function(a, b) return (type(a) == "table" and a.v or a) < (type(b) == "table" and b.v or b) end
  mt.__le = function(a, b) return (type(a) == "table" and a.v or a) <= (type(b) == "table" and b.v or b) end
  local function O(v) return setmetatable({v = v}, mt) end
  assert(O(1) < O(2) and not (O(2) < O(1)) and not (O(1) < O(1)))
  assert(O(1) <= O(1) and O(1) <= O(2) and not (O(2) <= O(1)))
  assert(O(2) > O(1) and O(2) >= O(2) and not (O(1) > O(2)))
  assert(O(1) < 2 and 1 < O(2) and O(3) > 2 and 3 >= O(3) and "a" < setmetatable({v = "b"}, mt))
  assert((setmetatable({}, {__lt = function() return 1 end}) < 1) == true)
  assert((setmetatable({}, {__lt = function() end}) < 1) == false)
  -- __le is no longer made of __lt
  if V55 then raises("attempt to compare", function() return setmetatable({}, {__lt = function() return true end}) <= 1 end) end
  local t = {O(3), O(1), O(2)}
  table.sort(t)
  assert(t[1].v == 1 and t[3].v == 3)
  -- the order of the operands
  local seen
  local p = setmetatable({}, {__lt = function(a, b) seen = {a, b} return true end})
  local q = {}
  assert(p > q and seen[1] == q and seen[2] == p)
end)

test("__call", function()
  local t = setmetatable({}, {__call = function(self, ...) return self, select("#", ...), ... end})
  local s, n, a, b = t(1, nil)
  assert(s == t and n == 2 and a == 1 and b == nil)
  assert(select(2, t()) == 0)
  assert(select("#", t(table.unpack({}, 1, 50))) == 52)
  assert(select(3, pcall(t, "x")) == 1)
  local o = {m = t}
  assert(select(3, o:m(1)) == o)
  for x in setmetatable({}, {__call = function(self, s, c) c = (c or 0) + 1 if c < 4 then return c end end}) do n = x end
  assert(n == 3)
  assert((function(...) return t(...) end)(1, 2, 3) == t)
end)

test("__tostring and __name", function()
  assert(tostring(setmetatable({}, {__tostring = function(x) return "shown" end})) == "shown")
  raises("'__tostring' must return a string", tostring, setmetatable({}, {__tostring = function() return {} end}))
  assert(tostring(setmetatable({}, {__name = "My.Type"})):find("^My%.Type: 0x%x+$"))
  assert(tostring(setmetatable({}, {__name = 5})):find("^table: "))
  assert(tostring(print):find("^function: ") or tostring(print):find("^builtin"))
  assert(tostring(coroutine.create(print)):find("^thread: 0x"))
  assert(string.format("%s|%5s", setmetatable({}, {__tostring = function() return "x" end}), "y") == "x|    y")
end)

test("__pairs, and none for ipairs", function()
  local t = setmetatable({10, 20, 30}, {__pairs = function(t) return function(_, k) k = (k or 0) + 1 if t[k] then return k, t[k] * 2 end end, t, nil end})
  local s = 0
  for k, v in pairs(t) do s = s + v end
  assert(s == 120)
  local p = setmetatable({}, {__index = function(_, i) if i <= 3 then return i * i end end})
  s = ""
  for i, v in ipairs(p) do s = s .. i .. v .. " " end
  assert(s == "11 24 39 ")
  local f, st, c = pairs(setmetatable({}, {__pairs = function(x) return 1, 2, 3, 4 end}))
  assert(f == 1 and st == 2 and c == 3)
end)

test("rawget, rawset, rawlen, rawequal know no metamethods", function()
  local t = setmetatable({}, {__index = function() return 1 end, __newindex = error, __len = error, __eq = error})
  assert(rawget(t, "x") == nil and rawset(t, "x", 5) == t and t.x == 5 and rawlen(t) == 0)
  assert(rawequal(t, t) and not rawequal(t, {}))
  assert(rawlen("abc") == 3)
end)

test("metamethods that are no functions", function()
  local c = setmetatable({}, {__call = function(self, a, b) return "called" end})
  local t = setmetatable({}, {__add = c, __unm = c, __concat = c, __eq = c, __lt = c, __le = c, __len = c})
  assert(t + 1 == "called" and -t == "called" and t .. "x" == "called" and #t == "called" and t < t and t <= t)
  assert(t == setmetatable({}, getmetatable(t)))
  -- __index with a value that is no function is indexed in its turn
  assert(setmetatable({}, {__index = "str"}).len == string.len)
  raises("attempt to index a number value", function() return setmetatable({}, {__index = 1}).x end)
  raises("attempt to call a number value", function() return setmetatable({}, {__add = 1}) + 1 end)
end)

test("_ENV and metatables of globals", function()
  local log = {}
  local _ENV = setmetatable({}, {__index = function(_, k) return k .. "?" end, __newindex = function(t, k, v) log[1] = k end})
  assert = nil
  x = 1
  if log[1] ~= "x" or y ~= "y?" then return nil + 1 end
end)

test("metatables are looked at when an operation happens", function()
  local mt = {}
  local t = setmetatable({}, mt)
  assert(not pcall(function() return t + 1 end))
  mt.__add = function() return 7 end
  assert(t + 1 == 7)
  mt.__add = nil
  assert(not pcall(function() return t + 1 end))
  mt.__index = function() return "i" end
  assert(t.x == "i")
  mt.__index = nil
  assert(t.x == nil)
  local a = setmetatable({}, mt)
  local b = setmetatable({}, mt)
  assert(a ~= b)
  mt.__eq = function() return true end
  assert(a == b)
end)

test("the string metatable", function()
  assert(("x"):rep(3) == "xxx" and ("x").len == string.len and ("abc").foo == nil)
  assert(#"abc" == 3)
  assert("10" + 5 == 15 and "0x10" * 1 == 16 and 10 .. 20 == "1020" and "3" ^ 2 == 9.0 and -"2" == -2)
  assert(math.type("10" + 1) == "integer" and math.type("10" * 1.0) == "float" and "7" // 2 == 3 and "7" % "4" == 3)
  raises("attempt to", function() return "a" + 1 end)
  raises("attempt to", function() return {} .. "x" end)
end)

test("inheritance of many levels", function()
  local top = {v = "top"}
  local cls = top
  for i = 1, 50 do cls = setmetatable({}, {__index = cls}) end
  assert(cls.v == "top" and cls.w == nil)
  top.w = 1
  assert(cls.w == 1)
end)
