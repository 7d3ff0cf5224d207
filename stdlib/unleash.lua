--- @module assay.unleash
--- @description Unleash feature flag management. Projects, features, environments, strategies, API tokens.
--- @keywords unleash, feature flags, feature toggles, projects, environments, strategies, api tokens, rollout
--- @quickref M.client(url, opts) -> client | Client for an Unleash server; opts: {token}
--- @quickref M.wait(url, opts?) -> true | Wait for Unleash to become healthy; opts: {timeout = 60, interval = 2}
--- @quickref M.ensure_project(client, id, opts?) -> project | Create a project unless it exists; opts: {name, description}
--- @quickref M.ensure_environment(client, project_id, environment) -> true | Enable an environment on a project unless it is
--- @quickref M.ensure_token(client, opts) -> token | Create an API token unless it exists; opts: {tokenName or username, type, environment?, projects?}
--- @quickref c:health() -> {health} | Check Unleash's health
--- @quickref c:projects() -> [project] | List projects
--- @quickref c:project(id) -> project|nil | Get a project by ID
--- @quickref c:create_project(project) -> project | Create a project: {id, name, description?}
--- @quickref c:update_project(id, project) -> project|nil | Update a project
--- @quickref c:delete_project(id) -> nil | Delete a project
--- @quickref c:environments() -> [environment] | List all environments
--- @quickref c:enable_environment(project_id, environment) -> nil | Enable an environment on a project
--- @quickref c:disable_environment(project_id, environment) -> nil | Disable an environment on a project
--- @quickref c:features(project_id) -> [feature] | List the features of a project
--- @quickref c:feature(project_id, name) -> feature|nil | Get a feature by name
--- @quickref c:create_feature(project_id, feature) -> feature | Create a feature: {name, type?, description?}
--- @quickref c:update_feature(project_id, name, feature) -> feature | Update a feature
--- @quickref c:archive_feature(project_id, name) -> nil | Archive a feature
--- @quickref c:toggle_on(project_id, name, environment) -> nil | Enable a feature in an environment
--- @quickref c:toggle_off(project_id, name, environment) -> nil | Disable a feature in an environment
--- @quickref c:strategies(project_id, name, environment) -> [strategy] | List the strategies of a feature in an environment
--- @quickref c:add_strategy(project_id, name, environment, strategy) -> strategy | Add a strategy: {name, parameters?}
--- @quickref c:tokens() -> [token] | List API tokens
--- @quickref c:create_token(token) -> token | Create an API token: {tokenName or username, type, environment?, projects?}
--- @quickref c:delete_token(secret) -> nil | Delete an API token by its secret
--- @quickref c.health:check() -> {health} | As c:health()
--- @quickref c.projects:list() -> [project] | As c:projects()
--- @quickref c.projects:get(id) -> project|nil | As c:project()
--- @quickref c.projects:create(project) -> project | As c:create_project()
--- @quickref c.projects:update(id, project) -> project|nil | As c:update_project()
--- @quickref c.projects:delete(id) -> nil | As c:delete_project()
--- @quickref c.environments:list() -> [environment] | As c:environments()
--- @quickref c.environments:enable(project_id, environment) -> nil | As c:enable_environment()
--- @quickref c.environments:disable(project_id, environment) -> nil | As c:disable_environment()
--- @quickref c.features:list(project_id) -> [feature] | As c:features()
--- @quickref c.features:get(project_id, name) -> feature|nil | As c:feature()
--- @quickref c.features:create(project_id, feature) -> feature | As c:create_feature()
--- @quickref c.features:update(project_id, name, feature) -> feature | As c:update_feature()
--- @quickref c.features:archive(project_id, name) -> nil | As c:archive_feature()
--- @quickref c.features:toggle_on(project_id, name, environment) -> nil | As c:toggle_on()
--- @quickref c.features:toggle_off(project_id, name, environment) -> nil | As c:toggle_off()
--- @quickref c.strategies:list(project_id, name, environment) -> [strategy] | As c:strategies()
--- @quickref c.strategies:add(project_id, name, environment, strategy) -> strategy | As c:add_strategy()
--- @quickref c.tokens:list() -> [token] | As c:tokens()
--- @quickref c.tokens:create(token) -> token | As c:create_token()
--- @quickref c.tokens:delete(secret) -> nil | As c:delete_token()

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  health = "health.check",
  projects = "projects.list",
  project = "projects.get",
  create_project = "projects.create",
  update_project = "projects.update",
  delete_project = "projects.delete",
  environments = "environments.list",
  enable_environment = "environments.enable",
  disable_environment = "environments.disable",
  features = "features.list",
  feature = "features.get",
  create_feature = "features.create",
  update_feature = "features.update",
  archive_feature = "features.archive",
  toggle_on = "features.toggle_on",
  toggle_off = "features.toggle_off",
  strategies = "strategies.list",
  add_strategy = "strategies.add",
  tokens = "tokens.list",
  create_token = "tokens.create",
  delete_token = "tokens.delete",
}

-- The name was `username` before it was `tokenName`; the server wants the latter
local function token_request(token)
  local request = {}
  for field, value in pairs(token) do request[field] = value end
  request.tokenName = token.tokenName or token.username
  request.username = nil
  return request
end

function M.client(url, opts)
  local api = base.new("unleash", url, {
    -- Unleash takes its tokens without "Bearer"
    headers = { ["Content-Type"] = "application/json", Authorization = (opts or {}).token },
  })

  local c = {
    url = api.url,
    health = {},
    projects = {},
    environments = {},
    features = {},
    strategies = {},
    tokens = {},
  }

  local function get(path)
    return api:get(path, { missing_ok = true })
  end

  local function list(path, field)
    return (get(path) or {})[field] or json.array()
  end

  local function post(path, body)
    return api:post(path, body, { ok = "2xx" })
  end

  local function put(path, body)
    return api:put(path, body, { ok = "2xx" })
  end

  local function delete(path)
    api:delete(path, { ok = "2xx" })
  end

  function c.health:check()
    return get("/health")
  end

  function c.projects:list()
    return list("/api/admin/projects", "projects")
  end

  function c.projects:get(id)
    return get(base.path("/api/admin/projects/%s", id))
  end

  function c.projects:create(project)
    return post("/api/admin/projects", project)
  end

  function c.projects:update(id, project)
    return put(base.path("/api/admin/projects/%s", id), project)
  end

  function c.projects:delete(id)
    delete(base.path("/api/admin/projects/%s", id))
  end

  function c.environments:list()
    return list("/api/admin/environments", "environments")
  end

  function c.environments:enable(project_id, environment)
    return post(base.path("/api/admin/projects/%s/environments", project_id), { environment = environment })
  end

  function c.environments:disable(project_id, environment)
    delete(base.path("/api/admin/projects/%s/environments/%s", project_id, environment))
  end

  function c.features:list(project_id)
    return list(base.path("/api/admin/projects/%s/features", project_id), "features")
  end

  function c.features:get(project_id, name)
    return get(base.path("/api/admin/projects/%s/features/%s", project_id, name))
  end

  function c.features:create(project_id, feature)
    return post(base.path("/api/admin/projects/%s/features", project_id), feature)
  end

  function c.features:update(project_id, name, feature)
    return put(base.path("/api/admin/projects/%s/features/%s", project_id, name), feature)
  end

  function c.features:archive(project_id, name)
    delete(base.path("/api/admin/projects/%s/features/%s", project_id, name))
  end

  local function environment_path(project_id, name, environment)
    return base.path("/api/admin/projects/%s/features/%s/environments/%s", project_id, name, environment)
  end

  function c.features:toggle_on(project_id, name, environment)
    return post(environment_path(project_id, name, environment) .. "/on", {})
  end

  function c.features:toggle_off(project_id, name, environment)
    return post(environment_path(project_id, name, environment) .. "/off", {})
  end

  function c.strategies:list(project_id, name, environment)
    local found = get(environment_path(project_id, name, environment) .. "/strategies")
    if not found then return json.array() end
    return found.strategies or found
  end

  function c.strategies:add(project_id, name, environment, strategy)
    return post(environment_path(project_id, name, environment) .. "/strategies", strategy)
  end

  function c.tokens:list()
    return list("/api/admin/api-tokens", "tokens")
  end

  function c.tokens:create(token)
    return post("/api/admin/api-tokens", token_request(token))
  end

  function c.tokens:delete(secret)
    delete(base.path("/api/admin/api-tokens/%s", secret))
  end

  return base.with_old_names(c, OLD_NAMES)
end

function M.wait(url, opts)
  return base.wait_for_url("unleash.wait", url, "/health", opts)
end

function M.ensure_project(client, id, opts)
  local existing = client.projects:get(id)
  if existing then return existing end
  opts = opts or {}
  return client.projects:create({ id = id, name = opts.name or id, description = opts.description })
end

function M.ensure_environment(client, project_id, environment)
  local ok, problem = pcall(client.environments.enable, client.environments, project_id, environment)
  if ok then return true end
  local message = base.message(problem)
  -- Enabled before
  if message:find("HTTP 409", 1, true) or message:find("already", 1, true) then return true end
  base.raise("unleash.ensure_environment: " .. message)
end

function M.ensure_token(client, opts)
  opts = opts or {}
  local name = opts.tokenName or opts.username
  if not name then base.raise("unleash.ensure_token: opts.tokenName is required") end
  if not opts.type then base.raise("unleash.ensure_token: opts.type is required") end
  for _, token in ipairs(client.tokens:list()) do
    local same_name = (token.tokenName or token.username) == name
    -- Types are written "CLIENT" as well as "client"
    local same_type = tostring(token.type):lower() == opts.type:lower()
    local same_environment = opts.environment == nil or token.environment == opts.environment
    if same_name and same_type and same_environment then return token end
  end
  return client.tokens:create({
    tokenName = name,
    type = opts.type,
    environment = opts.environment,
    projects = opts.projects,
  })
end

return M
