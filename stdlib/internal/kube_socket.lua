--- @module assay.internal.kube_socket
--- @description What the Kubernetes API streams over WebSockets: changes of resources, commands in pods

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

--- Seconds before a connection that brought nothing is made again.
local RECONNECT_PAUSE = 1

--- The most bytes of one message to a command's standard input.
local CHUNK = 32768

local function connect(api, path, query, subprotocols)
  if not ws then base.raise(api.name .. ": WebSockets may not be used here") end
  local headers, options = api.sign_in()
  -- The API server refuses a watch that names no origin
  headers.Origin = api.url
  options.headers = headers
  options.subprotocols = subprotocols
  local ok, conn = pcall(ws.connect, api.url:gsub("^[Hh][Tt][Tt][Pp]", "ws") .. path .. base.query(query), options)
  if ok then return conn end
  base.raise(api.name .. ": GET " .. path .. ": " .. base.message(conn))
end

-- The next message, nil at the end of the connection or when time is up
local function receive(conn, deadline)
  if not deadline then return conn:read() end
  local left = deadline - time()
  if left <= 0 then return nil, true end
  local ok, message = pcall(conn.read, conn, { timeout = left })
  if ok then return message end
  if time() >= deadline or tostring(message):find("timed out", 1, true) then return nil, true end
  error(message, 0)
end

-- Watches ---------------------------------------------------------------------------------------------------

local EXPIRED = 410

local function version_of(resource)
  return ((resource or {}).metadata or {}).resourceVersion
end

-- Gives the events of one connection to `fn`. Gives whether the watch is over, and the version to go on from.
local function follow(api, conn, path, fn, version, deadline)
  local seen = false
  while true do
    local message, late = receive(conn, deadline)
    if late then return true end
    if not message then
      if not seen then sleep(RECONNECT_PAUSE) end
      return false, version
    end
    seen = true
    local event = json.parse(message)
    if event.type == "ERROR" then
      if event.object and event.object.code == EXPIRED then return false, nil end
      base.raise(api.name .. ".watch: HTTP " .. tostring((event.object or {}).code) .. " " .. path .. ": "
        .. base.quote(json.encode(event.object)))
    end
    version = version_of(event.object) or version
    if event.type ~= "BOOKMARK" and fn(event.type, event.object) == "close" then return true end
  end
end

--- Calls fn(type, resource) for each change below a list's path: "ADDED", "MODIFIED", "DELETED". Resources that are
-- there already are ADDED first, and again where the server has forgotten where the watch was. A connection that
-- ends is made again.
-- @param opts  timeout: seconds, otherwise the watch goes on until `fn` gives "close"; resource_version: where to
--              begin; label_selector, field_selector
function M.watch(api, path, fn, opts)
  local deadline = opts.timeout and time() + opts.timeout
  local version = opts.resource_version
  local over = false
  while not over do
    local query = kube.list_query({ label_selector = opts.label_selector, field_selector = opts.field_selector })
    query[#query + 1] = { "watch", "true" }
    query[#query + 1] = { "allowWatchBookmarks", "true" }
    query[#query + 1] = { "resourceVersion", version }
    local conn = connect(api, path, query)
    local ok, result, next_version = pcall(follow, api, conn, path, fn, version, deadline)
    pcall(conn.close, conn)
    if not ok then error(result, 0) end
    over, version = result, next_version
  end
end

-- Commands --------------------------------------------------------------------------------------------------

local STDIN, STDOUT, STDERR, ERROR, CLOSE = 0, 1, 2, 3, 255

local V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"

local function send_input(api, conn, input)
  if conn:protocol() ~= V5 then
    base.raise(api.name .. ".exec: the server cannot end a command's standard input: that came with Kubernetes 1.30")
  end
  for start = 1, #input, CHUNK do
    conn:send_binary(string.char(STDIN) .. input:sub(start, start + CHUNK - 1))
  end
  conn:send_binary(string.char(CLOSE, STDIN))
end

-- The exit status that a message of the channel ERROR tells; raises when the command was not run
local function exit_status(api, text)
  local ok, outcome = pcall(json.parse, text)
  if not ok then base.raise(api.name .. ".exec: " .. base.quote(text)) end
  if outcome.status == "Success" then return 0 end
  for _, cause in ipairs((outcome.details or {}).causes or {}) do
    if cause.reason == "ExitCode" then return math.tointeger(tonumber(cause.message)) end
  end
  base.raise(api.name .. ".exec: " .. tostring(outcome.message or text))
end

local function converse(api, conn, opts)
  local parts = { [STDOUT] = {}, [STDERR] = {} }
  local deadline = opts.timeout and time() + opts.timeout
  if opts.stdin then send_input(api, conn, opts.stdin) end
  while true do
    local message, late = receive(conn, deadline)
    if late then base.raise(api.name .. ".exec: the command has not ended within " .. opts.timeout .. "s") end
    if not message then base.raise(api.name .. ".exec: the connection ended before the command did") end
    local channel, data = message:byte(), message:sub(2)
    if channel == ERROR then
      return {
        status = exit_status(api, data),
        stdout = table.concat(parts[STDOUT]),
        stderr = table.concat(parts[STDERR]),
      }
    end
    if parts[channel] then table.insert(parts[channel], data) end
  end
end

--- Runs a command in a pod: {status, stdout, stderr}.
-- @param path  of the pod's `exec`
-- @param command  an array of words, or a line for /bin/sh
-- @param opts  container; stdin: text; timeout: seconds
function M.exec(api, path, command, opts)
  local words = type(command) == "table" and command or { "/bin/sh", "-c", command }
  local conn = connect(api, path, {
    { "command", words },
    { "container", opts.container },
    { "stdin", opts.stdin and "true" or nil },
    { "stdout", "true" },
    { "stderr", "true" },
  }, { V5, V4 })
  local ok, result = pcall(converse, api, conn, opts)
  pcall(conn.close, conn)
  if not ok then error(result, 0) end
  return result
end

return M
