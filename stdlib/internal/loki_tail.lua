--- @module assay.internal.loki_tail
--- @description What Loki streams over WebSockets

local base = require("assay.internal.client")

local M = {}

--- The first message of a stream, decoded; no streams where none comes in time.
-- @param timeout  seconds
function M.first(api, path, query, timeout)
  if not ws then base.raise("loki: GET " .. path .. ": WebSockets may not be used here") end
  local url = api.url:gsub("^[Hh][Tt][Tt][Pp]", "ws") .. path .. base.query(query)
  local connected, conn = pcall(ws.connect, url, {})
  if not connected then base.raise("loki: GET " .. path .. ": " .. base.message(conn)) end
  local ok, message = pcall(conn.read, conn, { timeout = timeout })
  pcall(conn.close, conn)
  if not ok and not tostring(message):find("timed out", 1, true) then
    base.raise("loki: GET " .. path .. ": " .. base.message(message))
  end
  if not ok or not message then return { streams = json.array() } end
  return api:decode("GET", "GET " .. path, { body = message, headers = {} })
end

return M
