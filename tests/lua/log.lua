-- log: what reaches the log is shown in tests/log_test.ts

test("log takes a string or a number and gives nothing", function()
  for _, name in ipairs({ "info", "warn", "error" }) do
    assert.eq(select("#", log[name]("a message")), 0)
    log[name](42)
  end
  assert.eq(log.debug, nil)
end)

test("anything else is refused", function()
  for _, name in ipairs({ "info", "warn", "error" }) do
    raises("bad argument #1: error converting Lua nil to String (log." .. name .. " expects message: string)", log[name])
    raises("bad argument #1: error converting Lua table to String", log[name], {})
    raises("bad argument #1: error converting Lua boolean to String", log[name], true)
  end
end)
