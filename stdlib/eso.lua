--- @module assay.eso
--- @description External Secrets Operator. ExternalSecrets, SecretStores, ClusterSecretStores sync status.
--- @keywords eso, external-secrets, externalsecret, secretstore, clustersecretstore, secrets, sync, kubernetes
--- @quickref M.client(url?, token?, opts?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; opts: {api_version = "v1beta1", context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.external_secrets:list(namespace) -> {items} | List ExternalSecrets
--- @quickref c.external_secrets:get(namespace, name) -> es|nil | Get an ExternalSecret
--- @quickref c.external_secrets:status(namespace, name) -> {ready, status, sync_hash, conditions} | Get its sync status
--- @quickref c.external_secrets:is_synced(namespace, name) -> bool | Check for the condition Ready=True
--- @quickref c.external_secrets:wait_synced(namespace, name, timeout_secs?) -> true | Wait for sync, 60 s by default
--- @quickref c.external_secrets:all_synced(namespace) -> {synced, failed, total, failed_names} | Check all ExternalSecrets
--- @quickref c.secret_stores:list(namespace) -> {items} | List SecretStores in a namespace
--- @quickref c.secret_stores:get(namespace, name) -> store|nil | Get a SecretStore
--- @quickref c.secret_stores:status(namespace, name) -> {ready, conditions} | Get its status
--- @quickref c.secret_stores:is_ready(namespace, name) -> bool | Check if a SecretStore is ready
--- @quickref c.secret_stores:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all SecretStores
--- @quickref c.cluster_secret_stores:list() -> {items} | List the cluster's SecretStores
--- @quickref c.cluster_secret_stores:get(name) -> store|nil | Get a ClusterSecretStore
--- @quickref c.cluster_secret_stores:is_ready(name) -> bool | Check if a ClusterSecretStore is ready
--- @quickref c.cluster_external_secrets:list() -> {items} | List ClusterExternalSecrets
--- @quickref c.cluster_external_secrets:get(name) -> es|nil | Get a ClusterExternalSecret
--- @quickref c:external_secrets(namespace) -> {items} | As c.external_secrets:list()
--- @quickref c:external_secret(namespace, name) -> es|nil | As c.external_secrets:get()
--- @quickref c:external_secret_status(namespace, name) -> {ready, status, sync_hash, conditions} | As c.external_secrets:status()
--- @quickref c:is_secret_synced(namespace, name) -> bool | As c.external_secrets:is_synced()
--- @quickref c:wait_secret_synced(namespace, name, timeout_secs?) -> true | As c.external_secrets:wait_synced()
--- @quickref c:all_secrets_synced(namespace) -> {synced, failed, total, failed_names} | As c.external_secrets:all_synced()
--- @quickref c:secret_stores(namespace) -> {items} | As c.secret_stores:list()
--- @quickref c:secret_store(namespace, name) -> store|nil | As c.secret_stores:get()
--- @quickref c:secret_store_status(namespace, name) -> {ready, conditions} | As c.secret_stores:status()
--- @quickref c:is_store_ready(namespace, name) -> bool | As c.secret_stores:is_ready()
--- @quickref c:all_stores_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.secret_stores:all_ready()
--- @quickref c:cluster_secret_stores() -> {items} | As c.cluster_secret_stores:list()
--- @quickref c:cluster_secret_store(name) -> store|nil | As c.cluster_secret_stores:get()
--- @quickref c:is_cluster_store_ready(name) -> bool | As c.cluster_secret_stores:is_ready()
--- @quickref c:cluster_external_secrets() -> {items} | As c.cluster_external_secrets:list()
--- @quickref c:cluster_external_secret(name) -> es|nil | As c.cluster_external_secrets:get()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local OLD_NAMES = {
  external_secrets = "external_secrets.list",
  external_secret = "external_secrets.get",
  external_secret_status = "external_secrets.status",
  is_secret_synced = "external_secrets.is_synced",
  wait_secret_synced = "external_secrets.wait_synced",
  all_secrets_synced = "external_secrets.all_synced",
  secret_stores = "secret_stores.list",
  secret_store = "secret_stores.get",
  secret_store_status = "secret_stores.status",
  is_store_ready = "secret_stores.is_ready",
  all_stores_ready = "secret_stores.all_ready",
  cluster_secret_stores = "cluster_secret_stores.list",
  cluster_secret_store = "cluster_secret_stores.get",
  is_cluster_store_ready = "cluster_secret_stores.is_ready",
  cluster_external_secrets = "cluster_external_secrets.list",
  cluster_external_secret = "cluster_external_secrets.get",
}

function M.client(url, token, opts)
  local api = kube.connect("eso", url, token, opts)
  -- Version 0.17 of the operator serves v1 and no longer v1beta1
  local version = (type(url) == "table" and url or opts or {}).api_version or "v1beta1"
  local group_path = base.path("/apis/external-secrets.io/%s", version)

  local function resource(plural, conditions, cluster_scoped)
    return kube.resource(api, group_path, plural, { conditions = conditions, cluster_scoped = cluster_scoped })
  end

  local c = {
    url = api.url,
    external_secrets = resource("externalsecrets", { is_synced = "Ready" }),
    secret_stores = resource("secretstores", { is_ready = "Ready" }),
    cluster_secret_stores = resource("clustersecretstores", { is_ready = "Ready" }, true),
    cluster_external_secrets = resource("clusterexternalsecrets", nil, true),
  }

  local function found(kind, object, namespace, name)
    if object then return object end
    base.raise("eso: " .. kind .. " " .. namespace .. "/" .. name .. " not found")
  end

  function c.external_secrets:status(namespace, name)
    local secret = found("ExternalSecret", c.external_secrets:get(namespace, name), namespace, name)
    local ready = kube.condition(secret, "Ready")
    return {
      ready = kube.is_true(secret, "Ready"),
      status = ready and ready.reason or "Unknown",
      sync_hash = kube.status(secret).syncedResourceVersion or "",
      conditions = kube.status(secret).conditions or json.array(),
    }
  end

  function c.external_secrets:wait_synced(namespace, name, timeout_secs, wait_opts)
    local timeout = timeout_secs or 60
    local secret = "ExternalSecret " .. namespace .. "/" .. name
    return base.wait({
      timeout = timeout,
      interval = (wait_opts or {}).interval or 5,
      what = secret .. " to be synced",
      failure = "eso: " .. secret .. " not synced after " .. timeout .. "s",
    }, function() return c.external_secrets:is_synced(namespace, name) end)
  end

  function c.external_secrets:all_synced(namespace)
    local tally = kube.tally_ready(kube.items(c.external_secrets:list(namespace)))
    return {
      synced = tally.ready,
      failed = tally.not_ready,
      total = tally.total,
      failed_names = tally.not_ready_names,
    }
  end

  function c.secret_stores:status(namespace, name)
    local store = found("SecretStore", c.secret_stores:get(namespace, name), namespace, name)
    return { ready = kube.is_true(store, "Ready"), conditions = kube.status(store).conditions or json.array() }
  end

  function c.secret_stores:all_ready(namespace)
    return kube.tally_ready(kube.items(c.secret_stores:list(namespace)))
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
