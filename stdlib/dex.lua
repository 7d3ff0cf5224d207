--- @module assay.dex
--- @description Dex OIDC identity provider. Discovery, JWKS, health, and configuration validation.
--- @keywords dex, oidc, oauth2, identity, discovery, jwks, scopes, grants, issuer, sso, health
--- @quickref M.client(url) -> client | Client for Dex; url is the issuer's address
--- @quickref c.discovery:config() -> {issuer, authorization_endpoint, token_endpoint, jwks_uri, ...} | The OIDC discovery document
--- @quickref c.discovery:jwks() -> {keys} | The signing keys, from the document's jwks_uri
--- @quickref c.discovery:issuer() -> string | The issuer of the document
--- @quickref c.discovery:has_endpoint(name) -> bool | Whether the document has a field such as "token_endpoint"
--- @quickref c.health:check() -> bool | Whether /healthz answers 200
--- @quickref c.health:ready() -> bool | As c.health:check()
--- @quickref c.scopes:list() -> [string] | List the supported scopes
--- @quickref c.scopes:supports(scope) -> bool | Whether a scope is supported
--- @quickref c.grants:list() -> [string] | List the supported grant types
--- @quickref c.grants:supports(grant_type) -> bool | Whether a grant type is supported
--- @quickref c.grants:response_types() -> [string] | List the supported response types
--- @quickref c:validate_config() -> {ok, errors} | Check issuer, endpoints and jwks_uri of the discovery document
--- @quickref c:admin_version() -> version|nil | The version of the admin API, nil where there is none
--- @quickref M.discovery(url) -> {issuer, ...} | As c.discovery:config()
--- @quickref M.jwks(url) -> {keys} | As c.discovery:jwks()
--- @quickref M.issuer(url) -> string | As c.discovery:issuer()
--- @quickref M.has_endpoint(url, name) -> bool | As c.discovery:has_endpoint()
--- @quickref M.health(url) -> bool | As c.health:check()
--- @quickref M.ready(url) -> bool | As c.health:ready()
--- @quickref M.supported_scopes(url) -> [string] | As c.scopes:list()
--- @quickref M.supports_scope(url, scope) -> bool | As c.scopes:supports()
--- @quickref M.supported_grant_types(url) -> [string] | As c.grants:list()
--- @quickref M.supports_grant_type(url, grant_type) -> bool | As c.grants:supports()
--- @quickref M.supported_response_types(url) -> [string] | As c.grants:response_types()
--- @quickref M.validate_config(url) -> {ok, errors} | As c:validate_config()
--- @quickref M.admin_version(url) -> version|nil | As c:admin_version()

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  discovery = "discovery.config",
  jwks = "discovery.jwks",
  issuer = "discovery.issuer",
  has_endpoint = "discovery.has_endpoint",
  health = "health.check",
  ready = "health.ready",
  supported_scopes = "scopes.list",
  supports_scope = "scopes.supports",
  supported_grant_types = "grants.list",
  supports_grant_type = "grants.supports",
  supported_response_types = "grants.response_types",
}

--- Methods that have one name, called with the URL first too.
local URL_FUNCTIONS = { validate_config = "validate_config", admin_version = "admin_version" }
for name, route in pairs(OLD_NAMES) do URL_FUNCTIONS[name] = route end

local REQUIRED_FIELDS = { "authorization_endpoint", "token_endpoint", "jwks_uri" }

local function contains(values, wanted)
  for _, value in ipairs(values) do
    if value == wanted then return true end
  end
  return false
end

function M.client(url)
  local api = base.new("dex", url)
  -- Errors name the two documents: "dex.discovery: HTTP 503: …"
  local discovery = base.new("dex.discovery", url, { what = "" })

  local c = {
    url = api.url,
    discovery = {},
    health = {},
    scopes = {},
    grants = {},
  }

  function c.discovery:config()
    return discovery:get("/.well-known/openid-configuration")
  end

  function c.discovery:jwks()
    local uri = c.discovery:config().jwks_uri
    if type(uri) ~= "string" then base.raise("dex.jwks: the discovery document has no jwks_uri") end
    local origin, path = uri:match("^(%a+://[^/?#]+)(.*)$")
    if not origin then base.raise("dex.jwks: the jwks_uri '" .. uri .. "' is no absolute URL") end
    return base.new("dex.jwks", origin, { what = "" }):get(path)
  end

  function c.discovery:issuer()
    return c.discovery:config().issuer
  end

  function c.discovery:has_endpoint(name)
    return c.discovery:config()[name] ~= nil
  end

  function c.health:check()
    return api:fetch("GET", "/healthz").status == 200
  end

  function c.health:ready()
    return c.health:check()
  end

  function c.scopes:list()
    return c.discovery:config().scopes_supported or json.array()
  end

  function c.scopes:supports(scope)
    return contains(c.scopes:list(), scope)
  end

  function c.grants:list()
    return c.discovery:config().grant_types_supported or json.array()
  end

  function c.grants:supports(grant_type)
    return contains(c.grants:list(), grant_type)
  end

  function c.grants:response_types()
    return c.discovery:config().response_types_supported or json.array()
  end

  function c:validate_config()
    local errors = json.array()
    local ok, config = pcall(c.discovery.config, c.discovery)
    if not ok then
      errors[1] = "discovery failed: " .. base.message(config)
      return { ok = false, errors = errors }
    end
    if type(config) ~= "table" then config = {} end
    if not config.issuer then
      errors[1] = "missing issuer"
    elseif base.trim_url(tostring(config.issuer)) ~= c.url then
      errors[1] = "issuer mismatch: expected " .. c.url .. ", got " .. tostring(config.issuer)
    end
    for _, field in ipairs(REQUIRED_FIELDS) do
      if not config[field] then errors[#errors + 1] = "missing " .. field end
    end
    return { ok = #errors == 0, errors = errors }
  end

  function c:admin_version()
    local ok, version = pcall(api.get, api, "/api/v1/version")
    return ok and version or nil
  end

  return base.with_old_names(c, OLD_NAMES)
end

return base.with_url_functions(M, URL_FUNCTIONS, M.client)
