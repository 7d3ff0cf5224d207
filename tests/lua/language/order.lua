-- When variables are read that a call in the same statement sets: the manual leaves it open, PUC-Rio's order is ours

local function show(...)
  local parts = table.pack(...)
  for i = 1, parts.n do parts[i] = tostring(parts[i]) end
  return table.concat(parts, " ")
end

local function same(actual, expected)
  if actual ~= expected then error("expected " .. expected .. ", got " .. actual, 2) end
end

-- Calls `body` with a variable `t` and a variable `x` of its own, which a call of `f` exchanges
local function assigned(body)
  local a, b = {}, {}
  body(a, b)
  return show(a.k, a.j, b.k, b.j)
end

test("the table and the key of an assignment are read after its value", function()
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    t[x] = f()
  end), "nil nil nil 1")
  same(assigned(function(a, b)
    local t = a
    local function f() t = b return 1 end
    t.k = f()
  end), "nil nil 1 nil")
end)

test("of an upvalue, the table of an assignment to a field is read after the value, else before", function()
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    local function g() t.k = f() end
    g()
  end), "nil nil 1 nil")
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    local function g() t[x] = f() end
    g()
  end), "1 nil nil nil")
end)

test("the table is read after a call in the key", function()
  local a, b = { "a" }, { "b" }
  local t = a
  local function f() t = b return 1 end
  same(t[f()], "b")
  t = a
  t[f()] = "c"
  same(a[1] .. b[1], "ac")
  local function g() return t[f()] end
  t = a
  same(g(), "c")
end)

test("an assignment to several places reads the variables that it sets before its values", function()
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    t[x], x = f(), 3
    same(x, 3)
  end), "nil nil 1 nil")
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    x, t[x] = 3, f()
    same(x, 3)
  end), "nil nil nil 1")
  same(assigned(function(a, b)
    local t, x = a, "k"
    local function f() t, x = b, "j" return 1 end
    t[x], t[x .. "2"] = f(), f()
    same(b.k2, 1)
  end), "nil nil nil 1")
end)

test("an operator reads a variable of its function after a call on its right", function()
  local x
  local function f() x = 10 return 2 end
  local function with(value, body) x = value return body() end
  x = 1 same(x + f(), 12)
  x = 1 same(x + f() * f(), 14)
  x = 1 same(x // f(), 5)
  x = 1 same(x & f(), 2)
  x = 1 same(show(x < f()), "false")
  x = 1 same(show(x == f()), "false")
  x = 1 same((x) + f(), 12)
  x = 1.5 same(x + f() * 1.0, 12.0)
  x = 1 same(x .. f(), "12")
  x = 1 same(-x + f(), 1)
  -- Upvalues before it
  same(with(1, function() return x + f() end), 3)
end)

test("an operator reads a variable of its function after a metamethod on its right", function()
  local x = 1
  local object = setmetatable({}, {
    __add = function() x = 7 return 5 end,
    __index = function() x = 8 return 5 end,
  })
  same(x + (object + 1), 12)
  same(x + object.q, 13)
end)

test("lists are read from the left to the right", function()
  local x
  local function f() x = 10 return 2 end
  x = 1 same(show(x, f(), x), "1 2 10")
  x = 1 same(table.concat({ x, f(), x }, " "), "1 2 10")
  x = 1
  local a, b, c = x, f(), x
  same(show(a, b, c), "1 2 10")
  x = 1
  a, b, c = x, f(), x
  same(show(a, b, c), "1 2 10")
  x = 1
  same(show(next({ [x] = f() })), "10 2")
end)

test("what is called is read before the arguments", function()
  local function old() return "old" end
  local function new() return "new" end
  local h, o = old, { m = old }
  local function f() h, o = new, { m = new } return 1 end
  same(h(f()), "old")
  o = { m = old }
  same(o:m(f()), "old")
  o = { m = old }
  same(o.m(f()), "old")
end)
