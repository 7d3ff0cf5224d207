-- async.all, async.race, async.timeout: several tasks at a time

local function later(seconds, ...)
  local values = table.pack(...)
  return function()
    sleep(seconds)
    return table.unpack(values, 1, values.n)
  end
end

local function failing(message)
  return function()
    sleep(0.001)
    error(message, 0)
  end
end

test("all gives the first result of each under its key", function()
  local results = async.all({ later(0.003, "slow", "ignored"), later(0.001, "fast"), later(0.001) })
  assert.eq(results[1], "slow")
  assert.eq(results[2], "fast")
  assert.eq(results[3], nil)
  results = async.all({ a = later(0.001, 1), b = async.spawn(later(0.001, false)) })
  assert.eq(results.a, 1)
  assert.eq(results.b, false)
  assert.eq(next(async.all({})), nil)
end)

test("all runs its functions beside each other", function()
  local running, most = 0, 0
  local function work()
    running = running + 1
    most = math.max(most, running)
    sleep(0.002)
    running = running - 1
  end
  async.all({ work, work, work, work, work })
  assert.eq(most, 5)
end)

test("all runs no more than limit functions at a time", function()
  local running, most, calls = 0, 0, 0
  local function work()
    running = running + 1
    most = math.max(most, running)
    sleep(0.001)
    running = running - 1
    calls = calls + 1
    return calls
  end
  local results = async.all({ work, work, work, work, work }, { limit = 2 })
  assert.eq(most, 2)
  assert.eq(calls, 5)
  assert.eq(#results, 5)
end)

test("all raises the first error and ends what it has started", function()
  local ended = false
  local slow = function()
    sleep(3600)
    ended = true
  end
  raises("no luck", async.all, { slow, failing("no luck"), slow })
  assert.eq(ended, false)
  local object = {}
  local ok, err = pcall(async.all, { function() error(object) end })
  assert(not ok)
  assert.eq(err, object)
end)

test("all starts nothing more after an error", function()
  local calls = 0
  raises("no luck", async.all, { failing("no luck"), function() calls = calls + 1 end }, { limit = 1 })
  sleep(0.003)
  assert.eq(calls, 0)
end)

test("race gives the results of the first to end and ends the other functions", function()
  local ended = false
  local a, b = async.race({
    function()
      sleep(3600)
      ended = true
    end,
    later(0.001, "first", 2),
  })
  assert.eq(a, "first")
  assert.eq(b, 2)
  assert.eq(ended, false)
  raises("no luck", async.race, { later(3600), failing("no luck") })
end)

test("a handle that loses a race goes on", function()
  local go_on = async.channel()
  local done = false
  local slow = async.spawn(function()
    go_on:recv()
    done = true
    go_on:send("finished")
  end)
  assert.eq(async.race({ slow, later(0.001, "fast") }), "fast")
  go_on:send("go")
  sleep(0)
  assert.eq(go_on:recv(), "finished")
  assert.eq(done, true)
end)

test("timeout gives the results of what ends in time", function()
  local a, b, c = async.timeout(3600, function(x, ...)
    sleep(0.001)
    return x, ...
  end, 1, nil, 3)
  assert.eq(a, 1)
  assert.eq(b, nil)
  assert.eq(c, 3)
  raises("inside", async.timeout, 3600, function() error("inside") end)
end)

test("timeout ends what does not", function()
  local cleaned = false
  raises("async.timeout: the task <async_groups.lua:", async.timeout, 0.001, function()
    pcall(sleep, 3600)
    cleaned = true
  end)
  sleep(0)
  assert.eq(cleaned, true)
end)

test("timeout ends a computation, too", function()
  raises("has not ended after 0.001s", async.timeout, 0.001, function() while true do end end)
end)

test("ending a task ends the tasks of its groups", function()
  local ended = 0
  local function work()
    sleep(3600)
    ended = ended + 1
  end
  for _, wait in ipairs({
    function() async.all({ work, work }) end,
    function() async.race({ work, work }) end,
    function() async.timeout(3600, work) end,
  }) do
    local h = async.spawn(wait)
    sleep(0.001)
    h:cancel()
    raises("task cancelled", h.await)
  end
  assert.eq(ended, 0)
end)

test("what is no task is refused", function()
  raises("async.all: expects functions and handles of async.spawn: the value at 2 is a number", async.all, { print, 5 })
  raises('async.race: expects functions and handles of async.spawn: the value at "x" is a table', async.race, { x = {} })
  raises("async.race: there is nothing to wait for: the table is empty", async.race, {})
  raises("async.all: limit must be 1 or more: current value is 0", async.all, {}, { limit = 0 })
  raises("async.timeout: seconds must be above zero and finite: current value is 0", async.timeout, 0, print)
  raises("async.timeout: seconds must be above zero and finite", async.timeout, math.huge, print)
  raises("error converting Lua nil to function", async.timeout, 1)
  local h = async.spawn(print)
  sleep(0)
  h:await()
  raises("async handle already awaited", async.all, { h })
end)

test("tasks that wait for each other are told so", function()
  local a, b
  local message
  a = async.spawn(function()
    sleep(0.001)
    return b:await()
  end)
  b = async.spawn(function()
    sleep(0.002)
    local _, err = pcall(async.all, { a })
    message = err
  end)
  sleep(0.01)
  assert.contains(message, "deadlock: the task waits for one that waits for it (at async_groups.lua:")
end)

test("a task that waits for itself is told so", function()
  local h
  local message
  h = async.spawn(function()
    local _, err = pcall(function() h:await() end)
    message = err
  end)
  sleep(0.001)
  assert.contains(message, "deadlock: the task waits for itself")
end)
