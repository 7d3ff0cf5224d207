local function count(...) return select("#", ...) end

test("functions that are documented to return nothing return nothing", function()
  assert.eq(count(assert.eq(1, 1)), 0)
  assert.eq(count(log.info("x")), 0)
  assert.eq(count(sleep(0)), 0)
end)

test("functions that find nothing return nil, which other functions take", function()
  assert.eq(count(env.get("NO_SUCH_VARIABLE")), 1)
  assert.eq(tostring(env.get("NO_SUCH_VARIABLE")), "nil")
  assert.eq(tostring(json.parse("null")), "nil")
  assert.eq(tostring(regex.find("b", "a")), "nil")
end)
