-- A builtin that waits makes its caller wait, wherever the call stands

test("pcall waits with its function", function()
  local ok, err = pcall(function()
    sleep(0.001)
    error("after the wait")
  end)
  assert(not ok)
  assert(err:find("tasks.lua:6: after the wait", 1, true), err)
end)

test("a coroutine waits without its resumer noticing", function()
  local co = coroutine.create(function(a)
    sleep(0.001)
    local b = coroutine.yield(a + 1)
    sleep(0.001)
    return b * 2
  end)
  local ok, first = coroutine.resume(co, 1)
  assert(ok and first == 2)
  assert(coroutine.status(co) == "suspended")
  local ok, last = coroutine.resume(co, 21)
  assert(ok and last == 42)
  assert(coroutine.status(co) == "dead")
end)

test("an iterator waits", function()
  local sum = 0
  for i in coroutine.wrap(function()
    for i = 1, 3 do
      sleep(0.001)
      coroutine.yield(i)
    end
  end) do
    sum = sum + i
  end
  assert(sum == 6)
end)

test("a metamethod waits", function()
  local t = setmetatable({}, { __index = function(_, key)
    sleep(0.001)
    return key .. "!"
  end })
  assert(t.x == "x!")
end)

test("yielding outside a coroutine is an error", function()
  raises("attempt to yield from outside a coroutine", coroutine.yield)
  local _, main = coroutine.running()
  assert(main)
end)

test("a coroutine inside a coroutine waits through both", function()
  local outer = coroutine.wrap(function()
    local inner = coroutine.wrap(function()
      sleep(0.001)
      coroutine.yield("inner")
    end)
    coroutine.yield(inner())
  end)
  assert(outer() == "inner")
end)

test("a comparator that begins to wait is called once for each comparison", function()
  if engine.name == "fengari" then skip("no function that table.sort calls can wait") end
  local function count(wait)
    local t, calls, pairs_seen = {}, 0, {}
    for i = 1, 200 do t[i] = i * 37 % 101 end
    table.sort(t, function(a, b)
      calls = calls + 1
      pairs_seen[#pairs_seen + 1] = a .. "<" .. b
      if wait and calls % 50 == 7 then sleep(0) end
      return a < b
    end)
    for i = 2, #t do assert(t[i - 1] <= t[i]) end
    return calls, table.concat(pairs_seen, " ")
  end
  local plain, plain_pairs = count(false)
  local waiting, waiting_pairs = count(true)
  assert(plain == waiting, plain .. " and " .. waiting .. " calls")
  assert(plain_pairs == waiting_pairs)
end)

test("a sort in a comparator waits", function()
  if engine.name == "fengari" then skip("no function that table.sort calls can wait") end
  local t = { 3, 1, 2 }
  table.sort(t, function(a, b)
    local inner = { b, a }
    table.sort(inner, function(x, y)
      sleep(0)
      return x < y
    end)
    return inner[1] == a and a ~= b
  end)
  assert(t[1] == 1 and t[2] == 2 and t[3] == 3)
end)

test("an error of a comparator that has waited is the error of the sort", function()
  if engine.name == "fengari" then skip("no function that table.sort calls can wait") end
  local calls = 0
  local ok, err = pcall(table.sort, { 4, 3, 2, 1 }, function(a, b)
    calls = calls + 1
    if calls == 2 then sleep(0) end
    if calls == 4 then error("no more", 0) end
    return a < b
  end)
  assert(not ok and err == "no more" and calls == 4, tostring(err))
end)

test("loops of pairs and ipairs may wait, whatever those names mean", function()
  local seen = {}
  local function see(...) seen[#seen + 1] = table.concat({ ... }, "=") end
  for i, v in ipairs({ 10, 20 }) do sleep(0) see(i, v) end
  for k, v in pairs({ a = 1 }) do sleep(0) see(k, v) end
  local pairs = function(t) sleep(0) return next, t end
  for k, v in pairs({ b = 2 }) do sleep(0) see(k, v) end
  local everyday = ipairs
  ipairs = function(n)
    sleep(0)
    return function(_, i) sleep(0) if i < n then return i + 1 end end, nil, 0
  end
  for i in ipairs(2) do sleep(0) see(i) end
  ipairs = everyday
  assert.eq(table.concat(seen, " "), "1=10 2=20 a=1 b=2 1 2")
end)

test("string.gsub goes on where its function has waited", function()
  if engine.name == "fengari" then skip("no function that string.gsub calls can wait") end
  local calls = 0
  local function shout(c)
    calls = calls + 1
    if calls % 2 == 0 then sleep(0) end
    return c:upper() .. calls
  end
  local text, count = ("a b c d"):gsub("%a", shout)
  assert.eq(text, "A1 B2 C3 D4")
  assert.eq(count, 4)
  text, count = ("k=v, x=y"):gsub("(%w)=(%w)", function(k, v) sleep(0) return v .. k end, 1)
  assert.eq(text .. count, "vk, x=y1")
  local ok, message = pcall(function() return (("a"):gsub("a", function() sleep(0) return true end)) end)
  assert.eq(ok, false)
  assert.matches(message, ":\\d+: invalid replacement value")
end)

test("load waits for the builtins that its text names", function()
  -- None of them is named in this file
  local function text(first, last, rest) return "return " .. first .. last .. rest end
  assert.eq(load(text("to", "ml", ".encode({ a = 1 })"))(), "a = 1\n")
  assert.eq(load(text("re", "gex", ".match('a', 'a')"))(), true)
  local parts = { text("mark", "down", ".to_html('x')") }
  local function reader() return table.remove(parts) end
  assert.eq(load(reader)(), "<p>x</p>\n")
  local names = { text("ya", "ml", ".encode"), text("tem", "plate", ".render_string") }
  local threads = {}
  for i, name in ipairs(names) do threads[i] = coroutine.wrap(function() return type(load(name)()) end) end
  assert.eq(threads[1](), "function")
  assert.eq(threads[2](), "function")
end)
