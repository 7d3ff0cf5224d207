test("await gives what the task returned", function()
  local h = async.spawn(function()
    sleep(0.001)
    return 1, "two", nil, 4
  end)
  local a, b, c, d = h:await()
  assert.eq(a, 1)
  assert.eq(b, "two")
  assert.eq(c, nil)
  assert.eq(d, 4)
end)

test("await can be called with a dot", function()
  assert.eq(async.spawn(function() return 7 end).await(), 7)
end)

test("a second await is an error", function()
  local h = async.spawn(function() end)
  h:await()
  raises("async handle already awaited", h.await)
end)

test("an error in the task is raised by await", function()
  local h = async.spawn(function()
    sleep(0.001)
    error("in the task")
  end)
  raises("async.lua:26: in the task", h.await)
  local object = { code = 5 }
  h = async.spawn(function() error(object) end)
  local ok, err = pcall(h.await)
  assert(not ok)
  assert.eq(err, object)
end)

test("a spawned task starts at the caller's next wait", function()
  local order = {}
  local h = async.spawn(function() order[#order + 1] = "task" end)
  order[#order + 1] = "caller"
  h:await()
  assert.eq(table.concat(order, " "), "caller task")
end)

test("tasks go on beside each other", function()
  local order = {}
  local function step(name, seconds)
    return async.spawn(function()
      sleep(seconds)
      order[#order + 1] = name
    end)
  end
  local slow, fast = step("slow", 0.05), step("fast", 0.001)
  slow:await()
  fast:await()
  assert.eq(table.concat(order, " "), "fast slow")
end)

test("cancel ends a task where it waits", function()
  local ended = false
  local h = async.spawn(function()
    sleep(3600)
    ended = true
  end)
  sleep(0.001)
  h:cancel()
  raises("task cancelled", h.await)
  assert.eq(ended, false)
end)

test("a cancelled task that has not started never runs", function()
  local ran = false
  local h = async.spawn(function() ran = true end)
  h.cancel()
  raises("task cancelled", h.await)
  assert.eq(ran, false)
end)

test("spawn_interval takes milliseconds and a function in either order", function()
  local count = 0
  local h
  h = async.spawn_interval(function()
    count = count + 1
    if count == 3 then h:cancel() end
  end, 1)
  h:await()
  assert.eq(count, 3)
  h = async.spawn_interval(0.001, function()
    count = count + 1
    h.cancel()
  end)
  h:await()
  assert.eq(count, 4)
end)

test("an interval waits for its callback", function()
  local running, most, calls = 0, 0, 0
  local h
  h = async.spawn_interval(function()
    running = running + 1
    most = math.max(most, running)
    sleep(0.003)
    running = running - 1
    calls = calls + 1
    if calls == 3 then h:cancel() end
  end, 1)
  h:await()
  assert.eq(most, 1)
end)

test("an error stops the interval", function()
  local calls = 0
  local h = async.spawn_interval(function()
    calls = calls + 1
    error("no more")
  end, 1)
  h:await()
  assert.eq(calls, 1)
end)

test("wrong arguments are refused", function()
  raises("async.spawn_interval: interval must be positive", async.spawn_interval, function() end, 0)
  raises("async.spawn_interval: interval must be positive", async.spawn_interval, -1, function() end)
  raises("async.spawn_interval: expected a function and an interval", async.spawn_interval, 1, 2)
  raises("error converting Lua nil to function", async.spawn)
end)

test("functions and tables cross between tasks as they are", function()
  local t = {}
  local h = async.spawn(function() return t, print end)
  local same, fn = h:await()
  assert.eq(same, t)
  assert.eq(fn, print)
end)

test("a cancelled task that goes on all the same keeps nobody else from going on", function()
  local h = async.spawn(function()
    while true do
      pcall(function() while true do end end)
    end
  end)
  sleep(0.001)
  h:cancel()
  for _ = 1, 3 do sleep(0) end
end)

test("an interval may be longer than a timer of the platform", function()
  local calls = 0
  local h = async.spawn_interval(1e9, function() calls = calls + 1 end)
  sleep(0.003)
  h:cancel()
  h:await()
  assert.eq(calls, 0)
  raises("async.spawn_interval: interval must be finite", async.spawn_interval, math.huge, print)
end)

test("what waits hears of its cancellation in plain words", function()
  local heard
  local h = async.spawn(function()
    local ok, message = pcall(sleep, 60)
    heard = message
  end)
  sleep(0)
  h:cancel()
  sleep(0)
  assert(heard == "task cancelled", tostring(heard))
end)
