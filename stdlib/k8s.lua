--- @module assay.k8s
--- @description Kubernetes API client. 30+ resource types, CRDs, readiness checks, pod logs, rollouts, watches.
--- @keywords kubernetes, k8s, pod, deployment, service, secret, configmap, node, namespace, event, crd, rollout, logs, kubectl, kubeconfig, watch, exec
--- @env KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, KUBECONFIG, HOME
--- @quickref M.client(url?, opts?) -> client | Client with options of its own: {token, kubeconfig, context, ca_cert_file, cert_file, key_file, insecure, proxy}; has all sub-objects, c:get(path) and c:deployment(namespace, name)
--- @quickref M.register_crd(kind, api_group, version, plural, cluster_scoped?) -> nil | Register a custom resource for use with get/list/create
--- @quickref M.get(path, opts?) -> resource | GET any path of the API; opts everywhere: {base_url, token, kubeconfig, context}
--- @quickref M.post(path, body, opts?) -> resource | POST to any path
--- @quickref M.put(path, body, opts?) -> resource | PUT to any path
--- @quickref M.patch(path, body, opts?) -> resource | PATCH any path; opts.content_type = "application/merge-patch+json"
--- @quickref M.delete(path, opts?) -> nil | DELETE any path
--- @quickref M.resources:get(namespace, kind, name, opts?) -> resource | Get a resource by kind and name
--- @quickref M.resources:list(namespace, kind, opts?) -> {items} | List resources, all pages; opts: {label_selector, field_selector, limit, continue}; namespace nil: all
--- @quickref M.resources:create(namespace, kind, body, opts?) -> resource | Create a resource
--- @quickref M.resources:update(namespace, kind, name, body, opts?) -> resource | Replace a resource
--- @quickref M.resources:patch(namespace, kind, name, body, opts?) -> resource | Patch a resource
--- @quickref M.resources:apply(namespace, kind, name, body, opts?) -> resource | Server-side apply; opts: {field_manager = "assay", force}
--- @quickref M.resources:delete(namespace, kind, name, opts?) -> nil | Delete a resource
--- @quickref M.resources:exists(namespace, kind, name, opts?) -> bool | Check if a resource exists
--- @quickref M.resources:is_ready(namespace, kind, name, opts?) -> bool | Check if a resource is ready
--- @quickref M.resources:wait_ready(namespace, kind, name, timeout_secs?, opts?) -> true | Wait for readiness, 60 s by default; opts: {interval = 2}
--- @quickref M.resources:watch(namespace, kind, fn, opts?) -> nil | Call fn(type, resource) for each change until it returns "close" or opts.timeout seconds are over
--- @quickref M.secrets:get(namespace, name, opts?) -> {key = value} | Secret data, base64-decoded
--- @quickref M.configmaps:get(namespace, name, opts?) -> {key = value} | ConfigMap data
--- @quickref M.pods:list(namespace, opts?) -> {items} | List pods
--- @quickref M.pods:status(namespace, opts?) -> {running, pending, succeeded, failed, unknown, total} | Count pods by phase
--- @quickref M.pods:logs(namespace, pod_name, opts?) -> string | Pod logs; opts: {tail, container, previous, since}
--- @quickref M.pods:exec(namespace, pod_name, command, opts?) -> {status, stdout, stderr} | Run a command, an array of words or a shell line; opts: {container, stdin, timeout}
--- @quickref M.services:endpoints(namespace, name, opts?) -> [ip] | Ready addresses of a service
--- @quickref M.deployments:rollout_status(namespace, name, opts?) -> {desired, updated, ready, available, unavailable, complete} | Rollout status of a deployment
--- @quickref M.nodes:status(opts?) -> [{name, ready, roles, capacity, allocatable}] | Status of all nodes
--- @quickref M.namespaces:exists(name, opts?) -> bool | Check if a namespace exists
--- @quickref M.events:list(namespace, opts?) -> {items} | List events
--- @quickref M.events:for_resource(namespace, kind, name, opts?) -> {items} | Events of a resource
--- @quickref M.get_resource(namespace, kind, name, opts?) -> resource | As M.resources:get()
--- @quickref M.list(namespace, kind, opts?) -> {items} | As M.resources:list()
--- @quickref M.create(namespace, kind, body, opts?) -> resource | As M.resources:create()
--- @quickref M.update(namespace, kind, name, body, opts?) -> resource | As M.resources:update()
--- @quickref M.patch_resource(namespace, kind, name, body, opts?) -> resource | As M.resources:patch()
--- @quickref M.delete_resource(namespace, kind, name, opts?) -> nil | As M.resources:delete()
--- @quickref M.exists(namespace, kind, name, opts?) -> bool | As M.resources:exists()
--- @quickref M.is_ready(namespace, kind, name, opts?) -> bool | As M.resources:is_ready()
--- @quickref M.wait_ready(namespace, kind, name, timeout_secs?, opts?) -> true | As M.resources:wait_ready()
--- @quickref M.get_secret(namespace, name, opts?) -> {key = value} | As M.secrets:get()
--- @quickref M.get_configmap(namespace, name, opts?) -> {key = value} | As M.configmaps:get()
--- @quickref M.list_pods(namespace, opts?) -> {items} | As M.pods:list()
--- @quickref M.pod_status(namespace, opts?) -> {running, pending, succeeded, failed, unknown, total} | As M.pods:status()
--- @quickref M.logs(namespace, pod_name, opts?) -> string | As M.pods:logs()
--- @quickref M.service_endpoints(namespace, name, opts?) -> [ip] | As M.services:endpoints()
--- @quickref M.rollout_status(namespace, name, opts?) -> {desired, updated, ready, available, unavailable, complete} | As M.deployments:rollout_status()
--- @quickref M.node_status(opts?) -> [{name, ready, roles, capacity, allocatable}] | As M.nodes:status()
--- @quickref M.namespace_exists(name, opts?) -> bool | As M.namespaces:exists()
--- @quickref M.list_events(namespace, opts?) -> {items} | As M.events:list()
--- @quickref M.events_for(namespace, kind, name, opts?) -> {items} | As M.events:for_resource()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")
local kinds = require("assay.internal.kube_kinds")

local OLD_NAMES = {
  get_resource = "resources.get",
  list = "resources.list",
  create = "resources.create",
  update = "resources.update",
  patch_resource = "resources.patch",
  delete_resource = "resources.delete",
  exists = "resources.exists",
  is_ready = "resources.is_ready",
  wait_ready = "resources.wait_ready",
  get_secret = "secrets.get",
  get_configmap = "configmaps.get",
  list_pods = "pods.list",
  pod_status = "pods.status",
  logs = "pods.logs",
  service_endpoints = "services.endpoints",
  rollout_status = "deployments.rollout_status",
  node_status = "nodes.status",
  namespace_exists = "namespaces.exists",
  list_events = "events.list",
  events_for = "events.for_resource",
}

-- Requests --------------------------------------------------------------------------------------------------

local MERGE_PATCH = "application/merge-patch+json"

-- Errors of this module read "k8s.get: HTTP 404 /api/v1/...: body"
local function connect(opts, verb)
  local api = kube.api("k8s", opts)
  function api:fail(_, response, method, target)
    base.raise("k8s." .. (verb or method:lower()) .. ": HTTP " .. response.status .. " " .. target .. ": "
      .. base.quote(response.body))
  end
  return api
end

-- What options say of a request that changes something
local function write_query(opts)
  return {
    { "dryRun", opts.dry_run and "All" or nil },
    { "fieldManager", opts.field_manager },
    { "force", opts.force },
  }
end

-- The functions that take a path; `with` gives the options of a call
local function raw_verbs(with)
  local raw = {}

  function raw.get(path, opts)
    return connect(with(opts)):get(path)
  end

  function raw.post(path, body, opts)
    return connect(with(opts)):post(path, body, { ok = "2xx", query = write_query(opts or {}) })
  end

  function raw.put(path, body, opts)
    return connect(with(opts)):put(path, body, { ok = "2xx", query = write_query(opts or {}) })
  end

  function raw.patch(path, body, opts)
    local content_type = (opts or {}).content_type or MERGE_PATCH
    if type(body) ~= "string" then body = json.encode(body) end
    return connect(with(opts)):patch(path, body, {
      ok = "2xx",
      query = write_query(opts or {}),
      headers = { ["Content-Type"] = content_type },
    })
  end

  function raw.delete(path, opts)
    connect(with(opts)):delete(path, { ok = "2xx", query = write_query(opts or {}), raw = true })
  end

  return raw
end

-- Sub-objects -----------------------------------------------------------------------------------------------

local PHASES = { Running = "running", Pending = "pending", Succeeded = "succeeded", Failed = "failed" }

-- Names in order of the labels node-role.kubernetes.io/<role>
local function roles_of(node)
  local roles = json.array()
  for label in pairs((node.metadata or {}).labels or {}) do
    roles[#roles + 1] = label:match("^node%-role%.kubernetes%.io/(.+)$")
  end
  table.sort(roles)
  return roles
end

local function add_resources(c, raw, with)
  c.resources = {}

  function c.resources:get(namespace, kind, name, opts)
    return raw.get(kinds.resource_path(namespace, kind, name), opts)
  end

  function c.resources:list(namespace, kind, opts)
    return kube.list(connect(with(opts)), kinds.list_path(namespace, kind), opts)
  end

  function c.resources:create(namespace, kind, body, opts)
    return raw.post(kinds.list_path(namespace, kind), body, opts)
  end

  function c.resources:update(namespace, kind, name, body, opts)
    return raw.put(kinds.resource_path(namespace, kind, name), body, opts)
  end

  function c.resources:patch(namespace, kind, name, body, opts)
    return raw.patch(kinds.resource_path(namespace, kind, name), body, opts)
  end

  function c.resources:apply(namespace, kind, name, body, opts)
    local all = { field_manager = "assay", content_type = "application/apply-patch+yaml" }
    for key, value in pairs(opts or {}) do all[key] = value end
    return raw.patch(kinds.resource_path(namespace, kind, name), body, all)
  end

  function c.resources:delete(namespace, kind, name, opts)
    raw.delete(kinds.resource_path(namespace, kind, name), opts)
  end

  function c.resources:exists(namespace, kind, name, opts)
    return connect(with(opts)):fetch("GET", kinds.resource_path(namespace, kind, name)).status == 200
  end

  function c.resources:is_ready(namespace, kind, name, opts)
    return kinds.is_ready(kind, c.resources:get(namespace, kind, name, opts))
  end

  function c.resources:wait_ready(namespace, kind, name, timeout_secs, opts)
    local timeout = timeout_secs or 60
    local resource = kind .. "/" .. name
    kinds.resource_path(namespace, kind, name)
    return base.wait({
      timeout = timeout,
      interval = (opts or {}).interval or 2,
      what = resource .. " to be ready",
      failure = "k8s.wait_ready: " .. resource .. " not ready after " .. timeout .. "s",
      ignore_errors = true,
    }, function() return c.resources:is_ready(namespace, kind, name, opts) end)
  end

  function c.resources:watch(namespace, kind, fn, opts)
    -- Loaded when it is needed: it brings WebSockets with it
    local socket = require("assay.internal.kube_socket")
    return socket.watch(connect(with(opts), "watch"), kinds.list_path(namespace, kind), fn, opts or {})
  end
end

local function add_pods(c, with)
  c.pods = {}

  function c.pods:list(namespace, opts)
    return c.resources:list(namespace, "pod", opts)
  end

  function c.pods:status(namespace, opts)
    local counts = { running = 0, pending = 0, succeeded = 0, failed = 0, unknown = 0, total = 0 }
    for _, pod in ipairs(kube.items(c.pods:list(namespace, opts))) do
      local phase = PHASES[kube.status(pod).phase or ""] or "unknown"
      counts[phase] = counts[phase] + 1
      counts.total = counts.total + 1
    end
    return counts
  end

  function c.pods:logs(namespace, pod_name, opts)
    opts = opts or {}
    return connect(with(opts), "logs"):get(kinds.resource_path(namespace, "pod", pod_name) .. "/log", {
      raw = true,
      headers = { Accept = "*/*" },
      query = {
        { "tailLines", opts.tail },
        { "container", opts.container },
        { "previous", opts.previous and "true" or nil },
        { "sinceSeconds", opts.since },
      },
    })
  end

  function c.pods:exec(namespace, pod_name, command, opts)
    local socket = require("assay.internal.kube_socket")
    local path = kinds.resource_path(namespace, "pod", pod_name) .. "/exec"
    return socket.exec(connect(with(opts), "exec"), path, command, opts or {})
  end
end

local function add_others(c)
  for _, group in ipairs({ "secrets", "configmaps", "services", "deployments", "nodes", "namespaces", "events" }) do
    c[group] = {}
  end

  function c.secrets:get(namespace, name, opts)
    local data = {}
    for key, value in pairs(c.resources:get(namespace, "secret", name, opts).data or {}) do
      data[key] = base64.decode(value)
    end
    return data
  end

  function c.configmaps:get(namespace, name, opts)
    return c.resources:get(namespace, "configmap", name, opts).data or {}
  end

  function c.services:endpoints(namespace, name, opts)
    local addresses = json.array()
    for _, subset in ipairs(c.resources:get(namespace, "endpoints", name, opts).subsets or {}) do
      for _, address in ipairs(subset.addresses or {}) do addresses[#addresses + 1] = address.ip end
    end
    return addresses
  end

  function c.deployments:rollout_status(namespace, name, opts)
    local deployment = c.resources:get(namespace, "deployment", name, opts)
    local status = kube.status(deployment)
    local rollout = {
      desired = (deployment.spec or {}).replicas or 0,
      updated = status.updatedReplicas or 0,
      ready = status.readyReplicas or 0,
      available = status.availableReplicas or 0,
      unavailable = status.unavailableReplicas or 0,
    }
    rollout.complete = rollout.updated == rollout.desired and rollout.ready == rollout.desired
    return rollout
  end

  function c.nodes:status(opts)
    local nodes = json.array()
    for _, node in ipairs(kube.items(c.resources:list(nil, "node", opts))) do
      nodes[#nodes + 1] = {
        name = kube.name(node),
        ready = kube.is_true(node, "Ready"),
        roles = roles_of(node),
        capacity = kube.status(node).capacity or {},
        allocatable = kube.status(node).allocatable or {},
      }
    end
    return nodes
  end

  function c.namespaces:exists(name, opts)
    return c.resources:exists(nil, "namespace", name, opts)
  end

  function c.events:list(namespace, opts)
    return c.resources:list(namespace, "event", opts)
  end

  function c.events:for_resource(namespace, kind, name, opts)
    local all = {}
    for key, value in pairs(opts or {}) do all[key] = value end
    all.field_selector = "involvedObject.kind=" .. kind .. ",involvedObject.name=" .. name
    return c.resources:list(namespace, "event", all)
  end
end

local function add_all(c, raw, with)
  add_resources(c, raw, with)
  add_pods(c, with)
  add_others(c)
end

-- Module and clients ----------------------------------------------------------------------------------------

local M = raw_verbs(function(opts) return opts or {} end)

add_all(M, M, function(opts) return opts or {} end)

for old, route in pairs(OLD_NAMES) do
  local group, method = route:match("^(.-)%.(.+)$")
  M[old] = function(...) return M[group][method](M[group], ...) end
end

M.register_crd = kinds.register
M._list_path = kinds.list_path
M._resource_path = kinds.resource_path

--- A client whose calls need no options. `c:<kind>(namespace, name)` gets a resource of any kind.
function M.client(url, opts)
  local defaults = {}
  for key, value in pairs(opts or {}) do defaults[key] = value end
  defaults.base_url = url or defaults.base_url

  local function with(given)
    local all = {}
    for key, value in pairs(defaults) do all[key] = value end
    for key, value in pairs(given or {}) do all[key] = value end
    return all
  end

  local raw = raw_verbs(with)
  local c = { url = connect(with()).url }
  add_all(c, raw, with)
  base.with_old_names(c, OLD_NAMES)
  for verb, run in pairs(raw) do
    c[verb] = function(_, ...) return run(...) end
  end

  return setmetatable(c, {
    __index = function(_, kind)
      if type(kind) ~= "string" or not kinds.knows(kind) then return nil end
      return function(_, namespace, name, call_opts)
        if kinds.is_cluster_scoped(kind) and type(name) ~= "string" then
          namespace, name, call_opts = nil, namespace, name
        end
        return c.resources:get(namespace, kind, name, call_opts)
      end
    end,
  })
end

return M
