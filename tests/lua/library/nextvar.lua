-- Tables: length, next, pairs, unpack and the table library's basics (manual §3.4.7, §6.1, §6.6)

test("the length of a sequence is its border, however it was made", function()
  assert(#{} == 0 and #{ nil } == 0 and #{ nil, nil } == 0 and #{ 1, 2, 3, nil, nil } == 3)
  local t = {}
  for i = 1, 100 do t[i] = true end
  assert(#t == 100)
  for i = 100, 51, -1 do t[i] = nil end
  assert(#t == 50)
  t = {}
  for i = 100, 1, -1 do t[i] = i end
  assert(#t == 100)
  t = { n = 1, [1] = "a", [2] = "b" }
  assert(#t == 2)
  t = table.pack(nil, 2, nil)
  assert(t.n == 3 and (#t == 0 or #t == 2))
  t = { [1.0] = "x", [2.0] = "y" }
  assert(#t == 2 and t[1] == "x")
  assert(#"\0\0\0" == 3 and #"" == 0)
end)

test("nil is no key and NaN neither, but both may be asked for", function()
  local t = { 1, 2 }
  assert(t[nil] == nil and t[0 / 0] == nil and rawget(t, nil) == nil)
  raises("index is nil", function() t[nil] = 1 end)
  raises("index is NaN", function() t[0 / 0] = 1 end)
  raises("index is nil", rawset, t, nil, 1)
  raises("index is NaN", rawset, t, 0 / 0, 1)
  raises("index is nil", function() return { [nil] = 1 } end)
  t[1e300] = "far"
  t[-1e300] = "near"
  t[2 ^ 53] = "edge"
  assert(t[1e300] == "far" and t[2 ^ 53] == "edge" and t[1 << 53] == "edge")
  t[math.maxinteger] = 1
  t[math.mininteger] = 2
  assert(t[math.maxinteger] == 1 and t[math.mininteger] == 2 and t[-2.0 ^ 63] == 2 and t[2.0 ^ 63] == nil)
  assert(next({ [2.0 ^ 53] = 1 }) == 1 << 53 and math.type(next({ [3.0] = 1 })) == "integer")
end)

test("next passes every key once, also when values are set to nil meanwhile", function()
  local t = {}
  for i = 1, 100 do t[i] = i; t["k" .. i] = i; t[i + 0.5] = i end
  local seen, n = {}, 0
  for k in pairs(t) do
    assert(not seen[k])
    seen[k] = true
    n = n + 1
    t[k] = nil
  end
  assert(n == 300 and next(t) == nil)
  t = { 1, 2, 3, x = 1, y = 2 }
  for k in next, t do t[k] = undef end
  assert(next(t) == nil)
  collectgarbage()
  raises("invalid key to 'next'", next, {}, "x")
  raises("invalid key to 'next'", next, { 10, 20 }, 3)
  raises("table expected, got nil", next, nil)
  raises("table expected", next)
  assert(next({}) == nil and next({}, nil) == nil and select("#", next({})) == 1)
  local k, v = next({ 10 })
  assert(k == 1 and v == 10)
end)

test("fields may be changed while a table is passed", function()
  local t = {}
  for i = 1, 50 do t["x" .. i] = i end
  local sum = 0
  for k, v in pairs(t) do
    t[k] = v * 2
    sum = sum + v
  end
  assert(sum == 1275 and t.x50 == 100)
  local a = { 10, 20, 30, nil, 50 }
  local keys = {}
  for k in pairs(a) do keys[#keys + 1] = k end
  assert(table.concat(keys, ",") == "1,2,3,5")
end)

test("pairs asks __pairs, with the value as its argument", function()
  local t = setmetatable({ 10, 20, 30 }, {
    __pairs = function(t)
      local function step(_, k) k = k + 1 if t[k] then return k, t[k] * 2 end end
      return step, t, 0
    end,
  })
  local sum = 0
  for _, v in pairs(t) do sum = sum + v end
  assert(sum == 120)
  local called = setmetatable({}, { __pairs = function(x) return x, 1, 2, 3 end })
  local a, b, c = pairs(called)
  assert(a == called and b == 1 and c == 2)
  raises("bad argument #1 to 'pairs' (value expected)", pairs)
  raises("bad argument #1 to 'for iterator' (table expected, got nil)", function() for _ in pairs(nil) do end end)
end)

test("ipairs reads through __index and stops at the first nil", function()
  local t = setmetatable({}, { __index = function(_, k) if k <= 10 then return k * 10 end end })
  local n = 0
  for k, v in ipairs(t) do
    n = n + 1
    assert(k == n and v == n * 10)
  end
  assert(n == 10)
  for _ in ipairs({ nil, 2 }) do error("not reached") end
  n = 0
  for k, v in ipairs("abc") do n = n + k end
  assert(n == 0)
  local f, s, i = ipairs({})
  assert(type(f) == "function" and type(s) == "table" and i == 0)
  raises("bad argument #1 to 'ipairs' (value expected)", ipairs)
  raises("attempt to index a nil value", function() for _ in ipairs(nil) do end end)
end)

test("unpack gives elements, holes included", function()
  local unpack = table.unpack
  local x, y, z, a, n
  a = {}
  for i = 1, 2000 do a[i] = i end
  assert(select("#", unpack(a)) == 2000 and select(2000, unpack(a)) == 2000)
  x, y = unpack({ 1, 2 }, 1, 1)
  assert(x == 1 and y == nil)
  x, y, z = unpack({ 1, 2, [4] = 4 }, -1, 1)
  assert(x == nil and y == nil and z == 1)
  assert(select("#", unpack({}, 1, 0)) == 0 and select("#", unpack({}, 5, 8)) == 4)
  local maxi, mini = math.maxinteger, math.mininteger
  assert(select("#", unpack({}, maxi, 0)) == 0 and select("#", unpack({}, maxi, 1)) == 0)
  assert(unpack({ [maxi] = 20 }, maxi, maxi) == 20)
  x, y = unpack({ [maxi] = 12, [maxi - 1] = 23 }, maxi - 1, maxi)
  assert(x == 23 and y == 12)
  x, y = unpack({ [mini] = 12, [mini + 1] = 23 }, mini, mini + 1)
  assert(x == 12 and y == 23)
  raises("too many results", unpack, {}, 0, maxi)
  raises("too many results", unpack, {}, 1, maxi)
  raises("too many results", unpack, {}, mini, maxi)
  raises("too many results", unpack, {}, -maxi, maxi)
  raises("too many results", unpack, {}, 0, 1e7 // 1 | 0)
  do
    local t = setmetatable({}, { __len = function() return "abc" end })
    raises("object length is not an integer", unpack, t)
    t = setmetatable({}, { __len = function() return 3 end, __index = function(_, k) return k * 10 end })
    x, y, z = unpack(t)
    assert(x == 10 and y == 20 and z == 30)
  end
  x, y = unpack("abc", 1, 2)
  assert(x == nil and y == nil)
  raises("attempt to get length of a nil value", unpack) 
end)

test("pack counts its arguments", function()
  assert(table.pack().n == 0 and table.pack(nil).n == 1 and table.pack(nil, nil, 3).n == 3)
  local t = table.pack(table)
  assert(t[1] == table and t.n == 1)
end)

test("insert and remove keep a sequence", function()
  local t = {}
  table.insert(t, "b")
  table.insert(t, 1, "a")
  table.insert(t, 3, "c")
  assert(table.concat(t) == "abc")
  assert(table.remove(t, 1) == "a" and table.remove(t) == "c" and table.remove(t) == "b" and table.remove(t) == nil)
  assert(#t == 0 and select("#", table.insert(t, 1)) == 0)
  local a = { [0] = "ban" }
  assert(#a == 0 and table.remove(a) == "ban" and a[0] == undef)
  table.insert(a, 1, 10)
  table.insert(a, 1, 20)
  table.insert(a, 1, -1)
  assert(table.remove(a) == 10 and table.remove(a) == 20 and table.remove(a) == -1 and table.remove(a) == nil)
  a = { "c", "d" }
  table.insert(a, 3, "a")
  table.insert(a, "b")
  assert(table.remove(a, 1) == "c" and table.remove(a, 1) == "d" and table.remove(a, 1) == "a")
  assert(table.remove(a, 1) == "b" and table.remove(a, 1) == nil and #a == 0 and a.n == nil)
  a = { 10, 20, 30, 40 }
  assert(table.remove(a, #a + 1) == nil and not pcall(table.remove, a, 0) and a[#a] == 40)
  assert(table.remove(a, #a) == 40 and a[#a] == 30 and table.remove(a, 2) == 20 and a[#a] == 30 and #a == 2)
  a = { n = 0, [-7] = "ban" }
  assert(#a == 0 and table.remove(a) == nil and a[-7] == "ban")
  raises("position out of bounds", table.insert, a, 0, 20)
  raises("position out of bounds", table.insert, a, 2, 20)
  raises("position out of bounds", table.insert, a, -1, 20)
  raises("position out of bounds", table.remove, { 1, 2, 3 }, -1)
  raises("position out of bounds", table.remove, { 1, 2, 3 }, 5)
  raises("wrong number of arguments", table.insert, a)
  raises("wrong number of arguments", table.insert, {}, 2, 3, 4)
  raises("table expected, got number", table.insert, 1, 2)
  raises("bad argument #1 to 'insert' (table expected, got nil)", function() table.insert(nil, 1) end)
end)

test("insert and remove respect metamethods", function()
  local log = {}
  local store = {}
  local proxy = setmetatable({}, {
    __index = function(_, k) log[#log + 1] = "get" .. k return store[k] end,
    __newindex = function(_, k, v) log[#log + 1] = "set" .. k store[k] = v end,
    __len = function() return #store end,
  })
  table.insert(proxy, "a")
  table.insert(proxy, 1, "b")
  assert(store[1] == "b" and store[2] == "a" and table.remove(proxy, 1) == "b" and #store == 1)
  assert(table.concat(log, " ") == "set1 get1 set2 set1 get1 get2 set1 set2", table.concat(log, " "))
  raises("object length is not an integer", table.insert, setmetatable({}, { __len = function() return "x" end }), 1)
  local t = setmetatable({}, { __len = function() return math.maxinteger end })
  table.insert(t, 20)
  local k, v = next(t)
  assert(k == math.mininteger and v == 20)
end)

test("move copies in the right direction", function()
  local function eq(a, b) for i = -5, 12 do assert(a[i] == b[i]) end end
  local a = table.move({ 10, 20, 30 }, 1, 3, 2)
  eq(a, { 10, 10, 20, 30 })
  a = table.move({ 10, 20, 30 }, 1, 3, 3)
  eq(a, { 10, 20, 10, 20, 30 })
  a = table.move({ 10, 20, 30 }, 2, 3, 1)
  eq(a, { 20, 30, 30 })
  a = {}
  assert(table.move({ 10, 20, 30 }, 1, 3, 1, a) == a)
  eq(a, { 10, 20, 30 })
  a = {}
  assert(table.move({ 10, 20, 30 }, 1, 0, 3, a) == a)
  eq(a, {})
  local maxI, minI = math.maxinteger, math.mininteger
  a = table.move({ [maxI - 2] = 1, [maxI - 1] = 2, [maxI] = 3 }, maxI - 2, maxI, -5, {})
  eq(a, { [-5] = 1, [-4] = 2, [-3] = 3 })
  a = table.move({ [minI] = 1, [minI + 1] = 2, [minI + 2] = 3 }, minI, minI + 2, -5, {})
  eq(a, { [-5] = 1, [-4] = 2, [-3] = 3 })
  a = table.move({ 45 }, 1, 1, maxI)
  assert(a[1] == 45 and a[maxI] == 45)
  a = table.move({ 45 }, 1, 1, minI)
  assert(a[1] == 45 and a[minI] == 45)
  raises("too many", table.move, {}, 0, maxI, 1)
  raises("too many", table.move, {}, -1, maxI, 1)
  raises("too many", table.move, {}, minI, -1, 1)
  raises("too many", table.move, {}, minI, maxI, 1)
  raises("wrap around", table.move, {}, 1, maxI, 2)
  raises("wrap around", table.move, {}, 1, maxI - 2, maxI)
  raises("wrap around", table.move, {}, 1, 2, maxI)
  local pos1, pos2
  local function checkmove(f, e, t, x, y)
    local m = setmetatable({}, {
      __index = function(_, k) pos1 = k error("stop", 0) end,
      __newindex = function(_, k) pos2 = k error("stop", 0) end,
    })
    raises("stop", table.move, m, f, e, t)
    assert(pos1 == x)
  end
  checkmove(1, maxI, 1, 1)
  checkmove(0, maxI - 1, 1, maxI - 1)
  checkmove(minI, -2, -5, -2)
  checkmove(minI + 1, -1, -2, -1)
  checkmove(minI, -2, 0, minI)
  checkmove(minI + 1, -1, 1, minI + 1)
end)

test("concat joins strings and numbers", function()
  local concat = table.concat
  assert(concat({}) == "" and concat({}, "x") == "" and concat({ "\0", "\0\1", "\0\1\2" }, ".\0.") == "\0.\0.\0\1.\0.\0\1\2")
  local a = {}
  for i = 1, 300 do a[i] = "xuxu" end
  assert(concat(a, "123") .. "123" == ("xuxu123"):rep(300))
  assert(concat(a, "b", 20, 20) == "xuxu" and concat(a, "", 20, 21) == "xuxuxuxu" and concat(a, "x", 22, 21) == "")
  assert(concat(a, "3", 299) == "xuxu3xuxu")
  assert(concat({}, "x", math.maxinteger, math.maxinteger - 1) == "" and concat({}, "x", math.mininteger + 1, math.mininteger) == "")
end)

test("concat near the ends of the integers and of what cannot be joined", function()
  local concat = table.concat
  assert(not pcall(concat, { "a", "b", {} }))
  raises("invalid value (table) at index 3 in table for 'concat'", concat, { "a", "b", {} })
  raises("invalid value (nil) at index 2", concat, { "a", nil, "c" }, ",", 1, 3)
  assert(concat({ [math.maxinteger] = "alo" }, "x", math.maxinteger, math.maxinteger) == "alo")
  assert(concat({ [math.maxinteger] = "alo", [math.maxinteger - 1] = "y" }, "-", math.maxinteger - 1, math.maxinteger) == "y-alo")
  assert(concat({ 1, 2.5, 3.0 }, " ") == "1 2.5 3.0" and concat({ "a", "b", "c" }, 1) == "a1b1c")
  assert(concat(setmetatable({}, { __len = function() return 3 end, __index = function(_, k) return k end }), ",") == "1,2,3")
end)

test("rawlen, rawequal, rawget and rawset see no metamethods", function()
  local t = setmetatable({ 1, 2 }, { __len = function() return 10 end, __index = function() return "x" end, __eq = function() return true end })
  assert(#t == 10 and rawlen(t) == 2 and rawlen("abc") == 3 and t.a == "x" and rawget(t, "a") == nil)
  assert(t == setmetatable({}, getmetatable(t)) and not rawequal(t, setmetatable({}, getmetatable(t))))
  assert(rawset(t, "a", 1) == t and rawget(t, "a") == 1 and rawequal(1, 1.0) and not rawequal("1", 1))
  raises("table or string expected", rawlen, 34)
  raises("value expected", rawequal, 1)
  raises("table expected, got string", rawget, "x", 1)
end)

test("select counts from both ends", function()
  assert(select("#") == 0 and select("#", nil, nil) == 2 and select(2, "a", "b", "c") == "b")
  assert(select(-1, "a", "b", "c") == "c" and select("#", select(3, 1, 2, 3, 4)) == 2 and select(5, 1) == nil)
  raises("index out of range", select, 0)
  raises("index out of range", select, -2, 1)
  raises("number expected, got string", select, "x")
end)

test("a big constructor has every field", function()
  local parts = {}
  for i = 1, 1000 do parts[#parts + 1] = ("[%d] = %d, k%d = %d"):format(i, i, i, i) end
  local t = load("return {" .. table.concat(parts, ",") .. "}")()
  assert(#t == 1000 and t.k1000 == 1000)
  parts = {}
  for i = 1, 3000 do parts[i] = tostring(i) end
  t = load("return {" .. table.concat(parts, ",") .. "}")()
  assert(#t == 3000 and t[3000] == 3000)
end)

test("the step of ipairs goes on from any integer", function()
  local step = ipairs({})
  local key, value = step({ [math.mininteger] = 10 }, math.maxinteger)
  assert(key == math.mininteger and value == 10)
  local ok, err = pcall(step, {}, "x")
  assert(not ok and err:find("number expected, got string", 1, true))
end)
