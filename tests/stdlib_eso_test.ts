/** `assay.eso` against a mock of the Kubernetes API. */
import { bearer, kindCases, type Method, methodCases, resource } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.eso").client(url, "tok")';

const GROUP = "/apis/external-secrets.io/v1beta1";
const SECRETS = `${GROUP}/namespaces/web/externalsecrets`;
const STORES = `${GROUP}/namespaces/web/secretstores`;

const items = { items: [{ metadata: { name: "x" } }] };
const ready = resource("x", { Ready: "True" });
const failing = resource("y", { Deleted: "True", Ready: "False" });
const fresh = { metadata: { name: "z" } };
const mixed = { items: [failing, ready, fresh] };

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

const truth = (old: string, method: string, path: string, args: string): Method[] =>
  [ready, failing, fresh].map((reply) => ({
    old: `c:${old}(${args})`,
    new: `c.${method}(${args})`,
    path: `${path}/x`,
    reply,
    result: reply === ready,
  }));

moduleTests(
  "eso",
  SETUP,
  methodCases([
    ...group("external_secrets", "external_secret", "external_secrets", SECRETS),
    ...group("secret_stores", "secret_store", "secret_stores", STORES),
    ...group(
      "cluster_secret_stores",
      "cluster_secret_store",
      "cluster_secret_stores",
      `${GROUP}/clustersecretstores`,
    ),
    ...group(
      "cluster_external_secrets",
      "cluster_external_secret",
      "cluster_external_secrets",
      `${GROUP}/clusterexternalsecrets`,
    ),
    ...truth("is_secret_synced", "external_secrets:is_synced", SECRETS, "'web', 'x'"),
    ...truth("is_store_ready", "secret_stores:is_ready", STORES, "'web', 'x'"),
    ...truth(
      "is_cluster_store_ready",
      "cluster_secret_stores:is_ready",
      `${GROUP}/clustersecretstores`,
      "'x'",
    ),
    {
      old: "c:external_secret_status('web', 'x')",
      new: "c.external_secrets:status('web', 'x')",
      path: `${SECRETS}/x`,
      reply: {
        status: {
          syncedResourceVersion: "1-abc",
          conditions: [{ type: "Ready", status: "True", reason: "SecretSynced" }],
        },
      },
      result: {
        ready: true,
        status: "SecretSynced",
        sync_hash: "1-abc",
        conditions: [{ type: "Ready", status: "True", reason: "SecretSynced" }],
      },
    },
    {
      old: "c:external_secret_status('web', 'x')",
      new: "c.external_secrets:status('web', 'x')",
      path: `${SECRETS}/x`,
      reply: fresh,
      result: { ready: false, status: "Unknown", sync_hash: "", conditions: [] },
    },
    {
      old: "c:all_secrets_synced('web')",
      new: "c.external_secrets:all_synced('web')",
      path: SECRETS,
      reply: mixed,
      result: { synced: 1, failed: 2, total: 3, failed_names: ["y", "z"] },
    },
    {
      old: "c:secret_store_status('web', 'x')",
      new: "c.secret_stores:status('web', 'x')",
      path: `${STORES}/x`,
      reply: ready,
      result: { ready: true, conditions: [{ type: "Ready", status: "True" }] },
    },
    {
      old: "c:all_stores_ready('web')",
      new: "c.secret_stores:all_ready('web')",
      path: STORES,
      reply: mixed,
      result: { ready: 1, not_ready: 2, total: 3, not_ready_names: ["y", "z"] },
    },
  ]),
);

moduleTests("eso", SETUP, [
  ...kindCases({
    module: "eso",
    list: "c.external_secrets:list('web')",
    listPath: SECRETS,
    get: "c.external_secrets:get('web', 'NAME')",
  }),
  {
    name: "the status of a missing ExternalSecret is an error",
    call: "c.external_secrets:status('web', 'x')",
    replies: [{ status: 404 }],
    error: "test.lua:3: eso: ExternalSecret web/x not found",
  },
  {
    name: "the status of a missing SecretStore is an error",
    call: "c:secret_store_status('web', 'x')",
    replies: [{ status: 404 }],
    error: "test.lua:3: eso: SecretStore web/x not found",
  },
  ...[
    "c:wait_secret_synced('web', 'x', 5, { interval = 0.01 })",
    "c.external_secrets:wait_synced('web', 'x', 5, { interval = 0.01 })",
  ]
    .map((call) => ({
      name: `${call.split("(")[0]} waits through absence and failure`,
      call,
      replies: [{ status: 404 }, { body: failing }, { body: ready }],
      expected: [1, 2, 3].map(() => ({ path: `${SECRETS}/x`, headers: bearer })),
      result: true,
    })),
  {
    name: "waiting ends with what was waited for",
    call: "c.external_secrets:wait_synced('web', 'x', 0)",
    replies: [{ body: failing }],
    error: "test.lua:3: eso: ExternalSecret web/x not synced after 0s",
  },
  {
    name: "a newer version of the API can be chosen",
    call: "require('assay.eso').client(url, 'tok', { api_version = 'v1' }).cluster_secret_stores:list()",
    replies: [{ body: items }],
    expected: { path: "/apis/external-secrets.io/v1/clustersecretstores", headers: bearer },
    result: items,
  },
]);
