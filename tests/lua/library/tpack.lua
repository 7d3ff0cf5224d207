-- string.pack, packsize and unpack (manual §6.4.2)

local pack, packsize, unpack = string.pack, string.packsize, string.unpack
local NB <const> = 16

test("sizes are C's on a 64-bit machine", function()
  assert(packsize("b") == 1 and packsize("h") == 2 and packsize("i") == 4 and packsize("l") == 8 and packsize("j") == 8)
  assert(packsize("T") == 8 and packsize("f") == 4 and packsize("d") == 8 and packsize("n") == 8 and packsize("i7") == 7)
  assert(packsize("!8 b Xh i4 i8 c1 Xi8") == 24 and packsize("<! c3 i4") == 8 and packsize("") == 0 and packsize("  <>=! ") == 0)
  assert(packsize("!1 b d") == 9 and packsize("!4 b d") == 12 and packsize("!b d") == 16 and packsize("c10x") == 11)
  raises("variable-length format", packsize, "s")
  raises("variable-length format", packsize, "z")
  raises("too large", packsize, ("c268435456"):rep(8))
  assert(packsize(("c268435456"):rep(7) .. "c268435455") == 0x7fffffff)
end)

test("integers of every size, with either byte order, come back", function()
  for i = 1, NB do
    local s = ("\xff"):rep(i)
    assert(pack("i" .. i, -1) == s and packsize("i" .. i) == #s and unpack("i" .. i, s) == -1)
    s = "\xAA" .. ("\0"):rep(i - 1)
    assert(pack("<I" .. i, 0xAA) == s and unpack("<I" .. i, s) == 0xAA and pack(">I" .. i, 0xAA) == s:reverse() and unpack(">I" .. i, s:reverse()) == 0xAA)
  end
  local lnum = 0x13121110090807060504030201
  local s = pack("<j", lnum)
  assert(unpack("<j", s) == lnum and unpack("<i9", s .. "\0") == lnum and unpack("<i9", s .. "\0") == lnum)
  for i = 9, NB do
    assert(unpack("<I" .. i, s .. ("\0"):rep(i - 8)) == lnum)
    local wide = s .. ("\0"):rep(i - 9) .. "\1"
    raises(("%d-byte integer"):format(i), unpack, "<I" .. i, wide)
  end
  for i = 1, 8 do
    local lim = i < 8 and (1 << (i * 8 - 1)) - 1 or math.maxinteger
    for _, n in ipairs({ lim, -lim - 1, 0, 1, -1 }) do
      assert(unpack("<i" .. i, pack("<i" .. i, n)) == n and unpack(">i" .. i, pack(">i" .. i, n)) == n)
    end
    if i < 8 then
      raises("overflow", pack, "<I" .. i, 1 << (i * 8))
      raises("overflow", pack, ">i" .. i, lim + 1)
      raises("overflow", pack, "<i" .. i, -lim - 2)
    end
  end
  assert(pack(">J", -1) == ("\xff"):rep(8) and unpack("<J", ("\xff"):rep(8)) == -1 and pack(">i2 <i2", 10, 20) == "\0\10\20\0")
  raises("out of limits [1,16]", pack, "i0", 0)
  raises("out of limits [1,16]", pack, "i17", 0)
  raises("out of limits [1,16]", pack, "!17", 0)
  raises("invalid format option 'r'", pack, "i3r", 0)
  raises("16-byte integer", unpack, "i16", ("\3"):rep(16))
  raises("not power of 2", pack, "!4i3", 0)
  raises("missing size", pack, "c", "")
  raises("number expected, got nil", pack, "i4")
  raises("number has no integer representation", pack, "i4", 1.5)
end)

test("floats keep what their size holds", function()
  for _, n in ipairs({ 0, -1.1, 1.9, 1 / 0, -1 / 0, 1e20, -1e20, 0.1, 2000.7 }) do
    assert(unpack("n", pack("n", n)) == n and unpack("<d", pack("<d", n)) == n and unpack(">d", pack(">d", n)) == n)
  end
  for _, n in ipairs({ 0, -1.5, 1 / 0, -1 / 0, 1e10, -1e9, 0.5, 0.25 }) do
    assert(unpack("<f", pack("<f", n)) == n and unpack(">f", pack(">f", n)) == n and pack("<f", n) == pack(">f", n):reverse())
  end
  assert(math.type(unpack("d", pack("d", 1))) == "float" and unpack("f", pack("f", 0.1)) ~= 0.1)
end)

test("strings have a length, an end or a fixed size", function()
  local s = ("abc"):rep(1000)
  assert(pack("zB", s, 247) == s .. "\0\xF7")
  local s1, b = unpack("zB", s .. "\0\xF9")
  assert(b == 0xF9 and s1 == s)
  assert(unpack("s", pack("s", s)) == s and unpack("s1", pack("s1", "ab")) == "ab" and pack("s2", "hi") == "\2\0hi" and pack(">s2", "hi") == "\0\2hi")
  raises("does not fit", pack, "s1", s)
  raises("contains zeros", pack, "z", "alo\0")
  raises("unfinished string for format 'z'", unpack, "z", "alo")
  raises("data string too short", unpack, "zc10000000", "xx\0")
  for i = 2, NB do assert(unpack("s" .. i, pack("s" .. i, s)) == s) end
  assert(pack("c0", "") == "" and packsize("c0") == 0 and unpack("c0", "") == "" and pack("<! c3", "abc") == "abc" and pack(">!4 c6", "abcdef") == "abcdef")
  assert(pack("c3", "123") == "123" and pack("c0", "") == "" and pack("c8", "123456") == "123456\0\0" and pack("c88", "") == ("\0"):rep(88))
  assert(pack("c188", "ab") == "ab" .. ("\0"):rep(186) and pack("!4 c6", "abcdef") == "abcdef")
  raises("longer than", pack, "c2", "123")
  raises("data string too short", unpack, "c4", "abc")
  raises("data string too short", unpack, "i4", "abc")
  raises("data string too short", unpack, "s4", "\9\0\0\0abc")
end)

test("values are aligned, padding is zeros", function()
  assert(pack(">!8 b Xh i4 i8 c1 Xi8", -12, 100, 200, "\xEC") == "\xf4\0\0\0\0\0\0\x64\0\0\0\0\0\0\0\xC8\xEC\0\0\0\0\0\0\0")
  local a, b, c, d, e = unpack(">!8 c1 Xh i4 i8 b Xi8 XI XH", "\xf4\0\0\0\0\0\0\x64\0\0\0\0\0\0\0\xC8\xEC\0\0\0\0\0\0\0")
  assert(a == "\xf4" and b == 100 and c == 200 and d == -20 and e == 25)
  assert(pack("<!4 i4 i2 i8 i1", 1, 2, 3, 4) == "\1\0\0\0\2\0\0\0\3\0\0\0\0\0\0\0\4" and pack("!2 b !4 i4", 1, 2) == "\1\0\0\0\2\0\0\0")
  assert(pack(" < i1 i2 ", 2, 3) == "\2\3\0" and pack(">!2 b XI4 i4", 1, 2) == "\1\0\0\0\0\2" and pack("xbx", 7) == "\0\7\0")
  raises("invalid next option for option 'X'", pack, "X")
  raises("invalid next option", unpack, "XXi", "")
  raises("invalid next option", unpack, "X i", "")
  raises("invalid next option", pack, "Xc1")
  raises("invalid format option '1'", packsize, "c" .. ("1"):rep(40))
end)

test("unpack begins where it is told, and tells where it ended", function()
  local x = pack("i4i4i4i4", 100, 200, 300, 400)
  for i = 1, 4 do
    local n, after = unpack("i4", x, (i - 1) * 4 + 1)
    assert(n == i * 100 and after == i * 4 + 1)
  end
  assert(unpack("i4", x, -4) == 400 and unpack("i4", x, -8) == 300 and unpack("i4", x, -16) == 100)
  for i = 1, #x + 1 do assert(unpack("c0", x, i) == "") end
  raises("out of string", unpack, "c0", x, #x + 2)
  assert(select(2, unpack("c0", x, 0)) == 1)
end)

test("wide integers survive a round trip", function()
  for _, n in ipairs({ math.maxinteger, math.mininteger, 0x123456789abcdef0, -0x123456789abcdef0, 1 << 53, (1 << 53) + 1 }) do
    assert(unpack("<i8", pack("<i8", n)) == n and unpack(">j", pack(">j", n)) == n and unpack("<i16", pack("<i16", n)) == n)
    assert(math.type(unpack("i8", pack("i8", n))) == "integer")
  end
end)
