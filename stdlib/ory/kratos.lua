--- @module assay.ory.kratos
--- @description Ory Kratos identity management. Login, registration, recovery and settings flows, identities, sessions, schemas.
--- @keywords ory, kratos, identity, identities, login, registration, recovery, settings, session, whoami, self-service, schema
--- @quickref M.client(opts) -> client | Client for a Kratos server; opts: {public_url, admin_url}, one of them is enough for its half of the methods
--- @quickref c.sessions:whoami(cookie_or_token) -> session|nil | The session of a Cookie header or a session token; nil when it is not logged in
--- @quickref c.sessions:list(identity_id) -> [session]|nil | Admin: list the sessions of an identity
--- @quickref c.sessions:revoke(identity_id) -> nil | Admin: revoke all sessions of an identity
--- @quickref c.flows:create_login(opts?) -> flow | Start a login flow; opts: {return_to, refresh, login_challenge, aal, type = "browser"|"api"}
--- @quickref c.flows:get_login(flow_id, cookie?) -> flow | Get a login flow
--- @quickref c.flows:get_login_admin(flow_id) -> flow|nil | Get a login flow through the admin address, without its cookie
--- @quickref c.flows:submit_login(flow_id, payload, cookie?) -> {session, session_token?} | Submit a login flow
--- @quickref c.flows:create_registration(opts?) -> flow | Start a registration flow; opts: {return_to, type = "browser"|"api"}
--- @quickref c.flows:get_registration(flow_id, cookie?) -> flow | Get a registration flow
--- @quickref c.flows:submit_registration(flow_id, payload, cookie?) -> {identity, session?} | Submit a registration flow
--- @quickref c.flows:create_recovery(opts?) -> flow | Start a recovery flow; opts: {return_to, type = "browser"|"api"}
--- @quickref c.flows:get_recovery(flow_id, cookie?) -> flow | Get a recovery flow
--- @quickref c.flows:submit_recovery(flow_id, payload, cookie?) -> flow | Submit a recovery flow
--- @quickref c.flows:create_settings(cookie_or_token) -> flow | Start a settings flow of whoever is logged in
--- @quickref c.flows:get_settings(flow_id, cookie?) -> flow | Get a settings flow
--- @quickref c.flows:submit_settings(flow_id, payload, cookie?) -> flow | Submit a settings flow
--- @quickref c.identities:list(opts?) -> [identity] | Admin: list identities, all pages unless opts name one; opts: {per_page, page, page_size, page_token, credentials_identifier}
--- @quickref c.identities:get(id) -> identity|nil | Admin: get an identity
--- @quickref c.identities:create(payload) -> identity | Admin: create an identity: {schema_id, traits, ...}
--- @quickref c.identities:update(id, payload) -> identity | Admin: replace an identity
--- @quickref c.identities:delete(id) -> nil | Admin: delete an identity
--- @quickref c.schemas:list() -> [schema] | List the identity schemas
--- @quickref c.schemas:get(id) -> schema|nil | Get an identity schema
--- @quickref c:whoami(cookie_or_token) -> session|nil | As c.sessions:whoami()
--- @quickref c:list_sessions(identity_id) -> [session]|nil | As c.sessions:list()
--- @quickref c:delete_sessions(identity_id) -> nil | As c.sessions:revoke()
--- @quickref c:create_login_flow(opts?) -> flow | As c.flows:create_login()
--- @quickref c:get_login_flow(flow_id, cookie?) -> flow | As c.flows:get_login()
--- @quickref c:submit_login_flow(flow_id, payload, cookie?) -> {session, session_token?} | As c.flows:submit_login()
--- @quickref c:create_registration_flow(opts?) -> flow | As c.flows:create_registration()
--- @quickref c:get_registration_flow(flow_id, cookie?) -> flow | As c.flows:get_registration()
--- @quickref c:submit_registration_flow(flow_id, payload, cookie?) -> {identity, session?} | As c.flows:submit_registration()
--- @quickref c:create_recovery_flow(opts?) -> flow | As c.flows:create_recovery()
--- @quickref c:get_recovery_flow(flow_id, cookie?) -> flow | As c.flows:get_recovery()
--- @quickref c:submit_recovery_flow(flow_id, payload, cookie?) -> flow | As c.flows:submit_recovery()
--- @quickref c:create_settings_flow(cookie_or_token) -> flow | As c.flows:create_settings()
--- @quickref c:get_settings_flow(flow_id, cookie?) -> flow | As c.flows:get_settings()
--- @quickref c:submit_settings_flow(flow_id, payload, cookie?) -> flow | As c.flows:submit_settings()
--- @quickref c:list_identities(opts?) -> [identity] | As c.identities:list()
--- @quickref c:get_identity(id) -> identity|nil | As c.identities:get()
--- @quickref c:create_identity(payload) -> identity | As c.identities:create()
--- @quickref c:update_identity(id, payload) -> identity | As c.identities:update()
--- @quickref c:delete_identity(id) -> nil | As c.identities:delete()
--- @quickref c:list_schemas() -> [schema] | As c.schemas:list()
--- @quickref c:get_schema(id) -> schema|nil | As c.schemas:get()

local base = require("assay.internal.client")
local ory = require("assay.internal.ory")

local M = {}

local OLD_NAMES = {
  whoami = "sessions.whoami",
  list_sessions = "sessions.list",
  delete_sessions = "sessions.revoke",
  create_login_flow = "flows.create_login",
  get_login_flow = "flows.get_login",
  submit_login_flow = "flows.submit_login",
  create_registration_flow = "flows.create_registration",
  get_registration_flow = "flows.get_registration",
  submit_registration_flow = "flows.submit_registration",
  create_recovery_flow = "flows.create_recovery",
  get_recovery_flow = "flows.get_recovery",
  submit_recovery_flow = "flows.submit_recovery",
  create_settings_flow = "flows.create_settings",
  get_settings_flow = "flows.get_settings",
  submit_settings_flow = "flows.submit_settings",
  list_identities = "identities.list",
  get_identity = "identities.get",
  create_identity = "identities.create",
  update_identity = "identities.update",
  delete_identity = "identities.delete",
  list_schemas = "schemas.list",
  get_schema = "schemas.get",
}

-- A Cookie header has a "=" behind each name; a session token has none
local function is_token(credential)
  return credential ~= nil and not credential:find("=", 1, true)
end

-- Without Accept, Kratos would redirect to the pages of the login instead of giving the flow
local function headers_for(credential)
  local headers = { Accept = "application/json", ["Content-Type"] = "application/json" }
  if credential == "" then credential = nil end
  if credential ~= nil then headers[is_token(credential) and "X-Session-Token" or "Cookie"] = credential end
  return headers
end

function M.client(opts)
  opts = opts or {}
  local public = ory.api("kratos", opts.public_url, "public_url")
  local admin = ory.api("kratos", opts.admin_url, "admin_url")

  local c = {
    public_url = opts.public_url and base.trim_url(opts.public_url),
    admin_url = opts.admin_url and base.trim_url(opts.admin_url),
    sessions = {},
    flows = {},
    identities = {},
    schemas = {},
  }

  -- Sessions

  function c.sessions:whoami(cookie_or_token)
    local response = public:fetch("GET", "/sessions/whoami", nil, { headers = headers_for(cookie_or_token) })
    if response.status == 401 then return nil end
    if response.status ~= 200 then public:fail("GET /sessions/whoami", response) end
    return public:decode("GET", "GET /sessions/whoami", response)
  end

  function c.sessions:list(identity_id)
    return ory.list(admin, base.path("/admin/identities/%s/sessions", identity_id))
  end

  function c.sessions:revoke(identity_id)
    admin:delete(base.path("/admin/identities/%s/sessions", identity_id), { ok = { 200, 204 } })
  end

  -- Flows

  local function create_flow(kind, query, type, credential)
    return public:get("/self-service/" .. kind .. "/" .. (type or "browser"), {
      query = query,
      headers = headers_for(credential),
    })
  end

  local function get_flow(kind, flow_id, cookie)
    return public:get("/self-service/" .. kind .. "/flows", {
      query = { { "id", flow_id } },
      headers = headers_for(cookie),
    })
  end

  -- 422 is an answer too: it tells the browser where to go on
  local function submit_flow(kind, flow_id, payload, cookie)
    return public:post("/self-service/" .. kind, payload, {
      query = { { "flow", flow_id } },
      headers = headers_for(cookie),
      ok = { 200, 201, 422 },
    })
  end

  function c.flows:create_login(options)
    options = options or {}
    return create_flow("login", {
      { "return_to", options.return_to },
      { "refresh", options.refresh },
      { "login_challenge", options.login_challenge },
      { "aal", options.aal },
    }, options.type)
  end

  function c.flows:get_login(flow_id, cookie) return get_flow("login", flow_id, cookie) end

  function c.flows:get_login_admin(flow_id)
    return admin:get("/admin/self-service/login/flows", {
      query = { { "id", flow_id } },
      missing_ok = true,
    })
  end

  function c.flows:submit_login(flow_id, payload, cookie)
    return submit_flow("login", flow_id, payload, cookie)
  end

  function c.flows:create_registration(options)
    options = options or {}
    return create_flow("registration", { { "return_to", options.return_to } }, options.type)
  end

  function c.flows:get_registration(flow_id, cookie) return get_flow("registration", flow_id, cookie) end

  function c.flows:submit_registration(flow_id, payload, cookie)
    return submit_flow("registration", flow_id, payload, cookie)
  end

  function c.flows:create_recovery(options)
    options = options or {}
    return create_flow("recovery", { { "return_to", options.return_to } }, options.type)
  end

  function c.flows:get_recovery(flow_id, cookie) return get_flow("recovery", flow_id, cookie) end

  function c.flows:submit_recovery(flow_id, payload, cookie)
    return submit_flow("recovery", flow_id, payload, cookie)
  end

  function c.flows:create_settings(cookie_or_token)
    local type = is_token(cookie_or_token) and "api" or "browser"
    return create_flow("settings", nil, type, cookie_or_token)
  end

  function c.flows:get_settings(flow_id, cookie) return get_flow("settings", flow_id, cookie) end

  function c.flows:submit_settings(flow_id, payload, cookie)
    return submit_flow("settings", flow_id, payload, cookie)
  end

  -- Identities

  function c.identities:list(options)
    options = options or {}
    local one_page = options.per_page or options.page or options.page_size or options.page_token
    return ory.list(admin, "/admin/identities", {
      { "per_page", options.per_page },
      { "page", options.page },
      { "page_size", options.page_size },
      { "page_token", options.page_token },
      { "credentials_identifier", options.credentials_identifier },
    }, one_page)
  end

  function c.identities:get(id)
    return admin:get(base.path("/admin/identities/%s", id), { missing_ok = true })
  end

  function c.identities:create(payload)
    return admin:post("/admin/identities", payload, { ok = { 200, 201 } })
  end

  function c.identities:update(id, payload)
    return admin:put(base.path("/admin/identities/%s", id), payload)
  end

  function c.identities:delete(id)
    admin:delete(base.path("/admin/identities/%s", id), { ok = { 200, 204 } })
  end

  -- Schemas

  function c.schemas:list() return ory.list(public, "/schemas") end

  function c.schemas:get(id)
    return public:get(base.path("/schemas/%s", id), { missing_ok = true })
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
