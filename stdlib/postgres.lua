--- @module assay.postgres
--- @description PostgreSQL database helpers. User/database management, grants, Vault integration.
--- @keywords postgres, postgresql, database, sql, user, role, grant, privileges, vault, credentials
--- @quickref M.client(host, port, username, password, database?) -> client | Connect to a server; port is 5432 and database "postgres" by default
--- @quickref M.client_url(url) -> client | Connect to a postgres:// URL
--- @quickref M.client_from_vault(vault_client, vault_path, host, port?) -> client | Connect with credentials from Vault's KV mount "secrets": username, password, database?
--- @quickref c.queries:query(sql, params?) -> [row] | Run a query with $1, $2, … for the parameters
--- @quickref c.queries:execute(sql, params?) -> number | Run a statement and give the number of affected rows
--- @quickref c:close() -> nil | Close the connection
--- @quickref c.users:exists(username) -> bool | Whether a role exists
--- @quickref c.users:ensure(username, password, opts?) -> bool | Create a user unless it exists, and tell whether it was created; opts: {createdb, superuser}
--- @quickref c.databases:exists(name) -> bool | Whether a database exists
--- @quickref c.databases:ensure(name, owner?) -> bool | Create a database unless it exists, and tell whether it was created
--- @quickref c.databases:grant(name, username, privileges?) -> nil | Grant privileges on a database, "ALL PRIVILEGES" by default
--- @quickref c:query(sql, params?) -> [row] | As c.queries:query()
--- @quickref c:execute(sql, params?) -> number | As c.queries:execute()
--- @quickref c:user_exists(username) -> bool | As c.users:exists()
--- @quickref c:ensure_user(username, password, opts?) -> bool | As c.users:ensure()
--- @quickref c:database_exists(name) -> bool | As c.databases:exists()
--- @quickref c:ensure_database(name, owner?) -> bool | As c.databases:ensure()
--- @quickref c:grant(name, username, privileges?) -> nil | As c.databases:grant()

local base = require("assay.internal.client")

local M = {}

--- The KV mount that client_from_vault reads.
local VAULT_MOUNT = "secrets"

local OLD_NAMES = {
  query = "queries.query",
  execute = "queries.execute",
  user_exists = "users.exists",
  ensure_user = "users.ensure",
  database_exists = "databases.exists",
  ensure_database = "databases.ensure",
  grant = "databases.grant",
}

--- A name in SQL: my"db is "my""db".
function M._quote_ident(name)
  return '"' .. tostring(name):gsub('"', '""') .. '"'
end

--- A text in SQL: it's is 'it''s'.
function M._quote_literal(text)
  local quoted = "'" .. tostring(text):gsub("'", "''") .. "'"
  -- A backslash means itself only where standard_conforming_strings is on; with E it is doubled everywhere
  if quoted:find("\\", 1, true) then quoted = "E" .. quoted:gsub("\\", "\\\\") end
  return quoted
end

-- duplicate_object, duplicate_database, and unique_violation of two sessions at the same moment
local EXISTS = { "SQLSTATE 42710", "SQLSTATE 42P04", "SQLSTATE 23505" }

-- Runs a statement that creates something; false where another session has been quicker
local function create(c, sql)
  local ok, problem = pcall(c.queries.execute, c.queries, sql)
  if ok then return true end
  local message = base.message(problem)
  for _, state in ipairs(EXISTS) do
    if message:find(state, 1, true) then return false end
  end
  base.raise(message)
end

local function new_client(url)
  local connection = db.connect(url)
  local c = { queries = {}, users = {}, databases = {} }

  function c.queries:query(sql, params)
    return db.query(connection, sql, params)
  end

  function c.queries:execute(sql, params)
    return db.execute(connection, sql, params)
  end

  function c:close()
    db.close(connection)
  end

  function c.users:exists(username)
    return #c.queries:query("SELECT 1 FROM pg_roles WHERE rolname = $1", { username }) > 0
  end

  function c.users:ensure(username, password, opts)
    if c.users:exists(username) then return false end
    opts = opts or {}
    local sql = "CREATE USER " .. M._quote_ident(username) .. " WITH PASSWORD " .. M._quote_literal(password)
    if opts.createdb then sql = sql .. " CREATEDB" end
    if opts.superuser then sql = sql .. " SUPERUSER" end
    return create(c, sql)
  end

  function c.databases:exists(name)
    return #c.queries:query("SELECT 1 FROM pg_database WHERE datname = $1", { name }) > 0
  end

  function c.databases:ensure(name, owner)
    if c.databases:exists(name) then return false end
    local sql = "CREATE DATABASE " .. M._quote_ident(name)
    if owner then sql = sql .. " OWNER " .. M._quote_ident(owner) end
    return create(c, sql)
  end

  function c.databases:grant(name, username, privileges)
    privileges = privileges or "ALL PRIVILEGES"
    -- They are SQL's own words, which cannot be quoted
    if not privileges:find("^[%a%s,]+$") then
      base.raise("postgres: privileges must be words such as 'CONNECT, CREATE', got '" .. privileges .. "'")
    end
    c.queries:execute(
      "GRANT " .. privileges .. " ON DATABASE " .. M._quote_ident(name) .. " TO " .. M._quote_ident(username)
    )
  end

  return base.with_old_names(c, OLD_NAMES)
end

function M.client_url(url)
  return new_client(url)
end

function M.client(host, port, username, password, database)
  if type(host) ~= "string" or host == "" then base.raise("postgres.client: host is required") end
  if not username then base.raise("postgres.client: username is required") end
  local query = ""
  if host:sub(1, 1) == "/" then
    -- The folder of a Unix socket
    host, query = "localhost", "?host=" .. base.encode(host)
  elseif host:find(":", 1, true) and host:sub(1, 1) ~= "[" then
    host = "[" .. host .. "]"
  end
  return new_client("postgres://" .. base.encode(username) .. ":" .. base.encode(password or "")
    .. "@" .. host .. ":" .. base.encode(port or 5432) .. "/" .. base.encode(database or "postgres") .. query)
end

function M.client_from_vault(vault_client, vault_path, host, port)
  local secret
  if vault_client.kv then
    secret = vault_client.kv:get(VAULT_MOUNT, vault_path)
  else
    secret = vault_client:kv_get(VAULT_MOUNT, vault_path)
  end
  local place = " at " .. VAULT_MOUNT .. "/" .. tostring(vault_path)
  if not secret then base.raise("postgres.client_from_vault: no secret" .. place) end
  if not secret.data then base.raise("postgres.client_from_vault: no data" .. place) end
  for _, field in ipairs({ "username", "password" }) do
    if not secret.data[field] then base.raise("postgres.client_from_vault: no " .. field .. place) end
  end
  local data = secret.data
  return M.client(host, port, data.username, data.password, data.database)
end

return M
