-- Operators, control structures, declarations of globals.
local V55 = _VERSION == "Lua 5.5"

test("precedence", function()
  assert(2 ^ 3 ^ 2 == 2 ^ (3 ^ 2) and 2 ^ 3 * 4 == (2 ^ 3) * 4 and 2.0 ^ -2 == 1 / 4 and -2 ^ -(-2) == -4)
  assert(-3 - 1 - 5 == 0 + 0 - 9 and -2 ^ 2 == -4 and (-2) ^ 2 == 4 and 2 * 2 - 3 - 1 == 0)
  assert(not nil and 2 and not (2 > 3 or 3 < 2) and not ((true or false) and nil))
  assert(-3 % 5 == 2 and -3 + 5 == 2 and 2 * 1 + 3 / 3 == 3 and 1 + 2 .. 3 * 1 == "33")
  assert(7 + 3 << 1 == 20 and 0xffffffff >> 1 + 18 == 0x1fff and 10 | 1 << 3 == 10)
  assert(1234567890 == tonumber("1234567890") and 1234567890 + 1 == 1234567891)
  assert("a" .. "b" == "ab" and "a" < "b" and not ("a" < "a") and "a" <= "a")
  assert(1 .. 2 == "12" and 2 + 3 .. "" == "5" and -1 .. "" == "-1")
  assert((0xF0 | 0x0F & 0xFF ~ 1) == (0xF0 | ((0x0F & 0xFF) ~ 1)))
  assert(1 << 2 + 1 == 8 and 5 & 3 == 1 and ~0 == -1 and ~~5 == 5 and not not 1 == true)
  assert(#"abc" + 1 == 4 and -#"abc" == -3 and not #"" == false and 2 - -2 == 4)
  assert((1 < 2) == true and 1 < 2 == true and "x" == "x" == true)
end)

test("and and or", function()
  assert((nil and 1) == nil and (false or nil) == nil and (1 or error()) == 1 and (false and error()) == false)
  local function t(...) return select("#", ...) end
  assert(t(nil and 1, 2 or 3) == 2)
  local a, b = 1, nil
  assert((a and b) == nil and (a or b) == 1 and (b or a) == 1 and (a and b or 5) == 5 and (not a or a) == 1)
  local x = a and (b or 7) and 8 or 9
  assert(x == 8)
  local function f(x) return x and "t" or "f" end
  assert(f(0) == "t" and f("") == "t" and f(false) == "f" and f() == "f")
  local n = 0
  local function c(v) n = n + 1 return v end
  if c(false) and c(true) then end
  if c(true) or c(true) then end
  assert(n == 2)
  while c(nil) or c(false) do end
  assert(n == 4)
end)

-- Every combination of and, or, not and comparisons gives the same as a value and as a condition.
test("conditions as values", function()
  local values = {"nil", "false", "true", "10", "'a'"}
  local n = 0
  for _, a in ipairs(values) do
    for _, b in ipairs(values) do
      for _, shape in ipairs{"A and B", "A or B", "not A and B", "not (A or B)", "A == B", "A ~= B or A", "(A and B) or not A", "not (A == B) and B", "A and not B or B"} do
        local e = shape:gsub("%f[%w][AB]%f[%W]", {A = a, B = b})
        local v = load("local a = " .. e .. " return a")()
        local i = load("if " .. e .. " then return true else return false end")()
        local w = load("local r = false while " .. e .. " do r = true break end return r")()
        local r = load("local r = 0 repeat r = r + 1 until r == 2 or (" .. e .. ") return r == 1")()
        local k = load("local A, B = " .. a .. ", " .. b .. " if " .. shape .. " then return true end return false")()
        local t = not not v
        assert(t == i and t == w and t == r and t == k, e)
        n = n + 1
      end
    end
  end
  assert(n == 225)
end)

test("if, elseif, while, repeat, for", function()
  local function c(n) if n < 0 then return "neg" elseif n == 0 then return "zero" elseif n < 10 then return "small" else return "big" end end
  assert(c(-1) == "neg" and c(0) == "zero" and c(5) == "small" and c(50) == "big")
  local s = 0
  for i = 10, 1, -3 do s = s + i end
  assert(s == 10 + 7 + 4 + 1)
  s = 0 for i = 1, 0 do s = 1 end assert(s == 0)
  s = 0 for i = 1, 3 do for j = i, 3 do s = s + 1 if j == 2 then break end end end assert(s == 2 + 1 + 1)
  local i = 0
  repeat local x = i i = i + 1 until x == 4
  assert(i == 5)
  while i > 0 do i = i - 1 if i == 2 then break end end
  assert(i == 2)
  for k, v in pairs({}) do error("no") end
  do local a = 1 do local a = 2 end assert(a == 1) end
  ;;; local z = 1;
  assert(z == 1)
end)

test("numeric for: floats and steps", function()
  local n = 0
  for i = 0, 0.999999999, 0.1 do n = n + 1 end assert(n == 10)
  n = 0 for i = 1.0, 3 do n = n + 1 assert(math.type(i) == "float") end assert(n == 3)
  n = 0 for i = 1, 3.9 do n = n + 1 assert(math.type(i) == "integer") end assert(n == 3)
  n = 0 for i = 3, 1.1, -1 do n = n + 1 end assert(n == 2)
  n = 0 for i = 1, math.huge do n = n + 1 if n == 5 then break end end assert(n == 5)
  n = 0 for i = 1, -math.huge do n = n + 1 end assert(n == 0)
  n = 0 for i = -1, -math.huge, -1 do n = n + 1 if n == 5 then break end end assert(n == 5)
  n = 0 for i = 1, 0 / 0 do n = n + 1 end assert(n == 0)
  n = 0 for i = 0, -1, -0.25 do n = n + 1 end assert(n == 5)
  for i = 1, 3, 5 do n = i end assert(n == 1)
end)

test("numeric for near the ends of the integers", function()
  local max, min = math.maxinteger, math.mininteger
  local function count(a, b, c) local n, last = 0, nil for i = a, b, c or 1 do n = n + 1 last = i if n > 100 then error("endless") end end return n, last end
  assert(count(max - 2, max) == 3 and select(2, count(max - 2, max)) == max)
  assert(count(min + 2, min, -1) == 3 and select(2, count(min + 2, min, -1)) == min)
  assert(count(max, max) == 1 and count(min, min, -1) == 1 and count(max, min) == 0 and count(min, max, max) == 3)
  assert(count(max - 1, math.huge) == 2 and count(max - 10, max, 7) == 2 and count(min, min + 9, 4) == 3)
  assert(count(1, max, max) == 1 and count(max, 1, min) == 1 and count(0, min, min) == 2 and count(max, min, min) == 2)
  assert(count(max - 5, 2.0 ^ 63) == 6 and count(min, -2.0 ^ 63) == 1 and count(min + 3, -1e30, -1) == 4)
  local s = 0
  for i = 9007199254740990, 9007199254740995 do s = s + 1 assert(math.type(i) == "integer") end
  assert(s == 6)
end)

test("loop variables are read-only", function()
  if V55 then
    assert(not load("for i = 1, 2 do i = 3 end"))
    assert(not load("for k, v in pairs({}) do k = 3 end"))
    assert(load("for k, v in pairs({}) do v = 3 end"))
    local _, e = load("for i = 1, 2 do i = 3 end")
    assert(e:find("attempt to assign to const variable 'i'", 1, true))
  end
  local n = 0
  for i = 1, 3 do local i = i * 2 n = n + i end
  assert(n == 12)
end)

test("global declarations", function()
  if not V55 then return end
  local function bad(code, text) local f, e = load(code) assert(not f and e:find(text, 1, true), tostring(e) .. " in " .. code) end
  local env = setmetatable({}, {__index = _G})
  local function run(code) return assert(load(code, "=g", "t", env))() end
  assert(run("global x = 5 return x") == 5 and env.x == 5)
  assert(run("global y; y = 7 return y") == 7)
  bad("global x; y = 1", "variable 'y' not declared")
  bad("global x; return y", "variable 'y' not declared")
  bad("global <const> x; x = 1", "attempt to assign to const variable 'x'")
  assert(load("global *; z = 1"))
  bad("global <const> *; z = 1", "attempt to assign to const variable 'z'")
  assert(run("global function gf(n) return n + 1 end return gf(1)") == 2)
  assert(run("global assert; local a = 1 do global * b = 2 end return a") == 1)
  assert(run("global a1, b1 = 1, 2 return a1 + b1") == 3)
  assert(run("do global q end q2 = 1 return q2") == 1)
  local ok, e = pcall(run, "global x = 6")
  assert(not ok and e:find("global 'x' already defined", 1, true), e)
  -- `global` is a name where no declaration begins
  assert(run("local global = 3 return global") == 3)
  assert(run("global = 4 return global") == 4)
end)

test("comparisons of integers and floats", function()
  local max = math.maxinteger
  assert(1 == 1.0 and 1 < 1.5 and not (1.5 < 1) and max < max + 1.0 and max + 1.0 > max and not (max == max + 1.0))
  assert(2 ^ 53 == 9007199254740992 and 9007199254740993 ~= 2 ^ 53 and 9007199254740993 > 2 ^ 53)
  assert(math.mininteger == -2.0 ^ 63 and math.mininteger <= -2.0 ^ 63 and max < 2.0 ^ 63)
  assert(not (0 / 0 == 0 / 0) and not (1 < 0 / 0) and not (1 > 0 / 0) and 0 / 0 ~= 0 / 0)
  assert("10" ~= 10 and not ("a" < "A") and "a" < "b" and "" < "a" and "a\0" < "a\0b" and "Z" < "a")
end)

test("table constructors", function()
  local t = {1, 2; 3, x = 1, ["y z"] = 2, [10] = 3, [-1] = 4; 4,}
  assert(#t == 4 and t.x == 1 and t["y z"] == 2 and t[10] == 3 and t[-1] == 4)
  local n = {nil, nil, 3}
  assert(n[3] == 3 and n[1] == nil)
  assert(({[1] = "a", "b"})[1] == "b")
  local big = {}
  for i = 1, 300 do big[i] = tostring(i) end
  local f = load("return {" .. table.concat(big, ",") .. "}")
  assert(#f() == 300 and f()[300] == 300)
  raises("index is nil", load("return {[nil] = 1}"))
  raises("index is NaN", load("return {[0/0] = 1}"))
  assert(next({}) == nil and #{n = 1} == 0 and {} ~= {})
  local k = {[1.0] = "f", [2 ^ 53] = "g"}
  assert(k[1] == "f" and k[2 ^ 53 | 0] == "g")
end)

test("names that are words elsewhere", function()
  local class, new, this, arguments, eval, let, yield, await, var, void = 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
  assert(class + new + this + arguments + eval + let + yield + await + var + void == 55)
  local t = {class = 1, constructor = 2, __proto__ = 3, toString = 4}
  assert(t.class == 1 and t.constructor == 2 and t.__proto__ == 3 and t.toString == 4 and t.hasOwnProperty == nil)
  prototype = 5 assert(prototype == 5) prototype = nil
  local function delete(typeof) return typeof end
  assert(delete(3) == 3)
end)
