-- Local variables that only ever hold floats, which the engine keeps in a form of their own.
local function kinds(...)
  local out = {}
  for i = 1, select("#", ...) do
    local value = select(i, ...)
    out[i] = (math.type(value) or type(value)) .. " " .. string.format("%g", value)
  end
  return table.concat(out, ", ")
end

test("sums, products and quotients of floats stay floats, integral or not", function()
  local a, b = 1.5, 2.0
  assert.eq(kinds(a + b, a * 2, b * 2, -b, b - b, b / 2), "float 3.5, float 3, float 4, float -2, float 0, float 1")
  local i = 7
  local half = i / 2
  local whole = half * 2
  assert.eq(kinds(half, whole, whole // 2, whole % 4), "float 3.5, float 7, float 3, float 3")
  local n = 0.0
  while n < 5 do n = n + 1.0 end
  assert.eq(kinds(n), "float 5")
end)

test("assignments of several variables see the values from before", function()
  local a, b, c = 1.5, 2.0, 3.0
  a, b = b, a
  assert.eq(kinds(a, b), "float 2, float 1.5")
  a, b, c = b * 2, c, a
  assert.eq(kinds(a, b, c), "float 3, float 3, float 2")
  a, b = a + 1, 7.0, 8.0
  assert.eq(kinds(a, b), "float 4, float 7")
end)

test("signs of zero, infinities and NaN are kept", function()
  local z = 0.0
  assert.eq(1 / -z, -math.huge)
  local i = 0
  assert.eq(1 / (-i * 1.0), math.huge)
  local inf = 1 / 0
  local nan = inf - inf
  assert.eq(nan == nan, false)
  assert.eq(nan ~= nan, true)
  assert.eq(inf > 1e308, true)
end)

test("a float from a variable is a key, an argument, a result and part of a string as any other", function()
  local t, k = {}, 2.0
  t[k] = "two"
  assert.eq(t[2], "two")
  assert.eq(math.type(next(t)), "integer")
  local function identity(x) return x end
  assert.eq(kinds(identity(k), (identity(k * 2))), "float 2, float 4")
  assert.eq(k .. "", "2.0")
  local function captured() return k end
  assert.eq(kinds(captured()), "float 2")
end)

test("a variable that may hold something else is left alone", function()
  local x = 1.0
  local s = tostring(1)
  x = x + s
  assert.eq(kinds(x), "float 2")
  local y = 1.0
  y = setmetatable({}, { __add = function() return "added" end }) + y
  assert.eq(y, "added")
  raises("attempt to perform arithmetic on a table value", function()
    local v = 1.0
    return v + {}
  end)
end)

test("floats outlive a wait and a yield", function()
  local sum, step = 0.0, 0.5
  for i = 1, 4 do
    sum = sum + step * i
    sleep(0)
    step = step * 2
  end
  assert.eq(kinds(sum, step), "float 24.5, float 8")
  local co = coroutine.wrap(function()
    local x = 2.0
    coroutine.yield(x)
    x = x * 3
    coroutine.yield(x)
    x = x / 4
    return x
  end)
  assert.eq(kinds(co(), co(), co()), "float 2, float 6, float 1.5")
end)
