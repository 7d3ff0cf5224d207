#!/usr/bin/env assay
-- A first look at assay. Needs no network and no files.
--
--   assay examples/hello.lua
--   assay examples/hello.lua Ada

-- Builtins are globals: nothing has to be required
local name = arg[1] or env.get("USER") or "world"
print("Hello, " .. name .. "!")

-- JSON in, a Lua table to work with, JSON out
local cluster = json.parse([[
  { "name": "staging", "nodes": [
    { "name": "node-a", "ready": true,  "cpu": 0.42 },
    { "name": "node-b", "ready": false, "cpu": 0.05 },
    { "name": "node-c", "ready": true,  "cpu": 0.91 } ] }
]])

local ready, busiest = 0, cluster.nodes[1]
for _, node in ipairs(cluster.nodes) do
  print(string.format("  %s  %-9s  cpu %3.0f %%", node.name, node.ready and "ready" or "not ready", node.cpu * 100))
  if node.ready then ready = ready + 1 end
  if node.cpu > busiest.cpu then busiest = node end
end
print(json.encode({ cluster = cluster.name, ready = ready, total = #cluster.nodes, busiest = busiest.name }))

-- The log goes to stderr, what print writes to stdout: pipes get the output alone
if ready < #cluster.nodes then log.warn("not every node is ready") end

-- A failed assertion ends the script with exit status 1
assert.gt(ready, 1, "the cluster needs two ready nodes")
