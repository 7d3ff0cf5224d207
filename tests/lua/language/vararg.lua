-- Functions with a variable number of arguments.
local V55 = _VERSION == "Lua 5.5"
local unpack = table.unpack

test("arguments, select and table.pack", function()
  local function f(a, ...)
    local x = {n = select("#", ...), ...}
    for i = 1, x.n do assert(a[i] == x[i]) end
    return x.n
  end
  assert(f() == 0 and f({1, 2, 3}, 1, 2, 3) == 3 and f({"alo", nil, 45, f, nil}, "alo", nil, 45, f, nil) == 5)
  local function c12(...)
    local x = {...}
    x.n = #x
    local res = (x.n == 2 and x[1] == 1 and x[2] == 2)
    if res then res = 55 end
    return res, 2
  end
  assert(c12(1, 2) == 55)
  local a, b = assert(c12(1, 2))
  assert(a == 55 and b == 2)
  assert(select("#", select(2, 1, nil, nil)) == 2)
  assert(select(-1, 1, 2, 3) == 3 and select(-3, 1, 2, 3) == 1 and select("#") == 0)
  assert(select(3, 1, 2) == nil and select("#", select(3, 1, 2)) == 0)
  raises("out of range", select, -4, 1, 2, 3)
  raises("out of range", select, 0)
  local p = table.pack(nil, 2, nil)
  assert(p.n == 3 and p[2] == 2 and table.pack().n == 0)
end)

test("... in expressions", function()
  local function f(...) return ... end
  assert((f(1, 2, 3)) == 1 and select("#", f()) == 0 and select("#", f(nil, nil)) == 2)
  local function g(...) local a, b, c = ... return c, b, a end
  local x, y, z = g(1, 2)
  assert(x == nil and y == 2 and z == 1)
  local function h(...) return {..., ...}, {(...)}, {..., 1} end
  local a, b, c = h(1, 2)
  assert(#a == 3 and #b == 1 and #c == 2 and a[3] == 2)
  local function k(...) local t = {} for i, v in ipairs{...} do t[i] = v * 2 end return unpack(t) end
  assert(select("#", k(1, 2, 3)) == 3)
  local function n(...) return (...) + 1, ... == 5, not ... end
  local p, q, r = n(5)
  assert(p == 6 and q == true and r == false)
  local function m(...) return function() return 1 end, ... end
  assert(select("#", m(1, 2)) == 3)
  assert((function(...) return ... end)() == nil)
end)

test("methods with ...", function()
  local t = {1, 10}
  function t:f(...) local arg = {...} return self[...] + #arg end
  assert(t:f(1, 4) == 3 and t:f(2) == 11)
end)

test("limits of results", function()
  local lim = 20
  local i, a = 1, {}
  while i <= lim do a[i] = i + 0.3; i = i + 1 end
  local function f(a, b, c, d, ...) local more = {...} assert(a == 1.3 and more[1] == 5.3 and more[lim - 4] == lim + 0.3 and not more[lim - 3]) end
  f(unpack(a))
  local function g(a, b, c) assert(a == 1.3 and b == 2.3 and c == 3.3) end
  g(unpack(a))
  a = {}
  for i = 1, 250 do a[i] = i end
  assert(select("#", unpack(a)) == 250 and select(250, unpack(a)) == 250)
end)

test("the main chunk has ...", function()
  local f = load("return {...}")
  local x = f(2, 3)
  assert(x[1] == 2 and x[2] == 3 and x[3] == nil)
  f = load([[
    local x = {...}
    for i = 1, #x do assert(x[i] == select(i, ...)) end
    assert(x[#x + 1] == nil)
    return true
  ]])
  assert(f("a", "b", nil, {}, assert) or true)
  assert(f() and load("return select('#', ...)")(nil, nil) == 2)
end)

test("a tail call with ...", function()
  local function f(n, ...) if n == 0 then return select("#", ...), ... end return f(n - 1, n, ...) end
  assert(f(10) == 10 and select(2, f(10)) == 1)
end)

test("assigning parameters leaves ... as it was", function()
  local function f(a, ...) local b = ... a = 10 b = 20 return a, b, ... end
  local a, b, c = f(1, 2)
  assert(a == 10 and b == 20 and c == 2)
end)

test("named vararg tables", function()
  if not V55 then return end
  local f = load("local function f(a, ...t) return a, t.n, t[1], t[2], t end return f")()
  local a, n, x, y, t = f(1, 2, nil)
  assert(a == 1 and n == 2 and x == 2 and y == nil and type(t) == "table")
  assert(select(2, f()) == 0 and select(2, f(1)) == 0)
  local g = load("return function(...t) t[1] = 'new' t.n = 1 return ... end")()
  local r = table.pack(g("old", "second"))
  assert(r[1] == "new" and r.n == 1)
  local bad = load("return function(...t) t.n = 'x' return ... end")()
  raises("vararg table has no proper 'n'", bad, 1)
  local h = load("return function(...t) return function() t[1] = t[1] + 1 return t[1] end end")()
  local c = h(5)
  assert(c() == 6 and c() == 7)
  assert(load("return function(...t) t = 1 end") == nil)
  local m = load("return {f = function(self, ...args) return self, args.n end}")()
  local s, k = m:f(1, 2, 3)
  assert(s == m and k == 3)
  local z = load("return function(...t) return #t, t.n, t.x end")()
  local len, cnt, xx = z(1, 2, 3)
  assert(len == 3 and cnt == 3 and xx == nil)
end)
