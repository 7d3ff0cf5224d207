--- @module assay.healthcheck
--- @description HTTP health checking utilities. Status codes, JSON path, body matching, latency, multi-check.
--- @keywords healthcheck, health, http, status, json, path, body, latency, endpoint, multi, wait, readiness
--- @quickref M.http(url, opts?) -> {ok, status, latency_ms, error?} | HTTP health check; opts: {expected_status = 200, method, body, headers}
--- @quickref M.json_path(url, path_expr, expected, opts?) -> {ok, actual, expected, error?} | Check a field of a JSON response: "data.status"
--- @quickref M.status_code(url, expected, opts?) -> {ok, status, error?} | Check for a specific HTTP status code
--- @quickref M.body_contains(url, pattern, opts?) -> {ok, found, error?} | Check that the response body contains literal text
--- @quickref M.endpoint(url, opts?) -> {ok, status, latency_ms, error?} | Check status and latency; opts: {max_latency_ms = 5000, expected_status = 200, headers}
--- @quickref M.multi(checks) -> {ok, results, passed, failed, total} | Run several checks: [{name, check = function}]
--- @quickref M.wait(url, opts?) -> {ok, status, attempts} | Wait for an endpoint to become healthy; opts: {timeout = 60, interval = 2, expect_status = 200, headers}

local base = require("assay.internal.client")

local M = {}

-- The error text of a status, nil when it is the expected one
local function status_problem(status, expected)
  if status == expected then return nil end
  return "expected status " .. tostring(expected) .. ", got " .. tostring(status)
end

function M.http(url, opts)
  opts = opts or {}
  local method = tostring(opts.method or "GET"):upper()
  local sends_body = method == "POST" or method == "PUT"
  local start = time()
  local response, problem = base.send(sends_body and method or "GET", url, sends_body and opts.body or nil, opts.headers)
  local result = { ok = false, status = 0, latency_ms = math.floor(math.max(0, time() - start) * 1000) }
  if response then
    result.status = response.status
    problem = status_problem(response.status, opts.expected_status or 200)
    result.ok = problem == nil
  end
  result.error = problem
  return result
end

-- The value at a path of object keys, or nil and why there is none
local function find(value, path)
  for key in path:gmatch("[^.]+") do
    if type(value) ~= "table" then return nil, "path traversal failed at '" .. key .. "': not a table" end
    value = value[key]
    if value == nil then return nil, "path '" .. path .. "': key '" .. key .. "' not found" end
  end
  return value
end

local function json_field(url, path, headers)
  local response, problem = base.send("GET", url, nil, headers)
  if not response then return nil, problem end
  if response.status ~= 200 then return nil, "HTTP " .. response.status end
  local ok, document = pcall(json.parse, response.body)
  if not ok then return nil, "JSON parse error: " .. base.message(document) end
  return find(document, path)
end

function M.json_path(url, path_expr, expected, opts)
  local actual, problem = json_field(url, path_expr, (opts or {}).headers)
  if problem == nil and actual ~= expected then
    problem = "expected " .. tostring(expected) .. ", got " .. tostring(actual)
  end
  return { ok = problem == nil, actual = actual, expected = expected, error = problem }
end

function M.status_code(url, expected, opts)
  local response, problem = base.send("GET", url, nil, (opts or {}).headers)
  if not response then return { ok = false, status = 0, error = problem } end
  problem = status_problem(response.status, expected)
  return { ok = problem == nil, status = response.status, error = problem }
end

function M.body_contains(url, pattern, opts)
  local response, problem = base.send("GET", url, nil, (opts or {}).headers)
  if not response then return { ok = false, found = false, error = problem } end
  local found = response.body:find(pattern, 1, true) ~= nil
  if not found then problem = 'body does not contain "' .. pattern .. '"' end
  return { ok = found, found = found, error = problem }
end

function M.endpoint(url, opts)
  opts = opts or {}
  local result = M.http(url, { expected_status = opts.expected_status, headers = opts.headers })
  local limit = opts.max_latency_ms or 5000
  if result.ok and result.latency_ms > limit then
    result.ok = false
    result.error = "latency " .. result.latency_ms .. "ms exceeds threshold " .. tostring(limit) .. "ms"
  end
  return result
end

local function run_check(check)
  local ok, outcome = pcall(check.check)
  if not ok then return { ok = false, error = tostring(outcome) } end
  if type(outcome) == "boolean" then return { ok = outcome } end
  if type(outcome) == "table" then return outcome end
  return { ok = false, error = "the check gave a " .. type(outcome) .. " value: a table with 'ok' is expected" }
end

function M.multi(checks)
  local summary = { ok = true, results = {}, passed = 0, failed = 0, total = #checks }
  for i, check in ipairs(checks) do
    local result = {}
    for field, value in pairs(run_check(check)) do result[field] = value end
    result.name = check.name
    result.ok = result.ok and true or false
    summary.results[i] = result
    if result.ok then
      summary.passed = summary.passed + 1
    else
      summary.failed = summary.failed + 1
    end
  end
  summary.ok = summary.failed == 0
  return summary
end

function M.wait(url, opts)
  opts = opts or {}
  local timeout, expected = opts.timeout or 60, opts.expect_status or 200
  local last
  local status, attempts = base.poll(timeout, opts.interval or 2, function()
    local result = M.status_code(url, expected, { headers = opts.headers })
    last = result.error
    return result.ok and result.status
  end)
  if status then return { ok = true, status = status, attempts = attempts } end
  base.raise("healthcheck.wait: " .. url .. " not healthy after " .. tostring(timeout) .. "s: " .. last)
end

return M
