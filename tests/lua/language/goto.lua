-- goto, labels and break.
local V55 = _VERSION == "Lua 5.5"
local SCOPE = V55 and "the scope of " or "the scope of local "

local function bad(code, text)
  local f, err = load(code)
  assert(not f, "compiled: " .. code)
  assert(err:find(text, 1, true), err)
end

test("what goto cannot do", function()
  bad([[ goto l1; local aa ::l1:: ::l2:: print(3) ]], SCOPE .. "'aa'")
  bad([[ do local bb, cc; goto l1; end; local aa; ::l1:: print(3) ]], SCOPE .. "'aa'")
  bad([[ ::l1:: ::l1:: ]], "label 'l1'")
  bad([[ ::l1:: do ::l1:: end]], "label 'l1'")
  bad([[ goto l1; local aa ::l1:: ::l2:: print(3) ]], "jumps into the scope")
  bad([[ goto l1; do ::l1:: end ]], "label 'l1'")
  bad([[ do ::l1:: end goto l1; ]], "label 'l1'")
  bad([[ break ]], "break")
  bad([[ while 1 do end break ]], "break")
  bad([[ repeat if x then goto cont end; local xuxu = 10; ::cont:: until xuxu < x ]], SCOPE .. "'xuxu'")
  bad([[ local function f() goto l1 end ::l1:: ]], "label 'l1'")
  bad([[ goto = 1 ]], "<name> expected")
end)

test("a label at the end of a block is behind its variables", function()
  local x
  do
    local y = 12
    goto l1
    ::l2:: x = x + 1; goto l3
    ::l1:: x = y; goto l2
  end
  ::l3:: ::l3_1:: assert(x == 13)
  do
    goto l1
    local a = 23
    x = a
    ::l1::;
  end
  assert(x == 13)
  while true do
    goto l4
    goto l1
    goto l1
    local x = 45
    ::l1:: ;;;
  end
  ::l4:: assert(x == 13)
  do
    local prog = {}
    do
      goto l1
      local a = 23
      ::l1:: ::l2:: ::l5::
    end
  end
end)

test("continue", function()
  local t = {}
  for i = 1, 10 do
    if i % 2 == 0 then goto continue end
    t[#t + 1] = i
    ::continue::
  end
  assert(table.concat(t, ",") == "1,3,5,7,9")
  t = {}
  local i = 0
  while i < 5 do
    i = i + 1
    for j = 1, 3 do
      if j == 2 then goto next_i end
      t[#t + 1] = i * 10 + j
    end
    ::next_i::
  end
  assert(table.concat(t, ",") == "11,21,31,41,51")
  i = 0
  repeat
    i = i + 1
    if i < 3 then goto skip end
    t = i
    ::skip::
  until i == 5
  assert(t == 5)
end)

test("backward jumps", function()
  local i = 1
  ::top::
  if i < 10 then i = i + 1; goto top end
  assert(i == 10)
  local function first(n)
    local x = 0
    ::a:: x = x + 1
    if x > n then goto done end
    do
      ::b::
      if x % 3 == 0 then x = x + 1 goto b end
      goto a
    end
    ::done::
    return x
  end
  assert(first(10) == 11)
end)

test("jumps out of nested blocks and loops", function()
  local function find(n)
    for i = 1, n do
      for j = 1, n do
        if i * j == 12 then
          goto found
        end
      end
    end
    do return nil end
    ::found::
    return true
  end
  assert(find(5) and not find(3))
  local t = {}
  for i = 1, 3 do
    local j = 0
    while true do
      j = j + 1
      repeat
        if j == 2 then goto out end
      until true
      t[#t + 1] = i .. j
    end
    ::out::
  end
  assert(table.concat(t, " ") == "11 21 31")
end)

test("a state machine", function()
  local function machine(input)
    local i = 0
    local function next() i = i + 1 return input:sub(i, i) end
    local c
    ::even::
    c = next()
    if c == "a" then goto odd elseif c == "" then return "even" else goto even end
    ::odd::
    c = next()
    if c == "a" then goto even elseif c == "" then return "odd" else goto odd end
  end
  assert(machine("") == "even" and machine("aba") == "even" and machine("bab") == "odd")
end)

test("closures made between a label and its goto", function()
  local a = {}
  do
    local i = 1
    local k = 0
    a[0] = function(y) k = y end
    ::l1:: do
      local x
      if i > 2 then goto l2 end
      a[i] = function(y) if y then x = y else return x + k end end
      i = i + 1
      goto l1
    end
  end
  ::l2:: a[1](10); a[2](20)
  assert(a[1]() == 10 and a[2]() == 20 and a[3] == nil)
  a[0](13)
  assert(a[1]() == 23 and a[2]() == 33 and a[3] == nil)
  a[1](19)
  assert(a[1]() == 32 and a[2]() == 33)
end)

test("labels and nested functions have their own names", function()
  local function testG(a)
    if a == 1 then
      goto l1
      error("should never be here!")
    elseif a == 2 then goto l2
    elseif a == 3 then goto l3
    elseif a == 4 then
      goto l1
      error("should never be here!")
      ::l1:: a = a + 1
    else
      goto l4
      ::l4a:: a = a * 2; goto l4b
      ::l4:: goto l4a
      ::l4b::
    end
    do return a end
    ::l2:: do return "2" end
    ::l3:: do return "3" end
    ::l1:: return "1"
  end
  assert(testG(1) == "1" and testG(2) == "2" and testG(3) == "3" and testG(4) == 5 and testG(5) == 10)
end)

test("goto is a statement where it stands", function()
  if true then goto x end
  error("not reached")
  ::x::
  local ok = true
  do goto y end
  ok = false
  ::y::
  assert(ok)
  assert(load("goto a; ::a::"))
  assert(load("do goto a end ::a::"))
  assert(load("::a:: do break end") == nil)
  assert(load("while true do goto a; break; ::a:: end"))
  assert(load("repeat goto c; local z; ::c:: until z") == nil)
end)

test("jumps forward into what a jump backward goes around", function()
  local log = {}
  local n = 0
  do
    goto enter
    ::again:: log[#log + 1] = "again" .. n
    ::enter:: log[#log + 1] = "enter" .. n
    n = n + 1
    if n < 3 then goto again end
  end
  assert(table.concat(log, " ") == "enter0 again1 enter1 again2 enter2")
  local function g(n)
    local r = ""
    ::a:: r = r .. "a"
    if #r > n then goto c end
    ::b:: r = r .. "b"
    if #r % 3 == 0 then goto b end
    goto a
    ::c:: do return r end
  end
  assert(g(3) == "ababa")
  local co = coroutine.wrap(function()
    local i = 0
    goto b
    ::a:: coroutine.yield("a" .. i)
    ::b:: coroutine.yield("b" .. i)
    i = i + 1
    if i < 3 then goto a end
    return "end"
  end)
  local out = {}
  for i = 1, 6 do out[i] = co() end
  assert(table.concat(out, " ") == "b0 a1 b1 a2 b2 end")
end)

test("goto out of loops closes their closing values", function()
  local open_count = 0
  local function open()
    open_count = open_count + 1
    local x = 3
    local closing = setmetatable({}, { __close = function() open_count = open_count - 1 end })
    return function() x = x - 1 if x > 0 then return x end end, nil, nil, closing
  end
  local function none(f)
    f()
    assert(open_count == 0, open_count)
  end
  none(function() for _ in open() do goto out end ::out:: assert(open_count == 0) end)
  none(function() for _ in open() do for _ in open() do goto out end end ::out:: assert(open_count == 0) end)
  none(function() for _ in open() do for _ = 1, 3 do do goto out end end end ::out:: end)
  none(function() while true do for _ in open() do goto out end end ::out:: end)
  none(function()
    for _ in open() do
      for _ in open() do goto continue end
      ::continue::
      assert(open_count == 1)
    end
  end)
  none(function()
    local n = 0
    ::top::
    for _ in open() do
      n = n + 1
      if n < 4 then goto top end
    end
  end)
  none(function()
    local mine <close> = setmetatable({}, { __close = function() assert(open_count == 0) end })
    for _ in open() do goto out end
    ::out::
    assert(mine and open_count == 0)
  end)
end)
