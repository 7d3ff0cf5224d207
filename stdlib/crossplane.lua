--- @module assay.crossplane
--- @description Crossplane infrastructure management. Providers, XRDs, compositions, managed resources.
--- @keywords crossplane, provider, xrd, composition, configuration, function, managed, resource, infrastructure, iac, kubernetes
--- @quickref M.client(url?, token?, opts?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; opts: {context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.providers:list() -> {items} | List providers
--- @quickref c.providers:get(name) -> provider|nil | Get a provider
--- @quickref c.providers:is_healthy(name) -> bool | Check for the condition Healthy=True
--- @quickref c.providers:is_installed(name) -> bool | Check for the condition Installed=True
--- @quickref c.providers:status(name) -> {installed, healthy, current_revision, conditions} | Get a provider's status
--- @quickref c.providers:all_healthy() -> {healthy, unhealthy, total, unhealthy_names} | Check all providers
--- @quickref c.provider_revisions:list() -> {items} | List provider revisions
--- @quickref c.provider_revisions:get(name) -> revision|nil | Get a provider revision
--- @quickref c.configurations:list() -> {items} | List configurations
--- @quickref c.configurations:get(name) -> config|nil | Get a configuration
--- @quickref c.configurations:is_healthy(name) -> bool | Check if a configuration is healthy
--- @quickref c.configurations:is_installed(name) -> bool | Check if a configuration is installed
--- @quickref c.functions:list() -> {items} | List composition functions
--- @quickref c.functions:get(name) -> function|nil | Get a composition function
--- @quickref c.functions:is_healthy(name) -> bool | Check if a function is healthy
--- @quickref c.xrds:list() -> {items} | List composite resource definitions
--- @quickref c.xrds:get(name) -> xrd|nil | Get a composite resource definition
--- @quickref c.xrds:is_established(name) -> bool | Check for the condition Established=True
--- @quickref c.xrds:all_established() -> {established, not_established, total} | Check all definitions
--- @quickref c.compositions:list() -> {items} | List compositions
--- @quickref c.compositions:get(name) -> composition|nil | Get a composition
--- @quickref c.managed_resources:get(api_group, version, kind, name) -> resource|nil | Get a managed resource; kind is the plural
--- @quickref c.managed_resources:is_ready(api_group, version, kind, name) -> bool | Check if a managed resource is ready
--- @quickref c.managed_resources:list(api_group, version, kind) -> {items} | List managed resources
--- @quickref c:providers() -> {items} | As c.providers:list()
--- @quickref c:provider(name) -> provider|nil | As c.providers:get()
--- @quickref c:is_provider_healthy(name) -> bool | As c.providers:is_healthy()
--- @quickref c:is_provider_installed(name) -> bool | As c.providers:is_installed()
--- @quickref c:provider_status(name) -> {installed, healthy, current_revision, conditions} | As c.providers:status()
--- @quickref c:all_providers_healthy() -> {healthy, unhealthy, total, unhealthy_names} | As c.providers:all_healthy()
--- @quickref c:provider_revisions() -> {items} | As c.provider_revisions:list()
--- @quickref c:provider_revision(name) -> revision|nil | As c.provider_revisions:get()
--- @quickref c:configurations() -> {items} | As c.configurations:list()
--- @quickref c:configuration(name) -> config|nil | As c.configurations:get()
--- @quickref c:is_configuration_healthy(name) -> bool | As c.configurations:is_healthy()
--- @quickref c:is_configuration_installed(name) -> bool | As c.configurations:is_installed()
--- @quickref c:functions() -> {items} | As c.functions:list()
--- @quickref c:xfunction(name) -> function|nil | As c.functions:get()
--- @quickref c:is_function_healthy(name) -> bool | As c.functions:is_healthy()
--- @quickref c:xrds() -> {items} | As c.xrds:list()
--- @quickref c:xrd(name) -> xrd|nil | As c.xrds:get()
--- @quickref c:is_xrd_established(name) -> bool | As c.xrds:is_established()
--- @quickref c:all_xrds_established() -> {established, not_established, total} | As c.xrds:all_established()
--- @quickref c:compositions() -> {items} | As c.compositions:list()
--- @quickref c:composition(name) -> composition|nil | As c.compositions:get()
--- @quickref c:managed_resource(api_group, version, kind, name) -> resource|nil | As c.managed_resources:get()
--- @quickref c:is_managed_ready(api_group, version, kind, name) -> bool | As c.managed_resources:is_ready()
--- @quickref c:managed_resources(api_group, version, kind) -> {items} | As c.managed_resources:list()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local PACKAGES = "/apis/pkg.crossplane.io/v1"
local FUNCTIONS = "/apis/pkg.crossplane.io/v1beta1"
local EXTENSIONS = "/apis/apiextensions.crossplane.io/v1"

local OLD_NAMES = {
  providers = "providers.list",
  provider = "providers.get",
  is_provider_healthy = "providers.is_healthy",
  is_provider_installed = "providers.is_installed",
  provider_status = "providers.status",
  all_providers_healthy = "providers.all_healthy",
  provider_revisions = "provider_revisions.list",
  provider_revision = "provider_revisions.get",
  configurations = "configurations.list",
  configuration = "configurations.get",
  is_configuration_healthy = "configurations.is_healthy",
  is_configuration_installed = "configurations.is_installed",
  functions = "functions.list",
  xfunction = "functions.get",
  is_function_healthy = "functions.is_healthy",
  xrds = "xrds.list",
  xrd = "xrds.get",
  is_xrd_established = "xrds.is_established",
  all_xrds_established = "xrds.all_established",
  compositions = "compositions.list",
  composition = "compositions.get",
  managed_resource = "managed_resources.get",
  is_managed_ready = "managed_resources.is_ready",
  managed_resources = "managed_resources.list",
}

function M.client(url, token, opts)
  local api = kube.connect("crossplane", url, token, opts)

  local function resource(group_path, plural, conditions)
    return kube.resource(api, group_path, plural, {
      cluster_scoped = true,
      conditions = conditions,
      list_missing = kube.empty_list,
    })
  end

  local of_package = { is_healthy = "Healthy", is_installed = "Installed" }
  local c = {
    url = api.url,
    providers = resource(PACKAGES, "providers", of_package),
    provider_revisions = resource(PACKAGES, "providerrevisions"),
    configurations = resource(PACKAGES, "configurations", of_package),
    functions = resource(FUNCTIONS, "functions", { is_healthy = "Healthy" }),
    xrds = resource(EXTENSIONS, "compositeresourcedefinitions", { is_established = "Established" }),
    compositions = resource(EXTENSIONS, "compositions"),
    managed_resources = {},
  }

  function c.providers:status(name)
    local provider = c.providers:get(name)
    if not provider then base.raise("crossplane: provider not found: " .. name) end
    return {
      installed = kube.is_true(provider, "Installed"),
      healthy = kube.is_true(provider, "Healthy"),
      current_revision = kube.status(provider).currentRevision,
      conditions = kube.status(provider).conditions or json.array(),
    }
  end

  function c.providers:all_healthy()
    local tally = kube.tally(kube.items(c.providers:list()), function(provider)
      return kube.is_true(provider, "Healthy")
    end)
    return { healthy = tally.passed, unhealthy = tally.failed, total = tally.total, unhealthy_names = tally.names }
  end

  function c.xrds:all_established()
    local tally = kube.tally(kube.items(c.xrds:list()), function(xrd) return kube.is_true(xrd, "Established") end)
    return { established = tally.passed, not_established = tally.failed, total = tally.total }
  end

  local function managed(api_group, version, kind)
    return resource(base.path("/apis/%s/%s", api_group, version), kind, { is_ready = "Ready" })
  end

  function c.managed_resources:get(api_group, version, kind, name)
    return managed(api_group, version, kind):get(name)
  end

  function c.managed_resources:is_ready(api_group, version, kind, name)
    return managed(api_group, version, kind):is_ready(name)
  end

  function c.managed_resources:list(api_group, version, kind)
    return managed(api_group, version, kind):list()
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
