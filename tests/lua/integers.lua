-- 64-bit integers through every builtin that takes or gives numbers

local maxint, minint = math.maxinteger, math.mininteger
local WIDE = {}

local function needs64()
  if engine.name == "fengari" then skip("its integers have 32 bits") end
end

if engine.name ~= "fengari" then
  WIDE = { maxint, minint, (1 << 53) + 1, -(1 << 53) - 1, 1 << 53, 1 << 62, 0x123456789abcdef1, -0x123456789abcdef1, 1 << 32, 4 * 1024 ^ 3 // 1 | 0 }
end

local function same(a, b)
  return math.type(a) == math.type(b) and a == b
end

test("the engine has them", function()
  needs64()
  assert(4 * 1024 * 1024 * 1024 == 4294967296 and tostring(4 * 1024 * 1024 * 1024) == "4294967296")
  assert(maxint + 1 == minint and maxint // 2 == 4611686018427387903 and ("%d"):format(maxint) == "9223372036854775807")
end)

test("json: a round trip keeps value and type", function()
  needs64()
  for _, n in ipairs(WIDE) do
    local text = json.encode({ n = n })
    assert(text == '{"n":' .. ("%d"):format(n) .. "}", text)
    assert(same(json.parse(text).n, n))
    assert(same(json.parse("[" .. n .. "]")[1], n))
  end
  assert(math.type(json.parse("9223372036854775808")) == "float")
  assert(same(json.parse("9007199254740993"), 9007199254740993))
  assert(json.encode(2.0 ^ 63) ~= json.encode(maxint) and json.encode(1.0) ~= nil)
end)

test("yaml: a round trip keeps value and type", function()
  needs64()
  for _, n in ipairs(WIDE) do assert(same(yaml.parse(yaml.encode({ n = n })).n, n), tostring(n)) end
  assert(same(yaml.parse("n: 9223372036854775807").n, maxint))
  assert(same(yaml.parse("n: 0x7fffffffffffffff").n, maxint))
end)

test("toml: a round trip keeps value and type", function()
  needs64()
  for _, n in ipairs(WIDE) do assert(same(toml.parse(toml.encode({ n = n })).n, n), tostring(n)) end
  assert(same(toml.parse("n = 0x7fffffffffffffff").n, maxint))
end)

test("assert compares them exactly and shows them in full", function()
  needs64()
  assert.eq(maxint, maxint)
  assert.eq(1 << 53, 2 ^ 53)
  assert.ne(maxint, 2 ^ 63)
  assert.ne(maxint, maxint - 1)
  assert.gt(maxint, maxint - 1)
  assert.lt(minint, minint + 1)
  raises("9223372036854775807", assert.eq, maxint, maxint - 1)
  raises("9223372036854775806", assert.eq, maxint, maxint - 1)
end)

test("milliseconds and nanoseconds of the time do not overflow", function()
  needs64()
  local now = os.time()
  assert(math.type(now) == "integer" and now * 1000 // 1000 == now and now * 1000000000 // 1000000000 == now)
  assert(now * 1000 > 1700000000000 and ("%d"):format(now * 1000):match("^%d+$"))
  assert(os.time({ year = 2100, month = 1, day = 1, hour = 0 }) == 4102444800)
  assert(os.date("!%Y-%m-%d", 4102444800) == "2100-01-01" and os.date("!%Y", 32503680000) == "3000")
  assert(math.type(os.date("*t", 4102444800).year) == "integer")
end)

test("sizes of files are integers", function()
  local path = os.tmpname()
  fs.write(path, ("x"):rep(100000))
  local stat = fs.stat(path)
  assert(stat.size == 100000 and math.type(stat.size) == "integer")
  local file = io.open(path)
  assert(math.type(file:seek("end")) == "integer" and file:seek("cur") == 100000)
  file:close()
  os.remove(path)
end)

test("io reads and writes them", function()
  needs64()
  local path = os.tmpname()
  local file = io.open(path, "w")
  for _, n in ipairs(WIDE) do file:write(n, "\n") end
  file:write("0x7fffffffffffffff 9223372036854775808\n")
  file:close()
  file = io.open(path)
  for _, n in ipairs(WIDE) do assert(same(file:read("n"), n), tostring(n)) end
  assert(same(file:read("n"), maxint) and math.type(file:read("n")) == "float")
  file:close()
  os.remove(path)
end)

test("regex, base64, crypto and log show them in full", function()
  needs64()
  assert(("%d"):format(maxint) == tostring(maxint) and base64.decode(base64.encode(tostring(minint))) == tostring(minint))
  assert(regex.match("^\\d+$", tostring(maxint)))
  assert(string.pack(">i8", maxint) == "\x7f\xff\xff\xff\xff\xff\xff\xff" and crypto.hash(tostring(maxint)) == crypto.hash("9223372036854775807"))
  log.info("wide: " .. maxint)
end)

test("keys of tables keep them apart", function()
  needs64()
  local t = { [maxint] = "max", [minint] = "min", [(1 << 53) + 1] = "odd", [1 << 53] = "even" }
  assert(t[maxint] == "max" and t[minint] == "min" and t[9007199254740993] == "odd" and t[2 ^ 53] == "even")
  local decoded = json.parse(json.encode({ [tostring(maxint)] = 1 }))
  assert(decoded["9223372036854775807"] == 1)
end)

test("arguments that are counts refuse what is too wide, in words", function()
  needs64()
  assert(not pcall(crypto.random, maxint))
  assert(not pcall(sleep, -1))
  assert(not pcall(string.rep, "x", maxint))
end)
