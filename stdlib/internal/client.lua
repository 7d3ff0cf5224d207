--- @module assay.internal.client
--- @description What the HTTP client modules share: requests, errors, encoding, old and new method names
--
-- A client module keeps an `api` made by `M.new` and writes its methods in one line each:
--
--   local api = base.new("grafana", url, { headers = base.json_headers(opts) })
--   local c = { url = api.url, folders = {} }
--   function c.folders:list() return api:get("/api/folders") end
--   return base.with_old_names(c, { folders = "folders.list" })

local M = {}

--- The longest piece of a response body that an error quotes, in bytes.
local MAX_QUOTE = 4096

-- Text ------------------------------------------------------------------------------------------------------

-- Whole numbers never become 1.7e+12, whichever number type holds them
local function text(value)
  if type(value) == "number" and math.type(value) == "float" and value % 1 == 0 then
    return string.format("%.0f", value)
  end
  return tostring(value)
end

local function escape(character)
  return string.format("%%%02X", character:byte())
end

--- Percent-encodes a value for a path segment or a query: everything but A-Z a-z 0-9 - . _ ~
function M.encode(value)
  return (text(value):gsub("[^A-Za-z0-9%-._~]", escape))
end

-- These would name another resource: /users/.. is /, /users/ is all users
local function names_nothing(value)
  return value == nil or value == "" or value == "." or value == ".."
end

-- ':' and '@' have no meaning in a path and stand in many names: sha256:…, system:node, web@docker
local function encode_segment(value)
  return (text(value):gsub("[^A-Za-z0-9%-._~:@]", escape))
end

--- A path with its values encoded. %s is one segment: path("/users/%s", "a/b") is "/users/a%2Fb". %p may be
-- several, without the slashes around them: path("/v1/%p", "/a b/c/") is "/v1/a%20b/c".
function M.path(form, ...)
  local values, next_value = { ... }, 0
  return (form:gsub("%%([sp])", function(kind)
    next_value = next_value + 1
    local value = values[next_value]
    local inner = value
    if kind == "p" and value ~= nil then inner = text(value):gsub("^/+", ""):gsub("/+$", "") end
    local bad = names_nothing(inner)
    if kind == "p" then
      for segment in (inner or ""):gmatch("[^/]+") do bad = bad or names_nothing(segment) end
    end
    if bad then
      M.raise("a value for the path " .. form .. " is " .. (value == nil and "nil" or "'" .. value .. "'"))
    end
    if kind == "s" then return encode_segment(value) end
    return (inner:gsub("[^/]+", encode_segment))
  end))
end

--- A query string, "?" included, of pairs in their order: query{{"q", "a b"}, {"match[]", {"x", "y"}}}.
-- A pair without a value is left out; a list as its value repeats the name; "" when nothing is left.
function M.query(pairs_in_order)
  local parts = {}
  for _, pair in ipairs(pairs_in_order or {}) do
    -- Brackets in names (match[]) stay readable: servers take both forms
    local name = tostring(pair[1]):gsub("[^A-Za-z0-9%-._~%[%]]", escape)
    local values = pair[2]
    if type(values) ~= "table" then values = { values } end
    for _, value in ipairs(values) do parts[#parts + 1] = name .. "=" .. M.encode(value) end
  end
  return #parts == 0 and "" or "?" .. table.concat(parts, "&")
end

--- A base URL without the slashes at its end.
function M.trim_url(url)
  return (url:gsub("/+$", ""))
end

-- Headers ---------------------------------------------------------------------------------------------------

--- The Authorization header of a client's options, or nil: `api_key` or `token`, else `username` and `password`.
function M.authorization(opts)
  opts = opts or {}
  local token = opts.api_key or opts.token
  if token then return "Bearer " .. token end
  if opts.username then return "Basic " .. base64.encode(opts.username .. ":" .. (opts.password or "")) end
  return nil
end

--- The headers of most services: JSON and the authorization of the options.
function M.json_headers(opts)
  return { ["Content-Type"] = "application/json", Authorization = M.authorization(opts) }
end

-- Errors ----------------------------------------------------------------------------------------------------

--- The message of a caught error, without the place inside a module where it was raised.
function M.message(err)
  return (tostring(err):gsub("^[%w_./-]+%.lua:%d+: ", ""))
end

--- Raises an error at the line of the script that called the module, not at a line in here.
function M.raise(message)
  for level = 3, 30 do
    local _, place = pcall(error, "", level)
    if place ~= "" and place:sub(1, 6) ~= "assay/" then error(place .. message, 0) end
  end
  error(message, 2)
end

--- A response body as errors quote it: its first 4096 bytes.
function M.quote(body)
  if #body <= MAX_QUOTE then return body end
  return body:sub(1, MAX_QUOTE) .. "... (" .. #body .. " bytes)"
end

-- Connections -----------------------------------------------------------------------------------------------

local CONNECTION_OPTIONS = { "ca_cert", "ca_cert_file", "cert", "cert_file", "key", "key_file", "insecure", "proxy" }

--- Those of a client's options that say how to connect, as http.client takes them.
function M.connection_options(opts)
  local options = {}
  for _, name in ipairs(CONNECTION_OPTIONS) do options[name] = (opts or {})[name] end
  return options
end

--- An object of http.client() for a client's options, nil when none of them says how to connect.
function M.connection(opts)
  local options = M.connection_options(opts)
  return next(options) ~= nil and http.client(options) or nil
end

-- Requests --------------------------------------------------------------------------------------------------

--- Sends a request: the response {status, body, headers}, or nil and why there is none.
-- @param handle  an object of http.client(), for other certificates than the usual ones; optional
-- @param timeout  seconds for all of it; 30 by default
function M.send(method, url, body, headers, handle, timeout)
  local ok, response = pcall(function()
    local verb = method:lower()
    local options = { headers = headers, timeout = timeout }
    if verb == "get" or verb == "delete" then
      options.body = body
      if handle then return handle[verb](handle, url, options) end
      return http[verb](url, options)
    end
    if handle then return handle[verb](handle, url, body, options) end
    return http[verb](url, body, options)
  end)
  if ok then return response end
  return nil, M.message(response)
end

local Api = {}
Api.__index = Api

--- What a client sends its requests with.
-- @param name  what error messages begin with
-- @param url  the base URL
-- @param options  headers: sent with each request; http: an object of http.client();
--                 what: stands for "<METHOD> <path>" in error messages
function M.new(name, url, options)
  if type(url) ~= "string" or url == "" then
    M.raise(name .. ": a base URL is required, such as http://host:port, got " .. tostring(url))
  end
  options = options or {}
  return setmetatable({
    name = name,
    url = M.trim_url(url),
    headers = options.headers or {},
    http = options.http,
    what = options.what,
  }, Api)
end

--- Sends a request and gives the response, whatever its status, and the path with its query.
-- @param options  query: see M.query; headers: instead of the client's
function Api:fetch(method, path, body, options)
  options = options or {}
  local target = path .. M.query(options.query)
  local headers = options.headers or self.headers
  local response, problem = M.send(method, self.url .. target, body, headers, self.http)
  if not response then M.raise(self.name .. ": " .. method .. " " .. target .. ": " .. problem) end
  return response, target
end

--- Raises the error of an unwanted response: "<name>: <METHOD> <path> HTTP <status>: <body>".
-- A module whose errors read otherwise replaces it in its own api; `method` and `target` are for that.
function Api:fail(what, response, _method, _target)
  if what ~= "" then what = what .. " " end
  M.raise(self.name .. ": " .. what .. "HTTP " .. response.status .. ": " .. M.quote(response.body))
end

--- The value of a JSON body; nil of an empty one where nothing has to be in it.
function Api:decode(method, what, response)
  local body = response.body
  if body == "" and (method ~= "GET" or response.status == 204) then return nil end
  local ok, value = pcall(json.parse, body)
  if ok then return value end
  if what ~= "" then what = what .. ": " end
  local kind = response.headers["content-type"] or "no content type"
  M.raise(self.name .. ": " .. what .. "the response is not JSON (" .. kind .. ", " .. #body .. " bytes): "
    .. M.message(value))
end

local function accepts(statuses, status)
  if statuses == "2xx" then return status >= 200 and status < 300 end
  for _, accepted in ipairs(statuses) do
    if accepted == status then return true end
  end
  return false
end

--- Sends a request and gives the decoded body.
-- @param options  as for fetch, and
--   ok: accepted statuses, {200} by default; "2xx" for all that tell success
--   missing_ok: 404 gives nil
--   raw: gives the body as text
--   what: as for M.new
function Api:request(method, path, body, options)
  options = options or {}
  local response, target = self:fetch(method, path, body, options)
  local what = options.what or self.what or ((options.verb or method) .. " " .. target)
  if response.status == 404 and options.missing_ok then return nil end
  if not accepts(options.ok or { 200 }, response.status) then
    self:fail(what, response, method, target)
  end
  if options.raw then return response.body end
  return self:decode(method, what, response)
end

function Api:get(path, options) return self:request("GET", path, nil, options) end
function Api:delete(path, options) return self:request("DELETE", path, nil, options) end
function Api:post(path, body, options) return self:request("POST", path, body, options) end
function Api:put(path, body, options) return self:request("PUT", path, body, options) end
function Api:patch(path, body, options) return self:request("PATCH", path, body, options) end

-- Waiting ---------------------------------------------------------------------------------------------------

--- Calls `check` until it gives something true, ceil(timeout / interval) times at most, `interval` seconds apart.
-- Gives that value and the number of calls; nothing when time is up.
function M.poll(timeout, interval, check)
  if not (interval > 0 and timeout >= 0 and timeout < math.huge) then
    M.raise("timeout and interval must be seconds above zero, got " .. text(timeout) .. " and " .. text(interval))
  end
  local attempts = math.max(1, math.ceil(timeout / interval))
  for attempt = 1, attempts do
    local result = check(attempt)
    if result then return result, attempt end
    if attempt < attempts then sleep(interval) end
  end
end

--- Seconds between the lines that tell how long something has been waited for.
local PROGRESS_INTERVAL = 10

--- Calls `check` until it gives something true, and gives that. Raises when time is up; the log tells what is
-- waited for.
-- @param options
--   timeout, interval: seconds; the last call is when time is up
--   what: what is waited for, for the log, such as "k8s: deployment/web to be ready"
--   failure: the message of the error when time is up
--   ignore_errors: go on after errors of `check`; the last one stands behind `failure`
function M.wait(options, check)
  local timeout, interval = options.timeout, options.interval
  if type(timeout) ~= "number" or type(interval) ~= "number" or not (interval > 0 and timeout >= 0) then
    M.raise(options.what .. ": timeout and interval must be seconds above zero, got "
      .. text(timeout) .. " and " .. text(interval))
  end
  local start = time()
  local told = -PROGRESS_INTERVAL
  while true do
    local ok, result = true, nil
    if options.ignore_errors then ok, result = pcall(check) else result = check() end
    if ok and result then return result end
    local problem = ok and "" or " (" .. M.message(result) .. ")"
    local waited = time() - start
    if waited >= timeout then M.raise(options.failure .. problem) end
    if waited - told >= PROGRESS_INTERVAL then
      told = waited
      log.info(string.format("waiting for %s, %.0f s of %s s%s", options.what, waited, text(timeout), problem))
    end
    sleep(math.min(interval, timeout - waited))
  end
end

--- Waits until a GET of url .. path is answered 200, and gives true.
-- @param who  begins the error: "<who>: not reachable at <url> after <timeout>s"
-- @param opts  {timeout = 60, interval = 2}, seconds; optional
function M.wait_for_url(who, url, path, opts)
  opts = opts or {}
  local timeout = opts.timeout or 60
  local start = time()
  return M.wait({
    timeout = timeout,
    interval = opts.interval or 2,
    what = url .. " to answer",
    failure = who .. ": not reachable at " .. url .. " after " .. text(timeout) .. "s",
    ignore_errors = true,
  }, function()
    -- A server that takes the connection and is silent must not hold up the deadline
    local left = math.min(30, math.max(1, timeout - (time() - start)))
    local response, problem = M.send("GET", M.trim_url(url) .. path, nil, nil, nil, left)
    if response and response.status == 200 then return true end
    error(problem or "HTTP " .. response.status, 0)
  end)
end

-- Names -----------------------------------------------------------------------------------------------------

local function find(c, route)
  local group, method = route:match("^(.-)%.(.+)$")
  if group then return c[group], method end
  return c, route
end

--- Gives a client the names of versions before 0.10: old name -> "group.method" or "method".
-- An old name that is a group's name makes the group callable: c:health() beside c.health:check().
function M.with_old_names(c, routes)
  for old, route in pairs(routes) do
    local function call(_, ...)
      local object, method = find(c, route)
      return object[method](object, ...)
    end
    if type(c[old]) == "table" then
      setmetatable(c[old], { __call = function(_, ...) return call(...) end })
    else
      c[old] = call
    end
  end
  return c
end

--- Gives a module functions that take the URL first: M.query(url, ...) is client(url).queries:instant(...).
-- @param connect  makes the client of a URL; also gets the function's name
function M.with_url_functions(module, routes, connect)
  for name, route in pairs(routes) do
    module[name] = function(url, ...)
      local object, method = find(connect(url, name), route)
      return object[method](object, ...)
    end
  end
  return module
end

return M
