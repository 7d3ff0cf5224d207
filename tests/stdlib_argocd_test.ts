/** `assay.argocd` against a mock of Argo CD. */
import { type Method, methodCases } from "./support/kube_module.ts";
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.argocd").client(url .. "/", { token = "tok" })';

const APPS = "/api/v1/applications";

const one = { metadata: { name: "x" } };
const state = (health: string, sync: string) => ({
  metadata: { name: "shop" },
  status: { health: { status: health, message: "1 of 2 up" }, sync: { status: sync, revision: "abc" } },
});

const truth = (method: string): Method[] =>
  [state("Healthy", "Synced"), state("Degraded", "OutOfSync"), one].map((reply, index) => ({
    old: `c:${method}('shop')`,
    new: `c.apps:${method}('shop')`,
    path: `${APPS}/shop`,
    reply,
    result: index === 0,
  }));

moduleTests(
  "argocd",
  SETUP,
  methodCases([
    {
      old: "c:applications({ project = 'my shop', selector = 'team=a,tier!=db' })",
      new: "c.apps:list({ project = 'my shop', selector = 'team=a,tier!=db' })",
      path: APPS,
      query: "project=my%20shop&selector=team%3Da%2Ctier%21%3Ddb",
      reply: { metadata: {}, items: [one] },
      result: [one],
    },
    // What Argo CD answers when there is none
    {
      old: "c:applications()",
      new: "c.apps:list()",
      path: APPS,
      reply: { metadata: {}, items: null },
      result: [],
    },
    {
      old: "c:application('shop')",
      new: "c.apps:get('shop')",
      path: `${APPS}/shop`,
      reply: one,
      result: one,
    },
    {
      old: "c:app_health('shop')",
      new: "c.apps:health('shop')",
      path: `${APPS}/shop`,
      reply: state("Progressing", "OutOfSync"),
      result: { status: "Progressing", sync: "OutOfSync", message: "1 of 2 up" },
    },
    {
      old: "c:sync('shop', { revision = 'v2', prune = true, dry_run = false, strategy = { hook = {} } })",
      new:
        "c.apps:sync('shop', { revision = 'v2', prune = true, dry_run = false, strategy = { hook = {} } })",
      method: "POST",
      path: `${APPS}/shop/sync`,
      json: { revision: "v2", prune: true, dryRun: false, strategy: { hook: {} } },
      reply: one,
      result: one,
    },
    {
      old: "c:sync('shop')",
      new: "c.apps:sync('shop')",
      method: "POST",
      path: `${APPS}/shop/sync`,
      json: {},
      reply: one,
      result: one,
    },
    {
      old: "c:refresh('shop')",
      new: "c.apps:refresh('shop')",
      path: `${APPS}/shop`,
      query: "refresh=normal",
      reply: one,
      result: one,
    },
    {
      old: "c:refresh('shop', { type = 'hard' })",
      new: "c.apps:refresh('shop', { type = 'hard' })",
      path: `${APPS}/shop`,
      query: "refresh=hard",
      reply: one,
      result: one,
    },
    {
      old: "c:rollback('shop', 3)",
      new: "c.apps:rollback('shop', 3)",
      method: "PUT",
      path: `${APPS}/shop/rollback`,
      json: { id: 3 },
      reply: one,
      result: one,
    },
    {
      old: "c:app_resources('shop')",
      new: "c.apps:resources('shop')",
      path: `${APPS}/shop/resource-tree`,
      reply: { nodes: [] },
      result: { nodes: [] },
    },
    {
      old: "c:app_manifests('shop', { revision = 'feature/x' })",
      new: "c.apps:manifests('shop', { revision = 'feature/x' })",
      path: `${APPS}/shop/manifests`,
      query: "revision=feature%2Fx",
      reply: { manifests: ["{}"] },
      result: { manifests: ["{}"] },
    },
    {
      old: "c:delete_app('shop', { cascade = false, propagation_policy = 'foreground' })",
      new: "c.apps:delete('shop', { cascade = false, propagation_policy = 'foreground' })",
      method: "DELETE",
      path: `${APPS}/shop`,
      query: "cascade=false&propagationPolicy=foreground",
      reply: {},
      result: {},
    },
    ...truth("is_healthy"),
    ...truth("is_synced"),
    {
      old: "c:projects()",
      new: "c.projects:list()",
      path: "/api/v1/projects",
      reply: { items: [one] },
      result: [one],
    },
    {
      old: "c:project('x')",
      new: "c.projects:get('x')",
      path: "/api/v1/projects/x",
      reply: one,
      result: one,
    },
    {
      old: "c:repositories()",
      new: "c.repositories:list()",
      path: "/api/v1/repositories",
      reply: { items: [one] },
      result: [one],
    },
    {
      old: "c:repository('https://git.example/a b.git')",
      new: "c.repositories:get('https://git.example/a b.git')",
      path: "/api/v1/repositories/https%3A%2F%2Fgit.example%2Fa%20b.git",
      reply: { repo: "r" },
      result: { repo: "r" },
    },
    {
      old: "c:clusters()",
      new: "c.clusters:list()",
      path: "/api/v1/clusters",
      reply: { items: null },
      result: [],
    },
    {
      old: "c:cluster('https://kubernetes.default.svc')",
      new: "c.clusters:get('https://kubernetes.default.svc')",
      path: "/api/v1/clusters/https%3A%2F%2Fkubernetes.default.svc",
      reply: { name: "in-cluster" },
      result: { name: "in-cluster" },
    },
    {
      old: "c:settings()",
      new: "c.settings:get()",
      path: "/api/v1/settings",
      reply: { url: "u" },
      result: { url: "u" },
    },
    { new: "c:version()", path: "/api/version", reply: { Version: "v3.2.1" }, result: { Version: "v3.2.1" } },
  ]),
);

moduleTests("argocd", SETUP, [
  {
    name: "user and password are sent as HTTP Basic",
    call: "require('assay.argocd').client(url, { username = 'admin', password = 'secret' }):version()",
    replies: [{ body: {} }],
    expected: {
      path: "/api/version",
      headers: { authorization: `Basic ${btoa("admin:secret")}`, "content-type": "application/json" },
    },
  },
  ...[405, 501].map((status) => ({
    name: `a rollback is sent as POST where PUT is answered ${status}`,
    call: "c.apps:rollback('shop', 3)",
    replies: [{ status, body: "Method Not Allowed" }, { body: one }],
    expected: ["PUT", "POST"].map((method) => ({ method, path: `${APPS}/shop/rollback`, json: { id: 3 } })),
    result: one,
  })),
  {
    name: "a rollback that fails is raised",
    call: "c.apps:rollback('shop', 3)",
    replies: [{ status: 400, body: "no such ID" }],
    error: `argocd: PUT ${APPS}/shop/rollback HTTP 400: no such ID`,
  },
  {
    name: "a deletion that is answered without a body is nil",
    call: "c.apps:delete('shop')",
    replies: [{ body: "" }],
    expected: { method: "DELETE", path: `${APPS}/shop`, headers: { "content-type": "application/json" } },
    result: null,
  },
  ...["c:wait_healthy", "c.apps:wait_synced"].map((call) => ({
    name: `${call} waits`,
    call: `${call}('shop', 5, { interval = 0.01 })`,
    replies: [{ body: one }, { body: state("Progressing", "OutOfSync") }, {
      body: state("Healthy", "Synced"),
    }],
    expected: [1, 2, 3].map(() => ({ path: `${APPS}/shop` })),
    result: true,
  })),
  ...["healthy", "synced"].map((word) => ({
    name: `wait_${word} ends with what was waited for`,
    call: `c.apps:wait_${word}('shop', 0)`,
    replies: [{ body: state("Degraded", "OutOfSync") }],
    error: `test.lua:3: argocd: timeout waiting for shop to become ${word}`,
  })),
  {
    name: "waiting ends at the first error of a request",
    call: "c.apps:wait_healthy('shop', 60)",
    replies: [{ status: 404, body: { error: "not found", code: 5 } }],
    error: `argocd: GET ${APPS}/shop HTTP 404: {"error":"not found","code":5}`,
  },
  {
    name: "401 is raised, without the token",
    call:
      "(function() local _, err = pcall(c.apps.list, c.apps) return { err:find('HTTP 401: ', 1, true) ~= nil, " +
      "err:find('tok', 1, true) == nil } end)()",
    replies: [{ status: 401, body: { error: "no session information", code: 16 } }],
    result: [true, true],
  },
  {
    name: "500 with text is raised",
    call: "c:projects()",
    replies: [{ status: 500, body: "oops" }],
    error: "test.lua:3: argocd: GET /api/v1/projects HTTP 500: oops",
  },
  {
    name: "a sign-in page instead of JSON is a clear error",
    call: "c.clusters:list()",
    replies: [{ body: "<html>", headers: { "content-type": "text/html" } }],
    error: "argocd: GET /api/v1/clusters: the response is not JSON (text/html, 6 bytes): ",
  },
  {
    name: "an empty body where data is due is a clear error",
    call: "c.apps:get('shop')",
    replies: [{ body: "" }],
    error: `argocd: GET ${APPS}/shop: the response is not JSON (no content type, 0 bytes): `,
  },
  {
    name: "names are encoded",
    call: "c.apps:get('a b/c')",
    replies: [{ body: one }],
    expected: { path: `${APPS}/a%20b%2Fc` },
    result: one,
  },
]);
