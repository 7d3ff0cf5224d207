/** `assay.gitlab` against a mock of GitLab. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests, type ModuleMethod } from "./support/module_methods.ts";

const SETUP =
  'local gitlab = require("assay.gitlab") local c = gitlab.client(url .. "/", { token = "glpat-s3cr3t" })';
const headers = {
  "private-token": "glpat-s3cr3t",
  authorization: undefined,
  "content-type": "application/json",
};
const P = "/api/v4/projects/42";

/** Methods that read: the call, the path and query below the project, what is answered. */
const READS: readonly [call: string, path: string, query: string, reply: object][] = [
  ["c.repository:compare(42, 'a/b', 'main')", "/repository/compare", "from=a%2Fb&to=main", { diffs: [] }],
  [
    "c.repository:tree(42, { recursive = true, path = 'a b', ref = 'x', per_page = 2 })",
    "/repository/tree",
    "path=a%20b&per_page=2&recursive=true&ref=x",
    [{ name: "f" }],
  ],
  ["c.files:get(42, 'src/a b.ts')", "/repository/files/src%2Fa%20b.ts", "ref=main", { content: "eA==" }],
  ["c.files:get(42, 'a', { ref = 'feat/x' })", "/repository/files/a", "ref=feat%2Fx", { content: "eA==" }],
  [
    "c.commits:list(42, { ref_name = 'x', since = '2026-01-01T00:00:00Z', ['until'] = 'u', path = 'p', per_page = 1 })",
    "/repository/commits",
    "path=p&per_page=1&ref_name=x&since=2026-01-01T00%3A00%3A00Z&until=u",
    [{ id: "abc" }],
  ],
  ["c.commits:get(42, 'abc123')", "/repository/commits/abc123", "", { id: "abc123" }],
  ["c.branches:list(42, { search = 'a&b' })", "/repository/branches", "search=a%26b", []],
  ["c.branches:get(42, 'feat/x')", "/repository/branches/feat%2Fx", "", { name: "feat/x" }],
  ["c.tags:list(42, { sort = 'asc', order_by = 'name' })", "/repository/tags", "order_by=name&sort=asc", []],
  ["c.tags:get(42, 'v1/0')", "/repository/tags/v1%2F0", "", { name: "v1/0" }],
  [
    "c.merge_requests:list(42, { state = 'opened', labels = 'a,b' })",
    "/merge_requests",
    "labels=a%2Cb&state=opened",
    [{ iid: 1 }],
  ],
  ["c.merge_requests:get(42, 7)", "/merge_requests/7", "", { iid: 7 }],
  ["c.merge_requests:changes(42, 7)", "/merge_requests/7/changes", "", { changes: [] }],
  ["c.merge_requests:notes(42, 7, { sort = 'asc' })", "/merge_requests/7/notes", "sort=asc", [{ id: 1 }]],
  ["c.pipelines:list(42, { ref = 'main', status = 'failed' })", "/pipelines", "ref=main&status=failed", []],
  ["c.pipelines:get(42, 9007199254740991)", "/pipelines/9007199254740991", "", { id: 1 }],
  ["c.pipelines:jobs(42, 5, { per_page = 3 })", "/pipelines/5/jobs", "per_page=3", [{ id: 1 }]],
  ["c.jobs:list(42, { scope = { 'failed', 'success' } })", "/jobs", "scope[]=failed&scope[]=success", []],
  ["c.jobs:get(42, 3)", "/jobs/3", "", { id: 3 }],
  ["c.releases:list(42, { per_page = 1 })", "/releases", "per_page=1", [{ tag_name: "v1" }]],
  ["c.releases:get(42, 'v1/0')", "/releases/v1%2F0", "", { tag_name: "v1/0" }],
  ["c.issues:list(42, { labels = 'bug' })", "/issues", "labels=bug", [{ iid: 1 }]],
  ["c.issues:get(42, 7)", "/issues/7", "", { iid: 7 }],
  ["c.issues:notes(42, 7)", "/issues/7/notes", "", []],
  ["c.registry:repositories(42)", "/registry/repositories", "", [{ id: 1 }]],
  ["c.registry:tags(42, 1)", "/registry/repositories/1/tags", "", [{ name: "v1" }]],
  ["c.registry:tag(42, 1, 'v1')", "/registry/repositories/1/tags/v1", "", { digest: "sha256:x" }],
  ["c.hooks:list(42)", "/hooks", "", []],
  ["c.hooks:get(42, 1)", "/hooks/1", "", { id: 1 }],
  ["c.environments:list(42, { search = 'prod' })", "/environments", "search=prod", [{ id: 1 }]],
  ["c.environments:get(42, 1)", "/environments/1", "", { id: 1 }],
  ["c.deploy_tokens:list(42)", "/deploy_tokens", "", []],
];

methodTests(
  "gitlab",
  SETUP,
  READS.map(([call, path, query, reply]) => ({ calls: [call], path: P + path, query, reply })),
  headers,
);

methodTests("gitlab", SETUP, [
  {
    calls: ["c.projects:list({ search = 'a b', order_by = 'name', sort = 'asc', per_page = 5, page = 2 })"],
    path: "/api/v4/projects",
    query: "order_by=name&page=2&per_page=5&search=a%20b&sort=asc",
    reply: [{ id: 1 }],
  },
  { calls: ["c.projects:get(42)"], path: P, reply: { id: 42 } },
  { calls: ["c.projects:get('group/my app')"], path: "/api/v4/projects/group%2Fmy%20app", reply: { id: 42 } },
  {
    calls: ["c.issues:list(nil, { state = 'opened' })"],
    path: "/api/v4/issues",
    query: "state=opened",
    reply: [],
  },
  {
    calls: ["c.groups:list({ search = 'x' })"],
    path: "/api/v4/groups",
    query: "search=x",
    reply: [{ id: 1 }],
  },
  { calls: ["c.groups:get('a/b')"], path: "/api/v4/groups/a%2Fb", reply: { id: 1 } },
  { calls: ["c.groups:projects(1)"], path: "/api/v4/groups/1/projects", reply: [] },
  { calls: ["c.users:current()"], path: "/api/v4/user", reply: { username: "x" } },
  { calls: ["c.users:list({ username = 'x' })"], path: "/api/v4/users", query: "username=x", reply: [] },
  {
    calls: ["c.jobs:log(42, 3)"],
    path: `${P}/jobs/3/trace`,
    reply: "\u001b[0KRunning\nDone ✓\n",
  },
  {
    calls: ["c.files:raw(42, 'a/b.txt', { ref = 'v1' })"],
    path: `${P}/repository/files/a%2Fb.txt/raw`,
    query: "ref=v1",
    reply: '{"not": "decoded"}',
    headers: { "content-type": undefined },
  },
], { ...headers });

/** Methods that write: the call, its method and path below the project, what is sent. */
const WRITES: readonly [call: string, method: string, path: string, json: unknown][] = [
  [
    "c.files:create(42, 'a/b', { branch = 'main', content = 'ü', commit_message = 'm' })",
    "POST",
    "/repository/files/a%2Fb",
    { branch: "main", content: "ü", commit_message: "m" },
  ],
  [
    "c.files:update(42, 'a/b', { branch = 'main', content = 'x', commit_message = 'm' })",
    "PUT",
    "/repository/files/a%2Fb",
    { branch: "main", content: "x", commit_message: "m" },
  ],
  [
    "c.commits:create(42, { branch = 'b', commit_message = 'm', actions = { { action = 'delete', file_path = 'f' } } })",
    "POST",
    "/repository/commits",
    { branch: "b", commit_message: "m", actions: [{ action: "delete", file_path: "f" }] },
  ],
  ["c.commits:create(42, { actions = {} })", "POST", "/repository/commits", { actions: [] }],
  [
    "c.commits:cherry_pick(42, 'abc', { branch = 'b' })",
    "POST",
    "/repository/commits/abc/cherry_pick",
    { branch: "b" },
  ],
  ["c.branches:create(42, { branch = 'b', ref = 'main' })", "POST", "/repository/branches", {
    branch: "b",
    ref: "main",
  }],
  ["c.tags:create(42, { tag_name = 't', ref = 'main', message = 'm' })", "POST", "/repository/tags", {
    tag_name: "t",
    ref: "main",
    message: "m",
  }],
  ["c.merge_requests:create(42, { source_branch = 'a', title = 't' })", "POST", "/merge_requests", {
    source_branch: "a",
    title: "t",
  }],
  ["c.merge_requests:update(42, 7, { labels = {} })", "PUT", "/merge_requests/7", { labels: [] }],
  ["c.merge_requests:merge(42, 7, { squash = true })", "PUT", "/merge_requests/7/merge", { squash: true }],
  ["c.merge_requests:merge(42, 7)", "PUT", "/merge_requests/7/merge", {}],
  ["c.merge_requests:approve(42, 7)", "POST", "/merge_requests/7/approve", {}],
  ["c.merge_requests:create_note(42, 7, 'x')", "POST", "/merge_requests/7/notes", { body: "x" }],
  [
    "c.pipelines:create(42, { ref = 'main', variables = { { key = 'k', value = 'v' } } })",
    "POST",
    "/pipeline",
    {
      ref: "main",
      variables: [{ key: "k", value: "v" }],
    },
  ],
  ["c.pipelines:cancel(42, 5)", "POST", "/pipelines/5/cancel", {}],
  ["c.pipelines:retry(42, 5)", "POST", "/pipelines/5/retry", {}],
  ["c.jobs:retry(42, 3)", "POST", "/jobs/3/retry", {}],
  ["c.jobs:cancel(42, 3)", "POST", "/jobs/3/cancel", {}],
  ["c.releases:create(42, { tag_name = 'v1', name = 'n' })", "POST", "/releases", {
    tag_name: "v1",
    name: "n",
  }],
  ["c.releases:update(42, 'v1', { name = 'n' })", "PUT", "/releases/v1", { name: "n" }],
  ["c.issues:create(42, { title = 't', assignee_ids = {} })", "POST", "/issues", {
    title: "t",
    assignee_ids: [],
  }],
  ["c.issues:update(42, 7, { state_event = 'close' })", "PUT", "/issues/7", { state_event: "close" }],
  ["c.issues:create_note(42, 7, 'x')", "POST", "/issues/7/notes", { body: "x" }],
  ["c.hooks:create(42, { url = 'u', push_events = true })", "POST", "/hooks", {
    url: "u",
    push_events: true,
  }],
  ["c.hooks:update(42, 1, { url = 'u' })", "PUT", "/hooks/1", { url: "u" }],
  ["c.deploy_tokens:create(42, { name = 'n', scopes = { 'read_registry' } })", "POST", "/deploy_tokens", {
    name: "n",
    scopes: ["read_registry"],
  }],
];

methodTests(
  "gitlab",
  SETUP,
  WRITES.map(([call, method, path, json]): ModuleMethod => ({
    calls: [call],
    method,
    path: P + path,
    json,
    status: method === "PUT" ? 200 : 201,
    reply: { id: 1 },
  })),
  headers,
);

methodTests(
  "gitlab",
  SETUP,
  [
    ["c.branches:delete(42, 'feat/x')", "/repository/branches/feat%2Fx"],
    ["c.tags:delete(42, 'v1')", "/repository/tags/v1"],
    ["c.pipelines:delete(42, 5)", "/pipelines/5"],
    ["c.registry:delete_tag(42, 1, 'v1')", "/registry/repositories/1/tags/v1"],
    ["c.hooks:delete(42, 1)", "/hooks/1"],
    ["c.deploy_tokens:delete(42, 1)", "/deploy_tokens/1"],
  ].map(([call = "", path = ""]) => ({ calls: [call], method: "DELETE", path: P + path, status: 204 })),
  headers,
);

methodTests("gitlab", SETUP, [
  {
    calls: ["c.releases:delete(42, 'v1')"],
    method: "DELETE",
    path: `${P}/releases/v1`,
    reply: { tag_name: "v1" },
  },
  {
    calls: ["c.files:delete(42, 'a/b', { branch = 'main', commit_message = 'm' })"],
    method: "DELETE",
    path: `${P}/repository/files/a%2Fb`,
    json: { branch: "main", commit_message: "m" },
    status: 204,
  },
], headers);

failureTests("gitlab", SETUP, {
  read: "c.branches:get(42, 'x')",
  readPath: `GET ${P}/repository/branches/x`,
  write: "c.issues:create(42, {})",
  writePath: `POST ${P}/issues`,
  missingIsNil: true,
});

const link = (page: number) => ({
  link: `<https://gitlab.example.com/api/v4/projects/42/issues?page=${page}&per_page=100>; rel="next"`,
});

moduleTests("gitlab", SETUP, [
  {
    name: "an OAuth token is sent as Bearer",
    call: "gitlab.client(url, { oauth_token = 'o' }).users:current()",
    replies: [{ body: {} }],
    expected: { path: "/api/v4/user", headers: { authorization: "Bearer o", "private-token": undefined } },
  },
  {
    name: "with `all` every page is read",
    call: "c.issues:list(42, { state = 'opened', all = true })",
    replies: [{ body: [{ iid: 1 }], headers: link(2) }, { body: [{ iid: 2 }] }],
    expected: [
      { path: `${P}/issues`, query: "per_page=100&state=opened" },
      { path: `${P}/issues`, query: "per_page=100&state=opened&page=2" },
    ],
    result: [{ iid: 1 }, { iid: 2 }],
  },
  {
    name: "without `all` one page is read",
    call: "c.issues:list(42)",
    replies: [{ body: [{ iid: 1 }], headers: link(2) }],
    expected: { path: `${P}/issues` },
    result: [{ iid: 1 }],
  },
  {
    name: "the options of the caller stay as they were",
    call: "(function() local o = { labels = {}, all = true } c.issues:list(1, o) c.issues:update(1, 1, o) " +
      "return json.encode(o) end)()",
    replies: [{ body: [] }],
    result: '{"all":true,"labels":{}}',
  },
  {
    name: "a file that cannot be deleted is named",
    call: "c.files:delete(42, 'a/b', { branch = 'main' })",
    replies: [{ status: 400, body: { error: "commit_message is missing" } }],
    error: 'gitlab: DELETE file a/b HTTP 400: {"error":"commit_message is missing"}',
  },
  ...["c.files:raw(42, 'x')", "c.jobs:log(42, 1)", "c.issues:list(42, { all = true })"].map((call) => ({
    name: `${call} of what is missing is nil`,
    call,
    replies: [{ status: 404, body: { message: "404 Not found" } }],
    result: null,
  })),
  {
    name: "a project '..' is an error, not a request for something else",
    call: "c.hooks:list('..')",
    replies: [],
    expected: [],
    error: "is '..'",
  },
]);
