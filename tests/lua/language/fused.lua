-- Pairs of operations that the compiler may do in one step.

test("a shifted integer in an exclusive or is what the two operations give, at every distance", function()
  local wide = { 88172645463325252, -1, math.mininteger, math.maxinteger, 0x0123456789abcdef, -0x123456789abcdef }
  local function xor(a, b) return a ~ b end
  for _, x in ipairs(wide) do
    for _, y in ipairs({ x, wide[1], 7, 0, 2.0 ^ 53 }) do
      assert(x ~ y << 1 == xor(x, y << 1) and x ~ y >> 1 == xor(x, y >> 1))
      assert(x ~ y << 13 == xor(x, y << 13) and x ~ y >> 7 == xor(x, y >> 7))
      assert(x ~ y << 31 == xor(x, y << 31) and x ~ y >> 31 == xor(x, y >> 31))
      assert(x ~ y << 32 == xor(x, y << 32) and x ~ y >> 32 == xor(x, y >> 32))
      assert(x ~ y << 33 == xor(x, y << 33) and x ~ y >> 33 == xor(x, y >> 33))
      assert(x ~ y << 63 == xor(x, y << 63) and x ~ y >> 63 == xor(x, y >> 63))
      assert(x ~ y << 64 == x and x ~ y >> 64 == x and x ~ y << 0 == xor(x, y))
    end
  end
end)

test("a product and a sum wrap as the two operations do", function()
  local function add(a, b) return a + b end
  for _, x in ipairs({ 1, -1, 2 ^ 53, 1 << 53, math.mininteger, math.maxinteger, 88172645463325252, 1.5 }) do
    assert(x * 6364136223846793005 + 1442695040888963407 ==
      add(x * 6364136223846793005, 1442695040888963407))
    assert(x * 3 + 0x7fffffffffffffff == add(x * 3, 0x7fffffffffffffff))
    assert(x * -0x7fffffffffffffff + 5 == add(x * -0x7fffffffffffffff, 5))
  end
end)

test("generators give the numbers that they are known for", function()
  local x = 88172645463325252
  for _ = 1, 1000 do
    x = x ~ x << 13
    x = x ~ x >> 7
    x = x ~ x << 17
  end
  assert(x == 1363160026601443621)
  local seed = 42
  for _ = 1, 3 do seed = seed * 6364136223846793005 + 1442695040888963407 end
  assert(seed == 7615522811268512075)
end)

test("what is no integer fails as it does in either operation", function()
  raises("perform bitwise operation on a string value (local 's')", function(s) return s ~ s << 3 end, "x")
  raises("perform bitwise operation on a nil value (local 'n')", function(a, n) return a ~ n << 3 end, 1)
  raises("perform arithmetic on a table value (local 't')",
    function(t) return t * 6364136223846793005 + 1442695040888963407 end, {})
  raises("has no integer representation", function() local a, f = 1, 1.5 return a ~ f >> 3 end)
end)

test("metamethods are called in the order of the operations", function()
  local log = {}
  local mt = {
    __shl = function(_, n) log[#log + 1] = "shl" .. tostring(n) return 1 end,
    __mul = function() log[#log + 1] = "mul" return 2 end,
  }
  local o, a = setmetatable({}, mt), 8
  assert(a ~ o << 3 == 9)
  assert(o * 6364136223846793005 + 1442695040888963407 == 1442695040888963409)
  assert(table.concat(log, " ") == "shl3 mul")
end)
