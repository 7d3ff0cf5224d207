-- time and sleep

test("time is a float of seconds that agrees with os.time", function()
  local before, now, after = os.time(), time(), os.time()
  assert.eq(math.type(now), "float")
  assert.eq(before <= now and now < after + 1, true)
  assert.eq(time() >= now, true)
end)

test("sleep waits so long at least, while other tasks go on", function()
  local order = {}
  local other = async.spawn(function()
    order[#order + 1] = "other"
  end)
  local start = os.clock()
  sleep(0.02)
  order[#order + 1] = "slept"
  assert.eq(os.clock() - start >= 0.015, true)
  other:await()
  assert.eq(table.concat(order, " "), "other slept")
end)

test("sleep takes strings that are numbers and gives nothing", function()
  assert.eq(select("#", sleep("0.001")), 0)
  assert.eq(select("#", sleep(0)), 0)
end)

test("sleep refuses what is no time", function()
  raises("sleep: seconds must be zero or more and finite: current value is -1", sleep, -1)
  raises("sleep: seconds must be zero or more and finite", sleep, 1 / 0)
  raises("sleep: seconds must be zero or more and finite", sleep, 0 / 0)
  raises("bad argument #1", sleep)
  raises("bad argument #1", sleep, "soon")
end)
