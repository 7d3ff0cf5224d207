--- @module assay.argocd
--- @description ArgoCD GitOps application management. Apps, sync, health, projects, repositories, clusters.
--- @keywords argocd, argo, gitops, application, sync, health, project, repository, cluster, rollback, deployment, kubernetes
--- @quickref M.client(url, opts) -> client | Client for an Argo CD server; opts: {token} or {username, password}; {ca_cert_file, insecure, proxy}
--- @quickref c.apps:list(opts?) -> [app] | List applications; opts: {project, selector}
--- @quickref c.apps:get(name) -> app | Get an application
--- @quickref c.apps:health(name) -> {status, sync, message} | Get health and sync status
--- @quickref c.apps:sync(name, opts?) -> result | Trigger a sync; opts: {revision, prune, dry_run, strategy}
--- @quickref c.apps:refresh(name, opts?) -> app | Refresh an application; opts: {type = "normal" or "hard"}
--- @quickref c.apps:rollback(name, id) -> result | Roll back to an ID of the history
--- @quickref c.apps:resources(name) -> resource_tree | Get the resource tree
--- @quickref c.apps:manifests(name, opts?) -> manifests | Get manifests; opts: {revision}
--- @quickref c.apps:delete(name, opts?) -> nil | Delete an application; opts: {cascade, propagation_policy}
--- @quickref c.apps:is_healthy(name) -> bool | Check for the health status Healthy
--- @quickref c.apps:is_synced(name) -> bool | Check for the sync status Synced
--- @quickref c.apps:wait_healthy(name, timeout_secs?) -> true | Wait until an application is healthy, 60 s by default
--- @quickref c.apps:wait_synced(name, timeout_secs?) -> true | Wait until an application is synced, 60 s by default
--- @quickref c.projects:list() -> [project] | List projects
--- @quickref c.projects:get(name) -> project | Get a project
--- @quickref c.repositories:list() -> [repo] | List repositories
--- @quickref c.repositories:get(repo_url) -> repo | Get a repository by its URL
--- @quickref c.clusters:list() -> [cluster] | List clusters
--- @quickref c.clusters:get(server_url) -> cluster | Get a cluster by its server's URL
--- @quickref c.settings:get() -> settings | Get the settings
--- @quickref c:version() -> version | Get version information
--- @quickref c:applications(opts?) -> [app] | As c.apps:list()
--- @quickref c:application(name) -> app | As c.apps:get()
--- @quickref c:app_health(name) -> {status, sync, message} | As c.apps:health()
--- @quickref c:sync(name, opts?) -> result | As c.apps:sync()
--- @quickref c:refresh(name, opts?) -> app | As c.apps:refresh()
--- @quickref c:rollback(name, id) -> result | As c.apps:rollback()
--- @quickref c:app_resources(name) -> resource_tree | As c.apps:resources()
--- @quickref c:app_manifests(name, opts?) -> manifests | As c.apps:manifests()
--- @quickref c:delete_app(name, opts?) -> nil | As c.apps:delete()
--- @quickref c:is_healthy(name) -> bool | As c.apps:is_healthy()
--- @quickref c:is_synced(name) -> bool | As c.apps:is_synced()
--- @quickref c:wait_healthy(name, timeout_secs?) -> true | As c.apps:wait_healthy()
--- @quickref c:wait_synced(name, timeout_secs?) -> true | As c.apps:wait_synced()
--- @quickref c:projects() -> [project] | As c.projects:list()
--- @quickref c:project(name) -> project | As c.projects:get()
--- @quickref c:repositories() -> [repo] | As c.repositories:list()
--- @quickref c:repository(repo_url) -> repo | As c.repositories:get()
--- @quickref c:clusters() -> [cluster] | As c.clusters:list()
--- @quickref c:cluster(server_url) -> cluster | As c.clusters:get()
--- @quickref c:settings() -> settings | As c.settings:get()

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  applications = "apps.list",
  application = "apps.get",
  app_health = "apps.health",
  sync = "apps.sync",
  refresh = "apps.refresh",
  rollback = "apps.rollback",
  app_resources = "apps.resources",
  app_manifests = "apps.manifests",
  delete_app = "apps.delete",
  is_healthy = "apps.is_healthy",
  is_synced = "apps.is_synced",
  wait_healthy = "apps.wait_healthy",
  wait_synced = "apps.wait_synced",
  projects = "projects.list",
  project = "projects.get",
  repositories = "repositories.list",
  repository = "repositories.get",
  clusters = "clusters.list",
  cluster = "clusters.get",
  settings = "settings.get",
}

local function items_of(list)
  return type(list) == "table" and list.items or json.array()
end

local function add_apps(c, api)
  c.apps = {}

  local function app_path(name, rest)
    return base.path("/api/v1/applications/%s", name) .. (rest or "")
  end

  function c.apps:list(filter)
    filter = filter or {}
    return items_of(api:get("/api/v1/applications", {
      query = { { "project", filter.project }, { "selector", filter.selector } },
    }))
  end

  function c.apps:get(name)
    return api:get(app_path(name))
  end

  function c.apps:health(name)
    local status = c.apps:get(name).status or {}
    local health = status.health or {}
    return { status = health.status, sync = (status.sync or {}).status, message = health.message }
  end

  function c.apps:sync(name, opts)
    opts = opts or {}
    return api:post(app_path(name, "/sync"), json.object({
      revision = opts.revision,
      prune = opts.prune,
      dryRun = opts.dry_run,
      strategy = opts.strategy,
    }))
  end

  function c.apps:refresh(name, opts)
    return api:get(app_path(name), { query = { { "refresh", (opts or {}).type or "normal" } } })
  end

  function c.apps:rollback(name, id)
    local path = app_path(name, "/rollback")
    local response = api:fetch("PUT", path, { id = id })
    -- Old servers took PUT, newer ones take POST only
    if response.status == 405 or response.status == 501 then return api:post(path, { id = id }) end
    if response.status ~= 200 then api:fail("PUT " .. path, response) end
    return api:decode("PUT", "PUT " .. path, response)
  end

  function c.apps:resources(name)
    return api:get(app_path(name, "/resource-tree"))
  end

  function c.apps:manifests(name, opts)
    return api:get(app_path(name, "/manifests"), { query = { { "revision", (opts or {}).revision } } })
  end

  function c.apps:delete(name, opts)
    opts = opts or {}
    return api:delete(app_path(name), {
      query = { { "cascade", opts.cascade }, { "propagationPolicy", opts.propagation_policy } },
    })
  end

  function c.apps:is_healthy(name)
    return c.apps:health(name).status == "Healthy"
  end

  function c.apps:is_synced(name)
    return c.apps:health(name).sync == "Synced"
  end

  local function wait(name, state, timeout_secs, opts, check)
    return base.wait({
      timeout = timeout_secs or 60,
      interval = (opts or {}).interval or 2,
      what = "application " .. name .. " to become " .. state,
      failure = "argocd: timeout waiting for " .. name .. " to become " .. state,
    }, check)
  end

  function c.apps:wait_healthy(name, timeout_secs, opts)
    return wait(name, "healthy", timeout_secs, opts, function() return c.apps:is_healthy(name) end)
  end

  function c.apps:wait_synced(name, timeout_secs, opts)
    return wait(name, "synced", timeout_secs, opts, function() return c.apps:is_synced(name) end)
  end
end

-- An object with `list` and `get` for what the server has below a path
local function collection(api, path)
  local group = {}

  function group:list()
    return items_of(api:get(path))
  end

  function group:get(id)
    -- Argo CD's own clients encode URLs whole, ":" and "@" too
    local segment = base.path("%s", id):gsub("[:@]", base.encode)
    return api:get(path .. "/" .. segment)
  end

  return group
end

function M.client(url, opts)
  local api = base.new("argocd", url, { headers = base.json_headers(opts), http = base.connection(opts) })

  local c = {
    url = api.url,
    projects = collection(api, "/api/v1/projects"),
    repositories = collection(api, "/api/v1/repositories"),
    clusters = collection(api, "/api/v1/clusters"),
    settings = {},
  }
  add_apps(c, api)

  function c.settings:get()
    return api:get("/api/v1/settings")
  end

  function c:version()
    return api:get("/api/version")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
