-- Local variables, attributes, and variables that are closed.
local V55 = _VERSION == "Lua 5.5"

local function closer(f) return setmetatable({}, {__close = f}) end

test("scopes", function()
  local i = 10
  do local i = 100; assert(i == 100) end
  do local i = 1000; assert(i == 1000) end
  assert(i == 10)
  if i ~= 10 then local i = 20 else local i = 30; assert(i == 30) end
  local x = 1
  local x = x + 1
  assert(x == 2)
  local a, b, c = (function() return 1, 2 end)()
  assert(a == 1 and b == 2 and c == nil)
  local function f(x) x = nil; return x end
  assert(f(10) == nil)
  local function f() local x; return x end
  assert(f(10) == nil)
  local function f(x) x = nil; local y; return x, y end
  assert(f(10) == nil and select(2, f(20)) == nil)
end)

test("a repeated variable is nil in each pass", function()
  for i = 1, 3 do
    local x
    assert(x == nil)
    x = i
  end
  local n = 0
  while n < 3 do
    local y
    assert(y == nil)
    y = n
    n = n + 1
  end
  n = 0
  ::again::
  do
    local z
    assert(z == nil)
    z = 1
  end
  n = n + 1
  if n < 3 then goto again end
end)

test("multiple assignment", function()
  local a, b, c = 1, 2
  a, b = b, a
  assert(a == 2 and b == 1 and c == nil)
  local t = {}
  local i = 1
  i, t[i] = i + 1, 20
  assert(i == 2 and t[1] == 20)
  t = {1, 2}
  local j = 1
  j, t[j], t[j + 1] = 2, "a", "b"
  assert(t[1] == "a" and t[2] == "b")
  a = {}
  local function f() return 1, 2, 3, 4 end
  a.x, a.y, a.z = f(), f()
  assert(a.x == 1 and a.y == 1 and a.z == 2)
  a, b, c, t = 0, f()
  assert(a == 0 and b == 1 and c == 2 and t == 3)
  local x, y = 1, 2, 3
  assert(x == 1 and y == 2)
  local s = {x = 1}
  s, s.x = nil, 5
  assert(s == nil)
end)

test("constants", function()
  local x <const> = 10
  local y <const>, z <const> = 20, 30
  assert(x + y + z == 60)
  local function f() return x + y end
  assert(f() == 30)
  local function bad(code, name)
    local ok, err = load(code)
    assert(not ok and err:find("attempt to assign to const variable '" .. name .. "'", 1, true), err)
  end
  bad("local x <const> = 1; x = 2", "x")
  bad("local xx <const>, yyy = 20, 30; local aaa; xx = 1", "xx")
  bad("local x <close> = nil; x = 1", "x")
  bad("local xx <const> = 1; function foo() xx = 2 end", "xx")
  bad("local z <const> = 1; local function f() return function() z = 2 end end", "z")
  bad("local f <const> = 1; function f() end", "f")
  local c <const> = nil
  assert(c == nil)
  local s <const>, fl <const>, b <const> = "str", 1.5, true
  assert(s .. fl == "str1.5" and b)
end)

test("closing at the end of a block, in reverse order", function()
  local log = {}
  do
    local a <close> = closer(function(self, e) log[#log + 1] = "a" assert(e == nil) end)
    local b <close> = closer(function(self, e) log[#log + 1] = "b" end)
    local n <close> = nil
    local f <close> = false
    log[#log + 1] = "body"
  end
  assert(table.concat(log, " ") == "body b a")
end)

test("the closing method is given the value, and no error", function()
  local seen, count
  local v = setmetatable({}, {__close = function(self, ...) seen = self; count = select("#", ...) end})
  do local x <close> = v end
  assert(seen == v)
  assert(count == (V55 and 0 or 1))
end)

test("closing on return keeps the results", function()
  local log = {}
  local function f(...)
    local a <close> = closer(function() log[#log + 1] = "a" return "ignored" end)
    local b <close> = closer(function() log[#log + 1] = "b" end)
    return ...
  end
  local r = table.pack(f(1, nil, 3, nil))
  assert(r.n == 4 and r[1] == 1 and r[3] == 3)
  assert(table.concat(log, " ") == "b a")
  local x = 1
  local function g()
    local c <close> = closer(function() x = 2 end)
    return x
  end
  assert(g() == 1 and x == 2)
  local function h()
    local c <close> = closer(function() x = x + 1 end)
    return f(x)
  end
  assert(h() == 2 and x == 3)
end)

test("no tail call out of a block with a variable to close", function()
  local closed = false
  local function check() return closed end
  local function f()
    local c <close> = closer(function() closed = true end)
    return check()
  end
  assert(f() == false and closed)
end)

test("closing on break, goto and the next pass", function()
  local log = {}
  local function c(name) return closer(function() log[#log + 1] = name end) end
  for i = 1, 3 do
    local a <close> = c("a" .. i)
    if i == 2 then break end
    log[#log + 1] = "x"
  end
  assert(table.concat(log, " ") == "x a1 a2")
  log = {}
  local n = 0
  ::top::
  do
    local a <close> = c("g" .. n)
    n = n + 1
    if n < 3 then goto top end
    log[#log + 1] = "end"
  end
  assert(table.concat(log, " ") == "g0 g1 end g2")
  log = {}
  while true do
    local a <close> = c("w")
    do
      local b <close> = c("v")
      goto out
    end
  end
  ::out::
  assert(table.concat(log, " ") == "v w")
  log = {}
  local i = 0
  repeat
    i = i + 1
    local a <close> = c("r" .. i)
    local done = i == 2
    log[#log + 1] = "u"
  until done
  assert(table.concat(log, " ") == "u r1 u r2")
  log = {}
  for i = 1, 2 do
    local a <close> = c(i)
    if i == 1 then goto continue end
    log[#log + 1] = "second"
    ::continue::
  end
  assert(table.concat(log, " ") == "1 second 2")
end)

test("closing on errors, with the error", function()
  local log = {}
  local function f()
    local a <close> = closer(function(_, e) log[#log + 1] = "a:" .. tostring(e) end)
    local b <close> = closer(function(_, e) log[#log + 1] = "b:" .. tostring(e) error("from b", 0) end)
    local c <close> = closer(function(_, e) log[#log + 1] = "c:" .. tostring(e) end)
    error("first", 0)
  end
  local ok, err = pcall(f)
  assert(not ok and err == "from b")
  assert(table.concat(log, " ") == "c:first b:first a:from b")
end)

test("errors while closing without an error", function()
  local log = {}
  local function f()
    local a <close> = closer(function(_, e) log[#log + 1] = e end)
    local b <close> = closer(function(_, e) log[#log + 1] = tostring(e) error("@b", 0) end)
    return 1
  end
  local ok, err = pcall(f)
  assert(not ok and err == "@b")
  assert(table.concat(log, " ") == "nil @b")
  local function g()
    local y <close> = closer(function(_, e) assert(e == "@z") error("@y", 0) end)
    do
      local z <close> = closer(function() error("@z", 0) end)
    end
    error("not reached")
  end
  ok, err = pcall(g)
  assert(err == "@y")
end)

test("the handler of xpcall sees errors of closing methods", function()
  local function f()
    local x123 <close> = closer(function() error("@x123") end)
    local n = nil + 1
  end
  local n = 0
  local ok, err = xpcall(f, function(m) n = n + 1 return m end)
  assert(n == 2 and err:find("@x123"))
end)

test("values that cannot be closed", function()
  local function f(v) local xyz <close> = v return 1 end
  raises("variable 'xyz' got a non-closable value", f, {})
  raises("variable 'xyz' got a non-closable value", f, 42)
  raises("variable 'xyz' got a non-closable value", f, "x")
  assert(f(nil) == 1 and f(false) == 1)
  -- the method goes before it is needed
  local function g()
    local xyz <close> = setmetatable({}, {__close = print})
    getmetatable(xyz).__close = nil
  end
  raises("metamethod 'close'", g)
  local closed
  local function h()
    local a <close> = closer(function(_, e) closed = e end)
    local b <close> = setmetatable({}, {__close = print})
    getmetatable(b).__close = 23
  end
  raises("metamethod 'close'", h)
  assert(closed:find("metamethod 'close'"))
end)

test("__close may be any callable", function()
  local called
  local m = setmetatable({}, {__call = function(self, v) called = v end})
  local v = setmetatable({}, {__close = m})
  do local x <close> = v end
  assert(called == v)
end)

test("yields while closing", function()
  local log = {}
  local co = coroutine.wrap(function()
    local function f()
      local a <close> = closer(function() coroutine.yield("in a") log[#log + 1] = "a" end)
      local b <close> = closer(function() coroutine.yield("in b") log[#log + 1] = "b" end)
      return 1, 2, 3
    end
    return f()
  end)
  assert(co() == "in b") assert(co() == "in a")
  local r = table.pack(co())
  assert(r.n == 3 and r[3] == 3 and table.concat(log) == "ba")
end)

test("yields while closing on break, error and goto", function()
  local co = coroutine.wrap(function()
    while true do
      local a <close> = closer(function() coroutine.yield("break") end)
      break
    end
    local n = 0
    ::again::
    do
      local a <close> = closer(function() coroutine.yield("goto" .. n) end)
      n = n + 1
      if n < 3 then goto again end
    end
    local ok, err = pcall(function()
      local a <close> = closer(function(_, e) coroutine.yield(e) error("second", 0) end)
      local b <close> = closer(function(_, e) coroutine.yield(e) end)
      error("first", 0)
    end)
    assert(not ok and err == "second")
    for k in next, {1}, nil, closer(function() coroutine.yield("for") end) do end
    return "end"
  end)
  assert(co() == "break")
  assert(co() == "goto1") assert(co() == "goto2") assert(co() == "goto3")
  assert(co() == "first") assert(co() == "first")
  assert(co() == "for")
  assert(co() == "end")
end)

test("coroutine.close closes what is open", function()
  local log = {}
  local co = coroutine.create(function()
    local a <close> = closer(function(_, e) log[#log + 1] = "a" .. tostring(e) end)
    local b <close> = closer(function(_, e) log[#log + 1] = "b" .. tostring(e) end)
    coroutine.yield(1)
    error("not reached")
  end)
  assert(coroutine.resume(co))
  assert(coroutine.close(co) == true)
  assert(coroutine.status(co) == "dead")
  assert(table.concat(log, " ") == "bnil anil")
  co = coroutine.create(function()
    local a <close> = closer(function(_, e) log = e error({"obj"}) end)
    local b <close> = closer(function() error("bb", 0) end)
    coroutine.yield()
  end)
  coroutine.resume(co)
  local ok, err = coroutine.close(co)
  assert(ok == false and err[1] == "obj" and log == "bb")
  assert(coroutine.close(co))
end)

test("coroutine.wrap closes on errors", function()
  local x = 0
  local co = coroutine.wrap(function()
    local xx <close> = closer(function(_, e) x = x + 1 error("@YYY") end)
    local xv <close> = closer(function() x = x + 1 error("@XXX") end)
    coroutine.yield(100)
    error(200)
  end)
  assert(co() == 100 and x == 0)
  local ok, err = pcall(co)
  assert(x == 2 and not ok and err:find("@YYY"))
  x = 0
  co = coroutine.wrap(function()
    local xx <close> = closer(function(_, e) x = x + 1 end)
    coroutine.yield(1)
    error("plain", 0)
  end)
  co()
  raises("plain", co)
  assert(x == 1)
end)

test("the closing value of a generic for", function()
  local log = {}
  local function iter(n, name)
    return function(_, i) i = i + 1 if i <= n then return i end end, nil, 0, closer(function(_, e) log[#log + 1] = name .. tostring(e) end)
  end
  for i in iter(3, "a") do end
  for i in iter(3, "b") do if i == 2 then break end end
  pcall(function() for i in iter(3, "c") do error("e", 0) end end)
  local function f() for i in iter(3, "d") do return i end end
  assert(f() == 1)
  for i in iter(2, "o") do
    for j in iter(2, "i") do
      goto next
    end
    ::next::
  end
  assert(table.concat(log, " ") == "anil bnil ce dnil inil inil onil")
  raises("got a non-closable value", function() for i in next, {}, nil, {} do end end)
  for i in next, {}, nil, nil do end
  for i in next, {}, nil, false do end
end)

test("closing and closures share the variable", function()
  local get
  do
    local x <close> = closer(function() end)
    get = function() return x end
  end
  assert(type(get()) == "table")
  local n = 0
  do
    local y = 1
    local x <close> = closer(function() n = y end)
    y = 5
  end
  assert(n == 5)
end)

test("many variables to close, and deep", function()
  local n = 0
  local function f(d)
    local a <close> = closer(function() n = n + 1 end)
    if d > 0 then return (f(d - 1)) end
    return "x"
  end
  assert(f(1000) == "x" and n == 1001)
  n = 0
  local function g(d)
    local a <close> = closer(function() n = n + 1 end)
    if d == 0 then error("deep", 0) end
    g(d - 1)
    return 1
  end
  local ok, err = pcall(g, 1000)
  assert(err == "deep" and n == 1001)
end)

test("a stack overflow closes", function()
  local n = 0
  local function f()
    local a <close> = closer(function() n = n + 1 end)
    f()
    return 1
  end
  local ok, err = pcall(f)
  assert(not ok and (err:find("stack overflow") or err:find("not enough memory")) and n > 100)
end)

test("nil error objects while closing", function()
  local seen = "none"
  local ok, err = pcall(function()
    local x <close> = closer(function(_, e) seen = e end)
    error(nil)
  end)
  assert(not ok)
  if V55 then assert(seen == "<no error object>") else assert(seen == nil) end
end)

test("tracebacks name the closing method", function()
  local trace
  local function f()
    local x <close> = closer(function() trace = debug.traceback() end)
    return 1
  end
  f()
  assert(trace:find("in metamethod 'close'", 1, true), trace)
  local function g()
    local x <close> = closer(function() error("@z") end)
    local y = 1
  end
  local ok, msg = xpcall(g, debug.traceback)
  assert(msg:find("^[^ ]* @z"), msg)
  assert(msg:find("in metamethod 'close'", 1, true), msg)
end)

test("what closes variables because of an error is called by the protected call", function()
  local function names(protect)
    local seen = {}
    local function body(wait)
      local x <close> = setmetatable({}, { __close = function() seen[#seen + 1] = debug.getinfo(2).name end })
      local y <close> = setmetatable({}, { __close = function() seen[#seen + 1] = debug.getinfo(2).name error("y") end })
      if wait then coroutine.yield() end
      error("x")
    end
    protect(body)
    local co = coroutine.wrap(function() protect(function() body(true) end) end)
    co() co()
    return table.concat(seen, " ")
  end
  assert(names(pcall) == "protect protect protect protect", names(pcall))
end)
