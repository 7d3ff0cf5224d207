-- The debug library, as far as PUC-Rio's and ours agree; ours knows less of local variables.
local V55 = _VERSION == "Lua 5.5"

test("getinfo of functions", function()
  local function f(a, b, ...)
    return a
  end
  local i = debug.getinfo(f)
  assert(i.what == "Lua" and i.func == f and i.nparams == 2 and i.isvararg and i.currentline == -1)
  assert(i.lastlinedefined == i.linedefined + 2 and i.source:sub(1, 1) == "@" and i.name == nil and i.namewhat == "")
  local c = debug.getinfo(print)
  assert(c.what == "C" and c.short_src == "[C]" and c.source == "=[C]" and c.linedefined == -1 and c.nparams == 0 and c.isvararg)
  local m = debug.getinfo(load("return 1", "=chunk"))
  assert(m.what == "main" and m.short_src == "chunk" and m.source == "=chunk" and m.linedefined == 0 and m.isvararg)
  assert(debug.getinfo(load("x = 1")).source == "x = 1" and debug.getinfo(load("x = 1")).short_src == '[string "x = 1"]')
  local only = debug.getinfo(f, "u")
  assert(only.nups == 0 and only.what == nil and only.func == nil)
  local n = debug.getinfo(function() return f, c end, "u")
  assert(n.nups == 2)
  raises("invalid option", debug.getinfo, print, "X")
  raises("invalid option", debug.getinfo, print, ">")
  assert(debug.getinfo(1000) == nil and debug.getinfo(-1) == nil)
end)

test("getinfo of levels", function()
  local function inner()
    local i = debug.getinfo(1, "nSl")
    return i, debug.getinfo(2, "nSl")
  end
  local function outer()
    local a, b = inner()
    return a, b
  end
  local a, b = outer()
  assert(a.name == "inner" and (a.namewhat == "upvalue" or a.namewhat == "local") and a.what == "Lua")
  assert(b.name == "outer" and b.namewhat == "local")
  assert(a.currentline == a.linedefined + 1 and b.currentline == b.linedefined + 1)
  assert(debug.getinfo(0, "n").name == "getinfo")
  local t = {}
  function t.field() return debug.getinfo(1, "n").name, debug.getinfo(1, "n").namewhat end
  function t:method() local i = debug.getinfo(1, "n") return i.name, i.namewhat end
  local n, w = t.field()
  assert(n == "field" and (w == "field" or w == "method"))
  n, w = t:method()
  assert(n == "method" and w == "method")
  local mt = setmetatable({}, {__index = function() local i = debug.getinfo(1, "n") return i.namewhat .. " " .. i.name end})
  assert(mt.x == "metamethod index")
  for x in function(_, c) local i = debug.getinfo(1, "n") if not c then return i.name end end do assert(x == "for iterator") end
  local function tail() return debug.getinfo(1, "t").istailcall end
  assert((function() return tail() end)() == true)
  assert((function() local r = tail() return r end)() == false)
end)

test("getinfo of coroutines", function()
  local co = coroutine.create(function(x)
    local a = 1
    coroutine.yield(debug.getinfo(1, "l"))
    return a
  end)
  local _, l = coroutine.resume(co, 10)
  local x = debug.getinfo(co, 1, "lSL")
  assert(x.currentline == l.currentline and x.activelines[x.currentline])
  assert(debug.getinfo(co, 0, "S").what == "C")
  assert(not debug.getinfo(co, 2))
end)

test("active lines", function()
  local function check(f, lines)
    local t = debug.getinfo(f, "SL")
    for _, l in pairs(lines) do
      l = l + t.linedefined
      assert(t.activelines[l], l)
      t.activelines[l] = nil
    end
    assert(next(t.activelines) == nil)
  end
  check(function(a)
    local x = a
    -- a comment
    x = 2
    --
    if x then
      x = 3
    end
  end, {1, 3, 5, 6, 8})
  assert(debug.getinfo(print, "L").activelines == nil)
end)

test("tracebacks", function()
  local t = debug.traceback("hi")
  assert(t:find("^hi\nstack traceback:\n\t[^\n]*: in function <"), t)
  assert(debug.traceback():find("^stack traceback:\n"))
  assert(debug.traceback("hi", 0):find("^hi\nstack traceback:\n\t%[C%]: in function 'debug.traceback'"))
  local o = {}
  assert(debug.traceback(o) == o and debug.traceback(print) == print and debug.traceback(false) == false)
  assert(debug.traceback(nil):find("^stack traceback:"))
  assert(debug.traceback(12):find("^12\nstack"))
  local function lvl() local s = debug.traceback("m", 2) return s end
  local function caller() local s = lvl() return s end
  local s = caller()
  assert(not s:find("lvl") and s:find("'caller'"), s)
  local function deep(n) if n == 0 then local t = debug.traceback() return t end local t = deep(n - 1) return t end
  s = deep(100)
  assert(s:find("\n\t...\t(skipping ", 1, true) and select(2, s:gsub("\n", "")) == 10 + 1 + 11, s)
end)

test("tracebacks of coroutines", function()
  local function f(n) if n > 0 then f(n - 1) else coroutine.yield() end return 1 end
  local co = coroutine.create(f)
  coroutine.resume(co, 3)
  local s = debug.traceback(co)
  assert(s:find("^stack traceback:\n\t%[C%]: in function 'coroutine.yield'\n"), s)
  assert(select(2, s:gsub("\n", "")) == 5 and s:find("in upvalue 'f'", 1, true) and s:find("in function <", 1, true), s)
  s = debug.traceback(co, "msg", 4)
  assert(s:find("^msg\nstack traceback:\n\t[^\n]*in function <[^\n]*$"), s)
  assert(debug.traceback(co, nil, 100) == "stack traceback:")
  local ok, e = coroutine.resume(co)
  assert(ok and debug.traceback(co) == "stack traceback:")
end)

test("the traceback of a coroutine that an error has ended", function()
  local co = coroutine.create(function() local function f() error("e") end f() return 1 end)
  coroutine.resume(co)
  local s = debug.traceback(co)
  assert(s:find("\n\t[C]: in function 'error'\n", 1, true) and s:find("in local 'f'", 1, true), s)
end)

test("upvalues", function()
  local a, b, c = 3, 5, 7
  local function foo1() return a + b end
  local function foo2() return b + a end
  local foo3
  do
    local a = 10
    foo3 = function() return a + b end
  end
  local n, v = debug.getupvalue(foo1, 1)
  assert(n == "a" and v == 3)
  n, v = debug.getupvalue(foo2, 1)
  assert(n == "b" and v == 5)
  assert(debug.getupvalue(foo1, 3) == nil)
  assert(debug.setupvalue(foo1, 1, 30) == "a" and a == 30 and foo1() == 35 and foo2() == 35)
  assert(debug.setupvalue(foo1, 9, 1) == nil)
  a = 3
  assert(debug.upvalueid(foo1, 1) and not debug.upvalueid(foo1, 3))
  assert(debug.upvalueid(foo1, 1) == debug.upvalueid(foo2, 2) and debug.upvalueid(foo1, 2) == debug.upvalueid(foo2, 1))
  assert(debug.upvalueid(foo1, 1) ~= debug.upvalueid(foo3, 1) and debug.upvalueid(foo1, 2) == debug.upvalueid(foo3, 2))
  assert(debug.upvalueid(string.gmatch("x", "x"), 1) ~= nil)
  assert(type(debug.upvalueid(foo1, 1)) == "userdata")
  assert(foo1() == 3 + 5 and foo2() == 5 + 3)
  debug.upvaluejoin(foo1, 2, foo2, 2)
  assert(foo1() == 3 + 3 and foo2() == 5 + 3 and foo3() == 10 + 5)
  debug.upvaluejoin(foo3, 2, foo2, 1)
  assert(foo3() == 10 + 5)
  debug.upvaluejoin(foo3, 2, foo2, 2)
  assert(foo3() == 10 + 3)
  assert(not pcall(debug.upvaluejoin, foo1, 3, foo2, 1))
  assert(not pcall(debug.upvaluejoin, foo1, 1, foo2, 3))
  assert(not pcall(debug.upvaluejoin, foo1, 0, foo2, 1))
  assert(not pcall(debug.upvaluejoin, print, 1, foo2, 1))
  assert(not pcall(debug.upvaluejoin, {}, 1, foo2, 1))
  assert(not pcall(debug.upvaluejoin, foo1, 1, print, 1))
end)

test("_ENV as an upvalue", function()
  local f = load("return x")
  assert(debug.getupvalue(f, 1) == "_ENV")
  local g = load("return some_global")
  local n, env = debug.getupvalue(g, 1)
  assert(n == "_ENV" and env == _G)
  assert(debug.setupvalue(g, 1, {some_global = 5}) == "_ENV" and g() == 5 and some_global == nil)
  -- the way to give a function an environment
  local h = load("return function() return y end, function(v) y = v end")
  local get, set = h()
  debug.upvaluejoin(get, 1, load("return z"), 1)
  set(1)
  assert(get() == 1 and y == 1)
  y = nil
end)

test("metatables of all types", function()
  local mt = {__index = function(v, k) return k end, __add = function(a, b) return "added" end, __call = function(self, x) return x end}
  assert(debug.getmetatable("x").__index == string and debug.getmetatable(nil) == nil)
  for _, v in ipairs{10, true, print, coroutine.create(print)} do
    assert(debug.setmetatable(v, mt) == v and debug.getmetatable(v) == mt)
    assert(v.foo == "foo")
    debug.setmetatable(v, nil)
    assert(not pcall(function() return v.foo end))
  end
  debug.setmetatable(10, {__index = function(a, b) return a + b end, __len = function(a) return tostring(a) end, __call = function(a, b) return a .. b end})
  assert((10)[3] == 13 and #-2 == "-2" and (10)("x") == "10x" and (2.5)[1] == 3.5)
  debug.setmetatable(10, nil)
  debug.setmetatable(nil, {__index = function(_, k) return k .. "!" end})
  local a
  assert(a.b == "b!" and undefinedname.x == "x!")
  debug.setmetatable(nil, nil)
  assert(not pcall(function() return a.b end))
  local t = setmetatable({}, {__metatable = "locked"})
  assert(type(debug.getmetatable(t)) == "table")
  debug.setmetatable(t, nil)
  assert(getmetatable(t) == nil)
  raises("nil or table expected", debug.setmetatable, {}, 1)
end)

test("the registry and user values", function()
  assert(type(debug.getregistry()) == "table" and debug.getregistry() == debug.getregistry())
  assert(debug.getuservalue({}) == nil and debug.getuservalue(1) == nil)
  raises("userdata expected", debug.setuservalue, {}, 1)
end)

test("hooks that count", function()
  assert(debug.gethook() == nil)
  local n = 0
  local function hook(event) n = n + 1 assert(event == "count") end
  debug.sethook(hook, "", 1000)
  local f, mask, count = debug.gethook()
  assert(f == hook and mask == "" and count == 1000)
  for i = 1, 100000 do end
  debug.sethook()
  assert(n >= 50 and n <= 1000, n)
  assert(debug.gethook() == nil)
  debug.sethook(function() error("too long", 0) end, "", 10000)
  local ok, e = pcall(function() while true do end end)
  debug.sethook()
  assert(not ok and e == "too long", e)
  local co = coroutine.create(function() for i = 1, 1e6 do end end)
  debug.sethook(co, function() error("limit", 0) end, "", 1000)
  ok, e = coroutine.resume(co)
  assert(not ok and e == "limit" and debug.gethook() == nil)
end)

test("getlocal of functions, and levels that are not there", function()
  local function f(a, b) local c = 1 return c end
  assert(debug.getlocal(f, 1) == "a" and debug.getlocal(f, 2) == "b" and debug.getlocal(f, 3) == nil)
  assert(debug.getlocal(print, 1) == nil)
  raises("level out of range", debug.getlocal, 100, 1)
  raises("level out of range", debug.setlocal, 100, 1, 1)
end)

test("functions of the library keep what has no name", function()
  local each = string.gmatch("x", "x")
  assert(debug.getupvalue(each, 1) == "" and debug.getupvalue(print, 1) == nil)
end)

test("a function without a name begins where its parenthesis stands, one with a name at that", function()
  local a = function
  () end
  local b = function() end
  local function c
  () end
  local line = debug.getinfo(b, "S").linedefined
  assert(debug.getinfo(a, "S").linedefined == line - 1)
  assert(debug.getinfo(c, "S").linedefined == line + 2)
  local _, message = load("x = function\n() ", "=t")
  assert(message == "t:2: 'end' expected near <eof>")
end)
