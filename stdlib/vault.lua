--- @module assay.vault
--- @description HashiCorp Vault secrets management. KV v2, policies, auth methods, transit encryption, PKI certificates, tokens.
--- @keywords vault, secrets, kv, policies, auth, transit, encryption, pki, certificates, tokens, seal, hashicorp, openbao
--- @quickref M.client(url, token?) -> client | Client for a Vault server
--- @quickref M.wait(url, opts?) -> true | Wait for Vault to become healthy; opts: {timeout = 60, interval = 2, health_path}
--- @quickref M.authenticated_client(url, opts?) -> client | Client whose token is in a Kubernetes secret; opts: {secret_namespace, secret_name, secret_key, timeout, interval}
--- @quickref M.ensure_credentials(client, mount?, path, check_key, generator) -> creds | Read credentials from KV, or generate and store them
--- @quickref M.assert_secret(client, mount?, path, expected_keys) -> data | Assert that a KV secret exists with all its keys
--- @quickref c:read(path) -> data|nil | Read a raw API path, without /v1/
--- @quickref c:write(path, payload) -> response|nil | Write to a raw API path
--- @quickref c:delete(path) -> nil | Delete a raw API path
--- @quickref c:list(path) -> [string] | List the keys at a raw API path
--- @quickref c.kv:get(mount, key) -> {data, metadata}|nil | Read a KV v2 secret
--- @quickref c.kv:put(mount, key, data) -> result | Write a KV v2 secret
--- @quickref c.kv:delete(mount, key) -> nil | Delete the latest version of a KV v2 secret
--- @quickref c.kv:list(mount, prefix?) -> [string] | List KV v2 keys under a prefix
--- @quickref c.kv:metadata(mount, key) -> response|nil | Read the metadata of a KV v2 secret, with its envelope
--- @quickref c.sys:health() -> {initialized, sealed, version, ...} | Health, also of a sealed server
--- @quickref c.sys:seal_status() -> {sealed, initialized, ...} | Seal status
--- @quickref c.sys:is_sealed() -> bool | Whether Vault is sealed
--- @quickref c.sys:is_initialized() -> bool | Whether Vault is initialized
--- @quickref c.policies:get(name) -> policy|nil | Read an ACL policy
--- @quickref c.policies:create(name, rules) -> nil | Create or replace an ACL policy
--- @quickref c.policies:delete(name) -> nil | Delete an ACL policy
--- @quickref c.policies:list() -> [string] | List ACL policies
--- @quickref c.auth:enable(path, type, opts?) -> nil | Enable an auth method; opts: {description, config}
--- @quickref c.auth:disable(path) -> nil | Disable an auth method
--- @quickref c.auth:methods() -> {[path] = config} | List the enabled auth methods
--- @quickref c.auth:config(path, config) -> nil | Configure an auth method
--- @quickref c.auth:create_role(path, role, config) -> nil | Create an auth role
--- @quickref c.auth:get_role(path, role) -> role|nil | Read an auth role
--- @quickref c.auth:list_roles(path) -> [string] | List auth roles
--- @quickref c.engines:enable(path, type, opts?) -> nil | Enable a secrets engine; opts: {description, config, options}
--- @quickref c.engines:disable(path) -> nil | Disable a secrets engine
--- @quickref c.engines:list() -> {[path] = config} | List the enabled secrets engines
--- @quickref c.engines:tune(path, config) -> nil | Tune a secrets engine
--- @quickref c.token:create(opts?) -> {client_token, ...} | Create a token; opts: {policies, ttl, ...}
--- @quickref c.token:lookup(token) -> info|nil | Look up a token
--- @quickref c.token:lookup_self() -> info|nil | Look up the client's own token
--- @quickref c.token:revoke(token) -> nil | Revoke a token
--- @quickref c.token:revoke_self() -> nil | Revoke the client's own token
--- @quickref c.transit:encrypt(key, plaintext) -> ciphertext|nil | Encrypt bytes with a transit key
--- @quickref c.transit:decrypt(key, ciphertext) -> plaintext|nil | Decrypt with a transit key
--- @quickref c.transit:create_key(key, opts?) -> nil | Create a transit key
--- @quickref c.transit:list_keys() -> [string] | List transit keys
--- @quickref c.pki:issue(mount, role, opts?) -> cert|nil | Issue a certificate; opts: {common_name, ttl, ...}
--- @quickref c.pki:ca_cert(mount?) -> string | The CA certificate as PEM; mount is "pki" by default
--- @quickref c.pki:create_role(mount, role, opts?) -> nil | Create a PKI role
--- @quickref c:kv_get(mount, key) -> {data, metadata}|nil | As c.kv:get()
--- @quickref c:kv_put(mount, key, data) -> result | As c.kv:put()
--- @quickref c:kv_delete(mount, key) -> nil | As c.kv:delete()
--- @quickref c:kv_list(mount, prefix?) -> [string] | As c.kv:list()
--- @quickref c:kv_metadata(mount, key) -> metadata|nil | Read the metadata of a KV v2 secret, without its envelope
--- @quickref c:health() -> {initialized, sealed, version, ...} | As c.sys:health()
--- @quickref c:seal_status() -> {sealed, initialized, ...} | As c.sys:seal_status()
--- @quickref c:is_sealed() -> bool | As c.sys:is_sealed()
--- @quickref c:is_initialized() -> bool | As c.sys:is_initialized()
--- @quickref c:policy_get(name) -> policy|nil | As c.policies:get()
--- @quickref c:policy_put(name, rules) -> nil | As c.policies:create()
--- @quickref c:policy_delete(name) -> nil | As c.policies:delete()
--- @quickref c:policy_list() -> [string] | As c.policies:list()
--- @quickref c:auth_enable(path, type, opts?) -> nil | As c.auth:enable()
--- @quickref c:auth_disable(path) -> nil | As c.auth:disable()
--- @quickref c:auth_list() -> {[path] = config} | As c.auth:methods()
--- @quickref c:auth_config(path, config) -> nil | As c.auth:config()
--- @quickref c:auth_create_role(path, role, config) -> nil | As c.auth:create_role()
--- @quickref c:auth_read_role(path, role) -> role|nil | As c.auth:get_role()
--- @quickref c:auth_list_roles(path) -> [string] | As c.auth:list_roles()
--- @quickref c:engine_enable(path, type, opts?) -> nil | As c.engines:enable()
--- @quickref c:engine_disable(path) -> nil | As c.engines:disable()
--- @quickref c:engine_list() -> {[path] = config} | As c.engines:list()
--- @quickref c:engine_tune(path, config) -> nil | As c.engines:tune()
--- @quickref c:token_create(opts?) -> {client_token, ...} | As c.token:create()
--- @quickref c:token_lookup(token) -> info|nil | As c.token:lookup()
--- @quickref c:token_lookup_self() -> info|nil | As c.token:lookup_self()
--- @quickref c:token_revoke(token) -> nil | As c.token:revoke()
--- @quickref c:token_revoke_self() -> nil | As c.token:revoke_self()
--- @quickref c:transit_encrypt(key, plaintext) -> ciphertext|nil | As c.transit:encrypt()
--- @quickref c:transit_decrypt(key, ciphertext) -> plaintext|nil | As c.transit:decrypt()
--- @quickref c:transit_create_key(key, opts?) -> nil | As c.transit:create_key()
--- @quickref c:transit_list_keys() -> [string] | As c.transit:list_keys()
--- @quickref c:pki_issue(mount, role, opts?) -> cert|nil | As c.pki:issue()
--- @quickref c:pki_ca_cert(mount?) -> string | As c.pki:ca_cert()
--- @quickref c:pki_create_role(mount, role, opts?) -> nil | As c.pki:create_role()

local base = require("assay.internal.client")

local M = {}

--- The KV mount of the helpers that are not told another.
local DEFAULT_MOUNT = "secrets"

--- Answers 200 also while Vault is a standby, sealed or not yet initialized.
local HEALTH_PATH = "/v1/sys/health?standbyok=true&sealedcode=200&uninitcode=200"

local OLD_NAMES = {
  kv_get = "kv.get",
  kv_put = "kv.put",
  kv_delete = "kv.delete",
  kv_list = "kv.list",
  health = "sys.health",
  seal_status = "sys.seal_status",
  is_sealed = "sys.is_sealed",
  is_initialized = "sys.is_initialized",
  policy_get = "policies.get",
  policy_put = "policies.create",
  policy_delete = "policies.delete",
  policy_list = "policies.list",
  auth_enable = "auth.enable",
  auth_disable = "auth.disable",
  auth_list = "auth.methods",
  auth_config = "auth.config",
  auth_create_role = "auth.create_role",
  auth_read_role = "auth.get_role",
  auth_list_roles = "auth.list_roles",
  engine_enable = "engines.enable",
  engine_disable = "engines.disable",
  engine_list = "engines.list",
  engine_tune = "engines.tune",
  token_create = "token.create",
  token_lookup = "token.lookup",
  token_lookup_self = "token.lookup_self",
  token_revoke = "token.revoke",
  token_revoke_self = "token.revoke_self",
  transit_encrypt = "transit.encrypt",
  transit_decrypt = "transit.decrypt",
  transit_create_key = "transit.create_key",
  transit_list_keys = "transit.list_keys",
  pki_issue = "pki.issue",
  pki_ca_cert = "pki.ca_cert",
  pki_create_role = "pki.create_role",
}

local function unescape(hex)
  return string.char(tonumber(hex, 16))
end

-- A path of the raw API may be encoded already and may carry a query: "secret/data/a%20b?version=2"
local function raw_path(path)
  if type(path) ~= "string" then
    base.raise('vault: a path such as "secrets/data/app" is required, got ' .. tostring(path))
  end
  local resource, query = path:match("^/*([^?]*)(.*)$")
  local encoded = resource:gsub("[^/]+", function(segment)
    return base.path("%s", (segment:gsub("%%(%x%x)", unescape)))
  end)
  return "/v1/" .. encoded, query
end

local function data_of(response)
  return response and response.data
end

-- Requests as Vault answers them: 404 is "nothing there", 204 has no body
local function requests(url, token)
  local api = base.new("vault", url, { headers = { ["X-Vault-Token"] = token } })
  local r = { api = api, url = api.url }

  function r.get(path) return api:get(path, { missing_ok = true }) end
  function r.post(path, payload) return api:post(path, payload, { ok = "2xx" }) end
  function r.put(path, payload) return api:put(path, payload, { ok = "2xx" }) end
  function r.delete(path) api:delete(path, { ok = "2xx" }) end

  function r.list(path, query)
    query = (query == nil or query == "") and "?list=true" or query .. "&list=true"
    local data = data_of(api:get(path .. query, { missing_ok = true }))
    return data and data.keys or json.array()
  end

  -- Some paths answer anyone, also while Vault is sealed and knows no token
  function r.get_public(path, options)
    options.headers = {}
    return api:get(path, options)
  end

  return r
end

local function raw_api(c, r)
  function c:read(path)
    local resource, query = raw_path(path)
    return data_of(r.get(resource .. query))
  end

  function c:write(path, payload)
    local resource, query = raw_path(path)
    return r.post(resource .. query, payload)
  end

  function c:delete(path)
    local resource, query = raw_path(path)
    r.delete(resource .. query)
  end

  function c:list(path)
    return r.list(raw_path(path))
  end
end

local function kv_api(c, r)
  c.kv = {}

  function c.kv:get(mount, key)
    return data_of(r.get(base.path("/v1/%p/data/%p", mount, key)))
  end

  function c.kv:put(mount, key, data)
    return r.post(base.path("/v1/%p/data/%p", mount, key), { data = data })
  end

  function c.kv:delete(mount, key)
    r.delete(base.path("/v1/%p/data/%p", mount, key))
  end

  function c.kv:list(mount, prefix)
    local path = base.path("/v1/%p/metadata/", mount)
    prefix = (prefix or ""):gsub("^/+", "")
    if prefix ~= "" then path = path .. base.path("%p", prefix) .. prefix:match("/?$") end
    return r.list(path)
  end

  function c.kv:metadata(mount, key)
    return r.get(base.path("/v1/%p/metadata/%p", mount, key))
  end

  -- The one method whose result changed with its name
  function c:kv_metadata(mount, key)
    return data_of(c.kv:metadata(mount, key))
  end
end

local function sys_api(c, r)
  c.sys = {}

  function c.sys:health()
    -- The status tells the state: 429 standby, 501 not initialized, 503 sealed
    local response, target = r.api:fetch("GET", "/v1/sys/health", nil, { headers = {} })
    return r.api:decode("GET", "GET " .. target, response)
  end

  function c.sys:seal_status()
    return r.get_public("/v1/sys/seal-status", { what = "seal-status" })
  end

  function c.sys:is_sealed()
    return c.sys:seal_status().sealed == true
  end

  function c.sys:is_initialized()
    return c.sys:seal_status().initialized == true
  end
end

local function policies_api(c, r)
  c.policies = {}

  function c.policies:get(name)
    return data_of(r.get(base.path("/v1/sys/policies/acl/%s", name)))
  end

  function c.policies:create(name, rules)
    return r.put(base.path("/v1/sys/policies/acl/%s", name), { policy = rules })
  end

  function c.policies:delete(name)
    r.delete(base.path("/v1/sys/policies/acl/%s", name))
  end

  function c.policies:list()
    return r.list("/v1/sys/policies/acl")
  end
end

local function auth_api(c, r)
  c.auth = {}

  function c.auth:enable(path, type, opts)
    opts = opts or {}
    return r.post(base.path("/v1/sys/auth/%p", path), {
      type = type,
      description = opts.description,
      config = opts.config,
    })
  end

  function c.auth:disable(path)
    r.delete(base.path("/v1/sys/auth/%p", path))
  end

  function c.auth:methods()
    local response = r.get("/v1/sys/auth")
    return data_of(response) or response
  end

  function c.auth:config(path, config)
    return r.post(base.path("/v1/auth/%p/config", path), config)
  end

  function c.auth:create_role(path, role, config)
    return r.post(base.path("/v1/auth/%p/role/%s", path, role), config)
  end

  function c.auth:get_role(path, role)
    return data_of(r.get(base.path("/v1/auth/%p/role/%s", path, role)))
  end

  function c.auth:list_roles(path)
    return r.list(base.path("/v1/auth/%p/role", path))
  end
end

local function engines_api(c, r)
  c.engines = {}

  function c.engines:enable(path, type, opts)
    opts = opts or {}
    return r.post(base.path("/v1/sys/mounts/%p", path), {
      type = type,
      description = opts.description,
      config = opts.config,
      options = opts.options,
    })
  end

  function c.engines:disable(path)
    r.delete(base.path("/v1/sys/mounts/%p", path))
  end

  function c.engines:list()
    local response = r.get("/v1/sys/mounts")
    return data_of(response) or response
  end

  function c.engines:tune(path, config)
    return r.post(base.path("/v1/sys/mounts/%p/tune", path), config)
  end
end

local function token_api(c, r)
  c.token = {}

  function c.token:create(opts)
    local response = r.post("/v1/auth/token/create", opts or {})
    return response and response.auth
  end

  function c.token:lookup(token)
    local options = { ok = "2xx", missing_ok = true }
    return data_of(r.api:post("/v1/auth/token/lookup", { token = token }, options))
  end

  function c.token:lookup_self()
    return data_of(r.get("/v1/auth/token/lookup-self"))
  end

  function c.token:revoke(token)
    return r.post("/v1/auth/token/revoke", { token = token })
  end

  function c.token:revoke_self()
    return r.post("/v1/auth/token/revoke-self", {})
  end
end

local function transit_api(c, r)
  c.transit = {}

  function c.transit:encrypt(key, plaintext)
    local path = base.path("/v1/transit/encrypt/%s", key)
    local data = data_of(r.post(path, { plaintext = base64.encode(plaintext) }))
    return data and data.ciphertext
  end

  function c.transit:decrypt(key, ciphertext)
    local path = base.path("/v1/transit/decrypt/%s", key)
    local data = data_of(r.post(path, { ciphertext = ciphertext }))
    return data and data.plaintext and base64.decode(data.plaintext)
  end

  function c.transit:create_key(key, opts)
    return r.post(base.path("/v1/transit/keys/%s", key), opts or {})
  end

  function c.transit:list_keys()
    return r.list("/v1/transit/keys")
  end
end

local function pki_api(c, r)
  c.pki = {}

  function c.pki:issue(mount, role, opts)
    return data_of(r.post(base.path("/v1/%p/issue/%s", mount, role), opts or {}))
  end

  function c.pki:ca_cert(mount)
    return r.get_public(base.path("/v1/%p/ca/pem", mount or "pki"), { raw = true, what = "pki ca cert" })
  end

  function c.pki:create_role(mount, role, opts)
    return r.post(base.path("/v1/%p/roles/%s", mount, role), opts or {})
  end
end

function M.client(url, token)
  local r = requests(url, token)
  local c = { url = r.url }
  raw_api(c, r)
  kv_api(c, r)
  sys_api(c, r)
  policies_api(c, r)
  auth_api(c, r)
  engines_api(c, r)
  token_api(c, r)
  transit_api(c, r)
  pki_api(c, r)
  return base.with_old_names(c, OLD_NAMES)
end

function M.wait(url, opts)
  return base.wait_for_url("vault.wait", url, (opts or {}).health_path or HEALTH_PATH, opts)
end

function M.authenticated_client(url, opts)
  opts = opts or {}
  local namespace = opts.secret_namespace or opts.secret_ns or "secrets"
  local name = opts.secret_name or "openbao-root-token"
  local key = opts.secret_key or "root-token"
  M.wait(url, opts)
  local token = require("assay.k8s").secrets:get(namespace, name)[key]
  if not token then
    base.raise("vault.authenticated_client: key '" .. key .. "' not found in secret " .. namespace .. "/" .. name)
  end
  return M.client(url, (token:match("^%s*(.-)%s*$")))
end

-- ensure_credentials(client, path, key, generator), or with the mount behind the client
function M.ensure_credentials(client, mount, path, check_key, generator)
  if generator == nil then mount, path, check_key, generator = DEFAULT_MOUNT, mount, path, check_key end
  if type(generator) ~= "function" then
    base.raise("vault.ensure_credentials: the last argument must be a function that gives the credentials")
  end
  local secret = client.kv:get(mount, path)
  if secret and secret.data and secret.data[check_key] ~= nil then return secret.data end
  local credentials = generator()
  client.kv:put(mount, path, credentials)
  return credentials
end

-- assert_secret(client, path, keys), or with the mount behind the client
function M.assert_secret(client, mount, path, expected_keys)
  if type(path) ~= "string" then mount, path, expected_keys = DEFAULT_MOUNT, mount, path end
  local place = " at " .. mount .. "/" .. tostring(path)
  local secret = client.kv:get(mount, path)
  if not secret then base.raise("vault.assert_secret: secret not found" .. place) end
  if not secret.data then base.raise("vault.assert_secret: no data" .. place) end
  for _, key in ipairs(expected_keys or {}) do
    if secret.data[key] == nil then base.raise("vault.assert_secret: key '" .. key .. "' missing" .. place) end
  end
  return secret.data
end

return M
