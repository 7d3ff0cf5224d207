-- yaml.parse, yaml.parse_all and yaml.encode: YAML 1.2, core schema

local function same(value, expected)
  local text = json.encode(value)
  if text ~= expected then error("expected " .. expected .. ", got " .. text, 2) end
end

local function encodes(value, expected)
  local text = yaml.encode(value)
  if text ~= expected then error("expected\n" .. expected .. "got\n" .. text, 2) end
end

test("parse reads block and flow collections", function()
  same(yaml.parse("a:\n- 1\n- b: x\n  c: [2, {d: 3}]\ne: |\n  two\n  lines\nf: >\n  folded\n  text\n"),
    '{"a":[1,{"b":"x","c":[2,{"d":3}]}],"e":"two\\nlines\\n","f":"folded text\\n"}')
end)

test("scalars follow the core schema", function()
  same(yaml.parse("[yes, on, NO, y, true, True, FALSE]"), '["yes","on","NO","y",true,true,false]')
  same(yaml.parse("[1, -2, +3, 0x1F, 0o17, 0123, 1_000, 0b1]"), '[1,-2,3,31,15,123,"1_000","0b1"]')
  same(yaml.parse("[2.0, 1e3, .5, 1., -1.5, 12e03]"), "[2.0,1000.0,0.5,1.0,-1.5,12000.0]")
  same(yaml.parse("[2024-01-01, 12:30:45, '1', \"true\", <<, =]"), '["2024-01-01","12:30:45","1","true","<<","="]')
  assert(yaml.parse(".inf") == 1 / 0 and yaml.parse("-.Inf") == -1 / 0)
end)

test("integers and floats are kept apart", function()
  local v = yaml.parse("i: 2\nf: 2.0\nbig: 18446744073709551616\nzero: -0")
  assert(math.type(v.i) == "integer" and math.type(v.f) == "float")
  assert(math.type(v.big) == "float" and math.type(v.zero) == "integer")
end)

test("null and .nan are nil", function()
  same(yaml.parse("a: ~\nb: null\nc: Null\nd: NULL\ne:\nf: .nan\ng: .NaN\nh: 1"), '{"h":1}')
  assert(yaml.parse("~") == nil and yaml.parse("") == nil and yaml.parse("# nothing\n") == nil)
  local v = yaml.parse("[1, ~, 3]")
  assert(v[1] == 1 and v[2] == nil and v[3] == 3)
end)

test("keys that are no strings become their source text", function()
  same(yaml.parse("1: a\ntrue: b\n1.0: c\n~: d\n0x1F: e\n"), '{"0x1F":"e","1":"a","1.0":"c","true":"b","~":"d"}')
  assert(yaml.parse("1: a")[1] == nil)
end)

test("<< is a key like others", function()
  same(yaml.parse("base: &b {x: 1}\nuse:\n  <<: *b\n  y: 2\n"), '{"base":{"x":1},"use":{"<<":{"x":1},"y":2}}')
end)

test("__proto__ is a key like others", function()
  local v = yaml.parse("__proto__: {a: 1}\nconstructor: 2")
  assert(v["__proto__"].a == 1 and v.a == nil and v.constructor == 2)
end)

test("aliases give tables of their own", function()
  local v = yaml.parse("x: &a {k: [1]}\ny: *a\ns: &s text\nt: *s\n*s : key")
  v.x.k[1] = 2
  assert(v.y.k[1] == 1 and v.t == "text" and v.text == "key")
end)

test("core tags are understood, in every spelling", function()
  same(yaml.parse("[!!str 1, !!int '2', !!float 3, !!bool 'true', ! 4, !<tag:yaml.org,2002:str> 5]"),
    '["1",2,3.0,true,"4","5"]')
  same(yaml.parse("%TAG !c! tag:yaml.org,2002:\n---\na: !c!str 1\nb: !!map {}\nc: !!seq []"), '{"a":"1","b":{},"c":[]}')
end)

test("other tags are errors", function()
  raises("yaml.parse: unsupported tag '!secret' at line 1 column 4", yaml.parse, "a: !secret x")
  raises("yaml.parse: unsupported tag '!Ref' at line 2 column 3", yaml.parse, "a:\n- !Ref {b: c}")
  raises("yaml.parse: unsupported tag !!binary at line 1 column 4", yaml.parse, "a: !!binary aGk=")
  raises("yaml.parse: unsupported tag !!set", yaml.parse, "!!set {a}")
  raises('yaml.parse: "x" is no value of the tag !!int at line 1 column 4', yaml.parse, "a: !!int x")
  raises("yaml.parse: undeclared tag handle", yaml.parse, "a: !x!y z")
end)

test("errors have reason, line and column", function()
  local cases = {
    { "a: [1\nb", "deficient indentation at line 2 column 1" },
    { "a: 1\né: 2\na: 3", 'duplicate key "a" at line 3 column 1' },
    { "é: *b", "unknown alias 'b' at line 1 column 5" },
    { "a: &b [*b]", "alias 'b' stands in the node that it refers to at line 1 column 9" },
    { "? [a]\n: b", "a mapping key must be a scalar at line 1 column 3" },
    { 'a: "\\ud800"', "lone surrogate escape in a string at line 1 column 5" },
    { "a: \0", "null byte is not allowed in input at line 1 column 4" },
    { "é\n\255", "invalid UTF-8 at line 2 column 1" },
  }
  for _, case in ipairs(cases) do raises("yaml.parse: " .. case[2], yaml.parse, case[1]) end
end)

test("several documents need parse_all", function()
  raises("yaml.parse: expected one document, found 2; yaml.parse_all reads several; the second begins at line 3 column 1",
    yaml.parse, "a: 1\n---\nb: 2\n")
  same(yaml.parse_all("a: 1\n---\n---\n# nothing\n---\n- b\n---\n~\n"), '[{"a":1},["b"]]')
  same(yaml.parse_all(""), "[]")
  same(yaml.parse("---\na: 1\n...\n"), '{"a":1}')
  raises("yaml.parse_all: ", yaml.parse_all, "a: 1\n---\nb: [")
  raises("yaml.parse_all: unknown alias 'x' at line 3 column 5", yaml.parse_all, "a: &x 1\n---\nb: *x\n")
end)

test("nesting has a limit of 128", function()
  local deep = ("["):rep(128) .. ("]"):rep(128)
  same(yaml.parse(deep), deep)
  raises("yaml.parse: nesting deeper than 128 levels at line 1", yaml.parse, "[" .. deep .. "]")
end)

test("aliases cannot make a small document large or deep", function()
  local bomb = { "a0: &a0 [x,x,x,x,x,x,x,x,x]" }
  local chain = { "a0: &a0 [x]" }
  for i = 1, 200 do
    local name = "*a" .. (i - 1)
    bomb[i + 1] = ("a%d: &a%d [%s]"):format(i, i, name .. ("," .. name):rep(8))
    chain[i + 1] = ("a%d: &a%d [%s]"):format(i, i, name)
  end
  raises("yaml.parse: aliases stand for more than 100000 nodes", yaml.parse, table.concat(bomb, "\n"))
  raises("yaml.parse: nesting deeper than 128 levels", yaml.parse, table.concat(chain, "\n"))
end)

test("encode writes block style with sorted keys and lists below their key", function()
  encodes({ b = { "x", { d = 1, c = { 2, { 3 } } } }, a = { z = true } }, [[
a:
  z: true
b:
- x
- c:
  - 2
  - - 3
  d: 1
]])
  encodes("x", "x\n")
  encodes(nil, "null\n")
end)

test("encode quotes only what would be read as something else", function()
  encodes({ "plain text", "it's", "a:b", "true", "yes", "1", "1.5", "~", "", " x", "# c", "a: b", "- a", "é" }, [[
- plain text
- it's
- a:b
- 'true'
- 'yes'
- '1'
- '1.5'
- '~'
- ''
- ' x'
- '# c'
- 'a: b'
- '- a'
- é
]])
  encodes({ ["1"] = 1, ["null"] = 2 }, "'1': 1\n'null': 2\n")
  encodes("tab\tand\1", '"tab\\tand\\x01"\n')
end)

test("encode writes several lines as a literal block", function()
  encodes({ a = "one\ntwo\n", b = "one\ntwo", c = "one\n\n" }, [[
a: |
  one
  two
b: |-
  one
  two
c: |+
  one

]])
end)

test("encode writes empties in flow style", function()
  encodes({ a = {}, b = json.array(), c = { {} } }, "a: {}\nb: []\nc:\n- {}\n")
  encodes({}, "{}\n")
  encodes(json.array(), "[]\n")
end)

test("encode writes numbers so that they read back the same", function()
  encodes({ 1, 1.0, 0.1, 1 / 0, -1 / 0 }, "- 1\n- 1.0\n- 0.1\n- .inf\n- -.inf\n")
  encodes(0 / 0, ".nan\n")
end)

test("what is encoded reads back the same", function()
  local value = {
    strings = { "", " ", "\n", "a\nb", "\n a", "  a\nb", "a \nb", "a\r\nb", "null", "0x1F", "1e3", ".5", "-", "?", "a\t",
      "---", "...", "a\n---\nb", "%x", "@x", "`x", "*x", "&x", "!x", "|", ">", "'", '"', "{", "[a]", "a, b", "a #b", "é😀", "\127", "=" },
    numbers = { 1, -1, 1.0, 0.1, 1e300, 12345678.5 },
    nested = { { { { a = { b = { "c" } } } } } },
    empty = { json.array(), {} },
    ["key: with\nmany \"kinds\" of 'signs'"] = true,
    [("long "):rep(300)] = ("long "):rep(300),
  }
  same(yaml.parse(yaml.encode(value)), json.encode(value))
end)

test("encode refuses what YAML does not have", function()
  raises("yaml.encode: unsupported Lua type for YAML: function", yaml.encode, { print })
  raises("yaml.encode: unsupported table key type: boolean", yaml.encode, { [true] = 1 })
  raises("yaml.encode: string is not valid UTF-8", yaml.encode, { "\255" })
  local t = {}
  t.t = t
  raises("yaml.encode: cannot encode a table that contains itself", yaml.encode, t)
  local deep = {}
  for _ = 1, 1000 do deep = { deep } end
  raises("yaml.encode: tables are nested deeper than 1000 levels", yaml.encode, deep)
end)
