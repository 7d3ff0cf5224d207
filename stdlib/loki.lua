--- @module assay.loki
--- @description Loki log aggregation. Push logs, query with LogQL, labels, series, tail.
--- @keywords loki, logs, logging, logql, push, query, tail, labels, series, grafana, monitoring
--- @quickref M.client(url) -> client | Client for a Loki server
--- @quickref M.selector(labels) -> string | Build a LogQL stream selector: selector({app = "nginx"}) is {app="nginx"}
--- @quickref c.logs:push(stream_labels, entries) -> true | Push log entries: strings, written now, or {timestamp in nanoseconds, line} pairs
--- @quickref c.queries:instant(logql, opts?) -> [result] | Instant LogQL query; opts: {limit, time, direction}
--- @quickref c.queries:range(logql, opts?) -> [result] | LogQL query over a time window; opts: {start, end_time, limit, step, direction}
--- @quickref c.queries:tail(logql, opts?) -> {streams} | The latest entries of a stream, waited for where there are none; opts: {limit, start, timeout = 10}
--- @quickref c.labels:list(opts?) -> [string] | List label names; opts: {start, end_time}
--- @quickref c.labels:values(label_name, opts?) -> [string] | List values of a label; opts: {start, end_time}
--- @quickref c.series:list(match_selectors, opts?) -> [series] | Query series by an array of selectors; opts: {start, end_time}
--- @quickref c.health:ready() -> bool | Check whether Loki is ready
--- @quickref c.health:metrics() -> string | Get Loki's own metrics in the Prometheus format
--- @quickref c:push(stream_labels, entries) -> true | As c.logs:push()
--- @quickref c:query(logql, opts?) -> [result] | As c.queries:instant()
--- @quickref c:query_range(logql, opts?) -> [result] | As c.queries:range()
--- @quickref c:tail(logql, opts?) -> {streams} | As c.queries:tail()
--- @quickref c:labels(opts?) -> [string] | As c.labels:list()
--- @quickref c:label_values(label_name, opts?) -> [string] | As c.labels:values()
--- @quickref c:series(match_selectors, opts?) -> [series] | As c.series:list()
--- @quickref c:ready() -> bool | As c.health:ready()
--- @quickref c:metrics() -> string | As c.health:metrics()

local base = require("assay.internal.client")

local M = {}

--- Seconds that `tail` waits for entries.
local TAIL_TIMEOUT = 10

local OLD_NAMES = {
  push = "logs.push",
  query = "queries.instant",
  query_range = "queries.range",
  tail = "queries.tail",
  labels = "labels.list",
  label_values = "labels.values",
  series = "series.list",
  ready = "health.ready",
  metrics = "health.metrics",
}

-- LogQL quotes as Go does
local ESCAPES = { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

function M.selector(labels)
  local matchers = {}
  for name, value in pairs(labels) do
    matchers[#matchers + 1] = name .. '="' .. tostring(value):gsub('[\\"\n\r\t]', ESCAPES) .. '"'
  end
  table.sort(matchers)
  return "{" .. table.concat(matchers, ",") .. "}"
end

-- Loki takes nanoseconds as text. tostring would make 1.7e+18 of a float
local function nanoseconds(timestamp)
  if math.type(timestamp) == "float" then return string.format("%.0f", timestamp) end
  return tostring(timestamp)
end

-- Nanoseconds do not fit into a float: seconds and the rest are apart
local function nanoseconds_after(seconds, rest)
  local total = math.floor(seconds % 1 * 1e6) * 1000 + rest
  return string.format("%.0f%09.0f", math.floor(seconds) + total // 1e9, total % 1e9)
end

local function stream_values(entries)
  local values = json.array()
  local now = time()
  if type(entries) == "string" then entries = { entries } end
  for i, entry in ipairs(entries) do
    if type(entry) == "table" then
      values[i] = { nanoseconds(entry[1]), entry[2], entry[3] }
    else
      -- One nanosecond apart: Loki drops a line that is there already, and does not keep the order of one time
      values[i] = { nanoseconds_after(now, i - 1), tostring(entry) }
    end
  end
  return values
end

function M.client(url)
  local api = base.new("loki", url, { headers = { ["Content-Type"] = "application/json" } })

  local function data_of(path, query)
    local body = api:get(path, { query = query })
    if type(body) ~= "table" then base.raise("loki: GET " .. path .. ": unexpected response format") end
    return body.data
  end

  local function result_of(path, query)
    local data = data_of(path, query)
    if type(data) ~= "table" then base.raise("loki: GET " .. path .. ": unexpected response format") end
    return data.result
  end

  local c = { url = api.url, logs = {}, queries = {}, labels = {}, series = {}, health = {} }

  function c.logs:push(stream_labels, entries)
    local stream = { stream = stream_labels, values = stream_values(entries) }
    api:post("/loki/api/v1/push", { streams = { stream } }, { ok = { 204 } })
    return true
  end

  function c.queries:instant(logql, opts)
    opts = opts or {}
    return result_of("/loki/api/v1/query", {
      { "query", logql },
      { "limit", opts.limit },
      { "time", opts.time },
      { "direction", opts.direction },
    })
  end

  function c.queries:range(logql, opts)
    opts = opts or {}
    return result_of("/loki/api/v1/query_range", {
      { "query", logql },
      { "start", opts.start },
      { "end", opts.end_time },
      { "limit", opts.limit },
      { "step", opts.step },
      { "direction", opts.direction },
    })
  end

  function c.queries:tail(logql, opts)
    opts = opts or {}
    local path = "/loki/api/v1/tail"
    local query = { { "query", logql }, { "limit", opts.limit }, { "start", opts.start } }
    local response, target = api:fetch("GET", path, nil, { query = query })
    -- Loki itself, unlike what may stand before it, takes WebSockets only
    if response.status == 400 and response.headers["sec-websocket-version"] then
      return require("assay.internal.loki_tail").first(api, path, query, opts.timeout or TAIL_TIMEOUT)
    end
    if response.status ~= 200 then api:fail("GET " .. target, response) end
    return api:decode("GET", "GET " .. target, response)
  end

  function c.labels:list(opts)
    opts = opts or {}
    return data_of("/loki/api/v1/labels", { { "start", opts.start }, { "end", opts.end_time } })
  end

  function c.labels:values(label_name, opts)
    opts = opts or {}
    return data_of(base.path("/loki/api/v1/label/%s/values", label_name), {
      { "start", opts.start },
      { "end", opts.end_time },
    })
  end

  function c.series:list(match_selectors, opts)
    opts = opts or {}
    return data_of("/loki/api/v1/series", {
      { "match[]", match_selectors },
      { "start", opts.start },
      { "end", opts.end_time },
    })
  end

  function c.health:ready()
    return api:fetch("GET", "/ready").status == 200
  end

  function c.health:metrics()
    return api:get("/metrics", { raw = true })
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
