-- A parser of access logs: lines into records, records into statistics, statistics into a report.
local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

local function generate(count)
  local seed = 12345
  local function random(n)
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed // 65536 % n
  end
  local methods = { "GET", "GET", "GET", "POST", "PUT", "DELETE" }
  local paths = { "/", "/index.html", "/api/users", "/api/orders?page=3&size=20", "/static/app.js", "/login" }
  local statuses = { 200, 200, 200, 200, 301, 304, 404, 500, 503 }
  local lines = {}
  for i = 1, count do
    lines[i] = string.format('10.%d.%d.%d - %s [%02d/%s/2025:%02d:%02d:%02d +0000] "%s %s HTTP/1.1" %d %d "%s" "agent/%d.%d" %.3f',
      random(4), random(16), random(256), random(3) == 0 and "alice" or "-",
      random(28) + 1, "Nov", random(24), random(60), random(60),
      methods[random(#methods) + 1], paths[random(#paths) + 1], statuses[random(#statuses) + 1],
      random(100000), "-", random(3), random(10), random(2000) / 1000)
  end
  return table.concat(lines, "\n")
end

local function parse_time(text)
  local day, month, year, hour, minute, second = text:match("^(%d+)/(%a+)/(%d+):(%d+):(%d+):(%d+)")
  if not day then return nil end
  local days = (tonumber(year) - 1970) * 365 + MONTHS[month] * 30 + tonumber(day)
  return ((days * 24 + tonumber(hour)) * 60 + tonumber(minute)) * 60 + tonumber(second)
end

local function parse_query(target)
  local path, query = target:match("^([^?]*)%??(.*)$")
  local parameters = {}
  for key, value in query:gmatch("([^&=]+)=([^&]*)") do parameters[key] = value end
  return path, parameters
end

local PATTERN = '^(%S+) %S+ (%S+) %[([^%]]+)%] "(%u+) (%S+) [^"]*" (%d+) (%d+) "([^"]*)" "([^"]*)" ([%d.]+)$'

local function parse_line(line)
  local address, user, time, method, target, status, size, referrer, agent, seconds = line:match(PATTERN)
  if not address then return nil, "no access log line" end
  local path, parameters = parse_query(target)
  return {
    address = address,
    user = user ~= "-" and user or nil,
    time = parse_time(time),
    method = method,
    path = path,
    parameters = parameters,
    status = tonumber(status),
    size = tonumber(size),
    referrer = referrer,
    agent = agent,
    seconds = tonumber(seconds),
  }
end

local Statistics = {}
Statistics.__index = Statistics

function Statistics.new()
  return setmetatable({ count = 0, bytes = 0, failures = 0, by_path = {}, by_status = {}, networks = {}, hours = {} }, Statistics)
end

local function bump(t, key, by)
  t[key] = (t[key] or 0) + (by or 1)
end

function Statistics:add(record)
  self.count = self.count + 1
  self.bytes = self.bytes + record.size
  if record.status >= 500 then self.failures = self.failures + 1 end
  bump(self.by_status, record.status)
  bump(self.networks, record.address:match("^%d+%.%d+"))
  bump(self.hours, record.time // 3600 % 24)
  local path = self.by_path[record.path]
  if not path then
    path = { name = record.path, count = 0, seconds = 0, slowest = 0, times = {} }
    self.by_path[record.path] = path
  end
  path.count = path.count + 1
  path.seconds = path.seconds + record.seconds
  path.slowest = math.max(path.slowest, record.seconds)
  path.times[#path.times + 1] = record.seconds
end

local function percentile(times, share)
  table.sort(times)
  return times[math.max(1, math.ceil(#times * share))]
end

function Statistics:report()
  local out, paths = {}, {}
  for _, path in pairs(self.by_path) do paths[#paths + 1] = path end
  table.sort(paths, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.name < b.name
  end)
  for _, path in ipairs(paths) do
    out[#out + 1] = string.format("%-20s %6d %8.3f %8.3f %8.3f", path.name, path.count,
      path.seconds / path.count, percentile(path.times, 0.95), path.slowest)
  end
  local statuses = {}
  for status in pairs(self.by_status) do statuses[#statuses + 1] = status end
  table.sort(statuses)
  for _, status in ipairs(statuses) do out[#out + 1] = status .. "=" .. self.by_status[status] end
  out[#out + 1] = string.format("%d requests, %d bytes, %d failures", self.count, self.bytes, self.failures)
  return table.concat(out, "\n")
end

return function(scale)
  local statistics = Statistics.new()
  for line in generate(100 * scale):gmatch("[^\n]+") do
    local record, problem = parse_line(line)
    if not record then error(problem) end
    statistics:add(record)
  end
  return statistics:report()
end
