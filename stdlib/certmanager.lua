--- @module assay.certmanager
--- @description cert-manager certificate lifecycle. Certificates, issuers, requests, ACME orders and challenges.
--- @keywords certmanager, cert-manager, certificate, tls, issuer, clusterissuer, acme, letsencrypt, order, challenge, renewal, kubernetes
--- @quickref M.client(url?, token?, opts?) -> client | Client for a Kubernetes API; without url the pod's cluster or the kubeconfig; opts: {context, kubeconfig, ca_cert_file, insecure}
--- @quickref c.certificates:list(namespace) -> {items} | List certificates in a namespace
--- @quickref c.certificates:get(namespace, name) -> cert|nil | Get a certificate
--- @quickref c.certificates:status(namespace, name) -> {ready, not_after, not_before, renewal_time, revision, conditions}|nil | Get its status
--- @quickref c.certificates:is_ready(namespace, name) -> bool | Check for the condition Ready=True
--- @quickref c.certificates:wait_ready(namespace, name, timeout_secs?) -> true | Wait for readiness, 300 s by default
--- @quickref c.certificates:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all certificates
--- @quickref c.issuers:list(namespace) -> {items} | List issuers in a namespace
--- @quickref c.issuers:get(namespace, name) -> issuer|nil | Get an issuer
--- @quickref c.issuers:is_ready(namespace, name) -> bool | Check if an issuer is ready
--- @quickref c.issuers:all_ready(namespace) -> {ready, not_ready, total, not_ready_names} | Check all issuers
--- @quickref c.cluster_issuers:list() -> {items} | List the cluster's issuers
--- @quickref c.cluster_issuers:get(name) -> issuer|nil | Get a cluster issuer
--- @quickref c.cluster_issuers:is_ready(name) -> bool | Check if a cluster issuer is ready
--- @quickref c.requests:list(namespace) -> {items} | List certificate requests
--- @quickref c.requests:get(namespace, name) -> request|nil | Get a certificate request
--- @quickref c.requests:is_approved(namespace, name) -> bool | Check if a request is approved
--- @quickref c.orders:list(namespace) -> {items} | List ACME orders
--- @quickref c.orders:get(namespace, name) -> order|nil | Get an ACME order
--- @quickref c.challenges:list(namespace) -> {items} | List ACME challenges
--- @quickref c.challenges:get(namespace, name) -> challenge|nil | Get an ACME challenge
--- @quickref c:certificates(namespace) -> {items} | As c.certificates:list()
--- @quickref c:certificate(namespace, name) -> cert|nil | As c.certificates:get()
--- @quickref c:certificate_status(namespace, name) -> {ready, not_after, not_before, renewal_time, revision, conditions}|nil | As c.certificates:status()
--- @quickref c:is_certificate_ready(namespace, name) -> bool | As c.certificates:is_ready()
--- @quickref c:wait_certificate_ready(namespace, name, timeout_secs?) -> true | As c.certificates:wait_ready()
--- @quickref c:all_certificates_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.certificates:all_ready()
--- @quickref c:issuers(namespace) -> {items} | As c.issuers:list()
--- @quickref c:issuer(namespace, name) -> issuer|nil | As c.issuers:get()
--- @quickref c:is_issuer_ready(namespace, name) -> bool | As c.issuers:is_ready()
--- @quickref c:all_issuers_ready(namespace) -> {ready, not_ready, total, not_ready_names} | As c.issuers:all_ready()
--- @quickref c:cluster_issuers() -> {items} | As c.cluster_issuers:list()
--- @quickref c:cluster_issuer(name) -> issuer|nil | As c.cluster_issuers:get()
--- @quickref c:is_cluster_issuer_ready(name) -> bool | As c.cluster_issuers:is_ready()
--- @quickref c:certificate_requests(namespace) -> {items} | As c.requests:list()
--- @quickref c:certificate_request(namespace, name) -> request|nil | As c.requests:get()
--- @quickref c:is_request_approved(namespace, name) -> bool | As c.requests:is_approved()
--- @quickref c:orders(namespace) -> {items} | As c.orders:list()
--- @quickref c:order(namespace, name) -> order|nil | As c.orders:get()
--- @quickref c:challenges(namespace) -> {items} | As c.challenges:list()
--- @quickref c:challenge(namespace, name) -> challenge|nil | As c.challenges:get()

local base = require("assay.internal.client")
local kube = require("assay.internal.kube")

local M = {}

local CERTIFICATES = "/apis/cert-manager.io/v1"
local ACME = "/apis/acme.cert-manager.io/v1"

local OLD_NAMES = {
  certificates = "certificates.list",
  certificate = "certificates.get",
  certificate_status = "certificates.status",
  is_certificate_ready = "certificates.is_ready",
  wait_certificate_ready = "certificates.wait_ready",
  all_certificates_ready = "certificates.all_ready",
  issuers = "issuers.list",
  issuer = "issuers.get",
  is_issuer_ready = "issuers.is_ready",
  all_issuers_ready = "issuers.all_ready",
  cluster_issuers = "cluster_issuers.list",
  cluster_issuer = "cluster_issuers.get",
  is_cluster_issuer_ready = "cluster_issuers.is_ready",
  certificate_requests = "requests.list",
  certificate_request = "requests.get",
  is_request_approved = "requests.is_approved",
  orders = "orders.list",
  order = "orders.get",
  challenges = "challenges.list",
  challenge = "challenges.get",
}

function M.client(url, token, opts)
  local api = kube.connect("certmanager", url, token, opts)

  local function resource(group_path, plural, conditions, cluster_scoped)
    return kube.resource(api, group_path, plural, {
      conditions = conditions,
      cluster_scoped = cluster_scoped,
      list_missing = kube.empty_list,
    })
  end

  local ready = { is_ready = "Ready" }
  local c = {
    url = api.url,
    certificates = resource(CERTIFICATES, "certificates", ready),
    issuers = resource(CERTIFICATES, "issuers", ready),
    cluster_issuers = resource(CERTIFICATES, "clusterissuers", ready, true),
    requests = resource(CERTIFICATES, "certificaterequests", { is_approved = "Approved" }),
    orders = resource(ACME, "orders"),
    challenges = resource(ACME, "challenges"),
  }

  function c.certificates:status(namespace, name)
    local certificate = c.certificates:get(namespace, name)
    if not certificate then return nil end
    local status = kube.status(certificate)
    return {
      ready = kube.is_true(certificate, "Ready"),
      not_after = status.notAfter,
      not_before = status.notBefore,
      renewal_time = status.renewalTime,
      revision = status.revision,
      conditions = status.conditions or json.array(),
    }
  end

  function c.certificates:wait_ready(namespace, name, timeout_secs, wait_opts)
    local certificate = "certificate " .. namespace .. "/" .. name .. " to be ready"
    return base.wait({
      timeout = timeout_secs or 300,
      interval = (wait_opts or {}).interval or 5,
      what = certificate,
      failure = "certmanager: timeout waiting for " .. certificate,
    }, function() return c.certificates:is_ready(namespace, name) end)
  end

  function c.certificates:all_ready(namespace)
    return kube.tally_ready(kube.items(c.certificates:list(namespace)))
  end

  function c.issuers:all_ready(namespace)
    return kube.tally_ready(kube.items(c.issuers:list(namespace)))
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
