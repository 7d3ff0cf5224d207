-- toml.parse and toml.encode: TOML 1.0

local DATETIME = "$__toml_private_datetime"

local function same(value, expected)
  local text = json.encode(value)
  if text ~= expected then error("expected " .. expected .. ", got " .. text, 2) end
end

local function encodes(value, expected)
  local text = toml.encode(value)
  if text ~= expected then error("expected\n" .. expected .. "got\n" .. text, 2) end
end

test("parse reads tables, arrays of tables and dotted keys", function()
  same(toml.parse('a.b = 1\n[t]\nx = "y"\n[t.u]\nz = [1, 2]\n[[p]]\nn = 1\n[[p]]\n'),
    '{"a":{"b":1},"p":[{"n":1},{}],"t":{"u":{"z":[1,2]},"x":"y"}}')
  same(toml.parse(""), "{}")
end)

test("integers and floats are kept apart", function()
  local v = toml.parse("i = 2\nf = 2.0\nh = 0x1F\ne = 1e3\nu = 1_000\nz = -0\nm = -0.0")
  assert(math.type(v.i) == "integer" and math.type(v.f) == "float" and math.type(v.e) == "float")
  same(v, '{"e":1000.0,"f":2.0,"h":31,"i":2,"m":-0.0,"u":1000,"z":0}')
  assert(toml.parse("x = -inf").x == -1 / 0)
end)

test("dates and times are tables with one key", function()
  local v = toml.parse([[
utc = 1979-05-27T07:32:00Z
offset = 1979-05-27T00:32:00.999999-07:00
zero = 1979-05-27 07:32:00+00:00
plain = 1979-05-27T07:32:00
date = 1979-05-27
time = 07:32:00.5
]])
  assert(v.utc[DATETIME] == "1979-05-27T07:32:00Z" and next(v.utc, DATETIME) == nil)
  assert(v.offset[DATETIME] == "1979-05-27T00:32:00.999999-07:00")
  assert(v.zero[DATETIME] == "1979-05-27T07:32:00Z")
  assert(v.plain[DATETIME] == "1979-05-27T07:32:00")
  assert(v.date[DATETIME] == "1979-05-27")
  assert(v.time[DATETIME] == "07:32:00.5")
  same(toml.parse(toml.encode(v)), json.encode(v))
end)

test("__proto__ is a key like others", function()
  local v = toml.parse("__proto__.a = 1\nconstructor = 2\n[b.__proto__]\nc = 3")
  assert(v["__proto__"].a == 1 and v.a == nil and v.constructor == 2 and v.b["__proto__"].c == 3)
end)

test("errors have reason, line and column", function()
  local cases = {
    { "a = 1\na = 2", "trying to redefine an already defined table or value at line 2 column 1" },
    { "a =", "invalid value at line 1 column 4" },
    { "a = 00", "illegal leading zero at line 1 column 5" },
    { "a = 2024-13-01", "invalid date or time: " },
    { "a = " .. ("["):rep(200), "nesting deeper than 128 levels at line 1" },
    { "a" .. (".a"):rep(50000) .. " = 1", "nesting deeper than 128 levels" },
    { "é\n\255", "invalid UTF-8 at line 2 column 1" },
  }
  for _, case in ipairs(cases) do raises("toml.parse: " .. case[2], toml.parse, case[1]) end
end)

test("encode writes values before sub-tables, and several elements one a line", function()
  encodes({
    title = "x",
    owner = { name = "y", deep = { n = 1 } },
    bare = { inner = { k = true } },
    one = { "a" },
    many = { "a", "b" },
    none = json.array(),
    float = 1.0,
    mixed = { 1, { k = 2 } },
    rows = { { n = 1 }, { n = 2, sub = { z = 3 } } },
    ["a key"] = { ["é.x"] = "tab\t" },
    empty = {},
  }, [==[
float = 1.0
many = [
    "a",
    "b",
]
mixed = [
    1,
    { k = 2 },
]
none = []
one = ["a"]
title = "x"

["a key"]
"é.x" = "tab\t"

[bare.inner]
k = true

[empty]

[owner]
name = "y"

[owner.deep]
n = 1

[[rows]]
n = 1

[[rows]]
n = 2

[rows.sub]
z = 3
]==])
  encodes({}, "")
end)

test("what is encoded reads back the same", function()
  local value = {
    strings = { "", "\n", 'a"b', '"""\n""""', "a\\\nb\\", "tab\t\1\127", "a\r\nb", "é😀", "\\u0041\n" },
    numbers = { 1, -1, 1.0, 0.1, 1e300, 5e-7 },
    nested = { { 1, 2 }, { { a = { b = 1 } }, "x" } },
    tables = { { a = {} }, { b = { c = { { d = 1 } } } } },
    [""] = true,
    ["10"] = { ["9"] = false },
  }
  same(toml.parse(toml.encode(value)), json.encode(value))
  local v = toml.parse(toml.encode({ a = 1 / 0, b = -1 / 0, c = 0 / 0 }))
  assert(v.a == 1 / 0 and v.b == -1 / 0 and v.c ~= v.c)
end)

test("the top level must be a table of fields", function()
  local reason = "toml.encode: the top level must be a table with string keys, got "
  raises(reason .. "array", toml.encode, { 1 })
  raises(reason .. "array", toml.encode, json.array())
  raises(reason .. "string", toml.encode, "x")
  raises(reason .. "nil", toml.encode)
  raises(reason .. "date or time", toml.encode, { [DATETIME] = "1979-05-27" })
end)

test("encode refuses what TOML does not have", function()
  raises("toml.encode: unsupported Lua type for TOML: function", toml.encode, { a = print })
  raises("toml.encode: unsupported Lua type for TOML: nil", toml.encode, { a = json.array({ 1, nil, 3 }) })
  raises("toml.encode: unsupported table key type: boolean", toml.encode, { [true] = 1 })
  raises("toml.encode: string is not valid UTF-8", toml.encode, { a = "\255" })
  raises("toml.encode: " .. DATETIME .. " must hold an RFC 3339 date or time", toml.encode,
    { a = { [DATETIME] = "1979-05-27\nx = 1" } })
  local t = {}
  t.t = t
  raises("toml.encode: cannot encode a table that contains itself", toml.encode, t)
end)
