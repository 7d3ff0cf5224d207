/** `assay.crossplane` against a mock of the Kubernetes API. */
import { kindCases, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.crossplane").client(url, "tok")';

const PACKAGES = "/apis/pkg.crossplane.io/v1";
const EXTENSIONS = "/apis/apiextensions.crossplane.io/v1";
const BUCKETS = "/apis/s3.aws.upbound.io/v1beta1/buckets";

const items = { items: [{ metadata: { name: "x" } }] };
const one = { metadata: { name: "x" } };

function group(oldList: string, oldGet: string, name: string, path: string): Method[] {
  return [
    { old: `c:${oldList}()`, new: `c.${name}:list()`, path, reply: items, result: items },
    { old: `c:${oldGet}('x')`, new: `c.${name}:get('x')`, path: `${path}/x`, reply: one, result: one },
  ];
}

const truth = (old: string, method: string, path: string, condition: string): Method[] =>
  ["True", "False", undefined].map((status) => ({
    old: `c:${old}('x')`,
    new: `c.${method}('x')`,
    path: `${path}/x`,
    reply: status === undefined ? one : resource("x", { Other: "True", [condition]: status }),
    result: status === "True",
  }));

moduleTests(
  "crossplane",
  SETUP,
  methodCases([
    ...group("providers", "provider", "providers", `${PACKAGES}/providers`),
    ...truth("is_provider_healthy", "providers:is_healthy", `${PACKAGES}/providers`, "Healthy"),
    ...truth("is_provider_installed", "providers:is_installed", `${PACKAGES}/providers`, "Installed"),
    ...group(
      "provider_revisions",
      "provider_revision",
      "provider_revisions",
      `${PACKAGES}/providerrevisions`,
    ),
    ...group("configurations", "configuration", "configurations", `${PACKAGES}/configurations`),
    ...truth(
      "is_configuration_healthy",
      "configurations:is_healthy",
      `${PACKAGES}/configurations`,
      "Healthy",
    ),
    ...truth(
      "is_configuration_installed",
      "configurations:is_installed",
      `${PACKAGES}/configurations`,
      "Installed",
    ),
    ...group("functions", "xfunction", "functions", "/apis/pkg.crossplane.io/v1beta1/functions"),
    ...truth(
      "is_function_healthy",
      "functions:is_healthy",
      "/apis/pkg.crossplane.io/v1beta1/functions",
      "Healthy",
    ),
    ...group("xrds", "xrd", "xrds", `${EXTENSIONS}/compositeresourcedefinitions`),
    ...truth(
      "is_xrd_established",
      "xrds:is_established",
      `${EXTENSIONS}/compositeresourcedefinitions`,
      "Established",
    ),
    ...group("compositions", "composition", "compositions", `${EXTENSIONS}/compositions`),
    {
      old: "c:provider_status('x')",
      new: "c.providers:status('x')",
      path: `${PACKAGES}/providers/x`,
      reply: resource("x", { Installed: "True", Healthy: "False" }, { currentRevision: "x-1" }),
      result: {
        installed: true,
        healthy: false,
        current_revision: "x-1",
        conditions: [{ type: "Installed", status: "True" }, { type: "Healthy", status: "False" }],
      },
    },
    {
      old: "c:all_providers_healthy()",
      new: "c.providers:all_healthy()",
      path: `${PACKAGES}/providers`,
      reply: { items: [resource("a", { Healthy: "True" }), resource("b", { Healthy: "Unknown" }), one] },
      result: { healthy: 1, unhealthy: 2, total: 3, unhealthy_names: ["b", "x"] },
    },
    {
      old: "c:all_xrds_established()",
      new: "c.xrds:all_established()",
      path: `${EXTENSIONS}/compositeresourcedefinitions`,
      reply: { items: [resource("a", { Established: "True" }), one] },
      result: { established: 1, not_established: 1, total: 2 },
    },
    {
      old: "c:managed_resources('s3.aws.upbound.io', 'v1beta1', 'buckets')",
      new: "c.managed_resources:list('s3.aws.upbound.io', 'v1beta1', 'buckets')",
      path: BUCKETS,
      reply: items,
      result: items,
    },
    {
      old: "c:managed_resource('s3.aws.upbound.io', 'v1beta1', 'buckets', 'x')",
      new: "c.managed_resources:get('s3.aws.upbound.io', 'v1beta1', 'buckets', 'x')",
      path: `${BUCKETS}/x`,
      reply: one,
      result: one,
    },
    {
      old: "c:is_managed_ready('s3.aws.upbound.io', 'v1beta1', 'buckets', 'x')",
      new: "c.managed_resources:is_ready('s3.aws.upbound.io', 'v1beta1', 'buckets', 'x')",
      path: `${BUCKETS}/x`,
      reply: resource("x", { Synced: "True", Ready: "True" }),
      result: true,
    },
  ]),
);

moduleTests("crossplane", SETUP, [
  ...kindCases({
    module: "crossplane",
    list: "c.providers:list()",
    listPath: `${PACKAGES}/providers`,
    listMissing: { items: [] },
    get: "c.providers:get('NAME')",
  }),
  {
    name: "the status of a missing provider is an error",
    call: "c.providers:status('x')",
    replies: [{ status: 404 }],
    error: "test.lua:3: crossplane: provider not found: x",
  },
  {
    name: "a missing managed resource is nil and not ready",
    call: "{ c:managed_resource('g.io', 'v1', 'things', 'x') == nil, " +
      "c.managed_resources:is_ready('g.io', 'v1', 'things', 'x') }",
    replies: [{ status: 404 }],
    result: [true, false],
  },
]);
