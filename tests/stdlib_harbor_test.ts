/** `assay.harbor` against a mock of Harbor. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP =
  'local harbor = require("assay.harbor") local c = harbor.client(url .. "/", { api_key = "s3cr3t" })';
const headers = { authorization: "Bearer s3cr3t", "content-type": "application/json" };

const forms = (method: string, old: string, args = "") => [`c.${method}(${args})`, `c:${old}(${args})`];
const REPORT = "application/vnd.security.vulnerability.report; version=1.1";
const summary = { total: 12, fixable: 9, summary: { Critical: 1, High: 4, Low: 7 } };
const scanned = (report: object) => ({ digest: "sha256:a1", scan_overview: { [REPORT]: report } });

methodTests("harbor", SETUP, [
  {
    calls: forms("system:health", "health"),
    path: "/api/v2.0/health",
    reply: { status: "healthy", components: [{ name: "core", status: "healthy" }] },
  },
  {
    calls: forms("system:info", "system_info"),
    path: "/api/v2.0/systeminfo",
    reply: { harbor_version: "v2.10" },
  },
  {
    calls: forms("system:statistics", "statistics"),
    path: "/api/v2.0/statistics",
    reply: { private_project_count: 3, total_storage_consumption: 1234567890123 },
  },
  {
    calls: forms("system:is_healthy", "is_healthy"),
    path: "/api/v2.0/health",
    reply: { status: "healthy", components: [{ status: "healthy" }, { status: "healthy" }] },
    result: true,
  },
  {
    calls: forms("system:is_healthy", "is_healthy"),
    path: "/api/v2.0/health",
    reply: { status: "unhealthy", components: [{ status: "healthy" }, { status: "unhealthy" }] },
    result: false,
  },
  { calls: ["c.system:is_healthy()"], path: "/api/v2.0/health", reply: { components: [] }, result: false },
  { calls: ["c.system:is_healthy()"], path: "/api/v2.0/health", reply: {}, result: false },
  { calls: forms("projects:list", "projects"), path: "/api/v2.0/projects", reply: [{ project_id: 1 }] },
  { calls: forms("projects:list", "projects"), path: "/api/v2.0/projects", reply: [] },
  {
    calls: forms("projects:list", "projects", "{ page_size = 5, page = 2, public = false, name = 'a b' }"),
    path: "/api/v2.0/projects",
    query: "name=a%20b&public=false&page=2&page_size=5",
    reply: [{ project_id: 1 }],
  },
  {
    calls: forms("projects:get", "project", "'library'"),
    path: "/api/v2.0/projects/library",
    reply: { name: "library" },
  },
  { calls: forms("projects:get", "project", "7"), path: "/api/v2.0/projects/7", reply: { project_id: 7 } },
  {
    calls: forms(
      "repositories:list",
      "repositories",
      "'lib', { page = 1, page_size = 100, q = 'name=~app' }",
    ),
    path: "/api/v2.0/projects/lib/repositories",
    query: "page=1&page_size=100&q=name%3D~app",
    reply: [{ name: "lib/app" }],
  },
  {
    calls: forms("repositories:get", "repository", "'lib', 'team/sub/app'"),
    path: "/api/v2.0/projects/lib/repositories/team%252Fsub%252Fapp",
    reply: { name: "lib/team/sub/app" },
  },
  {
    calls: forms(
      "artifacts:list",
      "artifacts",
      "'lib', 'app', { with_tag = true, with_scan_overview = false, page = 3 }",
    ),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts",
    query: "page=3&with_tag=true&with_scan_overview=false",
    reply: [{ digest: "sha256:a1", size: 9 }],
  },
  {
    calls: forms("artifacts:get", "artifact", "'lib', 'team/app', 'sha256:a1'"),
    path: "/api/v2.0/projects/lib/repositories/team%252Fapp/artifacts/sha256:a1",
    reply: { digest: "sha256:a1" },
  },
  {
    calls: forms("artifacts:tags", "artifact_tags", "'lib', 'app', 'latest'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/latest/tags",
    reply: [{ name: "latest" }],
  },
  {
    calls: forms("artifacts:exists", "image_exists", "'lib', 'app', 'v1'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/v1",
    reply: { digest: "d" },
    result: true,
  },
  {
    calls: forms("artifacts:exists", "image_exists", "'lib', 'app', 'v1'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/v1",
    status: 404,
    reply: { errors: [{ code: "NOT_FOUND" }] },
    result: false,
  },
  {
    calls: forms("artifacts:latest", "latest_artifact", "'lib', 'app'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts",
    query: "page_size=1",
    reply: [{ digest: "new" }],
    result: { digest: "new" },
  },
  {
    calls: forms("artifacts:latest", "latest_artifact", "'lib', 'app'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts",
    query: "page_size=1",
    reply: [],
    result: null,
  },
  {
    calls: forms("scan:trigger", "scan_artifact", "'lib', 'app', 'latest'"),
    method: "POST",
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/latest/scan",
    body: "",
    status: 202,
    result: true,
  },
  {
    calls: forms("scan:vulnerabilities", "artifact_vulnerabilities", "'lib', 'app', 'latest'"),
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/latest",
    query: "with_scan_overview=true",
    reply: scanned({ scan_status: "Success", severity: "Critical", summary }),
    result: { total: 12, fixable: 9, critical: 1, high: 4, medium: 0, low: 7, negligible: 0 },
  },
  {
    calls: ["c.scan:vulnerabilities('lib', 'app', 'clean')"],
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/clean",
    query: "with_scan_overview=true",
    reply: scanned({ scan_status: "Success", summary: {} }),
    result: { total: 0, fixable: 0, critical: 0, high: 0, medium: 0, low: 0, negligible: 0 },
  },
  {
    calls: ["c.scan:vulnerabilities('lib', 'app', 'unscanned')"],
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/unscanned",
    query: "with_scan_overview=true",
    reply: { digest: "sha256:a1", scan_overview: null },
    result: null,
  },
  {
    // A scan that still runs has found nothing yet, which is not the same as no vulnerabilities
    calls: ["c.scan:vulnerabilities('lib', 'app', 'running')"],
    path: "/api/v2.0/projects/lib/repositories/app/artifacts/running",
    query: "with_scan_overview=true",
    reply: scanned({ scan_status: "Running" }),
    result: null,
  },
  {
    calls: forms("replication:policies", "replication_policies"),
    path: "/api/v2.0/replication/policies",
    reply: [{ id: 1, enabled: true }],
  },
  {
    calls: forms("replication:executions", "replication_executions", "{ policy_id = 3 }"),
    path: "/api/v2.0/replication/executions",
    query: "policy_id=3",
    reply: [{ id: 9 }],
  },
  {
    calls: forms("replication:executions", "replication_executions"),
    path: "/api/v2.0/replication/executions",
    reply: [{ id: 9 }],
  },
], headers);

failureTests("harbor", SETUP, {
  read: "c.projects:get('none')",
  readPath: "GET /api/v2.0/projects/none",
  write: "c.repositories:get('lib', 'app')",
  writePath: "GET /api/v2.0/projects/lib/repositories/app",
});

const next = (path: string) => ({ link: `<${path}?page=2&page_size=10>; rel="next"` });

moduleTests("harbor", SETUP, [
  {
    name: "a list has the items of every page",
    call: "c.projects:list({ public = true })",
    replies: [
      { body: [{ project_id: 1 }], headers: next("/api/v2.0/projects") },
      {
        body: [{ project_id: 2 }],
        headers: {
          link:
            '</api/v2.0/projects?page=1&page_size=10>; rel="prev" , </api/v2.0/projects?page=3>; rel="next"',
        },
      },
      {
        body: [{ project_id: 3 }],
        headers: { link: '</api/v2.0/projects?page=2&page_size=10>; rel="prev"' },
      },
    ],
    expected: [
      { path: "/api/v2.0/projects", query: "public=true" },
      { path: "/api/v2.0/projects", query: "public=true&page=2", headers },
      { path: "/api/v2.0/projects", query: "public=true&page=3" },
    ],
    result: [{ project_id: 1 }, { project_id: 2 }, { project_id: 3 }],
  },
  {
    name: "a page that is asked for is the only one",
    call: "c.artifacts:list('lib', 'app', { page_size = 1 })",
    replies: [{ body: [{ digest: "d" }], headers: next("/x") }],
    expected: { path: "/api/v2.0/projects/lib/repositories/app/artifacts", query: "page_size=1" },
    result: [{ digest: "d" }],
  },
  {
    name: "a scan that is refused is raised",
    call: "c.scan:trigger('lib', 'app', 'latest')",
    replies: [{ status: 409, body: { errors: [{ code: "CONFLICT" }] } }],
    error: 'harbor: POST scan HTTP 409: {"errors":[{"code":"CONFLICT"}]}',
  },
  {
    name: "user and password are sent as HTTP Basic",
    call: "harbor.client(url, { username = 'admin', password = 'Harbor12345' }):system_info()",
    replies: [{ body: {} }],
    expected: {
      path: "/api/v2.0/systeminfo",
      headers: { authorization: `Basic ${btoa("admin:Harbor12345")}` },
    },
  },
  {
    name: "old and new names of one word work on the same client",
    call: "{ c:projects()[1], c.projects:list()[1], c:artifacts('lib', 'app')[1] }",
    replies: [{ body: [1] }, { body: [2] }, { body: [3] }],
    result: [1, 2, 3],
  },
  {
    name: "a missing repository is an error, not a request for 'nil'",
    call: "c.artifacts:list('lib', nil)",
    replies: [],
    expected: [],
    error: "a value for the path /api/v2.0/projects/%s/repositories/%s is nil",
  },
]);
