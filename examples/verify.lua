-- A script check of examples/service.lua. It runs as part of examples/checks.yaml, or by itself:
--
--   PORT=18080 assay examples/service.lua &
--   SERVICE_URL=http://127.0.0.1:18080 assay examples/verify.lua
--
-- Script checks see http, json, yaml, assert, log, env, sleep, time, base64 and the embedded modules.

local url = env.get("SERVICE_URL")
assert.not_nil(url, "SERVICE_URL must be the service's address")

-- What is expected, as an operator would write it down
local expected = yaml.parse([[
routes: [/health, /api/time]
content_type: application/json
max_clock_skew: 60
]])

local healthcheck = require("assay.healthcheck")
healthcheck.wait(url .. "/health", { timeout = 10, interval = 0.5 })

for _, route in ipairs(expected.routes) do
  local response = http.get(url .. route)
  assert.eq(response.status, 200, route)
  assert.contains(response.headers["content-type"], expected.content_type, route)
end

local clock = json.parse(http.get(url .. "/api/time").body)
assert.lt(math.abs(clock.unix - time()), expected.max_clock_skew, "the service's clock is wrong")
assert.matches(clock.utc, [[^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$]])

local token = base64.encode("any \0 bytes")
local answer = http.post(url .. "/api/echo", { token = token })
assert.eq(answer.status, 200, "echo")
assert.eq(base64.decode(json.parse(answer.body).echo.token), "any \0 bytes", "echo")
assert.eq(http.post(url .. "/api/echo", "not JSON").status, 400, "echo of something else")

-- The service counts its requests: two more than before the next two
local prometheus = require("assay.prometheus").client(url)
local function health_requests()
  for _, series in ipairs(prometheus.queries:instant("http_requests_total")) do
    if series.metric.path == "/health" then return series.value end
  end
end
local before = health_requests()
for _ = 1, 2 do http.get(url .. "/health") end
assert.gt(health_requests(), before + 1, "requests are not counted")

log.info("the service does what it says")
