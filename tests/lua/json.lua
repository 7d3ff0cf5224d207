-- json.parse and json.encode: numbers keep their form, tables their shape, errors their place

local function same(value, expected)
  local text = json.encode(value)
  if text ~= expected then error("expected " .. expected .. ", got " .. text, 2) end
end

test("parse gives tables, strings, booleans and numbers", function()
  local v = json.parse(' {"a": [1, true, false, "x"], "b": {"c": "d"}} ')
  assert(v.a[1] == 1 and v.a[2] == true and v.a[3] == false and v.a[4] == "x" and #v.a == 4)
  assert(v.b.c == "d")
  assert(json.parse('"x"') == "x" and json.parse("12") == 12 and json.parse(" true ") == true)
end)

test("decode is parse under another name", function()
  assert(json.decode('{"a":1}').a == 1)
end)

test("null is nil: fields vanish, array slots become holes", function()
  assert(json.parse("null") == nil)
  local v = json.parse('{"a":null,"b":[1,null,3]}')
  assert(next(v) == "b" and next(v, "b") == nil)
  assert(v.b[1] == 1 and v.b[2] == nil and v.b[3] == 3)
end)

test("numbers without fraction and exponent are integers, others floats", function()
  for _, text in ipairs { "0", "1", "-7", "2147483647", "-0" } do
    assert(math.type(json.parse(text)) == "integer", text)
    assert(math.type(json.parse("[" .. text .. "]")[1]) == "integer", text)
  end
  for _, text in ipairs { "1.0", "-0.0", "1e2", "1E+2", "0.5", "1.00000000000000000001" } do
    assert(math.type(json.parse(text)) == "float", text)
    assert(math.type(json.parse("[" .. text .. "]")[1]) == "float", text)
    assert(math.type(json.parse('{"a": ' .. text .. "}").a) == "float", text)
  end
  assert(json.parse("[1e2]")[1] == 100)
  assert(math.type(json.parse("[18446744073709551616]")[1]) == "float")
  same(json.parse("[1,1.0,-0,-0.0,2.5]"), "[1,1.0,0,-0.0,2.5]")
end)

test("text that looks like a number stays text", function()
  local v = json.parse('{"image":"nginx:1.0","list":"a,1.0,b","at":"10:00:00.000Z","n":1}')
  assert(v.image == "nginx:1.0" and v.list == "a,1.0,b" and v.at == "10:00:00.000Z" and math.type(v.n) == "integer")
end)

test("the last of duplicate keys wins", function()
  same(json.parse('{"a":1,"b":2,"a":3}'), '{"a":3,"b":2}')
  same(json.parse('{"a":1.0,"a":3}'), '{"a":3}')
  same(json.parse('{"a":1,"a":null}'), "{}")
  same(json.parse('{"a":1.0,"a":null}'), "{}")
end)

test("each object has the keys that it has, not those of the one before", function()
  same(json.parse('[{"a":1,"b":2},{"a":null,"b":3},{"b":4,"a":5},{"a":6},{},{"a":7,"b":8,"c":9},{"a":1,"b":2}]'),
    '[{"a":1,"b":2},{"b":3},{"a":5,"b":4},{"a":6},{},{"a":7,"b":8,"c":9},{"a":1,"b":2}]')
  same(json.parse('[{"a":1},{"a":null,"a":2},{"a":1,"a":null},{"a":3}]'), '[{"a":1},{"a":2},{},{"a":3}]')
  same(json.parse('[{"ab":1},{"a\\u0062":2},{"ab" : 3},{"abc":4},{"a":5}]'),
    '[{"ab":1},{"ab":2},{"ab":3},{"abc":4},{"a":5}]')
  same(json.parse('[{"a\\"b":1},{"a\\"b":2},{"a\\\\n":3},{"a\\n":4}]'),
    '[{"a\\"b":1},{"a\\"b":2},{"a\\\\n":3},{"a\\n":4}]')
  for _ = 1, 2 do raises("expected ':' at line 1 column 5", json.parse, '{"a"b":1}') end
  for _ = 1, 2 do
    local parts = {}
    for i = 1, 40 do parts[i] = ('"k%02d":%d'):format(i, i) end
    local text = "{" .. table.concat(parts, ",") .. "}"
    same(json.parse(text), text)
  end
end)

test("__proto__, constructor and the empty key are keys like others", function()
  for _, number in ipairs { "1", "1.0" } do
    local v = json.parse('{"__proto__":{"a":' .. number .. '},"constructor":2,"":3,"10":4,"9":5}')
    assert(v["__proto__"].a == 1 and v.constructor == 2 and v[""] == 3 and v["10"] == 4)
    assert(v.a == nil and v.toString == nil)
    same(v, '{"":3,"10":4,"9":5,"__proto__":{"a":' .. number .. '},"constructor":2}')
  end
end)

test("strings are UTF-8, escaped or not", function()
  assert(json.parse('"é☃😀"') == "é☃😀")
  assert(json.parse('["\\u00e9é\\u2603"]')[1] == "éé☃")
  assert(json.parse('{"\\u00e9":1}')["é"] == 1)
  assert(json.parse('["\\ud83d\\ude00"]')[1] == "😀")
  assert(json.parse('["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000"]')[1] == '"\\/\b\f\n\r\t\0')
  assert(json.parse('["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0000", 1.0]')[1] == '"\\/\b\f\n\r\t\0')
end)

test("errors have reason, line and column", function()
  local cases = {
    { "", "expected a value, found the end of the text at line 1 column 1" },
    { "[1,", "expected a value, found the end of the text at line 1 column 4" },
    { "[1,]", "expected a value at line 1 column 4" },
    { "nul", "expected a value at line 1 column 1" },
    { '{"a" 1}', "expected ':' at line 1 column 6" },
    { "{a:1}", "expected a string as object key at line 1 column 2" },
    { '{"a":1 "b":2}', "expected ',' or '}' at line 1 column 8" },
    { "[1 2]", "expected ',' or ']' at line 1 column 4" },
    { "1 2", "expected the end of the text at line 1 column 3" },
    { '"abc', "unterminated string at line 1 column 5" },
    { '["a\tb"]', "control character in a string at line 1 column 4" },
    { '"\\x"', "invalid escape in a string at line 1 column 2" },
    { '"\\u12"', "invalid escape in a string at line 1 column 2" },
    { '"\\ud800"', "lone surrogate escape in a string at line 1 column 2" },
    { '["\\udc00\\ud800"]', "lone surrogate escape in a string at line 1 column 3" },
    { "-", "invalid number at line 1 column 1" },
    { "[01]", "invalid number at line 1 column 3" },
    { "[1.]", "invalid number at line 1 column 3" },
    { "[1e999]", "number out of range at line 1 column 2" },
    { '{\n  "é": x\n}', "expected a value at line 2 column 8" },
    { '["é\255"]', "invalid UTF-8 at line 1 column 4" },
    { "\239\187\191{}", "expected a value at line 1 column 1" },
  }
  for _, case in ipairs(cases) do raises("json.parse: " .. case[2], json.parse, case[1]) end
end)

test("nesting has a limit of 128", function()
  local deep = ("["):rep(128) .. ("]"):rep(128)
  same(json.parse(deep), deep)
  raises("json.parse: nesting deeper than 128 levels at line 1 column 129", json.parse, "[" .. deep .. "]")
  raises("nesting deeper than 128 levels", json.parse, ('{"a":'):rep(100000))
end)

test("encode writes compact text with keys in the order of their bytes", function()
  same({ b = 1, a = 2, Z = 3, ["é"] = 4, ["a1"] = 5 }, '{"Z":3,"a":2,"a1":5,"b":1,"é":4}')
  same({ 1, "x", true, { 2 } }, '[1,"x",true,[2]]')
  same("é/\"\\\n\1", '"é/\\"\\\\\\n\\u0001"')
  assert(json.encode(nil) == "null" and json.encode() == "null" and json.encode(false) == "false")
end)

test("encode writes the shortest number that reads back the same", function()
  same({ 1, 1.0, -0.0, 0.1, 1e300, -2.5e-7 }, "[1,1.0,-0.0,0.1,1e300,-2.5e-7]")
end)

test("keys exactly 1..n make an array, anything else an object", function()
  same({ 1, nil, 3 }, '{"1":1,"3":3}')
  same({ 1, a = 2 }, '{"1":1,"a":2}')
  same({ [1.5] = "x" }, '{"1.5":"x"}')
  same({ [0] = "x" }, '{"0":"x"}')
  same({ [1.0] = "x" }, '["x"]')
end)

test("an empty table is an object, a parsed [] stays an array", function()
  same({}, "{}")
  same({ a = {} }, '{"a":{}}')
  local text = '{"a":[],"b":{},"c":[[],{}]}'
  same(json.parse(text), text)
  same(json.parse('{"a":[],"n":1.0}'), '{"a":[],"n":1.0}')
  local list = json.parse("[]")
  list[1] = "x"
  same(list, '["x"]')
  local object = json.parse("[]")
  object.x = 1
  same(object, '{"x":1}')
end)

test("json.array and json.object decide the shape", function()
  same(json.array(), "[]")
  same(json.object(), "{}")
  same(json.object({ 1, 2 }), '{"1":1,"2":2}')
  same(json.array({ 1, nil, 3 }), "[1,null,3]")
  same(json.object(json.array()), "{}")
  local t = {}
  assert(json.array(t) == t)
  raises("too many holes", json.encode, json.array({ [1000000000] = 1 }))
end)

test("__jsontype in a metatable decides the shape", function()
  same(setmetatable({}, { __jsontype = "array" }), "[]")
  same(setmetatable({ 1 }, { __jsontype = "object" }), '{"1":1}')
end)

test("marking a table keeps its metatable's work, and other tables as they are", function()
  local class = { __index = function(_, key) return key end }
  local one, other = setmetatable({}, class), setmetatable({}, class)
  json.array(one)
  same(one, "[]")
  same(other, "{}")
  assert(one.x == "x" and class.__jsontype == nil)
end)

test("encode refuses what JSON does not have", function()
  raises("json.encode: cannot encode NaN as JSON number", json.encode, 0 / 0)
  raises("json.encode: cannot encode inf as JSON number", json.encode, { 1 / 0 })
  raises("json.encode: cannot encode -inf as JSON number", json.encode, -1 / 0)
  raises("json.encode: unsupported Lua type for JSON: function", json.encode, { print })
  raises("json.encode: unsupported Lua type for JSON: thread", json.encode, coroutine.create(print))
  raises("json.encode: unsupported table key type: boolean", json.encode, { [true] = 1 })
  raises("json.encode: unsupported table key type: table", json.encode, { [{}] = 1 })
  raises("json.encode: string is not valid UTF-8", json.encode, "\255")
  raises("json.encode: string is not valid UTF-8", json.encode, { ["\255"] = 1 })
end)

test("encode refuses cycles, and takes the same table twice", function()
  local t = { a = {} }
  t.a.t = t
  raises("json.encode: cannot encode a table that contains itself", json.encode, t)
  local shared = { 1 }
  same({ shared, shared }, "[[1],[1]]")
end)

test("encode refuses tables without a bottom", function()
  local deep = {}
  for _ = 1, 1000 do deep = { deep } end
  raises("json.encode: tables are nested deeper than 1000 levels", json.encode, deep)
  assert(#json.encode(deep[1]) == 2000)
end)

test("indent spreads the text over lines", function()
  local text = json.encode({ a = { 1, { b = "x" } }, e = {}, l = json.array() }, { indent = 2 })
  assert(text == [[{
  "a": [
    1,
    {
      "b": "x"
    }
  ],
  "e": {},
  "l": []
}]], text)
  same(json.parse(text), '{"a":[1,{"b":"x"}],"e":{},"l":[]}')
  raises("json.encode: indent must be between 0 and 16: current value is 17", json.encode, {}, { indent = 17 })
  raises("json.encode: option 'indent' must be an integer, got string", json.encode, {}, { indent = "x" })
end)

test("a number behind the value, as gsub gives it, is ignored", function()
  assert(json.encode(("abc"):gsub("b", "x")) == '"axc"')
end)

test("arguments are checked", function()
  raises("bad argument #1: error converting Lua nil to String", json.parse)
  raises("bad argument #1: error converting Lua table to String", json.parse, {})
  assert(json.parse(12) == 12)
end)

test("empty lists of other builtins encode as arrays", function()
  local folder = fs.tempdir()
  local lists = {
    fs.list(folder), fs.readdir(folder), fs.glob(folder .. "/*"), (""):split(), regex.find_all("a", "b"), yaml.parse_all(""),
  }
  for _, list in ipairs(lists) do assert.eq(json.encode(list), "[]") end
  assert.eq(#lists, 6)
  fs.remove(folder)
end)

test("objects of any size have their fields, in records and in dictionaries", function()
  for _, size in ipairs({ 1, 16, 17, 300 }) do
    local parts = {}
    for i = 1, size do parts[i] = string.format('"k%d":%d', i, i - 1) end
    local object = json.parse("{" .. table.concat(parts, ",") .. ',"gone":null}')
    local count = 0
    for key, value in pairs(object) do
      count = count + 1
      assert.eq(key, "k" .. value + 1)
    end
    assert.eq(count, size)
    object.more = true
    assert.eq(object.more, true)
  end
end)

test("keys that mean something to JavaScript are keys like others", function()
  local object = json.parse('{"__proto__":1,"constructor":2,"7":3,"":4,"x":-0}')
  assert.eq(object.__proto__, 1)
  assert.eq(object.constructor, 2)
  assert.eq(object["7"], 3)
  assert.eq(object[7], nil)
  assert.eq(object[""], 4)
  assert.eq(object.toString, nil)
  assert.eq(json.encode(object.x), "0")
end)
