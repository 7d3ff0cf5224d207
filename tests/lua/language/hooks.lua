-- Hooks: which events come, in which order, and what may be done in them.
-- The lines of a chunk that a hook is told of; the hook is set and taken away on one line of this file.
local function lines(source, expected)
  local seen = {}
  local fn = assert(load(source, "=traced"))
  local hook = function(event, line)
    if debug.getinfo(2, "S").short_src == "traced" then seen[#seen + 1] = line end
  end
  debug.sethook(hook, "l") fn() debug.sethook()
  seen = table.concat(seen, " ")
  assert(seen == expected, seen)
end

test("lines of branches and loops", function()
  lines("if\nmath.sin(1)\nthen\n  a=1\nelse\n  a=2\nend\n", "2 3 4 7")
  lines("local function foo()\nend\nfoo()\nA = 1\nA = 2\nA = 3\n", "2 3 2 4 5 6")
  lines("--\nif nil then\n  a=1\nelse\n  a=2\nend\n", "2 5 6")
  lines("a=1\nrepeat\n  a=a+1\nuntil a==3\n", "1 3 4 3 4")
  lines(" do\n  return\nend\n", "2")
  lines("local a\na=1\nwhile a<=3 do\n  a=a+1\nend\n", "1 2 3 4 3 4 3 4 3 5")
  lines("while math.sin(1) do\n  if math.sin(1)\n  then break\n  end\nend\na=1", "1 2 3 6")
  lines("for i=1,3 do\n  a=i\nend\n", "1 2 1 2 1 2 1 3")
  lines("for i,v in pairs{'a','b'} do\n  a=tostring(i) .. v\nend\n", "1 2 1 2 1 3")
  lines("for i=1,4 do a=1 end\n", "1 1 1 1")
  lines("local i = 1\n::top::\ni = i + 1\nif i < 3 then goto top end\na = i", "1 3 4 3 4 5")
  a, A = nil, nil
end)

test("lines of an expression over several lines", function()
  local gaps = { 10, 126, 127, 128, 255, 256, 1000 }
  for _, i in ipairs(gaps) do
    for _, j in ipairs(gaps) do
      local s = "local b = {10}\na = b[1] " .. ("\n"):rep(i) .. " + " .. ("\n"):rep(j) .. " b[1]\nb = 4\n"
      lines(s, table.concat({ 1, 2 + i, 2 + i + j, 2 + i, 2 + i + j, 3 + i + j }, " "))
    end
  end
  a = nil
end)

test("calls and returns, tail calls too", function()
  local events = {}
  local function f() end
  local function g() return f() end
  local function h() g() end
  local function outer() local g1 = h return g1() end
  debug.sethook(function(event) events[#events + 1] = event end, "cr")
  outer()
  debug.sethook()
  assert(table.concat(events, ",") == "return,call,tail call,call,tail call,return,return,call", table.concat(events, ","))
  local tails = 0
  debug.sethook(function(event)
    local isTail = debug.getinfo(2, "t").istailcall
    assert(isTail == (event == "tail call"))
    if isTail then tails = tails + 1 end
  end, "c")
  outer()
  debug.sethook()
  assert(tails == 2)
end)

test("a hook knows the function that it is told of", function()
  local seen = {}
  debug.sethook(function(event) if event == "call" then seen[debug.getinfo(2, "f").func] = true end end, "c")
  local function f() return math.abs(-1) end
  f()
  pcall(f)
  debug.sethook()
  assert(seen[f] and seen[math.abs] and seen[pcall] and seen[debug.sethook] and not seen[print])
  local name, what, line
  debug.sethook(function() local i = debug.getinfo(1, "n") name, what = i.name, i.namewhat line = debug.traceback() end, "l")
  local x = 1
  debug.sethook()
  assert(name == "?" and what == "hook" and line:find("in hook '?'", 1, true))
end)

test("gethook tells what was set", function()
  assert(debug.gethook() == nil)
  local function hook() end
  debug.sethook(hook, "lrc")
  local f, mask, count = debug.gethook()
  debug.sethook()
  assert(f == hook and mask == "crl" and count == 0)
  debug.sethook(hook, "", 2 ^ 24 - 1)
  f, mask, count = debug.gethook()
  debug.sethook(nil)
  assert(f == hook and mask == "" and count == 2 ^ 24 - 1 and debug.gethook() == nil)
end)

test("a hook that counts is called every so many instructions", function()
  local a = 0
  debug.sethook(function(event) assert(event == "count") a = a + 1 end, "", 1)
  a = 0
  for i = 1, 1000 do end
  debug.sethook()
  assert(1000 < a and a < 1012, a)
  debug.sethook(function() a = a + 1 end, "", 4)
  a = 0
  for i = 1, 1000 do end
  debug.sethook()
  assert(250 < a and a < 256, a)
  debug.sethook(function() a = a + 1 end, "", 4000)
  a = 0
  for i = 1, 1000 do end
  debug.sethook()
  assert(a == 0)
end)

test("what is handed over at a call and at a return", function()
  local on, given, results = false, nil, nil
  local function hook(event)
    if not on then return end
    local r = debug.getinfo(2, "r")
    local t = {}
    for i = r.ftransfer, r.ftransfer + r.ntransfer - 1 do t[#t + 1] = select(2, debug.getlocal(2, i)) end
    t = table.concat(t, " ")
    if event == "return" then results = t else given = t end
  end
  debug.sethook(hook, "cr")
  on = true; math.max(3, 9); on = false
  assert(given == "3 9" and results == "9")
  on = true; select(2, 10, 20, 30, 40); on = false
  assert(given == "2 10 20 30 40" and results == "20 30 40")
  local function foo(a, ...) return ... end
  on = true; foo(20, 10, 0); on = false
  assert(given == "20" and results == "10 0")
  debug.sethook()
end)

test("a hook may load, call, fail and set another hook", function()
  local found
  local function f(a, b, ...) local c = 13 end
  debug.sethook(function(event)
    assert(event == "call" and load("return 12")() == 12 and not pcall(load("a='joao'+1")))
    debug.sethook(function(event, line)
      assert(event == "line" and debug.getinfo(2, "l").currentline == line)
      debug.sethook()
      assert(found == nil)
      found = { debug.getlocal(2, 1) }
    end, "l")
  end, "c")
  f(1, 2, 3)
  assert(found[1] == "a" and found[2] == 1 and debug.gethook() == nil)
  local ok, message = pcall(function()
    debug.sethook(function() debug.sethook() error("from the hook", 0) end, "l")
    local x = 1
  end)
  assert(not ok and message == "from the hook")
end)

test("an error in a hook leaves hooks as they are", function()
  local count = 0
  local function hook() count = count + 1 if count == 2 then error("once", 0) end end
  local ok, message = pcall(function()
    debug.sethook(hook, "l")
    local x = 1
    x = 2
    x = 3
  end)
  local isSet, before = debug.gethook() == hook, count
  local y = 1
  debug.sethook()
  assert(not ok and message == "once" and isSet and count > before)
end)

test("each coroutine has its own hook", function()
  local seen = {}
  local co = coroutine.create(function(x)
    local a = 1
    coroutine.yield(debug.getinfo(1, "l").currentline)
    coroutine.yield(debug.getinfo(1, "l").currentline)
    return a
  end)
  local function hook(_, line) if line then seen[#seen + 1] = line end end
  debug.sethook(co, hook, "lcr")
  local _, first = coroutine.resume(co, 10)
  assert(#seen == 2 and seen[1] == first - 1 and seen[2] == first)
  local name, value = debug.getlocal(co, 1, 2)
  assert(name == "a" and value == 1 and debug.setlocal(co, 1, 2, "hi") == "a")
  assert(debug.gethook(co) == hook and debug.gethook() == nil)
  assert(select(2, coroutine.resume(co)) == first + 1)
  assert(select(2, coroutine.resume(co)) == "hi")
  assert(#seen == 4 and seen[4] == first + 2)
end)

test("a hook that a coroutine sets goes on after it was suspended", function()
  local count = 0
  local co = coroutine.wrap(function(i)
    debug.sethook(function() count = count + 1 end, "l")
    for j = 1, 100 do
      coroutine.yield(i + j)
    end
  end)
  for _ = 1, 50 do co(10) end
  assert(count >= 98 and debug.gethook() == nil, count)
end)

test("hooks see errors pass: no return is told", function()
  local events = {}
  local function f() error("x") end
  debug.sethook(function(event) local i = debug.getinfo(2, "f") if i.func == f then events[#events + 1] = event end end, "cr")
  pcall(f)
  debug.sethook()
  assert(table.concat(events, " ") == "call")
end)
