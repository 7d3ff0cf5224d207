-- Garbage collection (manual §2.5, §6.1): finalizers, weak tables, collectgarbage

test("a finalizer runs when its object is collected, and is given what was in it", function()
  local seen
  do
    local object = setmetatable({ name = "file", 10, 20 }, { __gc = function(o) seen = o end })
    object.handle = 7
    assert(object.name == "file" and #object == 2 and object[2] == 20)
    object = nil
  end
  collectgarbage()
  collectgarbage()
  assert(seen and seen.name == "file" and seen.handle == 7 and seen[2] == 20 and #seen == 2)
  assert(type(getmetatable(seen).__gc) == "function")
end)

test("finalizers run while a loop makes garbage", function()
  local finish = false
  local b = { 34 }
  local u = setmetatable({}, { __gc = function() finish = true end })
  repeat u = {} until finish
  assert(b[1] == 34)
  finish = false
  local i = 1
  u = setmetatable({}, { __gc = function() finish = true end })
  repeat i = i + 1 u = tostring(i) .. tostring(i) until finish
  finish = false
  u = setmetatable({}, { __gc = function() finish = true end })
  repeat local i u = function() return i end until finish
  finish = false
  u = { setmetatable({}, { __gc = function() finish = true end }) }
  repeat u = { {} } until finish
  assert(b[1] == 34)
end)

test("objects in a cycle are finalized", function()
  local collected = 0
  do
    local a = setmetatable({ size = 3 }, { __gc = function(o) collected = collected + o.size end })
    local b = { back = a }
    a.other = b
    a.self = a
  end
  collectgarbage()
  collectgarbage()
  assert(collected == 3, collected)
end)

test("a thread that leads to its own objects is collected", function()
  local collected = false
  do
    local function f(param)
      ;(function()
        assert(type(f) == "function" and type(param) == "thread")
        param = { param, f }
        setmetatable(param, { __gc = function() collected = true end })
        coroutine.yield(100)
      end)()
    end
    local co = coroutine.create(f)
    assert(coroutine.resume(co, co))
  end
  collectgarbage()
  collectgarbage()
  assert(collected)
end)

test("objects that end together are finalized in the reverse of the order of their marking", function()
  local order = {}
  do
    local mt = { __gc = function(o) order[#order + 1] = o[1] end }
    local list = {}
    for i = 1, 10 do list[i] = setmetatable({ i }, mt) end
    list = nil
  end
  collectgarbage()
  collectgarbage()
  assert(table.concat(order, ",") == "10,9,8,7,6,5,4,3,2,1", table.concat(order, ","))
end)

test("only a metatable that has __gc at once marks for finalization", function()
  local late, replaced = false, false
  do
    local mt = {}
    local a = setmetatable({}, mt)
    mt.__gc = function() late = true end
    local mt2 = { __gc = true }
    local b = setmetatable({}, mt2)
    mt2.__gc = function() replaced = true end
    local c = setmetatable({}, { __gc = 42 })
  end
  collectgarbage()
  collectgarbage()
  assert(not late and replaced)
end)

test("an error in a finalizer ends it, nothing else", function()
  local after = false
  do
    local a = setmetatable({}, { __gc = function() error("ignored") end })
    local b = setmetatable({}, { __gc = function() after = true end })
  end
  collectgarbage()
  collectgarbage()
  assert(after)
end)

test("a finalizer may revive its object, or make new objects", function()
  local kept, count = nil, 0
  local mt = {}
  mt.__gc = function(o)
    kept = o
    count = count + 1
    if count == 1 then setmetatable({ second = true }, mt) end
  end
  do setmetatable({ first = true }, mt) end
  for _ = 1, 6 do collectgarbage() end
  assert(count == 2 and kept.second)
end)

test("a table with a finalizer is a table as any other", function()
  local t = setmetatable({}, { __gc = function() end })
  for i = 1, 100 do t[i] = i end
  t.x, t["y z"], t[1.5], t[true] = 1, 2, 3, 4
  assert(#t == 100 and t.x == 1 and t["y z"] == 2 and t[1.5] == 3 and t[true] == 4 and rawlen(t) == 100)
  table.insert(t, 101)
  assert(table.remove(t, 1) == 1 and #t == 100 and t[1] == 2 and table.concat(t, ",", 1, 3) == "2,3,4")
  local n = 0
  for _ in pairs(t) do n = n + 1 end
  for i, v in ipairs(t) do assert(v == i + 1) end
  assert(n == 104 and select("#", table.unpack(t)) == 100)
  table.sort(t, function(a, b) return a > b end)
  assert(t[1] == 101 and t[100] == 2)
  t.x = nil
  assert(t.x == nil and next(t) ~= nil)
  for i = #t, 1, -1 do t[i] = nil end
  assert(#t == 0)
end)

test("weak keys are cleared with their objects", function()
  local lim <const> = 15
  local a = setmetatable({}, { __mode = "k" })
  for i = 1, lim do a[{}] = i end
  for i = 1, lim do a[i] = i end
  for i = 1, lim do
    local s = ("@"):rep(i)
    a[s] = s .. "#"
  end
  collectgarbage()
  local i = 0
  for k, v in pairs(a) do
    assert(k == v or k .. "#" == v)
    i = i + 1
  end
  assert(i == 2 * lim, i)
end)

test("weak values are cleared with their objects", function()
  local lim <const> = 15
  local a = setmetatable({}, { __mode = "v" })
  a[1] = ("b"):rep(21)
  collectgarbage()
  assert(a[1])
  a[1] = nil
  for i = 1, lim do a[i] = {} end
  for i = 1, lim do a[i .. "x"] = {} end
  for i = 1, lim do
    local t = {}
    a[t] = t
  end
  for i = 1, lim do a[i + lim] = i .. "x" end
  collectgarbage()
  local i = 0
  for k, v in pairs(a) do
    assert(k == v or k - lim .. "x" == v)
    i = i + 1
  end
  assert(i == 2 * lim, i)
end)

test("weak keys and values", function()
  local lim <const> = 15
  local a = setmetatable({}, { __mode = "kv" })
  local x, y, z = {}, {}, {}
  a[1], a[2], a[3] = x, y, z
  a[("$"):rep(11)] = ("$"):rep(11)
  for i = 4, lim do a[i] = {} end
  for i = 1, lim do a[{}] = i end
  for i = 1, lim do
    local t = {}
    a[t] = t
  end
  collectgarbage()
  assert(next(a) ~= nil)
  local i = 0
  for k, v in pairs(a) do
    assert((k == 1 and v == x) or (k == 2 and v == y) or (k == 3 and v == z) or k == v)
    i = i + 1
  end
  assert(i == 4, i)
  x, y, z = nil, nil, nil
  collectgarbage()
  assert(next(a) == ("$"):rep(11))
end)

test("weak keys do not keep what only their own values lead to", function()
  local a = setmetatable({ { 10 }, { 20 }, { 30 }, { 40 } }, { __mode = "k" })
  local x
  for i = 1, 100 do
    local n = {}
    a[n] = { k = { x } }
    x = n
  end
  collectgarbage()
  local n, i = x, 0
  while n do
    n = a[n].k[1]
    i = i + 1
  end
  assert(i == 100)
  x, n = nil, nil
  collectgarbage()
  for i = 1, 4 do
    assert(a[i][1] == i * 10)
    a[i] = nil
  end
  assert(next(a) == nil)
end)

test("a loop may wait for a weak reference to be cleared", function()
  local t = setmetatable({ {} }, { __mode = "kv" })
  local A = 0
  while t[1] do
    local a = A .. A .. A .. A
    A = A + 1
  end
  assert(A > 0)
end)

test("what a table loses while it is passed may be collected", function()
  local a, b = {}, {}
  for i = 1, 15 do a[{}] = i end
  for k, v in pairs(a) do b[k] = v end
  for n in pairs(b) do
    a[n] = nil
    assert(type(n) == "table" and next(n) == nil)
    collectgarbage()
  end
  b = nil
  collectgarbage()
  for _ in pairs(a) do error("cannot be here") end
  for i = 1, 15 do a[i] = i end
  for i = 1, 15 do assert(a[i] == i) end
end)

test("collectgarbage answers its options", function()
  assert(collectgarbage() == 0 and collectgarbage("collect") == 0)
  local mode = collectgarbage("incremental")
  assert(collectgarbage("generational") == "incremental" and collectgarbage("generational") == "generational")
  assert(collectgarbage("incremental") == "generational" and collectgarbage("incremental") == "incremental")
  collectgarbage(mode)
  local count = collectgarbage("count")
  assert(math.type(count) == "float" and count > 0)
  assert(collectgarbage("isrunning"))
  collectgarbage("stop")
  assert(not collectgarbage("isrunning"))
  collectgarbage("restart")
  assert(collectgarbage("isrunning"))
  assert(type(collectgarbage("step", 20000)) == "boolean")
  raises("invalid option", collectgarbage, "nothing")
  if _VERSION == "Lua 5.4" then
    local pause = collectgarbage("setpause", 100)
    assert(collectgarbage("setpause", pause) == 100)
  else
    local pause = collectgarbage("param", "pause", 100)
    assert(collectgarbage("param", "pause") == 100 and collectgarbage("param", "pause", pause) == 100)
    raises("invalid option", collectgarbage, "param", "nothing")
  end
end)

test("while the collector is stopped, memory only grows", function()
  collectgarbage()
  collectgarbage("stop")
  local x = collectgarbage("count")
  repeat
    for _ = 1, 1000 do _ENV.a = {} end
  until collectgarbage("count") > 2 * x
  collectgarbage("restart")
  _ENV.a = nil
end)

test("what was counted is given back", function()
  local before = collectgarbage("count")
  local t = {}
  for i = 1, 100000 do t[i] = { i } end
  assert(collectgarbage("count") > before + 2000)
  t = nil
  collectgarbage()
  assert(collectgarbage("count") < before + 2000)
end)

test("long strings that are keys of a weak table are given back when they are removed", function()
  collectgarbage()
  collectgarbage()
  local m = collectgarbage("count")
  local a = setmetatable({}, { __mode = "kv" })
  a[("a"):rep(2 ^ 22)] = 25
  a[("b"):rep(2 ^ 22)] = {}
  a[{}] = 14
  assert(collectgarbage("count") > m + 2 ^ 13)
  collectgarbage()
  local k, v = next(a)
  assert(k == ("a"):rep(2 ^ 22) and v == 25)
  assert(next(a, k) == nil and a[("b"):rep(100)] == nil)
  a[k] = nil
  k = nil
  collectgarbage()
  collectgarbage()
  assert(next(a) == nil and a[("b"):rep(100)] == nil)
  assert(collectgarbage("count") <= m + 1)
end)

test("warn takes strings only", function()
  warn("@off")
  warn("nobody ", "sees ", "this")
  raises("string expected", warn)
  raises("string expected", warn, "a", {})
end)

test("within a finalizer collectgarbage does nothing", function()
  local results = {}
  setmetatable({}, { __gc = function()
    for _, option in ipairs({ "collect", "step", "count", "isrunning", "stop", "generational" }) do
      results[#results + 1] = tostring(collectgarbage(option))
    end
  end })
  collectgarbage()
  assert(table.concat(results, " ") == "nil nil nil nil nil nil", table.concat(results, " "))
  assert(collectgarbage("isrunning"))
end)

test("a finalizer may give its table another one", function()
  local shown = ""
  setmetatable({}, { __gc = function(first)
    shown = shown .. "first "
    setmetatable(first, { __gc = function() shown = shown .. "second" end })
  end })
  collectgarbage()
  collectgarbage()
  assert(shown == "first second", shown)
end)
