--- @module assay.github
--- @description GitHub REST API client. PRs, issues, actions, repositories, GraphQL. No gh CLI dependency.
--- @keywords github, git, pull request, pr, issues, actions, workflow runs, repository, graphql, review, merge
--- @env GITHUB_TOKEN
--- @quickref M.client(opts?) -> client | Client for GitHub; opts: {token = $GITHUB_TOKEN, base_url = "https://api.github.com"}
--- @quickref c.pulls:list(repo, opts?) -> [pull] | List pull requests of "owner/repo"; opts: {state, sort, direction, per_page, page, all}; all = true gets every page
--- @quickref c.pulls:get(repo, number) -> pull|nil | Get a pull request
--- @quickref c.pulls:reviews(repo, number) -> [review] | List its reviews
--- @quickref c.pulls:merge(repo, number, opts?) -> {merged, sha} | Merge it; opts: {merge_method, commit_title, commit_message, sha}
--- @quickref c.issues:list(repo, opts?) -> [issue] | List issues; opts: {state, labels, sort, direction, per_page, page, all}
--- @quickref c.issues:get(repo, number) -> issue|nil | Get an issue
--- @quickref c.issues:create(repo, title, body?, opts?) -> issue | Create an issue; opts: {labels, assignees, milestone}
--- @quickref c.issues:create_note(repo, number, body) -> comment | Comment on an issue or a pull request
--- @quickref c.repos:get(repo) -> repo|nil | Get a repository
--- @quickref c.runs:list(repo, opts?) -> {total_count, workflow_runs} | List workflow runs; opts: {status, branch, per_page, page}
--- @quickref c.runs:get(repo, run_id) -> run|nil | Get a workflow run
--- @quickref c:graphql(query, variables?) -> {data, errors} | Run a GraphQL query
--- @quickref c:pr_list(repo, opts?) -> [pull] | As c.pulls:list()
--- @quickref c:pr_view(repo, number) -> pull|nil | As c.pulls:get()
--- @quickref c:pr_reviews(repo, number) -> [review] | As c.pulls:reviews()
--- @quickref c:pr_merge(repo, number, opts?) -> {merged, sha} | As c.pulls:merge()
--- @quickref c:issue_list(repo, opts?) -> [issue] | As c.issues:list()
--- @quickref c:issue_get(repo, number) -> issue|nil | As c.issues:get()
--- @quickref c:issue_create(repo, title, body?, opts?) -> issue | As c.issues:create()
--- @quickref c:issue_comment(repo, number, body) -> comment | As c.issues:create_note()
--- @quickref c:repo_get(repo) -> repo|nil | As c.repos:get()
--- @quickref c:runs_list(repo, opts?) -> {total_count, workflow_runs} | As c.runs:list()
--- @quickref c:run_get(repo, run_id) -> run|nil | As c.runs:get()

local base = require("assay.internal.client")
local pages = require("assay.internal.pages")

local M = {}

local OLD_NAMES = {
  pr_list = "pulls.list",
  pr_view = "pulls.get",
  pr_reviews = "pulls.reviews",
  pr_merge = "pulls.merge",
  issue_list = "issues.list",
  issue_get = "issues.get",
  issue_create = "issues.create",
  issue_comment = "issues.create_note",
  repo_get = "repos.get",
  runs_list = "runs.list",
  run_get = "runs.get",
}

--- The most that GitHub gives in one page.
local MAX_PER_PAGE = 100
local CREATED = { ok = { 200, 201 } }

-- An empty table would be an object
local function list_or_nil(value)
  if type(value) == "table" and next(value) == nil then return json.array() end
  return value
end

local function joined(value)
  return type(value) == "table" and table.concat(value, ",") or value
end

local function repo_path(repo, rest, ...)
  local owner, name = tostring(repo):match("^([^/]+)/([^/]+)$")
  if not owner then base.raise("github: invalid repo format, expected 'owner/repo': " .. tostring(repo)) end
  return base.path("/repos/%s/%s" .. (rest or ""), owner, name, ...)
end

local function add_pulls(c, api, list)
  c.pulls = {}

  function c.pulls:list(repo, opts)
    opts = opts or {}
    return list(repo_path(repo, "/pulls"), opts, {
      { "state", opts.state },
      { "sort", opts.sort },
      { "direction", opts.direction },
    })
  end

  function c.pulls:get(repo, number)
    return api:get(repo_path(repo, "/pulls/%s", number), { missing_ok = true })
  end

  function c.pulls:reviews(repo, number)
    return api:get(repo_path(repo, "/pulls/%s/reviews", number), { missing_ok = true })
  end

  function c.pulls:merge(repo, number, opts)
    opts = opts or {}
    local result = api:put(repo_path(repo, "/pulls/%s/merge", number), {
      merge_method = opts.merge_method,
      commit_title = opts.commit_title,
      commit_message = opts.commit_message,
      sha = opts.sha,
    }, { ok = { 200, 204 } })
    return result == nil or result
  end
end

local function add_issues(c, api, list)
  c.issues = {}

  function c.issues:list(repo, opts)
    opts = opts or {}
    return list(repo_path(repo, "/issues"), opts, {
      { "state", opts.state },
      { "labels", joined(opts.labels) },
      { "sort", opts.sort },
      { "direction", opts.direction },
    })
  end

  function c.issues:get(repo, number)
    return api:get(repo_path(repo, "/issues/%s", number), { missing_ok = true })
  end

  function c.issues:create(repo, title, body, opts)
    opts = opts or {}
    return api:post(repo_path(repo, "/issues"), {
      title = title,
      body = body,
      labels = list_or_nil(opts.labels),
      assignees = list_or_nil(opts.assignees),
      milestone = opts.milestone,
    }, CREATED)
  end

  function c.issues:create_note(repo, number, body)
    return api:post(repo_path(repo, "/issues/%s/comments", number), { body = body }, CREATED)
  end
end

local function add_repositories(c, api)
  c.repos, c.runs = {}, {}

  function c.repos:get(repo)
    return api:get(repo_path(repo), { missing_ok = true })
  end

  function c.runs:list(repo, opts)
    opts = opts or {}
    return api:get(repo_path(repo, "/actions/runs"), {
      query = {
        { "status", opts.status },
        { "branch", opts.branch },
        { "per_page", opts.per_page },
        { "page", opts.page },
      },
      missing_ok = true,
    })
  end

  function c.runs:get(repo, run_id)
    return api:get(repo_path(repo, "/actions/runs/%s", run_id), { missing_ok = true })
  end
end

function M.client(opts)
  opts = opts or {}
  local headers = base.json_headers({ token = opts.token or env.get("GITHUB_TOKEN") })
  headers.Accept = "application/vnd.github+json"
  local api = base.new("github", opts.base_url or "https://api.github.com", { headers = headers })

  -- One page, as GitHub gives it, or with `all` each
  local function list(path, options, query)
    query[#query + 1] = { "per_page", options.per_page or (options.all and MAX_PER_PAGE or nil) }
    if options.all then return pages.all(api, path, query, pages.has_next_link, { missing_ok = true }) end
    query[#query + 1] = { "page", options.page }
    return api:get(path, { query = query, missing_ok = true })
  end

  -- GitHub Enterprise Server has REST at /api/v3, and GraphQL beside it
  local graphql_api = base.new("github", (api.url:gsub("/api/v3$", "/api")), { headers = headers })

  local c = { url = api.url }
  add_pulls(c, api, list)
  add_issues(c, api, list)
  add_repositories(c, api)

  function c:graphql(query, variables)
    return graphql_api:post("/graphql", { query = query, variables = variables }, CREATED)
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
