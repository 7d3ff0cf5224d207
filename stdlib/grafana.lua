--- @module assay.grafana
--- @description Grafana monitoring and dashboards. Health, datasources, annotations, alerts, folders.
--- @keywords grafana, monitoring, dashboards, datasources, annotations, alerts, folders, organization, health
--- @quickref M.client(url, opts) -> client | Client for a Grafana server; opts: {api_key} or {username, password}
--- @quickref c:health() -> {database, version, commit} | Check Grafana health
--- @quickref c:datasources() -> [{id, name, type, url}] | List all datasources
--- @quickref c:datasource(id_or_uid) -> {id, name, type, ...} | Get a datasource by numeric ID or string UID
--- @quickref c:search(opts?) -> [{id, title, type}] | Search dashboards/folders; opts: {query, type, tag, limit}
--- @quickref c:dashboard(uid) -> {dashboard, meta} | Get a dashboard by UID
--- @quickref c:annotations(opts?) -> [{id, text, time}] | List annotations; opts: {from, to, dashboard_id, limit, tags}
--- @quickref c:create_annotation(annotation) -> {id} | Create an annotation: {text, dashboardId?, tags?}
--- @quickref c:org() -> {id, name} | Get the current organization
--- @quickref c:alert_rules() -> [{uid, title}] | List provisioned alert rules
--- @quickref c:folders() -> [{id, uid, title}] | List all folders
--- @quickref c.health:check() -> {database, version, commit} | As c:health()
--- @quickref c.datasources:list() -> [{id, name, type, url}] | As c:datasources()
--- @quickref c.datasources:get(id_or_uid) -> {id, name, type, ...} | As c:datasource()
--- @quickref c.dashboards:search(opts?) -> [{id, title, type}] | As c:search()
--- @quickref c.dashboards:get(uid) -> {dashboard, meta} | As c:dashboard()
--- @quickref c.annotations:list(opts?) -> [{id, text, time}] | As c:annotations()
--- @quickref c.annotations:create(annotation) -> {id} | As c:create_annotation()
--- @quickref c.org:get() -> {id, name} | As c:org()
--- @quickref c.alerts:rules() -> [{uid, title}] | As c:alert_rules()
--- @quickref c.folders:list() -> [{id, uid, title}] | As c:folders()

local base = require("assay.internal.client")

local M = {}

local OLD_NAMES = {
  health = "health.check",
  datasources = "datasources.list",
  datasource = "datasources.get",
  search = "dashboards.search",
  dashboard = "dashboards.get",
  annotations = "annotations.list",
  create_annotation = "annotations.create",
  org = "org.get",
  alert_rules = "alerts.rules",
  folders = "folders.list",
}

function M.client(url, opts)
  local api = base.new("grafana", url, { headers = base.json_headers(opts) })

  local c = {
    url = api.url,
    health = {},
    datasources = {},
    dashboards = {},
    annotations = {},
    org = {},
    alerts = {},
    folders = {},
  }

  function c.health:check()
    return api:get("/api/health", { headers = {} })
  end

  function c.datasources:list()
    return api:get("/api/datasources")
  end

  function c.datasources:get(id_or_uid)
    local by_id = type(id_or_uid) == "number"
    return api:get(base.path(by_id and "/api/datasources/%s" or "/api/datasources/uid/%s", id_or_uid))
  end

  function c.dashboards:search(filter)
    filter = filter or {}
    return api:get("/api/search", {
      query = {
        { "query", filter.query },
        { "type", filter.type },
        { "tag", filter.tag },
        { "limit", filter.limit },
      },
    })
  end

  function c.dashboards:get(uid)
    return api:get(base.path("/api/dashboards/uid/%s", uid))
  end

  function c.annotations:list(filter)
    filter = filter or {}
    return api:get("/api/annotations", {
      query = {
        { "from", filter.from },
        { "to", filter.to },
        { "dashboardId", filter.dashboard_id },
        { "limit", filter.limit },
        { "tags", filter.tags },
      },
    })
  end

  function c.annotations:create(annotation)
    return api:post("/api/annotations", annotation)
  end

  function c.org:get()
    return api:get("/api/org")
  end

  function c.alerts:rules()
    return api:get("/api/v1/provisioning/alert-rules")
  end

  function c.folders:list()
    return api:get("/api/folders")
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
