-- table.sort (manual §6.6)

local function sorted(t, less)
  less = less or function(a, b) return a < b end
  for i = 2, #t do
    if less(t[i], t[i - 1]) then return false end
  end
  return true
end

test("every permutation of a few elements is sorted", function()
  local function permute(t, n, check)
    if n <= 1 then return check({ table.unpack(t) }) end
    for i = 1, n do
      t[i], t[n] = t[n], t[i]
      permute(t, n - 1, check)
      t[i], t[n] = t[n], t[i]
    end
  end
  local function check(t)
    table.sort(t)
    assert(sorted(t))
  end
  permute({ 1, 2, 3, 3, 5 }, 5, check)
  permute({ 1, 2, 3, 3, 5, 8 }, 6, check)
  permute({ "a", "b", "aa", "" }, 4, check)
end)

test("large lists are sorted, whatever their order was", function()
  local n = 5000
  local t = {}
  for i = 1, n do t[i] = (i * 7919) % 10007 end
  table.sort(t)
  assert(sorted(t))
  table.sort(t)
  assert(sorted(t))
  table.sort(t, function(a, b) return b < a end)
  assert(sorted(t, function(a, b) return b < a end))
  for i = 1, n do t[i] = false end
  table.sort(t, function() return nil end)
  assert(sorted(t, function() return false end))
  for i = 1, n do t[i] = i % 2 == 0 and i or i + 0.5 end
  table.sort(t)
  assert(sorted(t))
  local wide = { math.maxinteger, 1.5, math.mininteger, 2.0 ^ 62, -2.0 ^ 63, 0, math.maxinteger - 1 }
  table.sort(wide)
  assert(sorted(wide) and wide[7] == math.maxinteger and wide[6] == math.maxinteger - 1)
end)

test("strings are compared by their bytes", function()
  local t = { "\xff", "a", "\0", "", "\0\0", "é", "Z", "aa" }
  table.sort(t)
  assert(table.concat(t, "|") == "|\0|\0\0|Z|a|aa|é|\xff")
  assert("\0" < "\0\0" and "a\0a" < "a\0b" and not ("a" < "a") and "a" <= "a" and "\xff" > "z")
end)

test("an order function that lies gives an error or some order, never disorder in the table", function()
  raises("invalid order function for sorting", table.sort, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 }, function() return true end)
  local t = {}
  for i = 1, 100 do t[i] = i end
  pcall(table.sort, t, function(a, b) return (a * 31 + b * 17) % 3 == 0 end)
  local sum = 0
  for i = 1, 100 do sum = sum + t[i] end
  assert(sum == 5050)
  local nan = { 3, 0 / 0, 1, 0 / 0, 2 }
  table.sort(nan)
  assert(#nan == 5)
end)

test("an error of the order function goes through", function()
  raises("sorry", table.sort, { 1, 2, 3 }, function() error("sorry") end)
  raises("attempt to compare", table.sort, { 1, "a" })
  raises("attempt to compare two table values", table.sort, { {}, {} })
  raises("attempt to compare nil with number", table.sort, { 1, 2, nil, 4 }) 
  raises("function expected, got number", table.sort, { 1, 2 }, 3)
  raises("table expected, got string", table.sort, "x")
end)

test("elements are read and written through metamethods", function()
  local store = { 3, 1, 2 }
  local proxy = setmetatable({}, {
    __index = function(_, k) return store[k] end,
    __newindex = function(_, k, v) store[k] = v end,
    __len = function() return #store end,
  })
  table.sort(proxy)
  assert(table.concat(store, ",") == "1,2,3" and next(proxy) == nil)
  raises("object length is not an integer", table.sort, setmetatable({}, { __len = function() return "a" end }))
  raises("array too big", table.sort, setmetatable({}, { __len = function() return math.maxinteger end }))
  table.sort(setmetatable({}, { __len = function() return -1 end }), error)
end)

test("objects are compared by __lt", function()
  local mt = { __lt = function(a, b) return a.v < b.v end }
  local t = {}
  for i, v in ipairs({ 5, 3, 9, 1 }) do t[i] = setmetatable({ v = v }, mt) end
  table.sort(t)
  assert(t[1].v == 1 and t[4].v == 9)
end)
