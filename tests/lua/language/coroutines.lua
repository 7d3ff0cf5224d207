-- Coroutines: everywhere a call may stand, a yield may happen.
local V55 = _VERSION == "Lua 5.5"

test("resume and yield hand over values", function()
  local co = coroutine.create(function(a, b)
    assert(a == 1 and b == 2)
    local c, d = coroutine.yield(3, 4)
    assert(c == 5 and d == nil)
    local n = select("#", coroutine.yield())
    assert(n == 0)
    return 6, nil, 7
  end)
  assert(type(co) == "thread" and coroutine.status(co) == "suspended")
  local ok, x, y = coroutine.resume(co, 1, 2)
  assert(ok and x == 3 and y == 4)
  assert(select("#", coroutine.resume(co, 5)) == 1)
  local r = table.pack(coroutine.resume(co))
  assert(r.n == 4 and r[1] == true and r[2] == 6 and r[3] == nil and r[4] == 7)
  assert(coroutine.status(co) == "dead")
  local e
  ok, e = coroutine.resume(co)
  assert(not ok and e == "cannot resume dead coroutine")
end)

test("what is checked", function()
  raises("function expected", coroutine.create, 1)
  raises("function expected", coroutine.wrap)
  raises("thread expected", coroutine.resume, 1)
  raises("thread expected", coroutine.status, {})
  raises("thread expected", coroutine.close, print)
end)

test("running, isyieldable, status", function()
  local main, ismain = coroutine.running()
  assert(type(main) == "thread")
  local co
  co = coroutine.create(function()
    local me, is = coroutine.running()
    assert(me == co and is == false)
    assert(coroutine.isyieldable())
    assert(coroutine.status(co) == "running")
    assert(coroutine.status(main) == "normal")
    local inner = coroutine.create(function() return coroutine.status(co) end)
    assert(select(2, coroutine.resume(inner)) == "normal")
    local ok, e = coroutine.resume(co)
    assert(not ok and e == "cannot resume non-suspended coroutine")
    ok, e = coroutine.resume(main)
    assert(not ok and e == "cannot resume non-suspended coroutine")
  end)
  assert(coroutine.isyieldable(co))
  local ok, e = coroutine.resume(co)
  assert(ok, e)
  assert(coroutine.status(co) == "dead")
end)

test("wrap: values, errors, dead", function()
  local f = coroutine.wrap(function(...) local a = ... while a do a = coroutine.yield(a * 2) end error("over", 0) end)
  assert(f(1) == 2 and f(5) == 10)
  raises("over", f)
  raises("cannot resume dead coroutine", f)
  local t = {}
  f = coroutine.wrap(function() error(t) end)
  local ok, e = pcall(f)
  assert(e == t)
end)

test("generators", function()
  local function perms(a, n)
    n = n or #a
    if n <= 1 then coroutine.yield(a) else
      for i = 1, n do
        a[n], a[i] = a[i], a[n]
        perms(a, n - 1)
        a[n], a[i] = a[i], a[n]
      end
    end
  end
  local t = {}
  for p in coroutine.wrap(function() perms({"a", "b", "c"}) end) do t[#t + 1] = table.concat(p) end
  assert(table.concat(t, " ") == "bca cba cab acb bac abc")
  local function gen(n) return coroutine.wrap(function() for i = 2, n do coroutine.yield(i) end end) end
  local function filter(p, g) return coroutine.wrap(function() while true do local n = g() if n == nil then return end if n % p ~= 0 then coroutine.yield(n) end end end) end
  local x, a = gen(80), {}
  while true do local n = x() if n == nil then break end a[#a + 1] = n x = filter(n, x) end
  assert(#a == 22 and a[#a] == 79)
end)

test("yield across pcall, xpcall and errors", function()
  local co = coroutine.wrap(function()
    local ok, e = pcall(function()
      coroutine.yield(1)
      local ok2, e2 = pcall(function() coroutine.yield(2) error("in", 0) end)
      assert(not ok2 and e2 == "in")
      coroutine.yield(3)
      error({"out"})
    end)
    assert(not ok and e[1] == "out")
    local ok3, e3 = xpcall(function(...) coroutine.yield(...) local x = nil + 1 end, function(m)
      if V55 then coroutine.yield("in handler") end
      return "H" .. m
    end, 4)
    assert(not ok3 and e3:find("^H.*arithmetic"))
    return pcall(pcall, coroutine.yield, 5)
  end)
  assert(co() == 1) assert(co() == 2) assert(co() == 3) assert(co() == 4)
  if V55 then assert(co() == "in handler") end
  assert(co() == 5)
  local a, b, c, d = co("x", "y")
  assert(a == true and b == true and c == "x" and d == "y")
end)

test("yield in metamethods", function()
  local mt = {}
  for _, e in ipairs{"add", "sub", "mul", "div", "mod", "pow", "idiv", "band", "bor", "bxor", "shl", "shr", "unm", "bnot", "len", "concat", "call"} do
    mt["__" .. e] = function(a, b) return coroutine.yield(e) end
  end
  mt.__eq = function() return coroutine.yield("eq") end
  mt.__lt = function() return coroutine.yield("lt") end
  mt.__le = function() return coroutine.yield("le") end
  mt.__index = function(_, k) return coroutine.yield("index") end
  mt.__newindex = function(_, k, v) coroutine.yield("newindex") end
  local function new() return setmetatable({}, mt) end
  local a, b = new(), new()
  local function run(f, ...)
    local want = {...}
    local co = coroutine.wrap(f)
    for i = 1, #want do
      local got = i == 1 and co() or co(i - 1)
      assert(got == want[i], tostring(got) .. " for " .. want[i])
    end
    return co(#want)
  end
  assert(run(function() return a + b end, "add") == 1)
  assert(run(function() return 1 - b end, "sub") == 1)
  assert(run(function() return a * 2 end, "mul") == 1)
  assert(run(function() return a / 2 end, "div") == 1)
  assert(run(function() return a % 2 end, "mod") == 1)
  assert(run(function() return a ^ 2 end, "pow") == 1)
  assert(run(function() return a // 2 end, "idiv") == 1)
  assert(run(function() return a & b end, "band") == 1)
  assert(run(function() return a | 1 end, "bor") == 1)
  assert(run(function() return 1 ~ a end, "bxor") == 1)
  assert(run(function() return a << 1 end, "shl") == 1)
  assert(run(function() return a >> 1 end, "shr") == 1)
  assert(run(function() return -a end, "unm") == 1)
  assert(run(function() return ~a end, "bnot") == 1)
  assert(run(function() return #a end, "len") == 1)
  assert(run(function() return a .. "x" end, "concat") == 1)
  assert(run(function() return "x" .. a end, "concat") == 1)
  assert(run(function() return "a" .. "b" .. a .. "c" .. "d" end, "concat") ~= nil)
  assert(run(function() return a() end, "call") == 1)
  assert(run(function() return (a(1, 2)) + 1 end, "call") == 2)
  assert(run(function() return a == b end, "eq") == true)
  assert(run(function() return a ~= b end, "eq") == false)
  assert(run(function() return a < b end, "lt") == true)
  assert(run(function() return not (a < b) end, "lt") == false)
  assert(run(function() return a <= b end, "le") == true)
  assert(run(function() return a > 1 end, "lt") == true)
  assert(run(function() return a >= 1 end, "le") == true)
  assert(run(function() if a < b then return "yes" else return "no" end end, "lt") == "yes")
  assert(run(function() if a == b and a < b then return "yes" end return "no" end, "eq", "lt") == "yes")
  assert(run(function() local n = 0 while a < b and n < 2 do n = n + 1 end return n end, "lt", "lt", "lt") == 2)
  assert(run(function() return a.x + a.y end, "index", "index") == 3)
  assert(run(function() a.x = 5 return a.y end, "newindex", "index") == 2)
  assert(run(function() a[1], a[2] = 1, 2 return a.x end, "newindex", "newindex", "index") == 3)
  assert(run(function() local t = {a.x, a.y, z = a.z} return t[1] + t[2] + t.z end, "index", "index", "index") == 6)
  assert(run(function() return a + b + 5 end, "add") == 6)
  assert(run(function() return (function(...) return select("#", ...) end)(a.x, a.y, nil) end, "index", "index") == 3)
end)

test("yield in iterators, sort, gsub and the like", function()
  local co = coroutine.wrap(function()
    local s = 0
    for a in function(_, i) return coroutine.yield(i) end, nil, 0 do s = s + a end
    return s
  end)
  assert(co() == 0) assert(co(1) == 1) assert(co(2) == 2) assert(co(nil) == 3)
  local t = setmetatable({10, 20, 30}, {__pairs = function(t)
    coroutine.yield("pairs")
    return function(_, k) local k2, v = next(t, k) coroutine.yield(k2) return k2, v end, t, nil
  end})
  co = coroutine.wrap(function() local s = 0 for k, v in pairs(t) do s = s + v end return s end)
  assert(co() == "pairs" and co() == 1 and co() == 2 and co() == 3 and co() == nil and co() == 60)
  if not V55 then return end -- PUC-Rio refuses these
  co = coroutine.wrap(function()
    local t = {3, 1, 2}
    table.sort(t, function(a, b) coroutine.yield("cmp") return a < b end)
    return table.concat(t)
  end)
  local v repeat v = co() until v ~= "cmp"
  assert(v == "123")
  co = coroutine.wrap(function() return (string.gsub("abc", ".", function(c) return coroutine.yield(c) end)) end)
  assert(co() == "a") assert(co("1") == "b") assert(co("2") == "c") assert(co("3") == "123")
  co = coroutine.wrap(function() return tostring(setmetatable({}, {__tostring = function() return coroutine.yield("ts") end})) end)
  assert(co() == "ts") assert(co("shown") == "shown")
  co = coroutine.wrap(function()
    local p = setmetatable({}, {__index = function(_, i) return coroutine.yield(i) end, __len = function() return 3 end})
    return table.concat(p, "-")
  end)
  assert(co() == 1) assert(co("a") == 2) assert(co("b") == 3) assert(co("c") == "a-b-c")
  co = coroutine.wrap(function() return table.unpack(setmetatable({}, {__index = function(_, i) return coroutine.yield(i) end}), 1, 2) end)
  assert(co() == 1) assert(co("a") == 2)
  local a, b = co("b")
  assert(a == "a" and b == "b")
  co = coroutine.wrap(function()
    local t = setmetatable({}, {__index = function(_, i) return coroutine.yield(i) end})
    local s = "" for i, v in ipairs(t) do s = s .. v end return s
  end)
  assert(co() == 1) assert(co("a") == 2) assert(co("b") == 3) assert(co(nil) == "ab")
end)

test("yield with upvalues, varargs and locals kept", function()
  local function f(...)
    local a, b = ...
    local t = {...}
    local s = 0
    for i, v in ipairs(t) do
      local w = v
      local g = function() w = w + 1 return w end
      coroutine.yield(g())
      s = s + g()
    end
    return s, select("#", ...), a, b
  end
  local co = coroutine.wrap(f)
  assert(co(1, 2, 3) == 2 and co() == 3 and co() == 4)
  local s, n, a, b = co()
  assert(s == 3 + 4 + 5 and n == 3 and a == 1 and b == 2)
end)

test("yield in the middle of expressions", function()
  local y = coroutine.yield
  local co = coroutine.wrap(function()
    local x = 1
    local r = x + y("a") * 2 .. "|" .. (y("b") or "nil") .. tostring(y("c") and y("d"))
    local t = {y("e"), k = y("f"), [y("g")] = y("h"), y("i")}
    return r, t
  end)
  local v = co()
  local seen = {}
  local i = 0
  local r, t
  while true do
    seen[#seen + 1] = v
    i = i + 1
    v, t = co(i)
    if t then r = v break end
  end
  assert(table.concat(seen) == "abcdefghi")
  assert(r == "3|24", r)
  assert(t[1] == 5 and t.k == 6 and t[7] == 8 and t[2] == 9)
end)

test("deep recursion in coroutines", function()
  local function deep(n) if n == 0 then return coroutine.yield("bottom") end return 1 + deep(n - 1) end
  local co = coroutine.wrap(deep)
  assert(co(50000) == "bottom")
  assert(co(0) == 50000)
  local function rec(n) if n == 0 then return 0 end return 1 + coroutine.wrap(rec)(n - 1) end
  assert(rec(100) == 100)
end)

test("coroutines without end in coroutines are an error", function()
  local function rec() return coroutine.wrap(rec)() end
  local ok, e = pcall(rec)
  assert(not ok and tostring(e):find("stack overflow"), e)
  local co
  local function f(...) return coroutine.resume(coroutine.create(f)) end
  f()
  -- and everything still works
  assert(coroutine.wrap(function() return coroutine.yield(1) end)() == 1)
end)

test("errors in coroutines end them", function()
  local co = coroutine.create(function() local x <const> = {} ; x.y.z = 1 end)
  local ok, e = coroutine.resume(co)
  assert(not ok and e:find("attempt to index a nil value (field 'y')", 1, true))
  assert(coroutine.status(co) == "dead")
  ok, e = coroutine.close(co)
  assert(ok == false and e:find("field 'y'"))
  assert(coroutine.close(co) == true)
  co = coroutine.create(error)
  ok, e = coroutine.resume(co, "x", 0)
  assert(not ok and e == "x")
  ok, e = coroutine.resume(coroutine.create(print and error), {1})
  assert(e[1] == 1)
end)

test("close", function()
  local co = coroutine.create(print)
  assert(coroutine.close(co) and coroutine.status(co) == "dead")
  assert(coroutine.close(co))
  co = coroutine.create(function() coroutine.yield() end)
  coroutine.resume(co)
  assert(coroutine.close(co) and coroutine.status(co) == "dead")
  local ok, e = coroutine.resume(co)
  assert(not ok and e == "cannot resume dead coroutine")
  local main = coroutine.running()
  coroutine.wrap(function()
    local ok, e = pcall(coroutine.close, main)
    assert(not ok and e:find("cannot close a normal coroutine"), e)
  end)()
  -- a coroutine that closes its resumer
  local co2
  co2 = coroutine.create(function()
    local inner = coroutine.wrap(function() return pcall(coroutine.close, co2) end)
    local ok, e = inner()
    assert(not ok and e:find("normal"))
  end)
  assert(coroutine.resume(co2))
end)

test("a coroutine closes itself", function()
  if not V55 then return end
  local log = {}
  local co = coroutine.create(function()
    local x <close> = setmetatable({}, {__close = function(_, e) log[#log + 1] = tostring(e) end})
    pcall(coroutine.close, coroutine.running())
    log[#log + 1] = "not reached"
  end)
  local r = table.pack(coroutine.resume(co))
  assert(r[1] == true and r.n == 1, tostring(r[2]))
  assert(coroutine.status(co) == "dead" and table.concat(log, " ") == "nil")
end)

test("yield itself compares nothing", function()
  local co = coroutine.wrap(function()
    assert(not pcall(table.sort, {1, 2, 3}, coroutine.yield))
    assert(coroutine.isyieldable())
    coroutine.yield(20)
    return 30
  end)
  assert(co() == 20 and co() == 30)
end)

test("wrap in wrap and for loops", function()
  local function tree(t) return coroutine.wrap(function()
    local function walk(n) if n then walk(n.l) coroutine.yield(n.v) walk(n.r) end end
    walk(t)
  end) end
  local t = {v = 2, l = {v = 1}, r = {v = 4, l = {v = 3}}}
  local s = ""
  for v in tree(t) do s = s .. v end
  assert(s == "1234")
  s = ""
  for a in tree(t) do for b in tree(t) do if a < b then s = s .. a .. b .. " " end end end
  assert(s == "12 13 14 23 24 34 ")
end)

test("a coroutine is resumed while an iterator of it runs", function()
  local A = coroutine.running()
  local B
  B = coroutine.create(function() return coroutine.resume(A) end)
  local ok, st, msg = coroutine.resume(B)
  assert(ok and st == false and msg:find("non%-suspended"))
  local co = coroutine.create(function() return pcall(coroutine.resume, co) end)
  A = coroutine.wrap(function() return pcall(A, 1) end)
  st, ok, msg = A()
  assert(st == false or not ok)
end)

test("yield as an ordinary function", function()
  local co = coroutine.wrap(coroutine.yield)
  assert(co(1) == 1 and co(2) == 2)
  local f = coroutine.wrap(table.unpack)
  assert(select("#", f({1, 2, 3})) == 3)
  co = coroutine.wrap(function() return pcall(coroutine.yield, "p") end)
  assert(co() == "p")
  local ok, v = co("q")
  assert(ok and v == "q")
  co = coroutine.wrap(function(...) return pcall(pcall, pcall, error, ...) end)
  local a, b, c, d = co("msg", 0)
  assert(a and b and c == false and d == "msg")
end)

test("many coroutines at once", function()
  local cos = {}
  for i = 1, 2000 do
    cos[i] = coroutine.wrap(function() local s = 0 for j = 1, 3 do s = s + coroutine.yield(i) end return s end)
  end
  for i = 1, 2000 do assert(cos[i]() == i) end
  for round = 1, 2 do for i = 1, 2000 do assert(cos[i](round) == i) end end
  for i = 1, 2000 do assert(cos[i](3) == 6) end
end)

test("a coroutine that closes itself within a callback of the library", function()
  if not V55 then return end
  local shown
  local function new()
    return coroutine.create(function(what)
      local var <close> = setmetatable({}, { __close = function()
        if what == "yield" then coroutine.yield() elseif what == "error" then error(200) end
        shown = what
      end })
      string.gsub("a", "a", function()
        assert(not coroutine.isyieldable())
        assert(pcall(pcall, function()
          coroutine.close()
          error("is not reached")
        end))
      end)
    end)
  end
  local ok, err = coroutine.resume(new(), "return")
  assert(ok and err == nil and shown == "return")
  ok, err = coroutine.resume(new(), "error")
  assert(not ok and err == 200)
  ok, err = coroutine.resume(new(), "yield")
  assert(not ok and err:find("attempt to yield across a C-call boundary", 1, true))
  ok, err = pcall(coroutine.close)
  assert(not ok)
end)

test("isyieldable is false in callbacks of the library, not in metamethods and iterators", function()
  local function answer() return coroutine.isyieldable() end
  local t = setmetatable({}, { __index = answer, __add = answer, __pairs = answer, __tostring = function()
    return tostring(answer())
  end })
  coroutine.wrap(function()
    assert(answer() and t.x and t + 1 and pairs(t) and select(2, pcall(answer)))
    assert(tostring(t) == "false" and string.gsub("x", "x", function() return tostring(answer()) end) == "false")
    table.sort({ 1, 2 }, function(a, b) assert(not answer()) return a < b end)
    assert(select(2, xpcall(error, answer)) == false)
    assert(answer())
  end)()
end)

test("the main thread cannot be closed", function()
  local ok, e = pcall(coroutine.close, coroutine.running())
  assert(not ok and e:find(V55 and "cannot close main thread" or "cannot close a running coroutine"))
end)
