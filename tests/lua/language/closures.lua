-- Closures: every pass of a loop and every call has its own variables.
local V55 = _VERSION == "Lua 5.5"

test("each pass of a numeric for has its own variable", function()
  local a = {}
  for i = 1, 10 do
    a[i] = function(x) local old = i if V55 then else end return old end
  end
  for i = 1, 10 do assert(a[i]() == i) end
end)

test("variables of a loop's body are new in each pass", function()
  local a = {}
  for i = 1, 3 do
    local j = i
    a[i] = {set = function(x) j = x end, get = function() return j end}
  end
  assert(a[3].get() == 3)
  a[3].set(10)
  assert(a[3].get() == 10 and a[2].get() == 2)
  a[2].set("a")
  assert(a[3].get() == 10 and a[2].get() == "a")
end)

test("generic for", function()
  local a = {}
  local t = {"a", "b"}
  for i, k in ipairs(t) do
    a[i] = {get = function() return i, k end, set = function(x) k = x end}
    if i == 2 then break end
  end
  if not V55 then a[1].set(10) end
  local r, s = a[2].get()
  assert(r == 2 and s == "b")
  r, s = a[1].get()
  assert(r == 1 and (s == "a" or s == 10))
end)

test("closures in a loop left by break or error", function()
  local f
  for i = 1, 3 do
    f = function() return i end
    break
  end
  assert(f() == 1)
  for k = 1, 3 do
    local v = "x" .. k
    f = function() return k, v end
    break
  end
  local k, v = f()
  assert(k == 1 and v == "x1")
  local b
  pcall(function()
    local a = 10
    b = {get = function() return a end, set = function(x) a = x end}
    error(1)
  end)
  assert(b.get() == 10)
  b.set("xuxu")
  assert(b.get() == "xuxu")
end)

test("while, repeat and goto loops", function()
  local function f(x)
    local x = x
    local a = {}
    local i = 1
    while i <= 5 do
      local j = i
      a[i] = function() j = j + x return j end
      i = i + 1
    end
    return a
  end
  local a = f(10)
  assert(a[1]() == 11 and a[1]() == 21 and a[2]() == 12 and a[5]() == 15)
  local n, g = 0, nil
  local fs = {}
  repeat
    local x = n
    n = n + 1
    fs[n] = function() x = x + 1 return x end
  until x == 3
  assert(#fs == 4 and fs[1]() == 1 and fs[1]() == 2 and fs[4]() == 4)
  -- the until sees the variable that the closure shares
  local seen
  repeat
    local done = false
    local function set() done = true end
    set()
    seen = done
  until done
  assert(seen)
  local gs = {}
  do
    local i = 1
    ::again::
    local x = i
    gs[i] = function(y) if y then x = y end return x end
    i = i + 1
    if i <= 4 then goto again end
  end
  for i = 1, 4 do assert(gs[i]() == i) end
  gs[2](20)
  assert(gs[2]() == 20 and gs[3]() == 3)
end)

test("shared upvalues of several levels", function()
  local function f(x)
    return function(y) return function(z) return w + x + y + z end end
  end
  w = 1
  local y = f(10)
  w = 1.345
  assert(y(20)(30) == 60 + w)
  w = nil
  local function counter()
    local n = 0
    return function() n = n + 1 return n end, function() n = n - 1 return n end, function(v) n = v end
  end
  local up, down, set = counter()
  up() up()
  assert(down() == 1)
  set(100)
  assert(up() == 101)
  local up2 = counter()
  assert(up2() == 1)
end)

test("closures in several coroutines", function()
  local function f(a)
    assert(coroutine.isyieldable())
    local x
    local function g() coroutine.yield() x = (x or 0) + a return x end
    return g
  end
  local c = coroutine.wrap(function() local g = f(5) while true do coroutine.yield(g()) end end)
  c() assert(c() == 5) c() assert(c() == 10)
  -- a variable that is shared while its coroutine waits
  local get, co
  co = coroutine.wrap(function()
    local v = 1
    get = function() return v end
    coroutine.yield()
    v = 2
    coroutine.yield()
    v = 3
  end)
  co() assert(get() == 1) co() assert(get() == 2) co() assert(get() == 3)
end)

test("parameters and varargs as upvalues", function()
  local function f(a, b, ...)
    local n = select("#", ...)
    return function() a = a + b return a, n end
  end
  local g = f(1, 2, 3, 4)
  assert(g() == 3 and select(2, g()) == 2 and g() == 7)
end)

test("recursion of local functions", function()
  local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
  local f = fib
  fib = function() return 0 end
  assert(f(5) == 0)
  local t = {}
  for i = 1, 3 do
    local function r(n) if n == 0 then return i end return r(n - 1) end
    t[i] = r
  end
  assert(t[1](5) == 1 and t[3](2) == 3)
  local function a() return a end
  assert(a() == a)
end)

test("equality of functions", function()
  local function mk() return function() end end
  local f = mk()
  assert(f == f and ({f})[1] == f)
  local t = {}
  for i = 1, 5 do t[i] = function(n) return function() return n end end end
  assert(t[1](1) ~= t[1](1))
end)
