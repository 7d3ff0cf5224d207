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
