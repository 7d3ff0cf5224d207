-- Small benchmarks, each of one thing that programs do; prints name, best time in milliseconds, result.
local benchmarks = {
  { "calls", function()
    local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
    return fib(27)
  end },
  { "loops", function()
    local s = 0
    for i = 1, 3000000 do s = s + i % 7 end
    return s
  end },
  { "floats", function()
    local total, n = 0, 100
    for y = 0, n - 1 do
      local ci = 2.0 * y / n - 1.0
      for x = 0, n - 1 do
        local cr = 2.0 * x / n - 1.5
        local zr, zi, k = 0.0, 0.0, 0
        while k < 50 and zr * zr + zi * zi < 4.0 do
          zr, zi = zr * zr - zi * zi + cr, 2.0 * zr * zi + ci
          k = k + 1
        end
        total = total + k
      end
    end
    return total
  end },
  { "bodies", function()
    local bodies = {}
    for i = 1, 5 do bodies[i] = { x = i * 1.5, y = i * 0.7, vx = 0.0, vy = 0.1 * i, mass = 1 / i } end
    for _ = 1, 20000 do
      for i = 1, #bodies do
        local a = bodies[i]
        for j = i + 1, #bodies do
          local b = bodies[j]
          local dx, dy = a.x - b.x, a.y - b.y
          local d = 0.001 / (dx * dx + dy * dy + 0.01)
          a.vx = a.vx - dx * b.mass * d
          a.vy = a.vy - dy * b.mass * d
          b.vx = b.vx + dx * a.mass * d
          b.vy = b.vy + dy * a.mass * d
        end
      end
      for _, body in ipairs(bodies) do
        body.x = body.x + 0.001 * body.vx
        body.y = body.y + 0.001 * body.vy
      end
    end
    return string.format("%.9f", bodies[1].x)
  end },
  { "arrays", function()
    local n, count = 500000, 0
    local composite = {}
    for i = 1, n do composite[i] = false end
    for i = 2, n do
      if not composite[i] then
        count = count + 1
        if i < 708 then for j = i * i, n, i do composite[j] = true end end
      end
    end
    return count
  end },
  { "records", function()
    local items = {}
    for i = 1, 10000 do
      items[#items + 1] = {
        kind = "Pod",
        metadata = { name = "pod-" .. i, namespace = "ns" .. i % 10, labels = { app = "web", tier = "backend" } },
        containers = { { name = "c1", cpu = i % 4 }, { name = "c2", cpu = 1 } },
        phase = i % 3 == 0 and "Running" or "Pending",
      }
    end
    local cpu, namespaces = 0, {}
    for _, item in ipairs(items) do
      for _, container in ipairs(item.containers) do cpu = cpu + container.cpu end
      local namespace = item.metadata.namespace
      namespaces[namespace] = (namespaces[namespace] or 0) + 1
      for k, v in pairs(item.metadata.labels) do cpu = cpu + #k + #v end
      if item.phase == "Running" then cpu = cpu + 1 end
    end
    for _, v in pairs(namespaces) do cpu = cpu + v end
    return cpu
  end },
  { "strings", function()
    local s = ""
    for i = 1, 20000 do s = s .. "ab" .. i end
    local n = 0
    for i = 1, #s do if s:byte(i) == 97 then n = n + 1 end end
    for i = 1, #s, 3 do if s:sub(i, i) == "a" then n = n + 1 end end
    return n
  end },
  { "patterns", function()
    local parts = {}
    for i = 1, 30000 do parts[i] = string.format("%d:%s;%5.2f", i, "x", i / 3) end
    local text = table.concat(parts, ",")
    local n = 0
    for _ in text:gmatch("%d+:") do n = n + 1 end
    local replaced, count = text:gsub("x", "yy")
    for k, v in text:gmatch("(%d+):(%a)") do n = n + #k + #v end
    return n + count + #replaced:upper()
  end },
  { "methods", function()
    local Point = {}
    Point.__index = Point
    function Point.new(x, y) return setmetatable({ x = x, y = y }, Point) end
    function Point:add(o) self.x = self.x + o.x self.y = self.y + o.y return self end
    function Point:length2() return self.x * self.x + self.y * self.y end
    local Sub = setmetatable({}, { __index = Point })
    Sub.__index = Sub
    local p, q, t = Point.new(0, 0), setmetatable({ x = 1, y = 2 }, Sub), 0
    for i = 1, 300000 do
      p:add(q)
      t = t + q:length2() + Point.new(i, i).x
    end
    return p.x + p.y + t
  end },
  { "sort", function()
    local t, x = {}, 42
    for i = 1, 30000 do x = (x * 75 + 74) % 65537 t[i] = x end
    table.sort(t)
    local u = {}
    for i = 1, 30000 do u[i] = { id = t[i], name = "n" .. t[i] % 1000 } end
    table.sort(u, function(a, b) if a.name ~= b.name then return a.name < b.name end return a.id > b.id end)
    return t[100] + u[100].id % 1000
  end },
  { "closures", function()
    local function counter(step) local c = 0 return function(n) c = c + step + (n or 0) return c end end
    local s = 0
    for i = 1, 50000 do
      local f = counter(i)
      f() f(1) s = s + f(2)
    end
    local function map(t, f) local r = {} for i = 1, #t do r[i] = f(t[i], i) end return r end
    local a = {}
    for i = 1, 1000 do a[i] = i end
    for k = 1, 100 do a = map(a, function(v, i) return (v + i + k) % 1000 end) end
    return s + a[10]
  end },
  { "pcall", function()
    local n = 0
    local function good(a) return a + 1 end
    local function bad(a) error("x" .. a) end
    for i = 1, 200000 do local ok, v = pcall(good, i) if ok then n = n + v end end
    for i = 1, 10000 do local ok, v = pcall(bad, i) if not ok then n = n + #v:match("x%d+") end end
    return n
  end },
  { "coroutines", function()
    local function generate(n) return coroutine.wrap(function() for i = 1, n do coroutine.yield(i) end end) end
    local s = 0
    for v in generate(100000) do s = s + v end
    for _ = 1, 5000 do local g = generate(3) s = s + g() + g() + g() end
    return s
  end },
  { "varargs", function()
    local function sum(...) local s = 0 for i = 1, select("#", ...) do s = s + (select(i, ...)) end return s end
    local function pack(...) return { n = select("#", ...), ... } end
    local function pass(...) return ... end
    local t = 0
    for i = 1, 60000 do
      t = t + sum(i, 2, 3, 4)
      local p = pack(pass(i, i, i))
      local a, b, c = pass(i, 2, 3)
      t = t + p.n + p[2] + a + b + c
    end
    return t
  end },
}

for _, benchmark in ipairs(benchmarks) do
  local best, result = math.huge, nil
  for _ = 1, 5 do
    local start = os.clock()
    result = benchmark[2]()
    best = math.min(best, os.clock() - start)
  end
  print(benchmark[1], best * 1000, result)
end
