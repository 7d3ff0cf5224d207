/** `assay.flux` against a mock of the Kubernetes API. */
import { kindCases, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.flux").client(url .. "/", "tok")';

const SOURCES = "/apis/source.toolkit.fluxcd.io/v1/namespaces/apps";
const KUSTOMIZE = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/apps/kustomizations";
const HELM = "/apis/helm.toolkit.fluxcd.io/v2/namespaces/apps/helmreleases";

const items = { items: [{ metadata: { name: "x" } }] };
const ready = resource("x", { Reconciling: "False", Ready: "True" });
const failing = resource("y", { Ready: "False" });
const fresh = { metadata: { name: "z" } };
const mixed = { items: [ready, failing, fresh] };
const tally = { ready: 1, not_ready: 2, total: 3, not_ready_names: ["y", "z"] };

const list = (old: string, name: string, path: string): Method => ({
  old: `c:${old}('apps')`,
  new: `c.${name}('apps')`,
  path,
  reply: items,
  result: items,
});

const one = (old: string, name: string, path: string): Method => ({
  old: `c:${old}('apps', 'x')`,
  new: `c.${name}('apps', 'x')`,
  path: `${path}/x`,
  reply: ready,
  result: ready,
});

const readiness = (old: string, name: string, path: string): Method[] =>
  [ready, failing, fresh].map((reply) => ({
    old: `c:${old}('apps', 'x')`,
    new: `c.${name}('apps', 'x')`,
    path: `${path}/x`,
    reply,
    result: reply === ready,
  }));

moduleTests(
  "flux",
  SETUP,
  methodCases([
    list("git_repositories", "git_repos:list", `${SOURCES}/gitrepositories`),
    one("git_repository", "git_repos:get", `${SOURCES}/gitrepositories`),
    ...readiness("is_git_repo_ready", "git_repos:is_ready", `${SOURCES}/gitrepositories`),
    list("helm_repositories", "helm_repos:list", `${SOURCES}/helmrepositories`),
    one("helm_repository", "helm_repos:get", `${SOURCES}/helmrepositories`),
    ...readiness("is_helm_repo_ready", "helm_repos:is_ready", `${SOURCES}/helmrepositories`),
    list("helm_charts", "helm_charts:list", `${SOURCES}/helmcharts`),
    list(
      "oci_repositories",
      "oci_repos:list",
      "/apis/source.toolkit.fluxcd.io/v1beta2/namespaces/apps/ocirepositories",
    ),
    list("kustomizations", "kustomizations:list", KUSTOMIZE),
    one("kustomization", "kustomizations:get", KUSTOMIZE),
    ...readiness("is_kustomization_ready", "kustomizations:is_ready", KUSTOMIZE),
    list("helm_releases", "helm_releases:list", HELM),
    one("helm_release", "helm_releases:get", HELM),
    ...readiness("is_helm_release_ready", "helm_releases:is_ready", HELM),
    list(
      "alerts",
      "notifications:alerts",
      "/apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/apps/alerts",
    ),
    list(
      "providers_list",
      "notifications:providers",
      "/apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/apps/providers",
    ),
    list(
      "receivers",
      "notifications:receivers",
      "/apis/notification.toolkit.fluxcd.io/v1/namespaces/apps/receivers",
    ),
    list(
      "image_policies",
      "image_policies:list",
      "/apis/image.toolkit.fluxcd.io/v1beta2/namespaces/apps/imagepolicies",
    ),
    {
      old: "c:kustomization_status('apps', 'x')",
      new: "c.kustomizations:status('apps', 'x')",
      path: `${KUSTOMIZE}/x`,
      reply: resource("x", { Ready: "False" }, {
        lastAttemptedRevision: "main@sha1:b",
        lastAppliedRevision: "main@sha1:a",
      }),
      result: {
        ready: false,
        revision: "main@sha1:b",
        last_applied_revision: "main@sha1:a",
        conditions: [{ type: "Ready", status: "False" }],
      },
    },
    {
      old: "c:helm_release_status('apps', 'x')",
      new: "c.helm_releases:status('apps', 'x')",
      path: `${HELM}/x`,
      reply: fresh,
      result: { ready: false, revision: "", last_applied_revision: "", conditions: [] },
    },
    {
      new: "c.helm_releases:status('apps', 'x').last_applied_revision",
      path: `${HELM}/x`,
      reply: { status: { history: [{ chartVersion: "2.0.0" }, { chartVersion: "1.0.0" }] } },
      result: "2.0.0",
    },
    {
      old: "c:all_kustomizations_ready('apps')",
      new: "c.kustomizations:all_ready('apps')",
      path: KUSTOMIZE,
      reply: mixed,
      result: tally,
    },
    {
      old: "c:all_helm_releases_ready('apps')",
      new: "c.helm_releases:all_ready('apps')",
      path: HELM,
      reply: { items: [] },
      result: { ready: 0, not_ready: 0, total: 0, not_ready_names: [] },
    },
    {
      old: "c:all_sources_ready('apps')",
      new: "c.sources:all_ready('apps')",
      path: [`${SOURCES}/gitrepositories`, `${SOURCES}/helmrepositories`],
      reply: [mixed, { items: [ready, resource("h", { Ready: "Unknown" })] }],
      result: { ready: 2, not_ready: 3, total: 5, not_ready_names: ["y", "z", "h"] },
    },
    {
      new: "c.git_repos:list()",
      path: "/apis/source.toolkit.fluxcd.io/v1/gitrepositories",
      reply: items,
      result: items,
    },
  ]),
);

moduleTests("flux", SETUP, [
  ...kindCases({
    module: "flux",
    list: "c.kustomizations:list('apps')",
    listPath: KUSTOMIZE,
    get: "c.kustomizations:get('apps', 'NAME')",
  }),
  {
    name: "the status of one that is missing is nil",
    call: "c.kustomizations:status('apps', 'x')",
    replies: [{ status: 404 }],
    result: null,
  },
  {
    name: "one that is missing is not ready",
    call: "pcall(c.git_repos.is_ready, c.git_repos, 'apps', 'x') and c.git_repos:is_ready('apps', 'x')",
    replies: [{ status: 404 }],
    result: false,
  },
  {
    name: "lists can be filtered",
    call: "c.kustomizations:list('apps', { label_selector = 'team=a,env in (x, y)', limit = 5 })",
    replies: [{ body: { metadata: { continue: "more" }, items: [] } }],
    expected: { path: KUSTOMIZE, query: "labelSelector=team%3Da%2Cenv%20in%20%28x%2C%20y%29&limit=5" },
    result: { metadata: { continue: "more" }, items: [] },
  },
  {
    name: "pages that lead to themselves are an error",
    call: "c.kustomizations:list('apps')",
    replies: [{ body: { metadata: { continue: "same" }, items: [] } }],
    error: `flux: LIST ${KUSTOMIZE}: the pages do not end`,
  },
  {
    name: "a resource without a namespace is refused",
    call: "c.kustomizations:get(nil, 'x')",
    replies: [],
    error: "flux: a namespace is required to get one of kustomizations",
  },
]);
