--- @module assay.ory.hydra
--- @description Ory Hydra OAuth2 and OpenID Connect server. Clients, tokens, login, consent and logout challenges, discovery.
--- @keywords ory, hydra, oauth2, oidc, openid, client, token, authorize, login, consent, logout, challenge, introspect, jwks
--- @quickref M.client(opts) -> client | Client for a Hydra server; opts: {public_url, admin_url}, one of them is enough for its half of the methods
--- @quickref c.clients:list(opts?) -> [client] | Admin: list OAuth2 clients, all pages unless opts name one; opts: {page_size, page_token, client_name, owner}
--- @quickref c.clients:get(id) -> client|nil | Admin: get an OAuth2 client
--- @quickref c.clients:create(payload) -> client | Admin: create an OAuth2 client
--- @quickref c.clients:update(id, payload) -> client | Admin: replace an OAuth2 client
--- @quickref c.clients:delete(id) -> nil | Admin: delete an OAuth2 client
--- @quickref c.oauth2:authorize_url(client_id, opts?) -> string | Build an authorization URL; opts: {redirect_uri, scope = "openid profile email", response_type = "code", state, nonce, extra}
--- @quickref c.oauth2:exchange_code(opts) -> {access_token, id_token?, refresh_token?, expires_in} | Exchange a code for tokens; opts: {code, redirect_uri, client_id, client_secret, code_verifier?}
--- @quickref c.oauth2:refresh_token(client_id, client_secret, refresh_token) -> tokens | Refresh an access token
--- @quickref c.oauth2:introspect(token) -> {active, sub, scope, ...} | Admin: what is known of a token
--- @quickref c.oauth2:revoke_token(client_id, client_secret, token) -> nil | Revoke a token
--- @quickref c.login:get(challenge) -> {challenge, subject, client, ...} | Admin: get a pending login challenge
--- @quickref c.login:accept(challenge, subject, opts?) -> {redirect_to} | Admin: accept a login challenge; opts: {remember, remember_for, acr, amr, context}
--- @quickref c.login:reject(challenge, error?) -> {redirect_to} | Admin: reject a login challenge; error: {error = "access_denied", error_description?}
--- @quickref c.consent:get(challenge) -> {challenge, subject, requested_scope, ...} | Admin: get a pending consent challenge
--- @quickref c.consent:accept(challenge, opts?) -> {redirect_to} | Admin: accept a consent challenge; opts: {grant_scope = {"openid", "profile", "email"}, grant_access_token_audience, remember, remember_for, session}
--- @quickref c.consent:reject(challenge, error?) -> {redirect_to} | Admin: reject a consent challenge; error as for login
--- @quickref c.logout:get(challenge) -> {request_url, rp_initiated, sid, subject, client} | Admin: get a pending logout challenge
--- @quickref c.logout:accept(challenge) -> {redirect_to} | Admin: accept a logout challenge
--- @quickref c.logout:reject(challenge) -> nil | Admin: reject a logout challenge
--- @quickref c.discovery:openid_config() -> {issuer, authorization_endpoint, ...} | The OpenID Connect discovery document
--- @quickref c.discovery:jwks() -> {keys} | The JSON Web Key Set
--- @quickref c:list_clients(opts?) -> [client] | As c.clients:list()
--- @quickref c:get_client(id) -> client|nil | As c.clients:get()
--- @quickref c:create_client(payload) -> client | As c.clients:create()
--- @quickref c:update_client(id, payload) -> client | As c.clients:update()
--- @quickref c:delete_client(id) -> nil | As c.clients:delete()
--- @quickref c:build_authorize_url(client_id, opts?) -> string | As c.oauth2:authorize_url()
--- @quickref c:exchange_code(opts) -> tokens | As c.oauth2:exchange_code()
--- @quickref c:refresh_token(client_id, client_secret, refresh_token) -> tokens | As c.oauth2:refresh_token()
--- @quickref c:introspect(token) -> {active, sub, scope, ...} | As c.oauth2:introspect()
--- @quickref c:revoke_token(client_id, client_secret, token) -> nil | As c.oauth2:revoke_token()
--- @quickref c:get_login_request(challenge) -> {challenge, subject, client, ...} | As c.login:get()
--- @quickref c:accept_login(challenge, subject, opts?) -> {redirect_to} | As c.login:accept()
--- @quickref c:reject_login(challenge, error?) -> {redirect_to} | As c.login:reject()
--- @quickref c:get_consent_request(challenge) -> {challenge, subject, requested_scope, ...} | As c.consent:get()
--- @quickref c:accept_consent(challenge, opts?) -> {redirect_to} | As c.consent:accept()
--- @quickref c:reject_consent(challenge, error?) -> {redirect_to} | As c.consent:reject()
--- @quickref c:get_logout_request(challenge) -> {request_url, ...} | As c.logout:get()
--- @quickref c:accept_logout(challenge) -> {redirect_to} | As c.logout:accept()
--- @quickref c:reject_logout(challenge) -> nil | As c.logout:reject()
--- @quickref c:well_known() -> {issuer, ...} | As c.discovery:openid_config()
--- @quickref c:jwks() -> {keys} | As c.discovery:jwks()

local base = require("assay.internal.client")
local ory = require("assay.internal.ory")

local M = {}

local OLD_NAMES = {
  list_clients = "clients.list",
  get_client = "clients.get",
  create_client = "clients.create",
  update_client = "clients.update",
  delete_client = "clients.delete",
  build_authorize_url = "oauth2.authorize_url",
  exchange_code = "oauth2.exchange_code",
  refresh_token = "oauth2.refresh_token",
  introspect = "oauth2.introspect",
  revoke_token = "oauth2.revoke_token",
  get_login_request = "login.get",
  accept_login = "login.accept",
  reject_login = "login.reject",
  get_consent_request = "consent.get",
  accept_consent = "consent.accept",
  reject_consent = "consent.reject",
  get_logout_request = "logout.get",
  accept_logout = "logout.accept",
  reject_logout = "logout.reject",
  well_known = "discovery.openid_config",
  jwks = "discovery.jwks",
}

local FORM_HEADERS = {
  ["Content-Type"] = "application/x-www-form-urlencoded",
  Accept = "application/json",
}

-- application/x-www-form-urlencoded
local function form(pairs_in_order)
  return (base.query(pairs_in_order):gsub("^%?", ""))
end

local function rejection(err)
  if type(err) == "string" then return { error = err } end
  return err or { error = "access_denied" }
end

function M.client(opts)
  opts = opts or {}
  local public = ory.api("hydra", opts.public_url, "public_url")
  local admin = ory.api("hydra", opts.admin_url, "admin_url")

  local c = {
    public_url = opts.public_url and base.trim_url(opts.public_url),
    admin_url = opts.admin_url and base.trim_url(opts.admin_url),
    clients = {},
    oauth2 = {},
    login = {},
    consent = {},
    logout = {},
    discovery = {},
  }

  -- Clients

  function c.clients:list(options)
    options = options or {}
    return ory.list(admin, "/admin/clients", {
      { "page_size", options.page_size },
      { "page_token", options.page_token },
      { "client_name", options.client_name },
      { "owner", options.owner },
    }, options.page_size or options.page_token)
  end

  function c.clients:get(id)
    return admin:get(base.path("/admin/clients/%s", id), { missing_ok = true })
  end

  function c.clients:create(payload)
    return admin:post("/admin/clients", payload, { ok = { 200, 201 } })
  end

  function c.clients:update(id, payload)
    local body = ory.copy(payload)
    body.client_id = id
    return admin:put(base.path("/admin/clients/%s", id), body)
  end

  function c.clients:delete(id)
    admin:delete(base.path("/admin/clients/%s", id), { ok = { 200, 204 } })
  end

  -- OAuth2

  function c.oauth2:authorize_url(client_id, options)
    options = options or {}
    local query = {
      { "client_id", client_id },
      { "response_type", options.response_type or "code" },
      { "scope", options.scope or "openid profile email" },
      { "redirect_uri", options.redirect_uri },
      { "state", options.state },
      { "nonce", options.nonce },
    }
    local names = {}
    for name in pairs(options.extra or {}) do names[#names + 1] = name end
    table.sort(names)
    for _, name in ipairs(names) do query[#query + 1] = { name, options.extra[name] } end
    return public.url .. "/oauth2/auth" .. base.query(query)
  end

  local function post_form(api, path, fields)
    return api:post(path, form(fields), { headers = FORM_HEADERS })
  end

  function c.oauth2:exchange_code(options)
    return post_form(public, "/oauth2/token", {
      { "grant_type", "authorization_code" },
      { "code", options.code },
      { "redirect_uri", options.redirect_uri },
      { "client_id", options.client_id },
      { "client_secret", options.client_secret },
      { "code_verifier", options.code_verifier },
    })
  end

  function c.oauth2:refresh_token(client_id, client_secret, refresh_token)
    return post_form(public, "/oauth2/token", {
      { "grant_type", "refresh_token" },
      { "refresh_token", refresh_token },
      { "client_id", client_id },
      { "client_secret", client_secret },
    })
  end

  function c.oauth2:introspect(token)
    return post_form(admin, "/admin/oauth2/introspect", { { "token", token } })
  end

  function c.oauth2:revoke_token(client_id, client_secret, token)
    post_form(public, "/oauth2/revoke", {
      { "token", token },
      { "client_id", client_id },
      { "client_secret", client_secret },
    })
  end

  -- Challenges

  local function get_request(kind, challenge)
    return admin:get("/admin/oauth2/auth/requests/" .. kind, {
      query = { { kind .. "_challenge", challenge } },
    })
  end

  local function answer_request(kind, answer, challenge, body)
    return admin:put("/admin/oauth2/auth/requests/" .. kind .. "/" .. answer, body, {
      query = { { kind .. "_challenge", challenge } },
      ok = { 200, 204 },
    })
  end

  function c.login:get(challenge) return get_request("login", challenge) end

  function c.login:accept(challenge, subject, options)
    local body = ory.copy(options)
    body.subject = subject
    body.amr = ory.array(body.amr)
    return answer_request("login", "accept", challenge, body)
  end

  function c.login:reject(challenge, err)
    return answer_request("login", "reject", challenge, rejection(err))
  end

  function c.consent:get(challenge) return get_request("consent", challenge) end

  function c.consent:accept(challenge, options)
    local body = ory.copy(options)
    body.grant_scope = ory.array(body.grant_scope or { "openid", "profile", "email" })
    body.grant_access_token_audience = ory.array(body.grant_access_token_audience or {})
    return answer_request("consent", "accept", challenge, body)
  end

  function c.consent:reject(challenge, err)
    return answer_request("consent", "reject", challenge, rejection(err))
  end

  function c.logout:get(challenge) return get_request("logout", challenge) end

  function c.logout:accept(challenge) return answer_request("logout", "accept", challenge, {}) end

  function c.logout:reject(challenge)
    answer_request("logout", "reject", challenge, {})
  end

  -- Discovery

  function c.discovery:openid_config() return public:get("/.well-known/openid-configuration") end

  function c.discovery:jwks() return public:get("/.well-known/jwks.json") end

  return base.with_old_names(c, OLD_NAMES)
end

return M
