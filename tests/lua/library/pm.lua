-- Pattern matching (manual §6.4.1): find, match, gmatch, gsub

test("find tells where a match begins and ends", function()
  local function f(s, p)
    local i, e = s:find(p)
    if i then return s:sub(i, e) end
  end
  local a, b = ("" ):find("")
  assert(a == 1 and b == 0)
  a, b = ("alo"):find("")
  assert(a == 1 and b == 0)
  a, b = ("a\0o a\0o a\0o"):find("a", 1)
  assert(a == 1 and b == 1)
  a, b = ("a\0o a\0o a\0o"):find("a\0o", 2)
  assert(a == 5 and b == 7)
  a, b = ("a\0o a\0o a\0o"):find("a\0o", 9)
  assert(a == 9 and b == 11)
  a, b = ("a\0a\0a\0a\0\0ab"):find("\0ab", 2)
  assert(a == 9 and b == 11)
  a, b = ("a\0a\0a\0a\0\0ab"):find("b")
  assert(a == 11 and b == 11)
  assert(not ("a\0a\0a\0a\0\0ab"):find("b\0") and not (""):find("\0") and ("alo123alo"):find("12") == 4)
  assert(not ("alo123alo"):find("^12") and ("alo123alo"):match("^12") == nil)
  assert(f("aloALO", "%l*") == "alo" and f("aLo_ALO", "%a*") == "aLo" and f("  \n\r*&\n\r   xuxu  \n\n", "%g%g%g+") == "xuxu")
  assert(f("aaab", "a*") == "aaa" and f("aaa", "^.*$") == "aaa" and f("aaa", "b*") == "" and f("aaa", "ab*a") == "aa")
  assert(f("aba", "ab*a") == "aba" and f("aaab", "a+") == "aaa" and f("aaab", "^.+$") == "aaab" and f("aaa", "b+") == nil)
  assert(f("aaa", "ab+a") == nil and f("aba", "ab+a") == "aba" and f("a$a", ".$") == "a" and f("a$a", ".%$") == "a$")
  assert(f("a$a", ".$.") == "a$a" and f("a$a", "$$") == nil and f("a$b", "a$") == nil and f("a$a", "$") == "")
  assert(f("", "b*") == "" and f("aaa", "bb*") == nil and f("aaab", "a-") == "" and f("aaa", "^.-$") == "aaa")
  assert(f("aabaaabaaabaaaba", "b.*b") == "baaabaaabaaab" and f("aabaaabaaabaaaba", "b.-b") == "baaab")
  assert(f("alo xo", ".o$") == "xo" and f(" \n isto é assim", "%S%S*") == "isto" and f(" \n isto é assim", "%S*$") == "assim")
  assert(f(" \n isto é assim", "[a-z]*$") == "assim" and f("um caracter ? extra", "[^%sa-z]") == "?")
  assert(f("", "a?") == "" and f("xbl", "x?b?l?") == "xbl" and f("  xbl", "x?b?l?") == "" and f("aa", "^aa?a?a") == "aa")
  assert(f("]]]áb", "[^]]") == "\xc3" and f("0alo alo", "%x*") == "0a" and f("alo alo", "%C+") == "alo alo")
end)

test("a start behind the end finds nothing, a negative one counts from the end", function()
  assert(("abc"):find("", 4) == 4 and ("abc"):find("", 5) == nil and ("abc"):find("b", -2) == 2 and ("abc"):find("a", -2) == nil)
  assert(("abc"):find("", -10) == 1 and ("abc"):match("()", 4) == 4 and ("abc"):match("()", 5) == nil)
  assert(("alo(.)alo"):find("(.)", 1, true) == 4 and ("a.b"):find(".", 2, true) == 2 and ("abc"):find("b", 1, 0) == 2)
  assert(("abc"):find("c", math.mininteger) == 3 and ("abc"):find("", math.maxinteger) == nil)
end)

test("captures are strings or positions", function()
  local function f1(s, p)
    p = p:gsub("%%([0-9])", function(n) return "%" .. (n + 1) end)
    p = p:gsub("^(^?)", "%1()", 1)
    p = p:gsub("($?)$", "()%1", 1)
    local t = { s:match(p) }
    return s:sub(t[1], t[#t] - 1)
  end
  assert(f1("alo alx 123 b\0o b\0o", "(..*) %1") == "b\0o b\0o")
  assert(f1("axz123= 4= 4 34", "(.+)=(.*)=%2 %1") == "3= 4= 4 3")
  assert(f1("=======", "^(=*)=%1$") == "=======")
  assert(("==========="):match("^([=]*)=%1$") == "=====")
  assert(("alo xyzK"):match("(%w+)K") == "xyz" and ("254 K"):match("(%d*)K") == "" and ("alo "):match("(%w*)$") == "")
  assert(("alo "):match("(%w+)$") == nil and ("âlo alo"):match("^(((.).).* (%w*))$") == "âlo alo")
  local a, b, c, d, e = ("0123456789"):match("(.+(.?)())")
  assert(a == "0123456789" and b == "" and c == 11 and d == nil)
  a, b, c, d = ("âlo alo"):match("^(((.).).* (%w*))$")
  assert(a == "âlo alo" and b == "â" and c == "\xc3" and d == "alo")
  assert(("a"):rep(32):match(("(a)"):rep(32)) == "a")
end)

test("classes, sets and ranges", function()
  local function all(p)
    local t = {}
    for i = 0, 255 do
      local c = string.char(i)
      if c:find(p) then t[#t + 1] = c end
    end
    return table.concat(t)
  end
  assert(#all("[\200-\210]") == 11 and #all("[^\200-\210]") == 245)
  assert(all("[a-z]") == "abcdefghijklmnopqrstuvwxyz" and all("[a-z%d]") == all("[%da-uu-z]") and all("[a-]") == "-a")
  assert(all("[^%W]") == all("[%w]") and all("[]%%]") == "%]" and all("[a%-z]") == "-az" and all("[%^%[%-a%]%-b]") == "-[]^ab")
  assert(all("%Z") == all("[\1-\255]") and all(".") == all("[\1-\255%z]") and all("%d") == "0123456789" and #all("%c") == 33)
  assert(all("%x") == "0123456789ABCDEFabcdef" and all("%s") == "\t\n\v\f\r " and #all("%p") == 32 and #all("%g") == 94)
  assert(all("%u") == "ABCDEFGHIJKLMNOPQRSTUVWXYZ" and #all("%U") == 230 and all("[%a]") == all("%a") and all("[]]") == "]" and #all("[^]]") == 255)
  assert(all("[z-a]") == "" and all("%]") == "]" and all("[%]]") == "]" and all("[[]") == "[")
end)

test("%b finds balanced pairs, %f frontiers", function()
  assert(("alo(.)((.)) x"):match("%b()") == "(.)" and ("x(((a)b)c"):match("%b()") == "((a)b)" and ("()"):match("%b((") == nil)
  assert(("<a<b>>"):gsub("%b<>", "") == "" and ("aba"):match("%baa") == "aba" and ("''x''"):match("%b''") == "''")
  assert(("aaa aa a aaa a"):gsub("%f[%w]%a", "x") == "xaa xa x xaa x" and ("[[]] [][] [[[["):gsub("%f[[].", "x") == "x[]] x]x] x[[[")
  assert(("01abc45de3"):gsub("%f[%d]", ".") == ".01abc.45de.3" and ("01abc45 de3x"):gsub("%f[%D]%w", ".") == "01.bc45 de3.")
  assert(("function"):gsub("%f[\1-\255]%w", ".") == ".unction" and ("function"):gsub("%f[^\1-\255]", ".") == "function.")
  assert((" alo"):find("%f[%z]") == 5 and ("a"):find("%f[a]") == 1 and ("a"):find("%f[^%z]") == 1 and ("a"):find("%f[^%l]") == 2)
  local i, e = (" alo aalo allo"):find("%f[%S].-%f[%s].-%f[%S]")
  assert(i == 2 and e == 5)
  assert((" alo aalo allo"):match("%f[%S](.-%f[%s].-%f[%S])") == "alo ")
  local t = {}
  for k in ("alo alo th02 is 1hat"):gmatch("()%f[%w%d]") do t[#t + 1] = k end
  assert(table.concat(t, ",") == "1,5,9,14,17")
end)

test("gsub replaces by strings, tables and functions", function()
  assert(("ülo ülo"):gsub("ü", "x") == "xlo xlo" and ("alo úlo  "):gsub(" +$", "") == "alo úlo")
  assert(("  alo alo  "):gsub("^%s*(.-)%s*$", "%1") == "alo alo" and ("alo  alo  \n 123\n "):gsub("%s+", " ") == "alo alo 123 ")
  assert(("abç d"):gsub("(.)", "%1@") == ("abç d"):gsub(".", "%0@") and ("abçd"):gsub("(.)", "%0@", 2) == "a@b@çd")
  assert(("alo alo"):gsub("()[al]", "%1") == "12o 56o" and ("abc=xyz"):gsub("(%w*)(%p)(%w+)", "%3%2%1-%0") == "xyz=abc-abc=xyz")
  assert(("abc"):gsub("%w", "%1%0") == "aabbcc" and ("abc"):gsub("%w+", "%0%1") == "abcabc" and ("áéí"):gsub("$", "\0óú") == "áéí\0óú")
  assert((""):gsub("^", "r") == "r" and (""):gsub("$", "r") == "r" and ("um (dois) tres (quatro)"):gsub("(%(%w+%))", string.upper) == "um (DOIS) tres (QUATRO)")
  do
    local t = {}
    assert(("a=roberto,roberto=a"):gsub("(%w+)=(%w%w*)", function(k, v) t[k] = v end) == "a=roberto,roberto=a" and t.a == "roberto" and t.roberto == "a")
  end
  assert(("trocar tudo em |teste|b| é |beleza|al|"):gsub("|([^|]*)|([^|]*)|", function(a, b) return a .. b end) == "trocar tudo em testeb é belezaal")
  assert(("first second word"):gsub("%w+", { first = 1, word = false, second = "2nd" }) == "1 2nd word")
  assert(("alo alo"):gsub(".", { a = "AA", l = "" }) == "AAo AAo" and ("alo alo"):gsub("().", { "x", "yy", "zzz" }) == "xyyzzz alo")
  assert(("alo alo"):gsub("(.).", setmetatable({}, { __index = function(_, k) return k .. "-" end })) == "a-o-a-o")
  assert(("abc"):gsub("", "-") == "-a-b-c-" and select(2, ("abc"):gsub("", "-")) == 4 and ("a b cd"):gsub(" *", "-") == "-a-b-c-d-")
  assert(("abc"):gsub("b*", "x") == "xaxcx" and ("abc"):gsub(".", "x", 0) == "abc" and ("abc"):gsub(".", "x", -1) == "abc" and ("abc"):gsub("%w", 7) == "777")
  assert(("abc"):gsub("%w", "%%%0") == "%a%b%c" and ("x^y"):gsub("^", "r") == "rx^y" and ("aaa"):gsub("^a", "b") == "baa")
end)

test("gsub refuses what is no replacement", function()
  raises("invalid replacement value (a table)", string.gsub, "alo", ".", { a = {} })
  raises("invalid replacement value (a boolean)", string.gsub, "alo", ".", function() return true end)
  raises("invalid capture index %2", string.gsub, "alo", ".", "%2")
  raises("invalid use of '%' in replacement string", string.gsub, "alo", ".", "%x")
  raises("invalid use of '%' in replacement string", string.gsub, "alo", ".", "a%")
  raises("string/function/table expected, got no value", string.gsub, "alo", ".")
  raises("invalid capture index", string.gsub, "alo", "(%0)", "a")
  raises("invalid capture index", string.gsub, "alo", "(%1)", "a")
  raises("oops", string.gsub, "alo", ".", function() error("oops") end)
end)

test("malformed patterns are told", function()
  local function bad(p, message) raises(message or "malformed pattern", string.find, "a", p) end
  bad("(.", "unfinished capture")
  bad(".)", "invalid pattern capture")
  bad("[a")
  bad("[]")
  bad("[^]")
  bad("[a%]")
  bad("[a%")
  bad("%b")
  bad("%ba")
  bad("%")
  bad("%f", "missing '[' after '%f' in pattern")
  bad("%1", "invalid capture index")
  bad("(%1)", "invalid capture index")
  bad("%f[", "malformed pattern")
  raises("malformed pattern (ends with '%')", string.match, "a", "a%")
  raises("malformed pattern (missing ']')", string.match, "a", "[a")
  raises("missing arguments to '%b'", string.match, "a", "%b")
end)

test("gmatch goes from match to match", function()
  local t = {}
  for i in ("abcde"):gmatch("()") do t[#t + 1] = i end
  assert(table.concat(t, " ") == "1 2 3 4 5 6")
  t = {}
  for a, b in ("xuxx uu ppar r"):gmatch("()(.)%2") do t[#t + 1] = a .. b end
  assert(table.concat(t, " ") == "3x 6u 9p")
  t = {}
  for k, v in ("13 14 10 = 11, 15= 16, 22=23"):gmatch("(%d+)%s*=%s*(%d+)") do t[k + 0] = v + 0 end
  assert(t[10] == 11 and t[15] == 16 and t[22] == 23)
  t = {}
  for w in ("first second word"):gmatch("%w+", 7) do t[#t + 1] = w end
  assert(table.concat(t, " ") == "second word")
  t = {}
  for w in ("xuxu"):gmatch("x()", -2) do t[#t + 1] = w end
  assert(table.concat(t, " ") == "4")
  for _ in ("abc"):gmatch("b", 100) do error("no match") end
  assert(("abc"):gmatch("^a")() == nil and ("^abc"):gmatch("^a")() == "^a")
  raises("string expected, got no value", string.gmatch)
  local f = ("abc"):gmatch("%w")
  f() f() f()
  assert(f() == nil and f() == nil)
end)

test("long subjects and deep patterns", function()
  local a = ("a"):rep(300000)
  assert(a:find("^a*.?$") and not a:find("^a*.?b$") and a:find("^a-.?$"))
  a = ("a"):rep(10000) .. ("b"):rep(10000)
  assert(not pcall(string.gsub, a, "b") and a:gsub("b+", "c") == ("a"):rep(10000) .. "c")
  raises("pattern too complex", string.match, ("x"):rep(300000), (".?"):rep(300000))
  raises("too many captures", string.match, ("a"):rep(40), ("(a)"):rep(40))
  local function rev(s) return s:gsub("(.)(.+)", function(c, rest) return rev(rest) .. c end) end
  rev = (function() local r r = function(s) return (s:gsub("(.)(.+)", function(c, rest) return r(rest) .. c end)) end return r end)()
  assert(rev("0123456789") == "9876543210")
end)

test("a function that gsub calls may match too, and change nothing of the outer match", function()
  local out = ("k1=v1;k2=v2"):gsub("(%w+)=(%w+)", function(k, v)
    return k:gsub("%d", "#") .. "=" .. v:match("%a") .. (v:find("%d") or "")
  end)
  assert(out == "k#=v2;k#=v2", out)
  local deep = ("abc"):gsub(".", function(c) return (c:gsub(".", function(d) return d .. d end)) end)
  assert(deep == "aabbcc")
end)
