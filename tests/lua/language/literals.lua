-- Strings, numbers, comments and what the lexer makes of them.
local function lexerror(code, near)
  local f, msg = load("return " .. code, "")
  assert(not f, code)
  if near ~= "" then
    assert(msg:find("near .-" .. near:gsub("%p", "%%%0") .. "'?$") or msg:find("near " .. near, 1, true), msg .. " for " .. code)
  end
end

test("escapes", function()
  assert("\65\066\x43\u{44}\z
          E" == "ABCDE")
  assert("\a\b\f\n\r\t\v\\\"\'" == string.char(7, 8, 12, 10, 13, 9, 11, 92, 34, 39))
  assert("\09912" == "c12" and "\99ab" == "cab" and "\99" == "\99" and "\099\n" == "c\10" and "\0\0\0alo" == "\0" .. "\0\0" .. "alo")
  assert("a\
b" == "a\nb" and "\x00\x05\x10\x1f\x3C\xfF\xe8" == "\0\5\16\31\60\255\232")
  assert("abc\z
        def\z
        ghi\z
       " == "abcdefghi")
  assert("\u{0}\u{00000000}\x00\0" == string.char(0, 0, 0, 0))
  assert("\u{7F}" == "\x7f" and "\u{80}" == "\xC2\x80" and "\u{7FF}" == "\xDF\xBF" and "\u{800}" == "\xE0\xA0\x80")
  assert("\u{FFFF}" == "\xEF\xBF\xBF" and "\u{10000}" == "\xF0\x90\x80\x80" and "\u{7FFFFFFF}" == "\xFD\xBF\xBF\xBF\xBF\xBF")
end)

test("errors in escapes", function()
  lexerror([["abc\x"]], [[\x"]])
  lexerror([["abc\x]], [[\x]])
  lexerror([["\x]], [[\x]])
  lexerror([["\x5"]], [[\x5"]])
  lexerror([["\x5]], [[\x5]])
  lexerror([["\x-1"]], [[\x-]])
  lexerror([["\x3g"]], [[\x3g]])
  lexerror([["\g"]], [[\g]])
  lexerror([["\999"]], [[\999"]])
  lexerror([["xyz\300"]], [[\300"]])
  lexerror([["   \256"]], [[\256"]])
  lexerror([["abc\u{100000000}"]], [[abc\u{100000000]])
  lexerror([["abc\u11r"]], [[abc\u1]])
  lexerror([["abc\u{11r"]], [[abc\u{11r]])
  lexerror([["abc\u{r"]], [[abc\u{r]])
  lexerror([["abc\u{11"]], [[abc\u{11"]])
  lexerror("'alo", "<eof>")
  lexerror("'alo \\z  \n\n", "<eof>")
  lexerror([['alo \98]], "<eof>")
  lexerror("[=[x]]", "<eof>")
  lexerror("[=[x]=", "<eof>")
  lexerror("[==x]==]", "")
end)

test("long strings and comments", function()
  assert([[a
b]] == "a\nb" and [==[
x]]]==] == "x]]" and [[
]] == "" and [=[]]]=] == "]]")
  local s = load("return [[\r\na\r\nb\rc\n\rd]]")()
  assert(s == "a\nb\nc\nd")
  assert(load("--[==[\n]] ]=] \n]==] return 1")() == 1 and load("--[[x]]return 2")() == 2 and load("--[=x\nreturn 3")() == 3)
  assert(load("return 1--")() == 1 and load("return 1 --[[")  == nil)
  -- any kind of line end counts one line
  local f = load("\r\n\r\n\n\r\rerror('x')", "=l")
  local ok, e = pcall(f)
  assert(e == "l:5: x", e)
end)

test("numerals", function()
  assert(0x10 == 16 and 0xfp1 == 30.0 and 0x.8 == 0.5 and 0xA.8p0 == 10.5 and 0x1p-2 == 0.25 and 1e2 == 100.0 and .5 == 0.5 and 5. == 5.0)
  assert(math.type(1e2) == "float" and math.type(0x10) == "integer" and math.type(3.0) == "float")
  assert(9223372036854775807 == math.maxinteger and math.type(9223372036854775808) == "float" and 0xffffffffffffffff == -1)
  assert(0x7fffffffffffffff == math.maxinteger and 0x1ffffffffffffffff == -1 and 1e308 * 10 == math.huge)
  assert(tostring(-0.0) == "-0.0" and tostring(1e15) == "1e+15" and tostring(0.1) == "0.1")
  assert(tostring(1e100) == "1e+100" and 3 .. "" == "3" and 3.0 .. "" == "3.0" and tostring(100000000000000) == "100000000000000")
  for _, bad in ipairs{"0x", "1e", "1e+", "0xep", "1..2", "0x1.1.1", "3x", "1.e", "08a", "0x1p", "1_000"} do
    assert(not load("return " .. bad), bad)
  end
end)

test("bytes in strings", function()
  local all = {}
  for i = 0, 255 do all[#all + 1] = string.char(i) end
  local s = table.concat(all)
  assert(#s == 256)
  local quoted = string.format("%q", s)
  assert(load("return " .. quoted)() == s)
  for i = 0, 255 do
    local c = string.char(i)
    if c ~= "\n" and c ~= "\r" and c ~= "\\" and c ~= "'" then assert(load("return '" .. c .. "'")() == c, i) end
  end
  assert("é" == "\xc3\xa9" and #"é" == 2 and #"\u{20AC}" == 3)
end)

test("names and reserved words", function()
  local a1, _b, A_1 = 1, 2, 3
  assert(a1 + _b + A_1 == 6)
  for _, word in ipairs{"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while"} do
    assert(not load("local " .. word .. " = 1"), word)
    assert(load("return ({})['" .. word .. "']"))
  end
  local long = ("a"):rep(10000)
  assert(load("local " .. long .. " = 7 return " .. long)() == 7)
  assert(not load("local é = 1"))
end)

test("strings as keys and constants of any length", function()
  local t = {}
  for _, n in ipairs{0, 1, 39, 40, 41, 1000, 70000} do
    local s = ("x"):rep(n)
    t[s] = n
    assert(load("return '" .. s .. "'")() == s and t[s .. ""] == n)
  end
end)
