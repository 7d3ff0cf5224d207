--- @module assay.flux
--- @description Flux CD GitOps toolkit. GitRepositories, Kustomizations, HelmReleases, notifications, images.
--- @keywords flux, fluxcd, gitops, gitrepository, kustomization, helmrelease, helmrepository, helmchart, ocirepository, notification, image, kubernetes
--- @quickref M.client(url?, token?, opts?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; opts: {context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.git_repos:list(namespace) -> {items} | List GitRepositories
--- @quickref c.git_repos:get(namespace, name) -> repo|nil | Get a GitRepository
--- @quickref c.git_repos:is_ready(namespace, name) -> bool | Check for the condition Ready=True
--- @quickref c.helm_repos:list(namespace) -> {items} | List HelmRepositories
--- @quickref c.helm_repos:get(namespace, name) -> repo|nil | Get a HelmRepository
--- @quickref c.helm_repos:is_ready(namespace, name) -> bool | Check if a HelmRepository is ready
--- @quickref c.helm_charts:list(namespace) -> {items} | List HelmCharts
--- @quickref c.oci_repos:list(namespace) -> {items} | List OCIRepositories
--- @quickref c.kustomizations:list(namespace) -> {items} | List Kustomizations
--- @quickref c.kustomizations:get(namespace, name) -> ks|nil | Get a Kustomization
--- @quickref c.kustomizations:is_ready(namespace, name) -> bool | Check if a Kustomization is ready
--- @quickref c.kustomizations:status(namespace, name) -> {ready, revision, last_applied_revision, conditions}|nil | Get its status
--- @quickref c.kustomizations:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all Kustomizations
--- @quickref c.helm_releases:list(namespace) -> {items} | List HelmReleases
--- @quickref c.helm_releases:get(namespace, name) -> hr|nil | Get a HelmRelease
--- @quickref c.helm_releases:is_ready(namespace, name) -> bool | Check if a HelmRelease is ready
--- @quickref c.helm_releases:status(namespace, name) -> {ready, revision, last_applied_revision, conditions}|nil | Get its status
--- @quickref c.helm_releases:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all HelmReleases
--- @quickref c.notifications:alerts(namespace) -> {items} | List alerts
--- @quickref c.notifications:providers(namespace) -> {items} | List notification providers
--- @quickref c.notifications:receivers(namespace) -> {items} | List receivers
--- @quickref c.image_policies:list(namespace) -> {items} | List image policies
--- @quickref c.sources:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all Git and Helm repositories
--- @quickref c:git_repositories(namespace) -> {items} | As c.git_repos:list()
--- @quickref c:git_repository(namespace, name) -> repo|nil | As c.git_repos:get()
--- @quickref c:is_git_repo_ready(namespace, name) -> bool | As c.git_repos:is_ready()
--- @quickref c:helm_repositories(namespace) -> {items} | As c.helm_repos:list()
--- @quickref c:helm_repository(namespace, name) -> repo|nil | As c.helm_repos:get()
--- @quickref c:is_helm_repo_ready(namespace, name) -> bool | As c.helm_repos:is_ready()
--- @quickref c:helm_charts(namespace) -> {items} | As c.helm_charts:list()
--- @quickref c:oci_repositories(namespace) -> {items} | As c.oci_repos:list()
--- @quickref c:kustomizations(namespace) -> {items} | As c.kustomizations:list()
--- @quickref c:kustomization(namespace, name) -> ks|nil | As c.kustomizations:get()
--- @quickref c:is_kustomization_ready(namespace, name) -> bool | As c.kustomizations:is_ready()
--- @quickref c:kustomization_status(namespace, name) -> {ready, revision, last_applied_revision, conditions}|nil | As c.kustomizations:status()
--- @quickref c:all_kustomizations_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.kustomizations:all_ready()
--- @quickref c:helm_releases(namespace) -> {items} | As c.helm_releases:list()
--- @quickref c:helm_release(namespace, name) -> hr|nil | As c.helm_releases:get()
--- @quickref c:is_helm_release_ready(namespace, name) -> bool | As c.helm_releases:is_ready()
--- @quickref c:helm_release_status(namespace, name) -> {ready, revision, last_applied_revision, conditions}|nil | As c.helm_releases:status()
--- @quickref c:all_helm_releases_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.helm_releases:all_ready()
--- @quickref c:alerts(namespace) -> {items} | As c.notifications:alerts()
--- @quickref c:providers_list(namespace) -> {items} | As c.notifications:providers()
--- @quickref c:receivers(namespace) -> {items} | As c.notifications:receivers()
--- @quickref c:image_policies(namespace) -> {items} | As c.image_policies:list()
--- @quickref c:all_sources_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.sources:all_ready()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local SOURCES = "/apis/source.toolkit.fluxcd.io/v1"
local SOURCES_BETA = "/apis/source.toolkit.fluxcd.io/v1beta2"
local KUSTOMIZE = "/apis/kustomize.toolkit.fluxcd.io/v1"
local HELM = "/apis/helm.toolkit.fluxcd.io/v2"
local NOTIFICATIONS = "/apis/notification.toolkit.fluxcd.io/v1"
local NOTIFICATIONS_BETA = "/apis/notification.toolkit.fluxcd.io/v1beta3"
local IMAGES = "/apis/image.toolkit.fluxcd.io/v1beta2"

local OLD_NAMES = {
  git_repositories = "git_repos.list",
  git_repository = "git_repos.get",
  is_git_repo_ready = "git_repos.is_ready",
  helm_repositories = "helm_repos.list",
  helm_repository = "helm_repos.get",
  is_helm_repo_ready = "helm_repos.is_ready",
  helm_charts = "helm_charts.list",
  oci_repositories = "oci_repos.list",
  kustomizations = "kustomizations.list",
  kustomization = "kustomizations.get",
  is_kustomization_ready = "kustomizations.is_ready",
  kustomization_status = "kustomizations.status",
  all_kustomizations_ready = "kustomizations.all_ready",
  helm_releases = "helm_releases.list",
  helm_release = "helm_releases.get",
  is_helm_release_ready = "helm_releases.is_ready",
  helm_release_status = "helm_releases.status",
  all_helm_releases_ready = "helm_releases.all_ready",
  alerts = "notifications.alerts",
  providers_list = "notifications.providers",
  receivers = "notifications.receivers",
  image_policies = "image_policies.list",
  all_sources_ready = "sources.all_ready",
}

-- Helm releases of v2 tell what is installed in their history, newest first
local function last_applied(status)
  local newest = (status.history or {})[1]
  return status.lastAppliedRevision or (newest and newest.chartVersion) or ""
end

local function add_status(group)
  function group:status(namespace, name)
    local resource = group:get(namespace, name)
    if not resource then return nil end
    local status = kube.status(resource)
    return {
      ready = kube.is_true(resource, "Ready"),
      revision = status.lastAttemptedRevision or "",
      last_applied_revision = last_applied(status),
      conditions = status.conditions or json.array(),
    }
  end

  function group:all_ready(namespace)
    return kube.tally_ready(kube.items(group:list(namespace)))
  end
end

function M.client(url, token, opts)
  local api = kube.connect("flux", url, token, opts)

  local function resource(group_path, plural)
    return kube.resource(api, group_path, plural, { conditions = { is_ready = "Ready" } })
  end

  local c = {
    url = api.url,
    git_repos = resource(SOURCES, "gitrepositories"),
    helm_repos = resource(SOURCES, "helmrepositories"),
    helm_charts = resource(SOURCES, "helmcharts"),
    oci_repos = resource(SOURCES_BETA, "ocirepositories"),
    kustomizations = resource(KUSTOMIZE, "kustomizations"),
    helm_releases = resource(HELM, "helmreleases"),
    image_policies = resource(IMAGES, "imagepolicies"),
    notifications = {},
    sources = {},
  }
  add_status(c.kustomizations)
  add_status(c.helm_releases)

  local alerts = resource(NOTIFICATIONS_BETA, "alerts")
  local providers = resource(NOTIFICATIONS_BETA, "providers")
  local receivers = resource(NOTIFICATIONS, "receivers")

  function c.notifications:alerts(namespace)
    return alerts:list(namespace)
  end

  function c.notifications:providers(namespace)
    return providers:list(namespace)
  end

  function c.notifications:receivers(namespace)
    return receivers:list(namespace)
  end

  function c.sources:all_ready(namespace)
    local sources = {}
    for _, group in ipairs({ c.git_repos, c.helm_repos }) do
      for _, source in ipairs(kube.items(group:list(namespace))) do sources[#sources + 1] = source end
    end
    return kube.tally_ready(sources)
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
