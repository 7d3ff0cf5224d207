--- @module assay.internal.kube_kinds
--- @description The kinds of resources of Kubernetes: where the API has them and when one is ready

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

-- Kinds -----------------------------------------------------------------------------------------------------

-- Kind in lower case -> {group_path, plural, cluster_scoped}
local kinds = {}

local function add(kind, group_path, plural, cluster_scoped)
  local entry = { group_path = group_path, plural = plural, cluster_scoped = cluster_scoped or false }
  kinds[kind] = entry
  kinds[plural] = kinds[plural] or entry
end

local SEED = {
  ["/api/v1"] = {
    pod = "pods",
    service = "services",
    secret = "secrets",
    configmap = "configmaps",
    endpoints = "endpoints",
    serviceaccount = "serviceaccounts",
    persistentvolumeclaim = "persistentvolumeclaims",
    pvc = "persistentvolumeclaims",
    limitrange = "limitranges",
    resourcequota = "resourcequotas",
    replicationcontroller = "replicationcontrollers",
    event = "events",
  },
  ["/apis/apps/v1"] = {
    deployment = "deployments",
    statefulset = "statefulsets",
    daemonset = "daemonsets",
    replicaset = "replicasets",
  },
  ["/apis/batch/v1"] = { job = "jobs", cronjob = "cronjobs" },
  ["/apis/networking.k8s.io/v1"] = { ingress = "ingresses", networkpolicy = "networkpolicies" },
  ["/apis/rbac.authorization.k8s.io/v1"] = { role = "roles", rolebinding = "rolebindings" },
  ["/apis/autoscaling/v2"] = {
    hpa = "horizontalpodautoscalers",
    horizontalpodautoscaler = "horizontalpodautoscalers",
  },
  ["/apis/policy/v1"] = { poddisruptionbudget = "poddisruptionbudgets", pdb = "poddisruptionbudgets" },
  ["/apis/discovery.k8s.io/v1"] = { endpointslice = "endpointslices" },
  ["/apis/coordination.k8s.io/v1"] = { lease = "leases" },
}

local CLUSTER_SEED = {
  ["/api/v1"] = {
    namespace = "namespaces",
    node = "nodes",
    persistentvolume = "persistentvolumes",
    pv = "persistentvolumes",
  },
  ["/apis/networking.k8s.io/v1"] = { ingressclass = "ingressclasses" },
  ["/apis/storage.k8s.io/v1"] = { storageclass = "storageclasses" },
  ["/apis/rbac.authorization.k8s.io/v1"] = {
    clusterrole = "clusterroles",
    clusterrolebinding = "clusterrolebindings",
  },
  ["/apis/scheduling.k8s.io/v1"] = { priorityclass = "priorityclasses" },
  ["/apis/apiextensions.k8s.io/v1"] = {
    customresourcedefinition = "customresourcedefinitions",
    crd = "customresourcedefinitions",
  },
}

for group_path, group in pairs(SEED) do
  for kind, plural in pairs(group) do add(kind, group_path, plural) end
end
for group_path, group in pairs(CLUSTER_SEED) do
  for kind, plural in pairs(group) do add(kind, group_path, plural, true) end
end

--- Makes a custom resource known; a kind that was known is replaced.
function M.register(kind, api_group, version, plural, cluster_scoped)
  kinds[kind:lower()] = {
    group_path = base.path("/apis/%s/%s", api_group, version),
    plural = plural,
    cluster_scoped = cluster_scoped == true,
  }
end

--- Whether a name is that of a kind, in any case.
function M.knows(kind)
  return kinds[kind:lower()] ~= nil
end

local function find(kind)
  local entry = type(kind) == "string" and kinds[kind:lower()]
  if entry then return entry end
  base.raise("k8s: unknown resource kind '" .. tostring(kind) .. "'. Make a custom resource known by "
    .. "k8s.register_crd(kind, api_group, version, plural, cluster_scoped)")
end

--- Whether resources of a kind are the cluster's and no namespace's.
function M.is_cluster_scoped(kind)
  return find(kind).cluster_scoped
end

--- The path of a list; without a namespace, of the whole cluster.
function M.list_path(namespace, kind)
  local entry = find(kind)
  return kube.list_path(entry.group_path, entry.plural, not entry.cluster_scoped and namespace or nil)
end

--- The path of a resource; the namespace of a cluster's resource does not count.
function M.resource_path(namespace, kind, name)
  local entry = find(kind)
  if entry.cluster_scoped then return kube.resource_path(entry.group_path, entry.plural, nil, name) end
  if namespace == nil or namespace == "" then
    base.raise("k8s: a namespace is required for " .. kind .. " '" .. tostring(name) .. "'")
  end
  return kube.resource_path(entry.group_path, entry.plural, namespace, name)
end

-- Readiness -------------------------------------------------------------------------------------------------

local READY_PHASES = { Active = true, Running = true, Bound = true, Ready = true }

local function replicas_ready(status)
  local wanted = status.replicas or 0
  return wanted > 0 and (status.readyReplicas or 0) >= wanted
end

local function daemons_ready(status)
  local wanted = status.desiredNumberScheduled or 0
  return wanted > 0 and (status.numberReady or 0) >= wanted
end

-- By plural, so that every name of a kind has its rule
local RULES = {
  deployments = replicas_ready,
  statefulsets = replicas_ready,
  daemonsets = daemons_ready,
  jobs = function(status) return (status.succeeded or 0) >= 1 end,
}

--- Whether a resource is ready: its replicas are, its job has succeeded, its condition Ready is True, or, without
-- such a condition, its phase is Active, Running, Bound or Ready.
function M.is_ready(kind, resource)
  local status = kube.status(resource)
  local rule = RULES[find(kind).plural]
  if rule then return rule(status) end
  if kube.condition(resource, "Ready") then return kube.is_true(resource, "Ready") end
  return READY_PHASES[status.phase or ""] == true
end

return M
