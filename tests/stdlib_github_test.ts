/** `assay.github` against a mock of GitHub. */
import { moduleTests } from "./support/module.ts";
import { failureTests, methodTests } from "./support/module_methods.ts";

const SETUP = 'local github = require("assay.github") ' +
  'local c = github.client({ token = "ghp_s3cr3t", base_url = url .. "/" })';
const headers = {
  authorization: "Bearer ghp_s3cr3t",
  accept: "application/vnd.github+json",
  "content-type": "application/json",
};
const R = "/repos/my-org/my.repo";
const repo = "'my-org/my.repo'";
const pull = { id: 9007199254740991, number: 7, state: "open" };
const pullOptions = "{ per_page = 10, page = 2, direction = 'asc', sort = 'created', state = 'all' }";
const issueOptions = "{ labels = { 'bug', 'good first' }, state = 'open', per_page = 5 }";
const runs = { total_count: 1, workflow_runs: [{ id: 30433642, status: "completed" }] };

methodTests("github", SETUP, [
  { calls: [`c.pulls:get(${repo}, 7)`, `c:pr_view(${repo}, 7)`], path: `${R}/pulls/7`, reply: pull },
  { calls: [`c.pulls:list(${repo})`, `c:pr_list(${repo})`], path: `${R}/pulls`, reply: [pull] },
  {
    calls: [`c.pulls:list(${repo}, ${pullOptions})`, `c:pr_list(${repo}, ${pullOptions})`],
    path: `${R}/pulls`,
    query: "state=all&sort=created&direction=asc&per_page=10&page=2",
    reply: [],
  },
  {
    calls: [`c.pulls:reviews(${repo}, 7)`, `c:pr_reviews(${repo}, 7)`],
    path: `${R}/pulls/7/reviews`,
    reply: [{ state: "APPROVED" }],
  },
  {
    calls: [
      `c.pulls:merge(${repo}, 7, { merge_method = 'squash', commit_title = 't', commit_message = 'm' })`,
      `c:pr_merge(${repo}, 7, { merge_method = 'squash', commit_title = 't', commit_message = 'm' })`,
    ],
    method: "PUT",
    path: `${R}/pulls/7/merge`,
    json: { merge_method: "squash", commit_title: "t", commit_message: "m" },
    reply: { merged: true, sha: "abc" },
  },
  {
    calls: [`c.pulls:merge(${repo}, 7)`, `c:pr_merge(${repo}, 7)`],
    method: "PUT",
    path: `${R}/pulls/7/merge`,
    body: "{}",
    status: 204,
    result: true,
  },
  {
    calls: [`c.issues:list(${repo}, ${issueOptions})`, `c:issue_list(${repo}, ${issueOptions})`],
    path: `${R}/issues`,
    query: "state=open&labels=bug%2Cgood%20first&per_page=5",
    reply: [{ number: 1 }],
  },
  {
    calls: [`c.issues:list(${repo}, { labels = 'a&b', sort = 'updated', direction = 'desc' })`],
    path: `${R}/issues`,
    query: "labels=a%26b&sort=updated&direction=desc",
    reply: [],
  },
  {
    calls: [`c.issues:get(${repo}, 42)`, `c:issue_get(${repo}, 42)`],
    path: `${R}/issues/42`,
    reply: { number: 42 },
  },
  {
    calls: [
      `c.issues:create(${repo}, 'Bug ü', 'text', { labels = { 'bug' }, assignees = {}, milestone = 3 })`,
      `c:issue_create(${repo}, 'Bug ü', 'text', { labels = { 'bug' }, assignees = {}, milestone = 3 })`,
    ],
    method: "POST",
    path: `${R}/issues`,
    json: { title: "Bug ü", body: "text", labels: ["bug"], assignees: [], milestone: 3 },
    status: 201,
    reply: { number: 43 },
  },
  {
    calls: [`c.issues:create_note(${repo}, 42, 'Fixed')`, `c:issue_comment(${repo}, 42, 'Fixed')`],
    method: "POST",
    path: `${R}/issues/42/comments`,
    json: { body: "Fixed" },
    status: 201,
    reply: { id: 1 },
  },
  { calls: [`c.repos:get(${repo})`, `c:repo_get(${repo})`], path: R, reply: { full_name: "my-org/my.repo" } },
  {
    calls: [
      `c.runs:list(${repo}, { status = 'completed', branch = 'feat/x', per_page = 1 })`,
      `c:runs_list(${repo}, { status = 'completed', branch = 'feat/x', per_page = 1 })`,
    ],
    path: `${R}/actions/runs`,
    query: "status=completed&branch=feat%2Fx&per_page=1",
    reply: runs,
  },
  {
    calls: [`c.runs:get(${repo}, 30433642)`, `c:run_get(${repo}, 30433642)`],
    path: `${R}/actions/runs/30433642`,
    reply: { id: 30433642 },
  },
  {
    calls: ["c:graphql('query { viewer { login } }')"],
    method: "POST",
    path: "/graphql",
    json: { query: "query { viewer { login } }" },
    reply: { data: { viewer: { login: "x" } } },
  },
  {
    calls: ["c:graphql('query($n: Int!) { x }', { n = 1 })"],
    method: "POST",
    path: "/graphql",
    json: { query: "query($n: Int!) { x }", variables: { n: 1 } },
    reply: { data: null, errors: [{ message: "no such field" }] },
    result: { errors: [{ message: "no such field" }] },
  },
], headers);

failureTests("github", SETUP, {
  read: `c.repos:get(${repo})`,
  readPath: `GET ${R}`,
  write: `c.issues:create(${repo}, 'x')`,
  writePath: `POST ${R}/issues`,
  missingIsNil: true,
});

const link = (page: number) => ({
  link: `<https://api.github.com/repositories/1/issues?page=${page}>; rel="next", ` +
    `<https://api.github.com/repositories/1/issues?page=3>; rel="last"`,
});

moduleTests("github", SETUP, [
  {
    name: "with `all` every page is read, and the token goes nowhere else",
    call: `c.issues:list(${repo}, { state = 'all', all = true })`,
    replies: [
      { body: [{ number: 1 }], headers: link(2) },
      { body: [{ number: 2 }], headers: link(3) },
      { body: [{ number: 3 }] },
    ],
    expected: [
      { path: `${R}/issues`, query: "state=all&per_page=100" },
      { path: `${R}/issues`, query: "state=all&per_page=100&page=2" },
      { path: `${R}/issues`, query: "state=all&per_page=100&page=3" },
    ],
    result: [{ number: 1 }, { number: 2 }, { number: 3 }],
  },
  {
    name: "without `all` one page is read",
    call: `c.pulls:list(${repo})`,
    replies: [{ body: [{ number: 1 }], headers: link(2) }],
    expected: { path: `${R}/pulls` },
    result: [{ number: 1 }],
  },
  {
    name: "with `all` a repository that is missing is nil too",
    call: `c.pulls:list(${repo}, { all = true })`,
    replies: [{ status: 404, body: { message: "Not Found" } }],
    result: null,
  },
  ...["repo", "a/b/c", "/b", "a/"].map((name) => ({
    name: `'${name}' is no repository`,
    call: `c.repos:get('${name}')`,
    replies: [],
    expected: [],
    error: `github: invalid repo format, expected 'owner/repo': ${name}`,
  })),
  {
    name: "a repository '..' is an error, not a request for something else",
    call: "c.repos:get('my-org/..')",
    replies: [],
    expected: [],
    error: "a value for the path /repos/%s/%s is '..'",
  },
  {
    name: "the token comes from GITHUB_TOKEN",
    call:
      "(function() env.set('GITHUB_TOKEN', 'ghp_env') return github.client({ base_url = url }):repo_get('a/b') end)()",
    replies: [{ body: {} }],
    expected: { path: "/repos/a/b", headers: { authorization: "Bearer ghp_env" } },
  },
  {
    name: "without a token none is sent",
    call: "github.client({ base_url = url }):repo_get('a/b')",
    replies: [{ body: {} }],
    expected: { path: "/repos/a/b", headers: { authorization: undefined } },
  },
  {
    name: "without another URL it is github.com's",
    call: "github.client().url",
    replies: [],
    result: "https://api.github.com",
  },
  {
    name: "GitHub Enterprise Server has GraphQL beside its REST API",
    call: "{ github.client({ base_url = url .. '/api/v3' }):graphql('{}'), " +
      "github.client({ base_url = url .. '/api/v3' }):repo_get('a/b') }",
    replies: [{ body: {} }],
    expected: [{ method: "POST", path: "/api/graphql" }, { path: "/api/v3/repos/a/b" }],
  },
]);
