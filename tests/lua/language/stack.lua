-- Local variables of what runs, by level; functions of levels; lines. They mention getlocal, so run step by step.
test("parameters, variables and temporaries of a level", function()
  local function show(level)
    local t = {}
    for i = 1, 20 do
      local name, value = debug.getlocal(level + 1, i)
      if name == nil then break end
      t[#t + 1] = name .. "=" .. tostring(value)
    end
    return table.concat(t, " ")
  end
  local function f(a, b)
    local c = a + b
    do local hidden = 1 end
    local d
    local shown = show(1)
    return shown
  end
  assert(f(1, 2) == "a=1 b=2 c=3 d=nil", f(1, 2))
  local function loop() for i = 5, 5 do local s = show(1) return s end end
  assert(loop():find("^%(for state%)=") and loop():find(" i=5", 1, true), loop())
  local function each() for k, v in pairs({ "x" }) do local s = show(1) return s end end
  assert(each():find("k=1 v=x", 1, true), each())
end)

test("temporaries can be read and changed", function()
  local function f()
    assert(select(2, debug.getlocal(2, 3)) == 1)
    assert(not debug.getlocal(2, 4))
    assert(debug.setlocal(2, 3, 10) == "(temporary)")
    return 20
  end
  local function g(a, b) return (a + 1) + f() end
  assert(g(0, 0) == 30)
end)

test("arguments of functions of the library", function()
  local name, value = debug.getlocal(0, 1)
  assert(name == "(C temporary)" and value == 0)
  name, value = debug.getlocal(0, 2)
  assert(name == "(C temporary)" and value == 2)
  assert(not debug.getlocal(0, 3) and not debug.getlocal(0, 0))
end)

test("further arguments have negative numbers", function()
  local function f(a, ...)
    local t = table.pack(...)
    for i = 1, t.n do
      local name, value = debug.getlocal(1, -i)
      assert(name == "(vararg)" and value == t[i])
    end
    assert(not debug.getlocal(1, -(t.n + 1)) and not debug.setlocal(1, -(t.n + 1), 30))
    if t.n == 0 then return end
    (function(x)
      assert(debug.setlocal(2, -1, x) == "(vararg)")
      assert(debug.setlocal(2, -t.n, x) == "(vararg)")
    end)(430)
    assert(... == 430)
  end
  f()
  f(print)
  f(200, 3, 4)
end)

test("variables that closures share are changed for all", function()
  local x = 1
  local function get() return x end
  local function set(value) assert(debug.setlocal(2, 1, value) == "x") end
  set(5)
  assert(x == 5 and get() == 5)
end)

test("variables of suspended coroutines", function()
  local co = coroutine.create(function(x)
    local a, b = coroutine.yield(x)
    assert(a == 100 and b == nil)
    return x
  end)
  coroutine.resume(co, 10)
  local name, value = debug.getlocal(co, 1, 1)
  assert(name == "x" and value == 10 and not debug.getlocal(co, 1, 5))
  assert(debug.setlocal(co, 1, 1, 30) == "x" and not debug.setlocal(co, 1, 55, 100))
  assert(select(2, coroutine.resume(co, 100)) == 30)
end)

test("parameters of functions", function()
  local function f(a, b, ...) local d, e end
  local co = coroutine.create(f)
  assert(debug.getlocal(f, 1) == "a" and debug.getlocal(f, 2) == "b" and not debug.getlocal(f, 3))
  assert(debug.getlocal(co, f, 1) == "a" and not debug.getlocal(print, 1))
  assert(not pcall(debug.getlocal, 200, 1) and not pcall(debug.setlocal, -1, 1, 10))
end)

test("the function of a level is the function", function()
  local function f() return debug.getinfo(1, "f").func, debug.getinfo(2, "f").func, debug.getinfo(0, "f").func end
  local function g() local a, b, c = f() return a, b, c end
  local a, b, c = g()
  assert(a == f and b == g and c == debug.getinfo)
  local seen
  table.sort({ 2, 1 }, function(x, y) seen = seen or debug.getinfo(2, "f").func return x < y end)
  assert(seen == table.sort)
  local co = coroutine.create(f)
  local body = function() coroutine.yield() end
  co = coroutine.create(body)
  coroutine.resume(co)
  assert(debug.getinfo(co, 1, "f").func == body and debug.getinfo(co, 0, "f").func == coroutine.yield)
end)

test("tail calls take the place of their callers", function()
  local function f(n)
    if n > 0 then return f(n - 1) end
    local i = debug.getinfo(1, "tf")
    return i.istailcall, i.func
  end
  local isTail, fn = f(30000)
  assert(isTail and fn == f)
end)

if _VERSION == "Lua 5.5" then
  test("what __call puts before the arguments is counted", function()
    local function f(...)
      local t = debug.getinfo(1, "t")
      return t.extraargs, t.istailcall, select("#", ...)
    end
    local once = setmetatable({}, { __call = f })
    local twice = setmetatable({}, { __call = once })
    local function check(call, ...)
      local got = table.pack(call())
      for i, wanted in ipairs({ ... }) do assert(got[i] == wanted, i) end
    end
    check(function() local a, b, c = f(1) return a, b, c end, 0, false, 1)
    check(function() local a, b, c = once(1) return a, b, c end, 1, false, 2)
    check(function() local a, b, c = twice(1) return a, b, c end, 2, false, 3)
    check(function() return once(1) end, 1, true, 2)
  end)
end

test("active lines are those of instructions", function()
  local function check(f, lines)
    local t = debug.getinfo(f, "SL")
    for _, l in pairs(lines) do
      l = l + t.linedefined
      assert(t.activelines[l], l)
      t.activelines[l] = nil
    end
    assert(next(t.activelines) == nil)
  end
  check(function(...)
    local x = ...
    -- a comment
    x = 2
  end, { 1, 3, 4 })
  check(function(a)
    -- a comment
    a = x
    local function foo() end
  end, { 2, 3, 4 })
  check(function() end, { 0 })
  check(function(a)
    local t = {
      a,
      a +
        x,
    }
  end, { 1, 2, 3, 4, 5, 6 })
end)

test("metamethods are named by their events", function()
  local a = {}
  local function f()
    local info = debug.getinfo(1)
    assert(info.namewhat == "metamethod")
    a.op = info.name
    return info.name
  end
  local mt = {}
  for _, event in ipairs { "index", "add", "div", "mod", "concat", "pow", "mul", "idiv", "unm", "len", "sub", "shl", "shr",
    "bor", "bxor", "eq", "le", "lt", "band", "bnot" } do mt["__" .. event] = f end
  setmetatable(a, mt)
  local b = setmetatable({}, mt)
  assert(a[3] == "index" and a ^ 3 == "pow" and a .. a == "concat" and a / 3 == "div" and 3 % a == "mod")
  assert(a + 3 == "add" and 3 - a == "sub" and a * 3 == "mul" and -a == "unm" and #a == "len" and a & 3 == "band")
  assert(a + 30000 == "add" and a - 3.0 == "sub" and a | 3 == "bor" and 3 ~ a == "bxor" and a << 3 == "shl" and a >> 1 == "shr")
  assert(a == b and a.op == "eq")
  assert(a >= b and a.op == "le")
  assert("x" >= a and a.op == "le")
  assert(a > b and a.op == "lt")
  assert(a > 10 and a.op == "lt")
  assert(~a == "bnot")
  for _ in function() assert(debug.getinfo(1).name == "for iterator") end do end
end)

test("a local function is a variable only when it is complete", function()
  local seen = {}
  local fn = load("local A = function()\n  return x\nend\nreturn")
  debug.sethook(function(_, line) if line == 3 or line == 4 then seen[line] = debug.getlocal(2, 1) end end, "l")
  fn()
  debug.sethook()
  assert(seen[3] == "(temporary)" and seen[4] == "A")
end)
