--- @module assay.gitlab
--- @description GitLab REST API v4 client. Projects, repositories, commits, merge requests, pipelines, jobs, issues, releases, groups, container registry, webhooks, environments, deploy tokens.
--- @keywords gitlab, git, merge request, mr, pipeline, job, ci, commits, branches, tags, issues, releases, groups, registry, webhooks, environments, deploy tokens
--- @quickref M.client(url, opts?) -> client | Client for a GitLab server; opts: {token} for an access token or {oauth_token}. Lists take every option of GitLab's API, and all = true for every page
--- @quickref c.projects:list(opts?) -> [project] | List projects; opts: {search, order_by, sort, per_page, page}
--- @quickref c.projects:get(id) -> project|nil | Get a project by its numeric ID or "namespace/name"
--- @quickref c.files:get(project, path, opts?) -> file|nil | Get a file with its content in Base64; opts: {ref = "main"}
--- @quickref c.files:raw(project, path, opts?) -> string|nil | Get the content of a file; opts: {ref = "main"}
--- @quickref c.files:create(project, path, opts) -> file | Create a file; opts: {branch, content, commit_message}
--- @quickref c.files:update(project, path, opts) -> file | Update a file; opts: {branch, content, commit_message}
--- @quickref c.files:delete(project, path, opts) -> nil | Delete a file; opts: {branch, commit_message}
--- @quickref c.repository:tree(project, opts?) -> [entry] | List the files of a repository; opts: {path, ref, recursive, per_page}
--- @quickref c.repository:compare(project, from, to) -> {commits, diffs} | Compare branches, tags or commits
--- @quickref c.commits:list(project, opts?) -> [commit] | List commits; opts: {ref_name, since, until, path, per_page}
--- @quickref c.commits:get(project, sha) -> commit|nil | Get a commit
--- @quickref c.commits:create(project, opts) -> commit | Change several files at once; opts: {branch, commit_message, actions = [{action, file_path, content}]}
--- @quickref c.commits:cherry_pick(project, sha, opts) -> commit | Pick a commit; opts: {branch}
--- @quickref c.branches:list(project, opts?) -> [branch] | List branches; opts: {search, per_page}
--- @quickref c.branches:get(project, name) -> branch|nil | Get a branch
--- @quickref c.branches:create(project, opts) -> branch | Create a branch; opts: {branch, ref}
--- @quickref c.branches:delete(project, name) -> nil | Delete a branch
--- @quickref c.tags:list(project, opts?) -> [tag] | List tags; opts: {search, order_by, sort}
--- @quickref c.tags:get(project, name) -> tag|nil | Get a tag
--- @quickref c.tags:create(project, opts) -> tag | Create a tag; opts: {tag_name, ref, message}
--- @quickref c.tags:delete(project, name) -> nil | Delete a tag
--- @quickref c.merge_requests:list(project, opts?) -> [mr] | List merge requests; opts: {state, order_by, sort, labels, per_page}
--- @quickref c.merge_requests:get(project, iid) -> mr|nil | Get a merge request
--- @quickref c.merge_requests:create(project, opts) -> mr | Create a merge request; opts: {source_branch, target_branch, title, description}
--- @quickref c.merge_requests:update(project, iid, opts) -> mr | Update a merge request; opts: {title, description, state_event, labels}
--- @quickref c.merge_requests:merge(project, iid, opts?) -> mr | Merge it; opts: {squash, merge_commit_message, should_remove_source_branch}
--- @quickref c.merge_requests:approve(project, iid) -> approval | Approve a merge request
--- @quickref c.merge_requests:changes(project, iid) -> mr | Get a merge request with its changes
--- @quickref c.merge_requests:notes(project, iid, opts?) -> [note] | List its comments
--- @quickref c.merge_requests:create_note(project, iid, body) -> note | Comment on a merge request
--- @quickref c.pipelines:list(project, opts?) -> [pipeline] | List pipelines; opts: {ref, status, per_page}
--- @quickref c.pipelines:get(project, id) -> pipeline|nil | Get a pipeline
--- @quickref c.pipelines:create(project, opts) -> pipeline | Start a pipeline; opts: {ref, variables}
--- @quickref c.pipelines:cancel(project, id) -> pipeline | Cancel a pipeline
--- @quickref c.pipelines:retry(project, id) -> pipeline | Retry the failed jobs of a pipeline
--- @quickref c.pipelines:delete(project, id) -> nil | Delete a pipeline
--- @quickref c.pipelines:jobs(project, pipeline_id, opts?) -> [job] | List the jobs of a pipeline
--- @quickref c.jobs:list(project, opts?) -> [job] | List the jobs of a project; opts: {scope = [status]}
--- @quickref c.jobs:get(project, id) -> job|nil | Get a job
--- @quickref c.jobs:retry(project, id) -> job | Retry a job
--- @quickref c.jobs:cancel(project, id) -> job | Cancel a job
--- @quickref c.jobs:log(project, id) -> string|nil | Get the log of a job
--- @quickref c.releases:list(project, opts?) -> [release] | List releases; opts: {per_page}
--- @quickref c.releases:get(project, tag_name) -> release|nil | Get a release
--- @quickref c.releases:create(project, opts) -> release | Create a release; opts: {tag_name, name, description}
--- @quickref c.releases:update(project, tag_name, opts) -> release | Update a release
--- @quickref c.releases:delete(project, tag_name) -> nil | Delete a release
--- @quickref c.issues:list(project?, opts?) -> [issue] | List issues, without a project all of the user's; opts: {state, labels, search, per_page}
--- @quickref c.issues:get(project, iid) -> issue|nil | Get an issue
--- @quickref c.issues:create(project, opts) -> issue | Create an issue; opts: {title, description, labels, assignee_ids}
--- @quickref c.issues:update(project, iid, opts) -> issue | Update an issue; opts: {title, description, state_event, labels}
--- @quickref c.issues:notes(project, iid, opts?) -> [note] | List its comments
--- @quickref c.issues:create_note(project, iid, body) -> note | Comment on an issue
--- @quickref c.groups:list(opts?) -> [group] | List groups; opts: {search, per_page}
--- @quickref c.groups:get(id) -> group|nil | Get a group by its numeric ID or its path
--- @quickref c.groups:projects(id, opts?) -> [project] | List the projects of a group
--- @quickref c.registry:repositories(project) -> [repository] | List container repositories
--- @quickref c.registry:tags(project, repo_id) -> [tag] | List the tags of a container repository
--- @quickref c.registry:tag(project, repo_id, tag_name) -> tag|nil | Get a tag with its digest and size
--- @quickref c.registry:delete_tag(project, repo_id, tag_name) -> nil | Delete a tag
--- @quickref c.hooks:list(project) -> [hook] | List webhooks
--- @quickref c.hooks:get(project, id) -> hook|nil | Get a webhook
--- @quickref c.hooks:create(project, opts) -> hook | Create a webhook; opts: {url, push_events, merge_requests_events, ...}
--- @quickref c.hooks:update(project, id, opts) -> hook | Update a webhook
--- @quickref c.hooks:delete(project, id) -> nil | Delete a webhook
--- @quickref c.users:current() -> user | Get the user of the token
--- @quickref c.users:list(opts?) -> [user] | Search users; opts: {username, search, per_page}
--- @quickref c.environments:list(project, opts?) -> [environment] | List environments; opts: {search}
--- @quickref c.environments:get(project, id) -> environment|nil | Get an environment
--- @quickref c.deploy_tokens:list(project) -> [token] | List deploy tokens
--- @quickref c.deploy_tokens:create(project, opts) -> token | Create a deploy token; opts: {name, scopes, expires_at}
--- @quickref c.deploy_tokens:delete(project, id) -> nil | Delete a deploy token

local base = require("assay.internal.client")
local pages = require("assay.internal.pages")

local M = {}

--- The most that GitLab gives in one page.
local MAX_PER_PAGE = 100

--- Fields of request bodies that are arrays: an empty Lua table would be sent as an object.
local ARRAYS = { "actions", "assignee_ids", "labels", "reviewer_ids", "scopes", "variables" }

-- Requests --------------------------------------------------------------------------------------------------

-- Options as pairs of a query, sorted; arrays under the name that GitLab takes them by, scope[]
local function query_of(opts)
  local query = {}
  for name, value in pairs(opts or {}) do
    if name ~= "all" then query[#query + 1] = { type(value) == "table" and name .. "[]" or name, value } end
  end
  table.sort(query, function(a, b) return a[1] < b[1] end)
  return query
end

local function body_of(opts)
  local body = {}
  for name, value in pairs(opts or {}) do body[name] = value end
  for _, name in ipairs(ARRAYS) do
    if type(body[name]) == "table" and next(body[name]) == nil then body[name] = json.array() end
  end
  return body
end

-- A path below a project, given by its number or as "namespace/name"
local function project_path(project, rest, ...)
  return base.path("/api/v4/projects/%s" .. (rest or ""), project, ...)
end

local function with_shortcuts(api)
  local shortcuts = {}

  function shortcuts.one(path, opts)
    return api:get(path, { query = query_of(opts), missing_ok = true })
  end

  function shortcuts.list(path, opts)
    if not (opts and opts.all) then return shortcuts.one(path, opts) end
    local every = { per_page = MAX_PER_PAGE }
    for name, value in pairs(opts) do every[name] = value end
    every.page = nil
    return pages.all(api, path, query_of(every), pages.has_next_link, { missing_ok = true })
  end

  function shortcuts.text(path, opts, headers)
    return api:get(path, { query = query_of(opts), headers = headers, missing_ok = true, raw = true })
  end

  function shortcuts.post(path, opts)
    return api:post(path, body_of(opts), { ok = { 200, 201 } })
  end

  function shortcuts.put(path, opts)
    return api:put(path, body_of(opts))
  end

  function shortcuts.delete(path)
    return api:delete(path, { ok = { 200, 204 } })
  end

  return shortcuts
end

-- Groups of methods -----------------------------------------------------------------------------------------

local function add_projects(c, api)
  c.projects, c.groups, c.users = {}, {}, {}

  function c.projects:list(opts) return api.list("/api/v4/projects", opts) end
  function c.projects:get(id) return api.one(project_path(id)) end

  function c.groups:list(opts) return api.list("/api/v4/groups", opts) end
  function c.groups:get(id) return api.one(base.path("/api/v4/groups/%s", id)) end
  function c.groups:projects(id, opts) return api.list(base.path("/api/v4/groups/%s/projects", id), opts) end

  function c.users:current() return api.one("/api/v4/user") end
  function c.users:list(opts) return api.list("/api/v4/users", opts) end
end

local function add_files(c, api, http_api)
  c.files = {}

  local function file_path(project, path, rest)
    return project_path(project, "/repository/files/%s" .. (rest or ""), path)
  end

  local function at(opts)
    return { ref = (opts or {}).ref or "main" }
  end

  function c.files:get(project, path, opts)
    return api.one(file_path(project, path), at(opts))
  end

  function c.files:raw(project, path, opts)
    local headers = {}
    for name, value in pairs(http_api.headers) do headers[name] = value end
    headers["Content-Type"] = nil
    return api.text(file_path(project, path, "/raw"), at(opts), headers)
  end

  function c.files:create(project, path, opts) return api.post(file_path(project, path), opts) end
  function c.files:update(project, path, opts) return api.put(file_path(project, path), opts) end

  function c.files:delete(project, path, opts)
    http_api:request("DELETE", file_path(project, path), body_of(opts), {
      ok = { 204 },
      what = "DELETE file " .. tostring(path),
    })
  end
end

local function add_repository(c, api)
  c.repository, c.commits, c.branches, c.tags = {}, {}, {}, {}

  function c.repository:tree(project, opts)
    return api.list(project_path(project, "/repository/tree"), opts)
  end

  function c.repository:compare(project, from, to)
    return api.one(project_path(project, "/repository/compare"), { from = from, to = to })
  end

  function c.commits:list(project, opts)
    return api.list(project_path(project, "/repository/commits"), opts)
  end

  function c.commits:get(project, sha)
    return api.one(project_path(project, "/repository/commits/%s", sha))
  end

  function c.commits:create(project, opts)
    return api.post(project_path(project, "/repository/commits"), opts)
  end

  function c.commits:cherry_pick(project, sha, opts)
    return api.post(project_path(project, "/repository/commits/%s/cherry_pick", sha), opts)
  end

  for group, plural in pairs({ [c.branches] = "branches", [c.tags] = "tags" }) do
    local path = "/repository/" .. plural

    function group:list(project, opts) return api.list(project_path(project, path), opts) end
    function group:get(project, name) return api.one(project_path(project, path .. "/%s", name)) end
    function group:create(project, opts) return api.post(project_path(project, path), opts) end
    function group:delete(project, name) return api.delete(project_path(project, path .. "/%s", name)) end
  end
end

local function add_merge_requests(c, api)
  c.merge_requests, c.issues = {}, {}

  -- What merge requests and issues have in common
  for group, plural in pairs({ [c.merge_requests] = "merge_requests", [c.issues] = "issues" }) do
    local all, one = "/" .. plural, "/" .. plural .. "/%s"

    function group:list(project, opts) return api.list(project_path(project, all), opts) end
    function group:get(project, iid) return api.one(project_path(project, one, iid)) end
    function group:create(project, opts) return api.post(project_path(project, all), opts) end
    function group:update(project, iid, opts) return api.put(project_path(project, one, iid), opts) end
    function group:notes(project, iid, opts) return api.list(project_path(project, one .. "/notes", iid), opts) end

    function group:create_note(project, iid, body)
      return api.post(project_path(project, one .. "/notes", iid), { body = body })
    end
  end

  function c.issues:list(project, opts)
    if project == nil then return api.list("/api/v4/issues", opts) end
    return api.list(project_path(project, "/issues"), opts)
  end

  function c.merge_requests:merge(project, iid, opts)
    return api.put(project_path(project, "/merge_requests/%s/merge", iid), opts)
  end

  function c.merge_requests:approve(project, iid)
    return api.post(project_path(project, "/merge_requests/%s/approve", iid))
  end

  function c.merge_requests:changes(project, iid)
    return api.one(project_path(project, "/merge_requests/%s/changes", iid))
  end
end

local function add_pipelines(c, api)
  c.pipelines, c.jobs = {}, {}

  -- What pipelines and jobs have in common
  for group, plural in pairs({ [c.pipelines] = "pipelines", [c.jobs] = "jobs" }) do
    local one = "/" .. plural .. "/%s"

    function group:list(project, opts) return api.list(project_path(project, "/" .. plural), opts) end
    function group:get(project, id) return api.one(project_path(project, one, id)) end
    function group:cancel(project, id) return api.post(project_path(project, one .. "/cancel", id)) end
    function group:retry(project, id) return api.post(project_path(project, one .. "/retry", id)) end
  end

  function c.pipelines:create(project, opts) return api.post(project_path(project, "/pipeline"), opts) end
  function c.pipelines:delete(project, id) return api.delete(project_path(project, "/pipelines/%s", id)) end

  function c.pipelines:jobs(project, pipeline_id, opts)
    return api.list(project_path(project, "/pipelines/%s/jobs", pipeline_id), opts)
  end

  function c.jobs:log(project, id) return api.text(project_path(project, "/jobs/%s/trace", id)) end
end

local function add_releases(c, api)
  c.releases = {}

  function c.releases:list(project, opts) return api.list(project_path(project, "/releases"), opts) end
  function c.releases:get(project, tag) return api.one(project_path(project, "/releases/%s", tag)) end
  function c.releases:create(project, opts) return api.post(project_path(project, "/releases"), opts) end
  function c.releases:update(project, tag, opts) return api.put(project_path(project, "/releases/%s", tag), opts) end
  function c.releases:delete(project, tag) return api.delete(project_path(project, "/releases/%s", tag)) end
end

local function add_registry(c, api)
  c.registry = {}

  local function repository_path(project, rest, ...)
    return project_path(project, "/registry/repositories" .. rest, ...)
  end

  function c.registry:repositories(project) return api.list(repository_path(project, "")) end
  function c.registry:tags(project, id) return api.list(repository_path(project, "/%s/tags", id)) end
  function c.registry:tag(project, id, tag) return api.one(repository_path(project, "/%s/tags/%s", id, tag)) end

  function c.registry:delete_tag(project, id, tag)
    return api.delete(repository_path(project, "/%s/tags/%s", id, tag))
  end
end

local function add_settings(c, api)
  c.hooks, c.environments, c.deploy_tokens = {}, {}, {}

  function c.hooks:list(project) return api.list(project_path(project, "/hooks")) end
  function c.hooks:get(project, id) return api.one(project_path(project, "/hooks/%s", id)) end
  function c.hooks:create(project, opts) return api.post(project_path(project, "/hooks"), opts) end
  function c.hooks:update(project, id, opts) return api.put(project_path(project, "/hooks/%s", id), opts) end
  function c.hooks:delete(project, id) return api.delete(project_path(project, "/hooks/%s", id)) end

  function c.environments:list(project, opts) return api.list(project_path(project, "/environments"), opts) end
  function c.environments:get(project, id) return api.one(project_path(project, "/environments/%s", id)) end

  function c.deploy_tokens:list(project) return api.list(project_path(project, "/deploy_tokens")) end
  function c.deploy_tokens:create(project, opts) return api.post(project_path(project, "/deploy_tokens"), opts) end
  function c.deploy_tokens:delete(project, id) return api.delete(project_path(project, "/deploy_tokens/%s", id)) end
end

function M.client(url, opts)
  opts = opts or {}
  local headers = base.json_headers({ token = not opts.token and opts.oauth_token or nil })
  headers["PRIVATE-TOKEN"] = opts.token
  local http_api = base.new("gitlab", url, { headers = headers })
  local api = with_shortcuts(http_api)

  local c = { url = http_api.url }
  add_projects(c, api)
  add_files(c, api, http_api)
  add_repository(c, api)
  add_merge_requests(c, api)
  add_pipelines(c, api)
  add_releases(c, api)
  add_registry(c, api)
  add_settings(c, api)
  return c
end

return M
