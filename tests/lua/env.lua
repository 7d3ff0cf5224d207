-- env: the variables that a script sees; commands see them too: shell.lua

test("get gives a variable or nil", function()
  assert.eq(env.get("ENV_TEST_NONE"), nil)
  env.set("ENV_TEST", "wért \r\n")
  assert.eq(env.get("ENV_TEST"), "wért \r\n")
  assert.eq(os.getenv("ENV_TEST"), "wért \r\n")
  env.set("ENV_TEST", "")
  assert.eq(env.get("ENV_TEST"), "")
  env.set("ENV_TEST", nil)
  assert.eq(env.get("ENV_TEST"), nil)
  assert.eq(select("#", env.get("ENV_TEST_NONE")), 1)
end)

test("set takes numbers as text and gives nothing", function()
  assert.eq(select("#", env.set("ENV_TEST", 1.5)), 0)
  assert.eq(env.get("ENV_TEST"), "1.5")
  env.set("ENV_TEST")
  assert.eq(env.get("ENV_TEST"), nil)
end)

test("names such as __proto__ are names like others", function()
  for _, name in ipairs({ "__proto__", "constructor", "toString" }) do
    assert.eq(env.get(name), nil)
    env.set(name, "x")
    assert.eq(env.get(name), "x")
    env.set(name, nil)
  end
end)

test("list gives every variable, sorted by name", function()
  env.set("ENV_TEST_B", "2")
  env.set("ENV_TEST_A", "1")
  local seen, last = {}, ""
  for _, entry in ipairs(env.list()) do
    assert.eq(last < entry.key, true)
    last = entry.key
    seen[entry.key] = entry.value
  end
  assert.eq(seen.ENV_TEST_A, "1")
  assert.eq(seen.ENV_TEST_B, "2")
  env.set("ENV_TEST_A", nil)
  env.set("ENV_TEST_B", nil)
end)

test("set refuses what the platform cannot set, and does not show it", function()
  local message = raises('env.set: the value of "ENV_TEST" is not valid UTF-8', env.set, "ENV_TEST", "secret\255")
  assert.eq(tostring(message):find("secret"), nil)
  assert.eq(env.get("ENV_TEST"), nil)
  raises("is not valid UTF-8", env.set, "ENV\255", "x")
end)

test("arguments are checked", function()
  raises("bad argument #1: error converting Lua nil to String", env.get)
  raises("bad argument #1: error converting Lua table to String", env.set, {}, "x")
  raises("bad argument #2: error converting Lua boolean to String", env.set, "ENV_TEST", true)
end)
