-- A simulation: customers as coroutines, a queue of events as a heap, counters with a random service time.
local Heap = {}
Heap.__index = Heap

function Heap.new(less)
  return setmetatable({ size = 0, less = less }, Heap)
end

function Heap:push(item)
  local less = self.less
  self.size = self.size + 1
  local i = self.size
  while i > 1 do
    local parent = i // 2
    if not less(item, self[parent]) then break end
    self[i] = self[parent]
    i = parent
  end
  self[i] = item
end

function Heap:pop()
  local top, less = self[1], self.less
  if self.size == 0 then return nil end
  local last = self[self.size]
  self[self.size] = nil
  self.size = self.size - 1
  local i, size = 1, self.size
  while i * 2 <= size do
    local child = i * 2
    if child < size and less(self[child + 1], self[child]) then child = child + 1 end
    if not less(self[child], last) then break end
    self[i] = self[child]
    i = child
  end
  if size > 0 then self[i] = last end
  return top
end

local Simulation = {}
Simulation.__index = Simulation

function Simulation.new(seed)
  local self = setmetatable({ now = 0, seed = seed, serial = 0, processed = 0 }, Simulation)
  self.events = Heap.new(function(a, b)
    if a.time ~= b.time then return a.time < b.time end
    return a.serial < b.serial
  end)
  return self
end

function Simulation:random()
  self.seed = self.seed * 16807 % 2147483647
  return self.seed / 2147483647
end

function Simulation:schedule(delay, action)
  self.serial = self.serial + 1
  self.events:push({ time = self.now + delay, serial = self.serial, action = action })
end

function Simulation:spawn(body)
  local thread = coroutine.create(body)
  local function step(...)
    local ok, problem = coroutine.resume(thread, ...)
    if not ok then error(problem) end
  end
  self:schedule(0, function() step(self, step) end)
  return thread
end

function Simulation:wait(delay, step)
  self:schedule(delay, step)
  coroutine.yield()
end

function Simulation:run()
  while true do
    local event = self.events:pop()
    if not event then return end
    self.now = event.time
    self.processed = self.processed + 1
    event.action()
  end
end

local Resource = {}
Resource.__index = Resource

function Resource.new(simulation, capacity)
  return setmetatable({ simulation = simulation, free = capacity, queue = {}, head = 1, tail = 0, waited = 0, longest = 0 }, Resource)
end

function Resource:acquire(step)
  if self.free > 0 then
    self.free = self.free - 1
    return
  end
  local start = self.simulation.now
  self.tail = self.tail + 1
  self.queue[self.tail] = step
  self.longest = math.max(self.longest, self.tail - self.head + 1)
  coroutine.yield()
  self.waited = self.waited + (self.simulation.now - start)
end

function Resource:release()
  if self.head > self.tail then
    self.free = self.free + 1
    return
  end
  local step = self.queue[self.head]
  self.queue[self.head] = nil
  self.head = self.head + 1
  self.simulation:schedule(0, step)
end

return function(scale)
  local simulation = Simulation.new(42)
  local counters = Resource.new(simulation, 3)
  local served, spent = 0, 0
  for i = 1, 40 * scale do
    local arrival = i * 0.7 + simulation:random()
    simulation:spawn(function(sim, step)
      sim:wait(arrival, step)
      local start = sim.now
      counters:acquire(step)
      sim:wait(1 + sim:random() * 1.5, step)
      counters:release()
      if sim:random() < 0.2 then
        counters:acquire(step)
        sim:wait(sim:random(), step)
        counters:release()
      end
      served = served + 1
      spent = spent + (sim.now - start)
    end)
  end
  simulation:run()
  return string.format("%d %d %.6f %.6f %d", served, simulation.processed, spent / served, counters.waited, counters.longest)
end
