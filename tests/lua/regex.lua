-- regex: RE2 syntax, pattern first, positions in bytes

local function same(value, expected)
  local text = json.encode(value)
  if text ~= expected then error("expected " .. expected .. ", got " .. text, 2) end
end

local function replaces(pattern, text, replacement, expected)
  local result = regex.replace(pattern, text, replacement)
  if result ~= expected then error("expected " .. expected .. ", got " .. result, 2) end
end

test("match is true anywhere in the text, unless anchored", function()
  assert(regex.match("b+", "abbc") == true)
  assert(regex.match("^b", "abbc") == false)
  assert(regex.match("", "") == true)
end)

test("find gives the first match or nil", function()
  assert(regex.find("[0-9]+", "a12b345") == "12")
  assert(regex.find("(a)(b)?", "xa") == "a")
  assert(regex.find("z", "abc") == nil)
  assert(regex.find("x*", "abc") == "")
end)

test("captures gives groups by number and by name", function()
  local m = regex.captures("(?P<key>\\w+)=(?<value>\\d+)(;)?", "n=12")
  assert(m[0] == "n=12" and m[1] == "n" and m[2] == "12" and m[3] == nil)
  assert(m.key == "n" and m.value == "12")
  assert(regex.captures("x", "y") == nil)
  local odd = regex.captures("(?P<__proto__>a)(?P<constructor>b)", "ab")
  assert(odd["__proto__"] == "a" and odd.constructor == "b" and odd.toString == nil)
end)

test("find_all gives whole matches that do not overlap", function()
  same(regex.find_all("a(b)", "ab ab abab"), '["ab","ab","ab","ab"]')
  same(regex.find_all("aa", "aaaa"), '["aa","aa"]')
  same(regex.find_all("z", "abc"), "[]")
  same(regex.find_all("é*", "aéb"), '["","é",""]')
end)

test("replace puts groups in the place of every match", function()
  replaces("(\\w)(?P<digit>\\d)", "a1 b2", "$digit$1", "1a 2b")
  replaces("(\\w)(?P<digit>\\d)", "a1", "${digit}x${1}x", "1xax")
  replaces("a", "banana", "$0$0", "baanaanaa")
  replaces("a", "a", "$$1", "$1")
  replaces("(a)", "a", "[$1a]", "[]")
  replaces("(a)(z)?", "a", "[$2][$9][$none][${none}]", "[][][][]")
  replaces("a", "a", "$ ${ $", "$ ${ $")
  replaces("", "aé", "-", "-a-é-")
  replaces("z", "abc", "x", "abc")
end)

test("characters are Unicode, classes ASCII", function()
  assert(regex.find("^.$", "é") == "é")
  assert(regex.match("(?i)É", "é") and regex.match("[à-ü]", "é"))
  assert(not regex.match("\\w", "é") and not regex.match("\\d", "٣") and not regex.match("\\s", "\194\160"))
end)

test("bytes that are no UTF-8 are kept as they are", function()
  assert(regex.find("a.b", "\255a\254b\253") == "a\254b")
  replaces("x", "\255x\254", "é", "\255é\254")
  same(#regex.find_all(".", "\255\254é"), "3")
end)

test("inline flags i, m, s and x", function()
  assert(regex.match("(?i)abc", "xABC") and not regex.match("abc", "ABC"))
  assert(regex.match("(?m)^b$", "a\nb\nc") and not regex.match("^b$", "a\nb\nc"))
  assert(regex.match("(?s)a.b", "a\nb") and not regex.match("a.b", "a\nb"))
  assert(regex.find("(?x) a  b # a comment\n c [ d ] \\ e", "abcd e") == "abcd e")
end)

test("the flag x holds to the end of its group", function()
  assert(regex.match("^(?x: a b )c d$", "abc d"))
  assert(regex.match("^((?x) a b )c d$", "abc d"))
  assert(regex.match("^(?xi) A \\# (?-x) b$", "a# B"))
  assert(regex.match("^(?xi: A (?-x: b) C )$", "a bc"))
  assert(regex.match("^(?x) [ # ] \\Q #\\E $", "# #"))
  assert(regex.match("^(?x)[]a [:digit:]]+$", "]a1") and regex.match("^(?x)(?P<n> a )$", "a"))
end)

test("bad patterns are errors that name the function", function()
  raises("regex.match: invalid pattern: missing closing ): `(`", regex.match, "(", "x")
  raises("regex.find: invalid pattern: ", regex.find, "[", "x")
  raises("regex.captures: invalid pattern: ", regex.captures, "a**", "x")
  raises("regex.find_all: invalid pattern: ", regex.find_all, "\\", "x")
  raises("regex.replace: invalid pattern: ", regex.replace, "(?P<>a)", "x", "y")
  raises("regex.match: invalid pattern: ", regex.match, "(?=a)", "x")
  raises("regex.match: invalid pattern: ", regex.match, "(a)\\1", "x")
  raises("regex.match: invalid pattern: ", regex.match, "(?x", "x")
  raises("regex.match: invalid pattern: not valid UTF-8", regex.match, "\255", "x")
end)

test("hostile patterns cannot take all time or memory", function()
  assert(not regex.match("(a+)+$", ("a"):rep(5000) .. "!"))
  raises("invalid pattern: ", regex.match, "((a{100}){100}){100}", "x")
  raises("invalid pattern: ", regex.match, ("("):rep(5000) .. (")"):rep(5000), "x")
  raises("invalid pattern: longer than 65536 characters", regex.match, ("a"):rep(70000), "x")
end)

test("many patterns do not disturb one another", function()
  for round = 1, 2 do
    for i = 1, 200 do assert(regex.find("x" .. i .. "$", "x" .. i) == "x" .. i, round) end
  end
end)

test("arguments are checked", function()
  raises("bad argument #2: error converting Lua nil to String", regex.match, "a")
  raises("bad argument #3: error converting Lua nil to String", regex.replace, "a", "b")
  assert(regex.find("\\d", 7) == "7")
end)

test("an explanation does not repeat a long pattern", function()
  assert(#tostring(raises("missing closing )", regex.match, ("("):rep(10000), "x")) < 300)
end)
