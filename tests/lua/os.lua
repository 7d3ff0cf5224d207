-- Time, the machine and the process

test("time is an integer that agrees with time()", function()
  local now = os.time()
  assert(now == math.floor(now) and math.abs(now - time()) < 60)
end)

test("time reads fields as UTC, with noon as the default hour", function()
  assert(os.time({ year = 1970, month = 1, day = 1, hour = 0 }) == 0)
  assert(os.time({ year = 1970, month = 1, day = 1 }) == 43200)
  assert(os.time({ year = 2000, month = 2, day = 29, hour = 1, min = 2, sec = 3 }) == 951786123)
  assert(os.time({ year = 1969, month = 12, day = 31, hour = 23, min = 59, sec = 59 }) == -1)
  assert(os.time({ year = "2000", month = "1", day = "1", hour = "0" }) == 946684800)
end)

test("time brings fields into their ranges", function()
  local t = { year = 2023, month = 14, day = -3, hour = 25, min = -1, sec = 61 }
  local seconds = os.time(t)
  assert(os.date("!%Y-%m-%d %H:%M:%S", seconds) == "2024-01-29 01:00:01", os.date("!%c", seconds))
  assert(t.year == 2024 and t.month == 1 and t.day == 29 and t.hour == 1 and t.min == 0 and t.sec == 1)
  assert(t.wday == 2 and t.yday == 29 and t.isdst == false)
end)

test("time refuses fields that are missing, no integers or too large", function()
  raises("field 'day' missing in date table", os.time, { year = 2000, month = 1 })
  raises("field 'month' missing in date table", os.time, { year = 2000, day = 1 })
  raises("field 'hour' is not an integer", os.time, { year = 2000, month = 1, day = 1, hour = "x" })
  raises("field 'day' is not an integer", os.time, { year = 2000, month = 1, day = 1.5 })
  raises("field 'year' is out-of-bound", os.time, { year = 2 ^ 40, month = 1, day = 1 })
  raises("table expected, got number", os.time, 5)
end)

test("date shows every letter of strftime", function()
  local t = 951786123 -- Tuesday, 29 February 2000, 01:02:03
  for conversion, shown in pairs({
    a = "Tue", A = "Tuesday", b = "Feb", B = "February", c = "2000-02-29 01:02:03", C = "20", d = "29",
    D = "02/29/00", e = "29", F = "2000-02-29", g = "00", G = "2000", h = "Feb", H = "01", I = "01", j = "060",
    m = "02", M = "02", n = "\n", p = "AM", r = "01:02:03 AM", R = "01:02", s = "951786123", S = "03", t = "\t",
    T = "01:02:03", u = "2", U = "09", V = "09", w = "2", W = "09", x = "02/29/00", X = "01:02:03", y = "00",
    Y = "2000", z = "+0000", Z = "UTC", ["%"] = "%", Ey = "00", EY = "2000", Od = "29", OH = "01",
  }) do
    assert(os.date("!%" .. conversion, t) == shown, conversion .. ": " .. os.date("!%" .. conversion, t))
  end
  assert(os.date("!%I %p", 0) == "12 AM" and os.date("!%I %p", 43200) == "12 PM")
end)

test("weeks by ISO 8601 at the ends of years", function()
  for day, week in pairs({
    ["2005-01-01"] = "2004-W53-6", ["2005-01-02"] = "2004-W53-7", ["2007-01-01"] = "2007-W01-1",
    ["2008-12-29"] = "2009-W01-1", ["2009-12-31"] = "2009-W53-4", ["2010-01-03"] = "2009-W53-7",
  }) do
    local y, m, d = day:match("(%d+)-(%d+)-(%d+)")
    assert(os.date("!%G-W%V-%u", os.time({ year = y, month = m, day = d })) == week, day)
  end
end)

test("date without a format shows the moment as in ISO 8601", function()
  assert(os.date("%c", 0) == "1970-01-01 00:00:00")
  assert(os.date():match("^%d%d%d%d%-%d%d%-%d%d %d%d:%d%d:%d%d$"))
  assert(os.date("") == "" and os.date("!") == "")
end)

test("date shows UTC, or the hours ahead of it that it is told", function()
  assert(os.date("%H:%M", 0) == "00:00")
  assert(os.date("%H:%M", 0, 2) == "02:00")
  assert(os.date("%d %H:%M %z", 0, -3.5) == "31 20:30 -0330")
  assert(os.date("!%H:%M", 0, 2) == "00:00")
  raises("os.date: tz_hours must be between -24 and 24", os.date, "%c", 0, 25)
end)

test("date gives the fields with *t, which time takes back", function()
  local d = os.date("*t", 951786123)
  assert(d.year == 2000 and d.month == 2 and d.day == 29 and d.hour == 1 and d.min == 2 and d.sec == 3)
  assert(d.wday == 3 and d.yday == 60 and d.isdst == false)
  assert(os.time(d) == 951786123)
  assert(os.date("!*t", 0).year == 1970)
  assert(os.date("*t", 0, 1).hour == 1)
end)

test("date refuses conversions that do not exist", function()
  raises("invalid conversion specifier '%'", os.date, "%")
  raises("invalid conversion specifier '%9'", os.date, "%9")
  raises("invalid conversion specifier '%Ea'", os.date, "%Ea")
  raises("invalid conversion specifier '%O'", os.date, "%O")
  raises("number has no integer representation", os.date, "%c", 1.5)
  raises("number expected, got table", os.date, "%c", {})
end)

test("dates before 1970 and far away are exact", function()
  assert(os.date("!%Y-%m-%d %H:%M:%S", -1) == "1969-12-31 23:59:59")
  assert(os.date("!%A %F", -2208988800) == "Monday 1900-01-01")
  assert(os.date("!%F", 253402300800) == "10000-01-01")
  raises("cannot be represented", os.date, "%Y", 2 ^ 60)
end)

test("clock and difftime", function()
  local a = os.clock()
  assert(a >= 0 and os.clock() >= a)
  assert(os.difftime(10, 4) == 6)
end)

test("getenv sees what env.set sets", function()
  assert(os.getenv("ASSAY_TEST_NOTHING") == nil)
  env.set("ASSAY_TEST_OS", "wert ä")
  assert(os.getenv("ASSAY_TEST_OS") == "wert ä")
  env.set("ASSAY_TEST_OS", nil)
end)

test("remove, rename and tmpname", function()
  local name = os.tmpname()
  assert(fs.read(name) == "")
  assert(os.rename(name, name .. "x") == true)
  assert(os.remove(name .. "x") == true)
  local ok, message, code = os.remove(name)
  assert(ok == nil and message == name .. ": No such file or directory" and code == 2)
  ok, message, code = os.rename(name, name .. "x")
  assert(ok == nil and message == name .. ": No such file or directory" and code == 2)
  local folder = fs.tempdir()
  fs.write(folder .. "/f", "")
  ok, message = os.remove(folder)
  assert(ok == nil and message == folder .. ": Directory not empty")
  fs.remove(folder .. "/f")
  assert(os.remove(folder))
end)

local function results(...)
  return table.concat({ tostring((...)), select(2, ...) }, " ")
end

test("execute tells how the command ended", function()
  assert(results(os.execute("true")) == "true exit 0")
  assert(results(os.execute("exit 3")) == "nil exit 3")
  assert(results(os.execute("kill -9 $$")) == "nil signal 9")
  assert(os.execute() == true)
end)

test("a cancelled task takes the command of execute with it", function()
  local name = os.tmpname()
  local task = async.spawn(function() os.execute("echo $$ > " .. name .. "; exec sleep 1000") end)
  local function pid() return tonumber(fs.read(name)) end
  while not pid() do sleep(0.005) end
  task:cancel()
  assert(not pcall(task.await))
  while pcall(process.kill, pid(), 0) do sleep(0.005) end
  os.remove(name)
end)

test("execute gives the command the script's environment", function()
  env.set("ASSAY_TEST_OS", "yes")
  assert(os.execute('test "$ASSAY_TEST_OS" = yes'))
  env.set("ASSAY_TEST_OS", nil)
  assert(os.execute('test -z "$ASSAY_TEST_OS"'))
end)

test("execute takes every byte but zero", function()
  local name = os.tmpname()
  assert(os.execute("printf %s '\255é\\' > " .. name))
  assert.eq(fs.read(name), "\255é\\")
  os.remove(name)
  raises("os.execute: the command contains a zero byte", os.execute, "true\0")
end)

test("execute lets other tasks go on", function()
  local folder = fs.tempdir()
  local other = async.spawn(function() fs.write(folder .. "/go", "") end)
  assert(os.execute("until test -e " .. folder .. "/go; do sleep 0.01; done"))
  other:await()
  fs.remove(folder)
end)

test("the only locale is C", function()
  assert(os.setlocale() == "C" and os.setlocale("") == "C" and os.setlocale("C", "numeric") == "C")
  assert(os.setlocale("de_DE") == nil)
  raises("invalid option 'x'", os.setlocale, "C", "x")
end)

test("hostname, arch and platform", function()
  assert(#os.hostname() > 0)
  assert(os.arch() == "x86_64" or os.arch() == "aarch64")
  assert(os.platform() == "linux" or os.platform() == "macos")
end)

test("exit refuses what is no status", function()
  raises("bad argument #1", os.exit, "x")
  raises("bad argument #1", os.exit, {})
end)
