--- @module assay.harbor
--- @description Harbor container registry. Projects, repositories, artifacts, vulnerability scanning.
--- @keywords harbor, registry, container, image, project, repository, artifact, tag, scan, vulnerability, replication
--- @quickref M.client(url, opts) -> client | Client for a Harbor registry; opts: {api_key} or {username, password}
--- @quickref c.system:health() -> {status, components} | Check Harbor's health
--- @quickref c.system:info() -> {harbor_version, ...} | System information
--- @quickref c.system:statistics() -> {private_project_count, ...} | Statistics of the registry
--- @quickref c.system:is_healthy() -> bool | Whether every component is healthy
--- @quickref c.projects:list(opts?) -> [project] | List projects, all pages unless opts name one; opts: {name, public, page, page_size}
--- @quickref c.projects:get(name_or_id) -> project | Get a project by name or numeric ID
--- @quickref c.repositories:list(project, opts?) -> [repository] | List repositories; opts: {page, page_size, q}
--- @quickref c.repositories:get(project, repository) -> repository | Get a repository
--- @quickref c.artifacts:list(project, repository, opts?) -> [artifact] | List artifacts; opts: {page, page_size, with_tag, with_scan_overview}
--- @quickref c.artifacts:get(project, repository, reference) -> artifact | Get an artifact by tag or digest
--- @quickref c.artifacts:tags(project, repository, reference) -> [tag] | List the tags of an artifact
--- @quickref c.artifacts:exists(project, repository, tag) -> bool | Whether an image tag exists
--- @quickref c.artifacts:latest(project, repository) -> artifact|nil | The most recent artifact
--- @quickref c.scan:trigger(project, repository, reference) -> true | Start a vulnerability scan, without waiting for it
--- @quickref c.scan:vulnerabilities(project, repository, reference) -> {total, fixable, critical, high, medium, low, negligible}|nil | Counts of the last finished scan
--- @quickref c.replication:policies() -> [policy] | List replication policies
--- @quickref c.replication:executions(opts?) -> [execution] | List replication executions; opts: {policy_id}
--- @quickref c:health() -> {status, components} | As c.system:health()
--- @quickref c:system_info() -> {harbor_version, ...} | As c.system:info()
--- @quickref c:statistics() -> {private_project_count, ...} | As c.system:statistics()
--- @quickref c:is_healthy() -> bool | As c.system:is_healthy()
--- @quickref c:projects(opts?) -> [project] | As c.projects:list()
--- @quickref c:project(name_or_id) -> project | As c.projects:get()
--- @quickref c:repositories(project, opts?) -> [repository] | As c.repositories:list()
--- @quickref c:repository(project, repository) -> repository | As c.repositories:get()
--- @quickref c:artifacts(project, repository, opts?) -> [artifact] | As c.artifacts:list()
--- @quickref c:artifact(project, repository, reference) -> artifact | As c.artifacts:get()
--- @quickref c:artifact_tags(project, repository, reference) -> [tag] | As c.artifacts:tags()
--- @quickref c:image_exists(project, repository, tag) -> bool | As c.artifacts:exists()
--- @quickref c:latest_artifact(project, repository) -> artifact|nil | As c.artifacts:latest()
--- @quickref c:scan_artifact(project, repository, reference) -> true | As c.scan:trigger()
--- @quickref c:artifact_vulnerabilities(project, repository, reference) -> {total, ...}|nil | As c.scan:vulnerabilities()
--- @quickref c:replication_policies() -> [policy] | As c.replication:policies()
--- @quickref c:replication_executions(opts?) -> [execution] | As c.replication:executions()

local base = require("assay.internal.client")
local pages = require("assay.internal.pages")

local M = {}

local OLD_NAMES = {
  health = "system.health",
  system_info = "system.info",
  statistics = "system.statistics",
  is_healthy = "system.is_healthy",
  projects = "projects.list",
  project = "projects.get",
  repositories = "repositories.list",
  repository = "repositories.get",
  artifacts = "artifacts.list",
  artifact = "artifacts.get",
  artifact_tags = "artifacts.tags",
  image_exists = "artifacts.exists",
  latest_artifact = "artifacts.latest",
  scan_artifact = "scan.trigger",
  artifact_vulnerabilities = "scan.vulnerabilities",
  replication_policies = "replication.policies",
  replication_executions = "replication.executions",
}

local SEVERITIES = { "Critical", "High", "Medium", "Low", "Negligible" }

-- Harbor wants the slashes of nested repositories encoded twice: team/app is team%252Fapp
local function repository_path(project, repository)
  local once = type(repository) == "string" and repository:gsub("/", "%%2F") or repository
  return base.path("/api/v2.0/projects/%s/repositories/%s", project, once)
end

local function artifact_path(project, repository, reference)
  return repository_path(project, repository) .. base.path("/artifacts/%s", reference)
end

-- The report of any scanner that has finished; the keys are MIME types
local function finished_report(artifact)
  for _, report in pairs(artifact.scan_overview or {}) do
    if type(report) == "table" and report.summary then return report end
  end
end

function M.client(url, opts)
  local api = base.new("harbor", url, { headers = base.json_headers(opts) })

  local c = {
    url = api.url,
    system = {},
    projects = {},
    repositories = {},
    artifacts = {},
    scan = {},
    replication = {},
  }

  -- One page where the options name it, otherwise all of them
  local function list(path, options, query)
    if options.page or options.page_size then return api:get(path, { query = query }) end
    return pages.all(api, path, query, pages.has_next_link)
  end

  function c.system:health()
    return api:get("/api/v2.0/health")
  end

  function c.system:info()
    return api:get("/api/v2.0/systeminfo")
  end

  function c.system:statistics()
    return api:get("/api/v2.0/statistics")
  end

  function c.system:is_healthy()
    local components = c.system:health().components or {}
    for _, component in ipairs(components) do
      if component.status ~= "healthy" then return false end
    end
    return #components > 0
  end

  function c.projects:list(filter)
    filter = filter or {}
    return list("/api/v2.0/projects", filter, {
      { "name", filter.name },
      { "public", filter.public },
      { "page", filter.page },
      { "page_size", filter.page_size },
    })
  end

  function c.projects:get(name_or_id)
    return api:get(base.path("/api/v2.0/projects/%s", name_or_id))
  end

  function c.repositories:list(project, filter)
    filter = filter or {}
    return list(base.path("/api/v2.0/projects/%s/repositories", project), filter, {
      { "page", filter.page },
      { "page_size", filter.page_size },
      { "q", filter.q },
    })
  end

  function c.repositories:get(project, repository)
    return api:get(repository_path(project, repository))
  end

  function c.artifacts:list(project, repository, filter)
    filter = filter or {}
    return list(repository_path(project, repository) .. "/artifacts", filter, {
      { "page", filter.page },
      { "page_size", filter.page_size },
      { "with_tag", filter.with_tag },
      { "with_scan_overview", filter.with_scan_overview },
    })
  end

  function c.artifacts:get(project, repository, reference)
    return api:get(artifact_path(project, repository, reference))
  end

  function c.artifacts:tags(project, repository, reference)
    return list(artifact_path(project, repository, reference) .. "/tags", {})
  end

  function c.artifacts:exists(project, repository, tag)
    return api:fetch("GET", artifact_path(project, repository, tag)).status == 200
  end

  function c.artifacts:latest(project, repository)
    return c.artifacts:list(project, repository, { page_size = 1 })[1]
  end

  function c.scan:trigger(project, repository, reference)
    local path = artifact_path(project, repository, reference) .. "/scan"
    api:post(path, nil, { ok = { 202 }, what = "POST scan", raw = true })
    return true
  end

  function c.scan:vulnerabilities(project, repository, reference)
    local artifact = api:get(artifact_path(project, repository, reference), {
      query = { { "with_scan_overview", true } },
    })
    local report = finished_report(artifact)
    if not report then return nil end
    local summary = report.summary
    local counts = { total = summary.total or 0, fixable = summary.fixable or 0 }
    for _, severity in ipairs(SEVERITIES) do
      counts[severity:lower()] = (summary.summary or {})[severity] or 0
    end
    return counts
  end

  function c.replication:policies()
    return list("/api/v2.0/replication/policies", {})
  end

  function c.replication:executions(filter)
    return list("/api/v2.0/replication/executions", {}, { { "policy_id", (filter or {}).policy_id } })
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
