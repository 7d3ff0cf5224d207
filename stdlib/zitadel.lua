--- @module assay.zitadel
--- @description Zitadel OIDC identity management. Projects, OIDC apps, IdPs, users, login policies.
--- @keywords zitadel, oidc, identity, sso, projects, applications, idp, google, users, login policy, jwt, machine key
--- @quickref M.client(opts) -> client | Client for Zitadel; opts: {url, domain} and machine_key, machine_key_file or token
--- @quickref c.domains:ensure_primary(domain) -> bool | Make a domain the organization's primary one
--- @quickref c.projects:find(name) -> project|nil | Find a project by exact name
--- @quickref c.projects:create(name, opts?) -> project | Create a project; opts: {projectRoleAssertion}
--- @quickref c.projects:ensure(name, opts?) -> project | Create a project unless it exists
--- @quickref c.apps:find(project_id, name) -> app|nil | Find an app of a project by exact name
--- @quickref c.apps:create_oidc(project_id, opts) -> app | Create an OIDC app; opts: {name, subdomain, callbackPath, redirectUris, grantTypes, ...}
--- @quickref c.apps:ensure_oidc(project_id, opts) -> app | Create an OIDC app unless it exists
--- @quickref c.idps:find(name) -> idp|nil | Find an identity provider by name
--- @quickref c.idps:ensure_google(opts) -> idp_id|nil | Create the Google IdP unless it exists; opts: {clientId, clientSecret, scopes, providerOptions}
--- @quickref c.idps:ensure_oidc(opts) -> idp_id|nil | Create or update a generic OIDC IdP; opts: {name, clientId, clientSecret, issuer, scopes, ...}
--- @quickref c.idps:add_to_login_policy(idp_id) -> bool | Offer an IdP at login
--- @quickref c.users:search(query) -> [user] | Search users by a query table, all pages unless it has {limit or offset}
--- @quickref c.users:update_email(user_id, email) -> bool | Set a user's e-mail address, as verified
--- @quickref c.login_policy:get() -> policy|nil | The login policy
--- @quickref c.login_policy:update(policy) -> bool | Replace the login policy
--- @quickref c.login_policy:disable_password() -> bool | Allow login by external IdPs only
--- @quickref c:ensure_primary_domain(domain) -> bool | As c.domains:ensure_primary()
--- @quickref c:find_project(name) -> project|nil | As c.projects:find()
--- @quickref c:create_project(name, opts?) -> project | As c.projects:create()
--- @quickref c:ensure_project(name, opts?) -> project | As c.projects:ensure()
--- @quickref c:find_app(project_id, name) -> app|nil | As c.apps:find()
--- @quickref c:create_oidc_app(project_id, opts) -> app | As c.apps:create_oidc()
--- @quickref c:ensure_oidc_app(project_id, opts) -> app | As c.apps:ensure_oidc()
--- @quickref c:find_idp(name) -> idp|nil | As c.idps:find()
--- @quickref c:ensure_google_idp(opts) -> idp_id|nil | As c.idps:ensure_google()
--- @quickref c:ensure_oidc_idp(opts) -> idp_id|nil | As c.idps:ensure_oidc()
--- @quickref c:add_idp_to_login_policy(idp_id) -> bool | As c.idps:add_to_login_policy()
--- @quickref c:search_users(query) -> [user] | As c.users:search()
--- @quickref c:update_user_email(user_id, email) -> bool | As c.users:update_email()
--- @quickref c:get_login_policy() -> policy|nil | As c.login_policy:get()
--- @quickref c:update_login_policy(policy) -> bool | As c.login_policy:update()
--- @quickref c:disable_password_login() -> bool | As c.login_policy:disable_password()

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  ensure_primary_domain = "domains.ensure_primary",
  find_project = "projects.find",
  create_project = "projects.create",
  ensure_project = "projects.ensure",
  find_app = "apps.find",
  create_oidc_app = "apps.create_oidc",
  ensure_oidc_app = "apps.ensure_oidc",
  find_idp = "idps.find",
  ensure_google_idp = "idps.ensure_google",
  ensure_oidc_idp = "idps.ensure_oidc",
  add_idp_to_login_policy = "idps.add_to_login_policy",
  search_users = "users.search",
  update_user_email = "users.update_email",
  get_login_policy = "login_policy.get",
  update_login_policy = "login_policy.update",
  disable_password_login = "login_policy.disable_password",
}

--- Seconds that the assertion of a login counts.
local ASSERTION_LIFETIME = 300

local SCOPE = "openid urn:zitadel:iam:org:project:id:zitadel:aud"
local IDP_SCOPES = { "openid", "email", "profile" }
local BY_NAME = "TEXT_QUERY_METHOD_EQUALS"

--- Gives up after as many pages of users, as a server may promise more than it has.
local MAX_PAGES = 10000

-- The fields of `values` that are not nil, over those of `defaults`
local function merge(defaults, values)
  local merged = {}
  for field, value in pairs(defaults) do merged[field] = value end
  for field, value in pairs(values or {}) do merged[field] = value end
  return merged
end

-- Login -----------------------------------------------------------------------------------------------------

local function read_machine_key(opts)
  local key = opts.machine_key
  if not key then
    local ok, content = pcall(fs.read, opts.machine_key_file)
    if not ok then base.raise("zitadel.client: " .. base.message(content)) end
    key = content
  end
  if type(key) == "string" then
    local ok, parsed = pcall(json.parse, key)
    -- The parser's message would quote the key
    if not ok then base.raise("zitadel.client: the machine key is not JSON") end
    key = parsed
  end
  if type(key) ~= "table" or not (key.userId and key.key and key.keyId) then
    base.raise("zitadel.client: the machine key must have userId, key and keyId, as Zitadel's console gives it")
  end
  return key
end

-- Exchanges a machine key for an access token (RFC 7523)
local function log_in(url, host, key)
  local now = math.floor(time())
  local assertion = crypto.jwt_sign({
    iss = key.userId,
    sub = key.userId,
    aud = "https://" .. host,
    iat = now,
    exp = now + ASSERTION_LIFETIME,
  }, key.key, "RS256", { kid = key.keyId })
  local form = base.query({
    { "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer" },
    { "scope", SCOPE },
    { "assertion", assertion },
  }):sub(2)
  local response, problem = base.send("POST", url .. "/oauth/v2/token", form, {
    ["Content-Type"] = "application/x-www-form-urlencoded",
    Host = host,
  })
  if not response then base.raise("zitadel: token exchange failed: " .. problem) end
  local ok, body = pcall(json.parse, response.body)
  if response.status ~= 200 or not ok or type(body) ~= "table" or not body.access_token then
    -- A body of status 200 may hold a token under another name
    local shown = response.status == 200 and "no access_token in the response" or base.quote(response.body)
    base.raise("zitadel: token exchange failed (HTTP " .. response.status .. "): " .. shown)
  end
  return body.access_token
end

-- Requests --------------------------------------------------------------------------------------------------

-- What the groups of methods share
local function requests(c)
  local api = base.new("zitadel", c.url, {
    headers = {
      ["Content-Type"] = "application/json",
      Authorization = "Bearer " .. c.access_token,
      Host = c.host_header,
    },
  })
  local r = {}

  -- The response whatever its status; its body must be JSON only where it is decoded
  function r.call(method, path, body)
    if body == nil and method ~= "GET" then body = {} end
    local response = api:fetch(method, path, body)
    return response, response.status
  end

  function r.decode(response, method, path)
    return api:decode(method, method .. " " .. path, response) or {}
  end

  -- The decoded body of a request, or nil after a warning that says what could not be done
  function r.try(purpose, method, path, body)
    local response, status = r.call(method, path, body)
    if status == 200 or status == 201 then return r.decode(response, method, path) end
    r.warn(purpose, response)
    return nil, status
  end

  function r.warn(purpose, response)
    log.warn("zitadel: cannot " .. purpose .. " (HTTP " .. response.status .. "): " .. base.quote(response.body))
  end

  return r
end

local function domains_api(c, r)
  c.domains = {}

  function c.domains:ensure_primary(domain)
    local purpose = "make " .. tostring(domain) .. " the primary domain"
    local path = "/admin/v1/orgs/me/domains"
    local found = r.try(purpose, "GET", path)
    for _, known in ipairs(found and found.result or {}) do
      if known.domainName == domain and known.isPrimary then return true end
    end
    local added, status = r.call("POST", path, { domain = domain })
    if status ~= 200 and status ~= 201 and status ~= 409 then
      r.warn(purpose, added)
      return false
    end
    return r.try(purpose, "POST", path .. base.path("/%s/_set_primary", domain)) ~= nil
  end
end

local function projects_api(c, r)
  c.projects = {}

  function c.projects:find(name)
    local found = r.try("search projects", "POST", "/management/v1/projects/_search", {
      queries = { { nameQuery = { name = name, method = BY_NAME } } },
    })
    return found and found.result and found.result[1]
  end

  function c.projects:create(name, opts)
    local path = "/management/v1/projects"
    local response, status = r.call("POST", path, {
      name = name,
      projectRoleAssertion = (opts or {}).projectRoleAssertion,
    })
    if status ~= 200 and status ~= 201 then
      base.raise("zitadel: failed to create project '" .. tostring(name) .. "' (HTTP " .. status .. "): "
        .. base.quote(response.body))
    end
    return r.decode(response, "POST", path)
  end

  function c.projects:ensure(name, opts)
    return c.projects:find(name) or c.projects:create(name, opts)
  end
end

local function oidc_app(c, opts)
  local site = "https://" .. tostring(opts.subdomain) .. "." .. c.domain
  if not opts.redirectUris and not (opts.subdomain and opts.callbackPath) then
    base.raise("zitadel: an OIDC app needs redirectUris, or subdomain and callbackPath")
  end
  local app = merge({
    redirectUris = { site .. tostring(opts.callbackPath) },
    postLogoutRedirectUris = opts.subdomain and { site .. "/" } or nil,
    responseTypes = { "OIDC_RESPONSE_TYPE_CODE" },
    grantTypes = { "OIDC_GRANT_TYPE_AUTHORIZATION_CODE", "OIDC_GRANT_TYPE_REFRESH_TOKEN" },
    appType = "OIDC_APP_TYPE_WEB",
    authMethodType = "OIDC_AUTH_METHOD_TYPE_BASIC",
    accessTokenType = "OIDC_TOKEN_TYPE_BEARER",
    accessTokenRoleAssertion = true,
    idTokenRoleAssertion = true,
    idTokenUserinfoAssertion = true,
    devMode = false,
    clockSkew = "0s",
  }, opts)
  app.subdomain, app.callbackPath = nil, nil
  return app
end

local function apps_api(c, r)
  c.apps = {}

  function c.apps:find(project_id, name)
    local path = base.path("/management/v1/projects/%s/apps/_search", project_id)
    local query = { limit = 100 }
    local response, status = r.call("POST", path, {
      query = query,
      queries = { { nameQuery = { name = name, method = BY_NAME } } },
    })
    -- Some versions refuse the query by name
    if status ~= 200 then response, status = r.call("POST", path, { query = query }) end
    if status ~= 200 then
      r.warn("search apps", response)
      return nil
    end
    for _, app in ipairs(r.decode(response, "POST", path).result or {}) do
      if app.name == name then return app end
    end
  end

  function c.apps:create_oidc(project_id, opts)
    local path = base.path("/management/v1/projects/%s/apps/oidc", project_id)
    local response, status = r.call("POST", path, oidc_app(c, opts))
    if status == 200 or status == 201 then return r.decode(response, "POST", path) end
    if status == 409 then return c.apps:find(project_id, opts.name) or { id = "existing", name = opts.name } end
    base.raise("zitadel: failed to create OIDC app '" .. tostring(opts.name) .. "' (HTTP " .. status .. "): "
      .. base.quote(response.body))
  end

  function c.apps:ensure_oidc(project_id, opts)
    return c.apps:find(project_id, opts.name) or c.apps:create_oidc(project_id, opts)
  end
end

local function provider_options(given, more)
  return merge(merge({
    isLinkingAllowed = true,
    isCreationAllowed = true,
    isAutoCreation = true,
    isAutoUpdate = true,
  }, more), given)
end

local function idps_api(c, r)
  c.idps = {}

  function c.idps:find(name)
    local found = r.try("search identity providers", "POST", "/admin/v1/idps/templates/_search", {
      queries = { { idpNameQuery = { name = name, method = BY_NAME } } },
    })
    return found and found.result and found.result[1]
  end

  function c.idps:ensure_google(opts)
    local name = opts.name or "Google"
    local existing = c.idps:find(name)
    if existing then return existing.id end
    local created = r.try("create the identity provider " .. name, "POST", "/admin/v1/idps/google", {
      name = name,
      clientId = opts.clientId,
      clientSecret = opts.clientSecret,
      scopes = opts.scopes or IDP_SCOPES,
      providerOptions = provider_options(opts.providerOptions),
    })
    return created and created.id
  end

  function c.idps:ensure_oidc(opts)
    local idp = merge({ scopes = IDP_SCOPES, isIdTokenMapping = true }, opts)
    idp.providerOptions = provider_options(opts.providerOptions, { autoLinking = "AUTO_LINKING_OPTION_EMAIL" })
    local path = "/admin/v1/idps/generic_oidc"
    local existing = c.idps:find(opts.name)
    if existing then
      r.try("update the identity provider " .. opts.name, "PUT", path .. base.path("/%s", existing.id), idp)
      return existing.id
    end
    local created = r.try("create the identity provider " .. tostring(opts.name), "POST", path, idp)
    return created and created.id
  end

  function c.idps:add_to_login_policy(idp_id)
    local response, status = r.call("POST", "/admin/v1/policies/login/idps", {
      idpId = idp_id,
      ownerType = "IDPOWNERTYPE_SYSTEM",
    })
    if status == 200 or status == 201 or status == 409 then return true end
    r.warn("add an identity provider to the login policy", response)
    return false
  end
end

local function users_api(c, r)
  c.users = {}

  function c.users:search(query)
    local request = merge({}, query)
    local page = request.query or {}
    local one_page = page.limit ~= nil or page.offset ~= nil
    local users = json.array()
    for _ = 1, MAX_PAGES do
      local found = r.try("search users", "POST", "/management/v1/users/_search", request)
      local result = found and found.result or {}
      for _, user in ipairs(result) do users[#users + 1] = user end
      -- 64-bit numbers are strings in Zitadel's JSON
      local total = found and found.details and tonumber(found.details.totalResult) or 0
      if one_page or #result == 0 or #users >= total then break end
      request.query = merge(page, { offset = tostring(#users) })
    end
    return users
  end

  function c.users:update_email(user_id, email)
    return r.try("set a user's e-mail address", "PUT", base.path("/management/v1/users/%s/email", user_id), {
      email = email,
      isEmailVerified = true,
    }) ~= nil
  end
end

local function login_policy_api(c, r)
  local path = "/admin/v1/policies/login"
  c.login_policy = {}

  function c.login_policy:get()
    local found = r.try("read the login policy", "GET", path)
    return found and found.policy
  end

  function c.login_policy:update(policy)
    return r.try("update the login policy", "PUT", path, policy) ~= nil
  end

  function c.login_policy:disable_password()
    local policy = c.login_policy:get()
    if not policy then return false end
    -- False fields are absent from Zitadel's JSON
    if not policy.allowUsernamePassword then return true end
    return c.login_policy:update(merge(policy, {
      allowUsernamePassword = false,
      allowExternalIdp = true,
      hidePasswordReset = true,
      passwordlessType = policy.passwordlessType or "PASSWORDLESS_TYPE_NOT_ALLOWED",
    }))
  end
end

function M.client(opts)
  opts = opts or {}
  if not opts.url then base.raise("zitadel.client: url is required") end
  if not opts.domain then base.raise("zitadel.client: domain is required") end
  if not (opts.token or opts.machine_key or opts.machine_key_file) then
    base.raise("zitadel.client: machine_key, machine_key_file or token is required")
  end
  local c = { url = base.trim_url(opts.url), domain = opts.domain, host_header = "auth." .. opts.domain }
  c.access_token = opts.token or log_in(c.url, c.host_header, read_machine_key(opts))

  local r = requests(c)
  domains_api(c, r)
  projects_api(c, r)
  apps_api(c, r)
  idps_api(c, r)
  users_api(c, r)
  login_policy_api(c, r)
  return base.with_old_names(c, OLD_NAMES)
end

return M
