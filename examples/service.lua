#!/usr/bin/env assay
-- A small web service that measures itself.
--
--   assay examples/service.lua                 listens on port 8080
--   PORT=18080 assay examples/service.lua      on another; PORT=0 picks a free one
--
--   curl localhost:8080/health
--   curl localhost:8080/api/time
--   curl -d '{"a":1}' localhost:8080/api/echo
--   curl -N localhost:8080/events
--   curl 'localhost:8080/api/v1/query?query=http_requests_total'
--
-- Ctrl-C ends it. examples/checks.yaml checks it.

local VERSION = "1.0.0"

local port = math.tointeger(tonumber(env.get("PORT") or "8080"))
assert(port, "PORT must be a whole number")

-- One counter a route, shown as the metric http_requests_total
local counters = {}

local function counted(method, path, handler)
  local counter = { method = method, path = path, requests = 0 }
  counters[#counters + 1] = counter
  return function(request)
    counter.requests = counter.requests + 1
    return handler(request)
  end
end

local function health()
  return { json = { status = "ok", version = VERSION } }
end

local function now()
  return { json = { unix = time(), utc = os.date("!%Y-%m-%dT%H:%M:%SZ") } }
end

local function echo(request)
  local ok, value = pcall(json.parse, request.body)
  if not ok then return { status = 400, json = { error = "the body is not JSON" } } end
  return { json = { echo = value } }
end

-- Server-sent events: five ticks, or as many as ?count= says, a fifth of a second apart
local function events(request)
  local count = math.min(tonumber(request.params.count) or 5, 100)
  return {
    sse = function(send)
      for i = 1, count do
        send({ event = "tick", id = tostring(i), data = json.encode({ tick = i, unix = time() }) })
        if i < count then sleep(0.2) end
      end
    end,
  }
end

-- As much of Prometheus's query API as a check needs: the values of one metric at this moment
local function sample(labels, value)
  return { metric = labels, value = { time(), tostring(value) } }
end

local METRICS = {
  up = function()
    return { sample({ __name__ = "up", job = "service" }, 1) }
  end,
  http_requests_total = function()
    local series = {}
    for i, counter in ipairs(counters) do
      local labels = { __name__ = "http_requests_total", method = counter.method, path = counter.path }
      series[i] = sample(labels, counter.requests)
    end
    return series
  end,
}

local function query(request)
  local promql = request.params.query or ""
  if not promql:match("^[%a_:][%w_:]*$") then
    local message = "only the name of a metric can be queried here, got: " .. promql
    return { status = 400, json = { status = "error", errorType = "bad_data", error = message } }
  end
  local series = METRICS[promql] and METRICS[promql]() or {}
  return { json = { status = "success", data = { resultType = "vector", result = json.array(series) } } }
end

-- Runs when the server waits for its first request: by then the port is known
async.spawn(function()
  log.info("listening on http://127.0.0.1:" .. _SERVER_PORT)
end)

http.serve(port, {
  GET = {
    ["/health"] = counted("GET", "/health", health),
    ["/api/time"] = counted("GET", "/api/time", now),
    ["/events"] = counted("GET", "/events", events),
    ["/api/v1/query"] = counted("GET", "/api/v1/query", query),
  },
  POST = {
    ["/api/echo"] = counted("POST", "/api/echo", echo),
  },
})
