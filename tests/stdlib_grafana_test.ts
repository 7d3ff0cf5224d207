/** `assay.grafana` against a mock of Grafana. */
import { moduleTests } from "./support/module.ts";

const SETUP = 'local c = require("assay.grafana").client(url .. "/", { api_key = "glsa_x" })';
const bearer = { authorization: "Bearer glsa_x", "content-type": "application/json" };

/** Each method in its old and its new form. */
const METHODS: readonly {
  old: string;
  new: string;
  path: string;
  query?: string;
  reply: object;
}[] = [
  { old: "c:datasources()", new: "c.datasources:list()", path: "/api/datasources", reply: [{ id: 1 }] },
  { old: "c:datasource(7)", new: "c.datasources:get(7)", path: "/api/datasources/7", reply: { id: 7 } },
  {
    old: "c:datasource('P1/x')",
    new: "c.datasources:get('P1/x')",
    path: "/api/datasources/uid/P1%2Fx",
    reply: { uid: "P1/x" },
  },
  {
    old: "c:search({ limit = 5, tag = { 'a', 'b' }, query = 'cpu & mem', type = 'dash-db' })",
    new: "c.dashboards:search({ limit = 5, tag = { 'a', 'b' }, query = 'cpu & mem', type = 'dash-db' })",
    path: "/api/search",
    query: "query=cpu%20%26%20mem&type=dash-db&tag=a&tag=b&limit=5",
    reply: [{ uid: "d" }],
  },
  { old: "c:search()", new: "c.dashboards:search()", path: "/api/search", reply: [{ uid: "d" }] },
  {
    old: "c:dashboard('abc')",
    new: "c.dashboards:get('abc')",
    path: "/api/dashboards/uid/abc",
    reply: { meta: {} },
  },
  {
    old:
      "c:annotations({ from = 1700000000000, to = 1700000060000, dashboard_id = 3, limit = 10, tags = { 'a b', 'c' } })",
    new:
      "c.annotations:list({ from = 1700000000000, to = 1700000060000, dashboard_id = 3, limit = 10, tags = { 'a b', 'c' } })",
    path: "/api/annotations",
    query: "from=1700000000000&to=1700000060000&dashboardId=3&limit=10&tags=a%20b&tags=c",
    reply: [{ id: 1, text: "x" }],
  },
  { old: "c:annotations()", new: "c.annotations:list()", path: "/api/annotations", reply: [{ id: 1 }] },
  { old: "c:org()", new: "c.org:get()", path: "/api/org", reply: { id: 1, name: "Main" } },
  {
    old: "c:alert_rules()",
    new: "c.alerts:rules()",
    path: "/api/v1/provisioning/alert-rules",
    reply: [{ uid: "r", title: "t" }],
  },
  { old: "c:folders()", new: "c.folders:list()", path: "/api/folders", reply: [{ id: 1, title: "f" }] },
];

moduleTests(
  "grafana",
  SETUP,
  METHODS.flatMap((method) =>
    [method.old, method.new].map((call) => ({
      name: `${call.length > 60 ? `${call.slice(0, 60)}...` : call} works`,
      call,
      replies: [{ body: method.reply }],
      expected: { path: method.path, query: method.query ?? "", headers: bearer },
      result: method.reply,
    }))
  ),
);

moduleTests("grafana", SETUP, [
  ...["c:health()", "c.health:check()"].map((call) => ({
    name: `${call} needs no authorization`,
    call,
    replies: [{ body: { database: "ok", version: "11.0.0", commit: "abc" } }],
    expected: { path: "/api/health", headers: { authorization: undefined } },
    result: { database: "ok", version: "11.0.0", commit: "abc" },
  })),
  ...["c:create_annotation", "c.annotations:create"].map((method) => ({
    name: `${method} posts JSON`,
    call: `${method}({ text = 'Deployed "x" ü', dashboardId = 3, tags = { 'deploy' } })`,
    replies: [{ body: { id: 9, message: "Annotation added" } }],
    expected: {
      method: "POST",
      path: "/api/annotations",
      json: { text: 'Deployed "x" ü', dashboardId: 3, tags: ["deploy"] },
      headers: bearer,
    },
    result: { id: 9, message: "Annotation added" },
  })),
  {
    name: "both forms work on the same client",
    call: "{ c:folders()[1].id, c.folders:list()[1].id, c:folders()[1].id }",
    replies: [{ body: [{ id: 1 }] }, { body: [{ id: 2 }] }, { body: [{ id: 3 }] }],
    result: [1, 2, 3],
  },
  {
    name: "user and password are sent as HTTP Basic",
    call: "require('assay.grafana').client(url, { username = 'admin', password = 'pä:ss' }):org()",
    replies: [{ body: {} }],
    expected: { path: "/api/org", headers: { authorization: `Basic ${basic("admin:pä:ss")}` } },
  },
  {
    name: "a client without credentials sends none",
    call: "require('assay.grafana').client(url):org()",
    replies: [{ body: {} }],
    expected: { path: "/api/org", headers: { authorization: undefined } },
  },
  {
    name: "404 is raised",
    call: "c:dashboard('none')",
    replies: [{ status: 404, body: { message: "Dashboard not found" } }],
    error: 'grafana: GET /api/dashboards/uid/none HTTP 404: {"message":"Dashboard not found"}',
  },
  {
    name: "401 is raised, without the key",
    call:
      "(function() local _, err = pcall(c.org.get, c.org) return { err:find('HTTP 401: denied', 1, true) ~= nil, " +
      "err:find('glsa_x', 1, true) == nil } end)()",
    replies: [{ status: 401, body: "denied" }],
    result: [true, true],
  },
  {
    name: "a POST that is answered 500 with text is raised",
    call: "c:create_annotation({ text = 'x' })",
    replies: [{ status: 500, body: "oops" }],
    error: "grafana: POST /api/annotations HTTP 500: oops",
  },
  {
    name: "a sign-in page instead of JSON is a clear error",
    call: "c:folders()",
    replies: [{ body: "<html>", headers: { "content-type": "text/html; charset=utf-8" } }],
    error: "grafana: GET /api/folders: the response is not JSON (text/html; charset=utf-8, 6 bytes): ",
  },
  {
    name: "an empty body where data is due is a clear error",
    call: "c.folders:list()",
    replies: [{ body: "" }],
    error: "grafana: GET /api/folders: the response is not JSON (no content type, 0 bytes): ",
  },
  {
    name: "an empty body after a POST is nil",
    call: "c:create_annotation({ text = 'x' })",
    replies: [{ body: "" }],
    result: null,
  },
  {
    name: "a missing ID is an error, not a request for 'nil'",
    call: "c:dashboard(nil)",
    replies: [],
    expected: [],
    error: "a value for the path /api/dashboards/uid/%s is nil",
  },
]);

moduleTests(
  "grafana",
  SETUP,
  ["", ".", ".."].map((uid) => ({
    name: `the ID '${uid}' is an error, not a request for something else`,
    call: `c:dashboard("${uid}")`,
    replies: [],
    expected: [],
    error: `a value for the path /api/dashboards/uid/%s is '${uid}'`,
  })),
);

function basic(credentials: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(credentials)));
}
