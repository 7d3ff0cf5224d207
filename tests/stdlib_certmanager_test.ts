/** `assay.certmanager` against a mock of the Kubernetes API. */
import { bearer, kindCases, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.certmanager").client(url, "tok")';

const CERTIFICATES = "/apis/cert-manager.io/v1/namespaces/web";
const CLUSTER = "/apis/cert-manager.io/v1";
const ACME = "/apis/acme.cert-manager.io/v1/namespaces/web";

const items = { items: [{ metadata: { name: "x" } }] };
const ready = resource("x", { Issuing: "False", Ready: "True" });
const failing = resource("y", { Ready: "False" });
const fresh = { metadata: { name: "z" } };
const mixed = { items: [failing, ready, fresh] };
const tally = { ready: 1, not_ready: 2, total: 3, not_ready_names: ["y", "z"] };

/** Listing and getting one, in both forms. */
function group(oldList: string, oldGet: string, name: string, path: string): Method[] {
  const args = path.includes("/namespaces/") ? "'web'" : "";
  const one = args === "" ? "'x'" : `${args}, 'x'`;
  return [
    { old: `c:${oldList}(${args})`, new: `c.${name}:list(${args})`, path, reply: items, result: items },
    {
      old: `c:${oldGet}(${one})`,
      new: `c.${name}:get(${one})`,
      path: `${path}/x`,
      reply: ready,
      result: ready,
    },
  ];
}

const readiness = (old: string, name: string, path: string, args: string): Method[] =>
  [ready, failing, fresh].map((reply) => ({
    old: `c:${old}(${args})`,
    new: `c.${name}:is_ready(${args})`,
    path: `${path}/x`,
    reply,
    result: reply === ready,
  }));

moduleTests(
  "certmanager",
  SETUP,
  methodCases([
    ...group("certificates", "certificate", "certificates", `${CERTIFICATES}/certificates`),
    ...group("issuers", "issuer", "issuers", `${CERTIFICATES}/issuers`),
    ...group("cluster_issuers", "cluster_issuer", "cluster_issuers", `${CLUSTER}/clusterissuers`),
    ...group(
      "certificate_requests",
      "certificate_request",
      "requests",
      `${CERTIFICATES}/certificaterequests`,
    ),
    ...group("orders", "order", "orders", `${ACME}/orders`),
    ...group("challenges", "challenge", "challenges", `${ACME}/challenges`),
    ...readiness("is_certificate_ready", "certificates", `${CERTIFICATES}/certificates`, "'web', 'x'"),
    ...readiness("is_issuer_ready", "issuers", `${CERTIFICATES}/issuers`, "'web', 'x'"),
    ...readiness("is_cluster_issuer_ready", "cluster_issuers", `${CLUSTER}/clusterissuers`, "'x'"),
    {
      old: "c:is_request_approved('web', 'x')",
      new: "c.requests:is_approved('web', 'x')",
      path: `${CERTIFICATES}/certificaterequests/x`,
      reply: resource("x", { Approved: "True", Ready: "False" }),
      result: true,
    },
    {
      old: "c:is_request_approved('web', 'x')",
      new: "c.requests:is_approved('web', 'x')",
      path: `${CERTIFICATES}/certificaterequests/x`,
      reply: resource("x", { Ready: "True" }),
      result: false,
    },
    {
      old: "c:certificate_status('web', 'x')",
      new: "c.certificates:status('web', 'x')",
      path: `${CERTIFICATES}/certificates/x`,
      reply: resource("x", { Ready: "True" }, {
        notAfter: "2027-02-01T00:00:00Z",
        notBefore: "2026-11-01T00:00:00Z",
        renewalTime: "2027-01-01T00:00:00Z",
        revision: 4,
      }),
      result: {
        ready: true,
        not_after: "2027-02-01T00:00:00Z",
        not_before: "2026-11-01T00:00:00Z",
        renewal_time: "2027-01-01T00:00:00Z",
        revision: 4,
        conditions: [{ type: "Ready", status: "True" }],
      },
    },
    {
      old: "c:all_certificates_ready('web')",
      new: "c.certificates:all_ready('web')",
      path: `${CERTIFICATES}/certificates`,
      reply: mixed,
      result: tally,
    },
    {
      old: "c:all_issuers_ready('web')",
      new: "c.issuers:all_ready('web')",
      path: `${CERTIFICATES}/issuers`,
      reply: mixed,
      result: tally,
    },
  ]),
);

moduleTests("certmanager", SETUP, [
  ...kindCases({
    module: "certmanager",
    list: "c.certificates:list('web')",
    listPath: `${CERTIFICATES}/certificates`,
    listMissing: { items: [] },
    get: "c.certificates:get('web', 'NAME')",
  }),
  {
    name: "the status of one that is missing is nil",
    call: "c.certificates:status('web', 'x')",
    replies: [{ status: 404 }],
    result: null,
  },
  {
    name: "where the product is not installed, nothing is not ready",
    call: "c.certificates:all_ready('web')",
    replies: [{ status: 404 }],
    result: { ready: 0, not_ready: 0, total: 0, not_ready_names: [] },
  },
  ...[
    "c:wait_certificate_ready('web', 'x', 5, { interval = 0.01 })",
    "c.certificates:wait_ready('web', 'x', 5, { interval = 0.01 })",
  ]
    .map((call) => ({
      name: `${call.split("(")[0]} waits through absence and failure`,
      call,
      replies: [{ status: 404 }, { body: failing }, { body: ready }],
      expected: [1, 2, 3].map(() => ({ path: `${CERTIFICATES}/certificates/x`, headers: bearer })),
      result: true,
    })),
  {
    name: "waiting ends with what was waited for",
    call: "c.certificates:wait_ready('web', 'x', 0)",
    replies: [{ body: failing }],
    error: "test.lua:3: certmanager: timeout waiting for certificate web/x to be ready",
  },
  {
    name: "waiting ends at once where access is denied",
    call: "c.certificates:wait_ready('web', 'x', 60)",
    replies: [{ status: 403, body: "no" }],
    error: "HTTP 403: no",
  },
]);
