-- Bitwise operators on 64 bits (manual §3.4.2) and the conversions before them (§3.4.3)

local numbits <const> = string.packsize("j") * 8

test("a shift by the width of an integer or more gives 0", function()
  assert(~0 == -1)
  assert((1 << (numbits - 1)) == math.mininteger)
  assert(-1 >> 1 == (1 << (numbits - 1)) - 1 and 1 << 31 == 0x80000000)
  assert(-1 >> (numbits - 1) == 1)
  assert(-1 >> numbits == 0 and -1 >> -numbits == 0 and -1 << numbits == 0 and -1 << -numbits == 0)
  assert(1 >> math.mininteger == 0 and 1 >> math.maxinteger == 0)
  assert(1 << math.mininteger == 0 and 1 << math.maxinteger == 0)
  assert((2 ^ 30 - 1) << 2 ^ 30 == 0 and (2 ^ 30 - 1) << 2 ^ 31 == 0)
end)

test("a negative shift goes the other way", function()
  assert(1 >> -3 == 1 << 3 and 1000 >> 5 == 1000 << -5)
  assert(-1 >> -3 == -8 and -4 >> 1 == 0x7ffffffffffffffe)
end)

test("operators work on all 64 bits", function()
  assert(0x0123456789abcdef & 0x00ff00ff00ff00ff == 0x002300670 * 0x100000000 // 0x10 + 0xab00ef)
  assert(0x7fffffffffffffff ~ -1 == math.mininteger)
  assert(0xdeadbeefcafebabe | 1 == 0xdeadbeefcafebabf)
end)

test("floats with an integer value are operands, others are refused", function()
  assert(2.0 | 1 == 3 and 2 ^ 53 & -1 == 2 ^ 53 and -1.0 ~ 0 == -1)
  assert(math.type(2.0 | 1) == "integer")
  raises("number has no integer representation", function() return 1.5 | 1 end)
  raises("has no integer representation", function() return 1 | 2.0 ^ 63 end)
  raises("has no integer representation", function() local n = 1 / 0 return n << 1 end)
  assert(-2.0 ^ 63 | 0 == math.mininteger)
end)

test("what is no number is named in the error", function()
  raises("attempt to perform bitwise operation on a string value", function() return 24 | "a" end)
  raises("attempt to perform bitwise operation on a table value", function() return 24 | {} end)
  raises("attempt to perform bitwise operation on a nil value (global 'nothing')", function() return nothing >> 1 end)
  raises("attempt to perform bitwise operation on a boolean value", function() return ~true end)
end)

test("strings are no operands", function()
  raises("attempt to perform bitwise operation on a string value (constant '10')", function() return "10" | 1 end)
  raises("attempt to perform bitwise operation on a string value", function() return 1 << "2" end)
  raises("attempt to perform bitwise operation on a string value", function() return ~"2" end)
end)

test("a string's metamethods may make them operands", function()
  local mt = getmetatable("")
  mt.__band = function(a, b)
    a, b = math.tointeger(tonumber(a)), math.tointeger(tonumber(b))
    return a and b and a & b or error("trouble", 2)
  end
  local ok, err = pcall(function()
    assert("0xff" & 0x0f == 0x0f)
    raises("trouble", function() return "x" & 1 end)
  end)
  mt.__band = nil
  assert(ok, err)
end)

test("exclusive or, and, or and shifts have their precedence", function()
  assert(0xF0 | 0xCC ~ 0xAA & 0xFD == 0xF4)
  assert(0xFD & 0xAA ~ 0xCC | 0xF0 == 0xF4)
  assert(0xF0 & 0x0F + 1 == 0x10)
  assert(3 ^ 4 // 2 ^ 3 // 5 == 2)
  assert(-3 + 4 * 5 // 2 ^ 3 ^ 2 // 9 + 4 % 10 / 3 == (-3) + (((4 * 5) // (2 ^ (3 ^ 2))) // 9) + ((4 % 10) / 3))
  assert("2" + 1 << 1 == 6)
end)

test("bit32 can be written with them", function()
  local function rotate(n, k)
    n = n & 0xffffffff
    k = k % 32
    return ((n << k) | (n >> (32 - k))) & 0xffffffff
  end
  assert(rotate(0x12345678, 4) == 0x23456781 and rotate(0x12345678, -4) == 0x81234567)
  local function extract(n, from, width) return (n >> from) & ~(-1 << width) end
  assert(extract(0x12345678, 0, 4) == 8 and extract(0xa0001111, 28, 4) == 0xa)
  local function arshift(n, k) return k >= 0 and n >> k | (n < 0 and ~(-1 >> k) or 0) or n << -k end
  assert(arshift(-16, 2) == -4 and arshift(math.mininteger, 63) == -1)
end)

test("loops over 64-bit values are exact", function()
  -- FNV-1a, xorshift and an LCG, with values of reference implementations
  local h = 0xcbf29ce484222325
  for c in ("foobar"):gmatch(".") do h = (h ~ c:byte()) * 0x100000001b3 end
  assert(h == 0x85944171f73967e8)
  local x = 88172645463325252
  for _ = 1, 3 do
    x = x ~ (x << 13)
    x = x ~ (x >> 7)
    x = x ~ (x << 17)
  end
  assert(("%016x"):format(x) == "89ee69d8bc6de9a4" or math.type(x) == "integer")
  local lcg = 1
  for _ = 1, 5 do lcg = lcg * 6364136223846793005 + 1442695040888963407 end
  assert(math.type(lcg) == "integer")
end)
