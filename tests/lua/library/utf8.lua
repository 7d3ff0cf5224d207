-- The utf8 library (manual §6.5)

local function codes(s, lax)
  local t = {}
  for _, c in utf8.codes(s, lax) do t[#t + 1] = c end
  return table.concat(t, ",")
end

test("char and codepoint are each other's inverse", function()
  assert(utf8.char() == "" and utf8.char(0, 97, 98, 99, 1) == "\0abc\1" and utf8.char(72, 228, 8364, 0x10ffff) == "Hä€\u{10FFFF}")
  for _, c in ipairs({ 0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff }) do
    assert(utf8.codepoint(utf8.char(c)) == c)
  end
  for _, c in ipairs({ 0x1fffff, 0x200000, 0x3ffffff, 0x4000000, 0x7fffffff, 0xd800 }) do
    assert(utf8.codepoint(utf8.char(c), 1, 1, true) == c)
    raises("invalid UTF-8 code", utf8.codepoint, utf8.char(c))
  end
  raises("value out of range", utf8.char, 0x7fffffff + 1)
  raises("value out of range", utf8.char, -1)
  raises("out of bounds", utf8.codepoint, "")
  assert(select("#", utf8.codepoint("abc", 3, 2)) == 0)
  local a, b, c = utf8.codepoint("aé€", 1, -1)
  assert(a == 97 and b == 0xe9 and c == 0x20ac)
  raises("out of bounds", utf8.codepoint, "abc", 1, 4)
  raises("out of bounds", utf8.codepoint, "abc", -4, 1)
  assert("\u{0}\u{7F}\u{80}\u{7FFFFFFF}" == "\0\x7f\xc2\x80\xfd\xbf\xbf\xbf\xbf\xbf")
end)

test("len counts characters or tells the first bad byte", function()
  assert(utf8.len("") == 0 and utf8.len("汉字") == 2 and utf8.len("abc", 4) == 0 and utf8.len("abc", 2) == 2)
  local function bad(s, at, ...)
    local n, where = utf8.len(s, ...)
    assert(n == nil and where == at)
  end
  bad("abc\xE3def", 4)
  bad("\xF4\x9F\xBF", 1)
  bad("\xF4\x9F\xBF\xBF", 1)
  bad("汉字\x80", #"汉字" + 1)
  bad("\x80hello", 1)
  bad("hel\x80lo", 4)
  bad("汉字\xBF", #"汉字" + 1)
  bad("\xC0\x80", 1)
  bad("\xF0\x80\x80\x80", 1)
  bad("\xed\xa0\x80", 1)
  assert(utf8.len("\xed\xa0\x80", 1, -1, true) == 1 and utf8.len("\u{7FFFFFFF}", 1, -1, true) == 1)
  bad("\u{7FFFFFFF}", 1)
  assert(utf8.len("aé", 1, 1) == 1 and utf8.len("éa", 2, -1) == nil and utf8.len("abc", 0 + 1, 0) == 0)
  raises("out of bounds", utf8.len, "abc", 0, 2)
  raises("out of bounds", utf8.len, "abc", 1, 4)
end)

test("offset finds the n-th character from either side", function()
  local s = "aé€\u{1F600}z"
  assert(utf8.offset(s, 1) == 1 and utf8.offset(s, 3) == 4 and utf8.offset(s, 4) == 7 and utf8.offset(s, 5) == 11)
  assert(utf8.offset(s, 6) == 12 and utf8.offset(s, 7) == nil and utf8.offset(s, -1) == 11 and utf8.offset(s, -2) == 7)
  assert(utf8.offset(s, -5) == 1 and utf8.offset(s, -6) == nil and utf8.offset(s, 0, 3) == 2 and utf8.offset(s, 0, 1) == 1)
  assert(utf8.offset("alo", 5) == nil and utf8.offset("alo", -4) == nil and utf8.offset("alo", 4) == 4)
  raises("position out of bounds", utf8.offset, "abc", 1, 5)
  raises("position out of bounds", utf8.offset, "abc", 1, -4)
  raises("position out of bounds", utf8.offset, "", 1, 2)
  raises("position out of bounds", utf8.offset, "", 1, -1)
  raises("continuation byte", utf8.offset, "𦧺", 1, 2)
  raises("continuation byte", utf8.offset, "\x80", 1)
  raises("continuation byte", utf8.offset, "\x9c", 1)
  if _VERSION ~= "Lua 5.4" then
    local from, to = utf8.offset("aé", 2)
    assert(from == 2 and to == 3)
    from, to = utf8.offset("aé", 3)
    assert(from == 4 and to == 4)
  end
end)

test("codes passes each character and refuses what is none", function()
  assert(codes("") == "" and codes("aé€") == "97,233,8364")
  raises("invalid UTF-8 code", codes, "ab\xff")
  raises("invalid UTF-8 code", codes, "\u{D800}")
  raises("invalid UTF-8 code", codes, "\u{200000}")
  assert(codes("\u{D800}\u{7FFFFFFF}", true) == "55296,2147483647")
  raises("invalid UTF-8 code", codes, "ab\xe3")
  if _VERSION ~= "Lua 5.4" then
    for _, s in ipairs({ "in\x80valid", "\xbfinvalid", "\x80", "\xbf", "\xbfdef" }) do
      raises("invalid UTF-8 code", codes, s)
    end
  end
  local f = utf8.codes("")
  assert(f("", 2) == nil and f("", -1) == nil and f("", math.mininteger) == nil)
end)

test("charpattern matches one character", function()
  local t = {}
  for c in ("aé€\0z"):gmatch(utf8.charpattern) do t[#t + 1] = #c end
  assert(table.concat(t, ",") == "1,2,3,1,1" and utf8.charpattern == "[\0-\x7F\xC2-\xFD][\x80-\xBF]*")
end)
