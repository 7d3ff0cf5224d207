--- @module assay.prometheus
--- @description Prometheus monitoring queries. PromQL instant/range queries, alerts, targets, rules, series.
--- @keywords prometheus, promql, metrics, monitoring, query, range, alerts, targets, rules, labels, series, reload
--- @quickref M.client(url) -> client | Client for a Prometheus server
--- @quickref c.queries:instant(promql) -> number|[{metric, value}] | Instant PromQL query: a number for a single series, else an array
--- @quickref c.queries:range(promql, start_time, end_time, step) -> [result] | Range PromQL query over a time window
--- @quickref c.alerts:list() -> [alert] | List active alerts
--- @quickref c.targets:list() -> {activeTargets, droppedTargets} | List scrape targets with health status
--- @quickref c.targets:metadata(opts?) -> [metadata] | Get targets metadata; opts: {match_target, metric, limit}
--- @quickref c.rules:list(opts?) -> [group] | List alerting/recording rules; opts: {type = "alert" or "record"}
--- @quickref c.labels:values(label_name) -> [string] | List all values of a label
--- @quickref c.series:list(match_selectors) -> [series] | Query series metadata by an array of selectors
--- @quickref c.config:reload() -> bool | Trigger a configuration reload via /-/reload
--- @quickref M.query(url, promql) -> number|[{metric, value}] | c.queries:instant without a client
--- @quickref M.query_range(url, promql, start_time, end_time, step) -> [result] | c.queries:range without a client
--- @quickref M.alerts(url) -> [alert] | c.alerts:list without a client
--- @quickref M.targets(url) -> {activeTargets, droppedTargets} | c.targets:list without a client
--- @quickref M.targets_metadata(url, opts?) -> [metadata] | c.targets:metadata without a client
--- @quickref M.rules(url, opts?) -> [group] | c.rules:list without a client
--- @quickref M.label_values(url, label_name) -> [string] | c.labels:values without a client
--- @quickref M.series(url, match_selectors) -> [series] | c.series:list without a client
--- @quickref M.config_reload(url) -> bool | c.config:reload without a client

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  query = "queries.instant",
  query_range = "queries.range",
  alerts = "alerts.list",
  targets = "targets.list",
  targets_metadata = "targets.metadata",
  rules = "rules.list",
  label_values = "labels.values",
  series = "series.list",
  config_reload = "config.reload",
}

-- A sample is {time, "value"}; "NaN" and "+Inf" stay text
local function sample_value(sample)
  return tonumber(sample[2]) or sample[2]
end

local function instant_value(data, api)
  local result = type(data) == "table" and data.result
  if type(result) ~= "table" then base.raise(api.name .. ": unexpected response format") end
  if data.resultType == "scalar" or data.resultType == "string" then return sample_value(result) end
  if #result == 1 and result[1].value then return sample_value(result[1].value) end
  local series = {}
  for i, entry in ipairs(result) do
    -- Range selectors and histograms have no single value: their entries stay as they are
    series[i] = entry.value and { metric = entry.metric, value = sample_value(entry.value) } or entry
  end
  return series
end

local function connect(url, name, what)
  local api = base.new(name, url, { what = what })

  local function data_of(path, query)
    local body = api:get(path, { query = query })
    if type(body) ~= "table" or body.status ~= "success" then
      base.raise(api.name .. ": " .. tostring(type(body) == "table" and body.error or "unknown error"))
    end
    return body.data
  end

  local function field_of(data, name)
    if type(data) ~= "table" then base.raise(api.name .. ": unexpected response format") end
    return data[name]
  end

  local c = { url = api.url, queries = {}, alerts = {}, targets = {}, rules = {}, labels = {}, series = {}, config = {} }

  function c.queries:instant(promql)
    return instant_value(data_of("/api/v1/query", { { "query", promql } }), api)
  end

  function c.queries:range(promql, start_time, end_time, step)
    local query = { { "query", promql }, { "start", start_time }, { "end", end_time }, { "step", step } }
    return field_of(data_of("/api/v1/query_range", query), "result")
  end

  function c.alerts:list()
    return field_of(data_of("/api/v1/alerts"), "alerts")
  end

  function c.targets:list()
    return data_of("/api/v1/targets")
  end

  function c.targets:metadata(opts)
    opts = opts or {}
    return data_of("/api/v1/targets/metadata", {
      { "match_target", opts.match_target },
      { "metric", opts.metric },
      { "limit", opts.limit },
    })
  end

  function c.rules:list(opts)
    return field_of(data_of("/api/v1/rules", { { "type", (opts or {}).type } }), "groups")
  end

  function c.labels:values(label_name)
    return data_of(base.path("/api/v1/label/%s/values", label_name))
  end

  function c.series:list(match_selectors)
    return data_of("/api/v1/series", { { "match[]", match_selectors } })
  end

  function c.config:reload()
    return api:fetch("POST", "/-/reload").status == 200
  end

  return base.with_old_names(c, OLD_NAMES)
end

function M.client(url)
  return connect(url, "prometheus")
end

return base.with_url_functions(M, OLD_NAMES, function(url, name)
  return connect(url, "prometheus." .. name, "")
end)
