-- async.channel and async.select: queues between tasks

-- Other tasks have their turn until something has happened
local function eventually(condition)
  for _ = 1, 5000 do
    if condition() then return end
    sleep(0.001)
  end
  error("it has not happened", 2)
end

test("values come in the order of sending", function()
  local c = async.channel()
  for i = 1, 3000 do c:send(i) end
  assert.eq(#c, 3000)
  for i = 1, 3000 do assert.eq(c:recv(), i) end
  assert.eq(#c, 0)
end)

test("a receiver waits for a value, the one that came first gets it", function()
  local c = async.channel()
  local got = {}
  local function receiver(name)
    return function()
      local value = c:recv()
      got[#got + 1] = name .. value
    end
  end
  local a, b = async.spawn(receiver("a")), async.spawn(receiver("b"))
  sleep(0)
  c:send(1)
  c:send(2)
  async.all({ a, b })
  assert.eq(table.concat(got, " "), "a1 b2")
end)

test("a sender waits for room in a bounded channel", function()
  local c = async.channel(2)
  local sent = 0
  local h = async.spawn(function()
    for i = 1, 5 do
      assert.eq(c:send(i), true)
      sent = i
    end
    c:close()
  end)
  eventually(function() return sent == 2 end)
  assert.eq(#c, 2)
  assert.eq(c:recv(), 1)
  eventually(function() return sent == 3 end)
  assert.eq(#c, 2)
  local rest = {}
  for value in c do rest[#rest + 1] = value end
  assert.eq(table.concat(rest, " "), "2 3 4 5")
  h:await()
end)

test("without capacity a sender waits for its receiver", function()
  local c = async.channel(0)
  local order = {}
  local h = async.spawn(function()
    c:send("x")
    order[#order + 1] = "sent"
  end)
  sleep(0.001)
  assert.eq(#order, 0)
  assert.eq(c:recv(), "x")
  h:await()
  assert.eq(order[1], "sent")
  assert.eq(c:try_send("y"), false)
  assert.eq(select(2, c:try_recv()), "empty")
end)

test("a loop over a channel ends with it, after the values in it", function()
  local c = async.channel()
  local sum = 0
  local h = async.spawn(function()
    for value in c do sum = sum + value end
  end)
  for i = 1, 10 do
    c:send(i)
    if i % 3 == 0 then sleep(0) end
  end
  c:close()
  h:await()
  assert.eq(sum, 55)
  assert.eq(c:is_closed(), true)
end)

test("a closed channel gives what is left, then nil and closed", function()
  local c = async.channel()
  c:send(false)
  c:close()
  c:close()
  assert.eq(c:recv(), false)
  local value, why = c:recv()
  assert.eq(value, nil)
  assert.eq(why, "closed")
  value, why = c:try_recv()
  assert.eq(value, nil)
  assert.eq(why, "closed")
  raises("channel:send: the channel is closed", c.send, c, 1)
  raises("channel:try_send: the channel is closed", c.try_send, c, 1)
end)

test("closing wakes all who wait", function()
  local c = async.channel()
  local full = async.channel(0)
  local receivers = { async.spawn(function() return select(2, c:recv()) end) }
  receivers[2] = async.spawn(function() return select(2, c:recv()) end)
  local sender = async.spawn(function() return full:send(1) end)
  sleep(0)
  c:close()
  full:close()
  local whys = async.all(receivers)
  assert.eq(whys[1], "closed")
  assert.eq(whys[2], "closed")
  raises("channel:send: the channel is closed", sender.await)
end)

test("waits can be bounded", function()
  local c = async.channel(1)
  local value, why = c:recv(0.001)
  assert.eq(value, nil)
  assert.eq(why, "timeout")
  assert.eq(c:send(1, 0.001), true)
  value, why = c:send(2, 0.001)
  assert.eq(value, false)
  assert.eq(why, "timeout")
  -- Who has given up waits no longer
  assert.eq(c:recv(), 1)
  assert.eq(#c, 0)
  c:send(3)
  assert.eq(c:recv(3600), 3)
end)

test("a value never goes to a task that has been cancelled", function()
  local c = async.channel()
  local early = async.spawn(function() return c:recv() end)
  sleep(0)
  early:cancel()
  c:send("first")
  assert.eq(c:recv(), "first")
  -- Nor when it was on its way already
  local got
  local late = async.spawn(function() got = c:recv() end)
  sleep(0)
  c:send("second")
  late:cancel()
  c:send("third")
  raises("task cancelled", late.await)
  assert.eq(got, nil)
  assert.eq(c:recv(), "second")
  assert.eq(c:recv(), "third")
end)

test("a value that comes back goes to the next who waits", function()
  local c = async.channel()
  local one = async.spawn(function() return c:recv() end)
  local two = async.spawn(function() return c:recv() end)
  sleep(0)
  c:send("x")
  one:cancel()
  assert.eq(two:await(), "x")
end)

test("a sender that has been cancelled has not sent", function()
  local c = async.channel(0)
  local h = async.spawn(function() c:send("x") end)
  sleep(0)
  h:cancel()
  raises("task cancelled", h.await)
  assert.eq(select(2, c:try_recv()), "empty")
end)

test("a timeout around recv loses nothing", function()
  local c = async.channel()
  raises("has not ended", async.timeout, 0.001, function() return c:recv() end)
  c:send("kept")
  assert.eq(c:recv(), "kept")
end)

test("select gives the key and the value of a channel that has one", function()
  local a, b = async.channel(), async.channel()
  b:send("from b")
  local key, value = async.select({ a = a, b = b })
  assert.eq(key, "b")
  assert.eq(value, "from b")
  local h = async.spawn(function() return async.select({ a, b }) end)
  sleep(0)
  a:send("from a")
  key, value = h:await()
  assert.eq(key, 1)
  assert.eq(value, "from a")
  -- It has left the other channel
  b:send("for another")
  assert.eq(b:recv(), "for another")
end)

test("select tells the end of a channel, and of its time", function()
  local a, b = async.channel(), async.channel()
  local key, value = async.select({ a, b }, 0.001)
  assert.eq(key, nil)
  assert.eq(value, "timeout")
  local h = async.spawn(function() return async.select({ a = a, b = b }) end)
  sleep(0)
  b:close()
  key, value = h:await()
  assert.eq(key, "b")
  assert.eq(value, nil)
  a:send(1)
  key, value = async.select({ a = a, b = b })
  assert.eq(key, "a")
  assert.eq(value, 1)
end)

test("select neglects no channel", function()
  local busy, rare = async.channel(), async.channel()
  rare:send("rare")
  for i = 1, 1000 do busy:send(i) end
  local seen = false
  for _ = 1, 1000 do
    if async.select({ busy, rare }) == 2 then
      seen = true
      break
    end
  end
  assert.eq(seen, true)
end)

test("a channel joins workers", function()
  local jobs, results = async.channel(4), async.channel()
  local workers = {}
  for i = 1, 3 do
    workers[i] = function()
      for job in jobs do
        if job % 7 == 0 then sleep(0.001) end
        results:send(job * job)
      end
    end
  end
  async.spawn(function()
    for i = 1, 100 do jobs:send(i) end
    jobs:close()
  end)
  async.all(workers)
  results:close()
  local sum = 0
  for value in results do sum = sum + value end
  assert.eq(sum, 338350)
end)

test("wrong arguments are refused", function()
  local c = async.channel()
  raises("channel:send: nil cannot be sent", c.send, c, nil)
  raises("channel:try_send: nil cannot be sent", c.try_send, c)
  raises("channel:recv: timeout must be zero or more, in seconds: current value is -1", c.recv, c, -1)
  raises("channel:send: timeout must be zero or more", c.send, c, 1, -1)
  raises("async.channel: capacity must be zero or more: current value is -1", async.channel, -1)
  raises("error converting Lua table to channel", c.recv, {})
  raises("async.select: there is nothing to wait for: the table is empty", async.select, {})
  raises("async.select: expects channels of async.channel: the value at 1 is a number", async.select, { 5 })
  raises("async.select: timeout must be zero or more", async.select, { c }, -1)
end)
