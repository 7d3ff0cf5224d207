--- @module assay.internal.kube
--- @description What clients of the Kubernetes API share: signing in, lists of all pages, conditions, resources
--
-- A module connects and gets an object with `list` and `get` for each kind of resource:
--
--   local api = kube.connect("flux", url, token)
--   local c = { url = api.url, helm_charts = kube.resource(api, "/apis/source.toolkit.fluxcd.io/v1", "helmcharts") }
--   c.helm_charts:list("flux-system")

local base = require("assay.internal.client")
local access = require("assay.internal.kube_access")

local M = {}

-- Connections -----------------------------------------------------------------------------------------------

-- Clients of http.client by their options: each keeps connections of its own
local handles = {}

local function handle_for(url, options)
  -- Certificates and proxies of TLS are of no use to plain HTTP
  if not url:match("^[Hh][Tt][Tt][Pp][Ss]:") then options = { proxy = options.proxy } end
  if next(options) == nil then return nil end
  local key = json.encode(options)
  handles[key] = handles[key] or http.client(options)
  return handles[key]
end

--- What requests to the API of Kubernetes are sent with: see assay.internal.client.
-- @param name  what error messages begin with
-- @param opts  see kube_access.locate
function M.api(name, opts)
  local place = access.locate(name, opts)
  local api = base.new(name, place.url)
  local fetch = api.fetch

  function api:fetch(method, path, body, options)
    options = options or {}
    local headers, connection = place.sign_in()
    headers.Accept = "application/json"
    for key, value in pairs(options.headers or {}) do headers[key] = value end
    self.http = handle_for(self.url, connection)
    return fetch(self, method, path, body, { query = options.query, headers = headers })
  end

  --- The headers and the connection options of a request, for those that are not sent by `fetch`.
  api.sign_in = place.sign_in
  api.namespace = place.namespace
  return api
end

--- The api of `client(url, token, opts)`. Without a URL it is that of the pod's cluster or of the kubeconfig,
-- without a token that of the pod's service account.
function M.connect(name, url, token, opts)
  local all = {}
  for key, value in pairs(type(url) == "table" and url or opts or {}) do all[key] = value end
  if type(url) == "string" then all.base_url = url end
  all.token = token or all.token
  return M.api(name, all)
end

-- Paths and lists -------------------------------------------------------------------------------------------

--- The path of a list: of a namespace, or without one of the whole cluster.
-- @param group_path  such as "/api/v1" or "/apis/apps/v1"
function M.list_path(group_path, plural, namespace)
  if namespace == nil or namespace == "" then return group_path .. "/" .. plural end
  return group_path .. base.path("/namespaces/%s/%s", namespace, plural)
end

--- The path of a resource; without a namespace that of a cluster's.
function M.resource_path(group_path, plural, namespace, name)
  return M.list_path(group_path, plural, namespace) .. base.path("/%s", name)
end

--- The query of a list.
-- @param filter  label_selector, field_selector, limit, continue
function M.list_query(filter)
  return {
    { "labelSelector", filter.label_selector },
    { "fieldSelector", filter.field_selector },
    { "limit", filter.limit },
    { "continue", filter.continue },
  }
end

local function next_page(list)
  local token = type(list) == "table" and type(list.metadata) == "table" and list.metadata.continue
  return token ~= "" and token or nil
end

--- A list with the items of all its pages; with `filter.limit` one page, whose `metadata.continue` leads to the next.
-- @param options  as for the request; nil is given where it gives nil
function M.list(api, path, filter, options)
  filter = filter or {}
  options = options or {}
  local request = { verb = "LIST", missing_ok = options.missing_ok, query = M.list_query(filter) }
  local list = api:get(path, request)
  local token = next_page(list)
  while token and not filter.limit do
    request.query = M.list_query({
      label_selector = filter.label_selector,
      field_selector = filter.field_selector,
      continue = token,
    })
    local page = api:get(path, request)
    if type(page) ~= "table" then break end
    for _, item in ipairs(page.items or {}) do list.items[#list.items + 1] = item end
    list.metadata = page.metadata
    if next_page(page) == token then base.raise(api.name .. ": LIST " .. path .. ": the pages do not end") end
    token = next_page(page)
  end
  return list
end

-- Resources -------------------------------------------------------------------------------------------------

--- An object with `list` and `get` for a kind of resource.
--   list(namespace, filter?) or list(filter?): the whole list
--   get(namespace, name) or get(name): the resource, or nil when there is none
-- @param options  cluster_scoped: the kind has no namespaces; namespace: the only one, which methods then are not
--                 given; list_missing: makes what `list` gives where the kind is unknown, otherwise an error;
--                 items: `list` gives the items only; get_missing_raises: `get` raises; conditions: methods that
--                 tell whether a condition is True, such as {is_ready = "Ready"}
function M.resource(api, group_path, plural, options)
  options = options or {}
  local without_namespace = options.cluster_scoped or options.namespace ~= nil
  local resource = {}

  function resource:list(...)
    local namespace, filter = ...
    if without_namespace then namespace, filter = options.namespace, (...) end
    local path = M.list_path(group_path, plural, namespace)
    local list = M.list(api, path, filter, { missing_ok = options.list_missing ~= nil })
    if list == nil and options.list_missing then list = options.list_missing() end
    if options.items then return M.items(list) end
    return list
  end

  function resource:get(...)
    local namespace, name = ...
    if without_namespace then namespace, name = options.namespace, (...) end
    if not without_namespace and (namespace == nil or namespace == "") then
      base.raise(api.name .. ": a namespace is required to get one of " .. plural)
    end
    local path = M.resource_path(group_path, plural, namespace, name)
    return api:get(path, { missing_ok = not options.get_missing_raises })
  end

  for method, condition in pairs(options.conditions or {}) do
    resource[method] = function(_, ...) return M.is_true(resource:get(...), condition) end
  end

  return resource
end

--- A list without items, as for `list_missing`.
function M.empty_list()
  return { items = json.array() }
end

--- The items of a list; an empty array when there are none.
function M.items(list)
  return type(list) == "table" and list.items or json.array()
end

--- The name of a resource.
function M.name(resource)
  return resource.metadata and resource.metadata.name
end

-- Conditions ------------------------------------------------------------------------------------------------

--- The status of a resource; an empty table when it has none yet.
function M.status(resource)
  return resource and resource.status or {}
end

--- The first condition of a type, or nil.
function M.condition(resource, kind)
  for _, condition in ipairs(M.status(resource).conditions or {}) do
    if condition.type == kind then return condition end
  end
  return nil
end

--- Whether the first condition of a type is True; false without such a condition or resource.
function M.is_true(resource, kind)
  local condition = M.condition(resource, kind)
  return condition ~= nil and condition.status == "True"
end

--- How many items there are, how many pass and fail, and the names of those that fail.
function M.tally(items, passes)
  local passed, failed = 0, json.array()
  for _, item in ipairs(items) do
    if passes(item) then
      passed = passed + 1
    else
      failed[#failed + 1] = M.name(item)
    end
  end
  return { passed = passed, failed = #items - passed, total = #items, names = failed }
end

--- The tally of a condition `Ready` as most modules give it.
function M.tally_ready(items)
  local tally = M.tally(items, function(item) return M.is_true(item, "Ready") end)
  return { ready = tally.passed, not_ready = tally.failed, total = tally.total, not_ready_names = tally.names }
end

return M
