-- From assay-llms-v0.11.md, assay.gitlab
local gitlab = require("assay.gitlab")
local c = gitlab.client("https://gitlab.example.com", {
  token = env.get("GITLAB_TOKEN")
})
-- Create branch
c.branches:create(42, { branch = "feat/update", ref = "main" })
-- Commit changes
c.commits:create(42, {
  branch = "feat/update",
  commit_message = "Update dependencies",
  actions = {
    { action = "update", file_path = "package.json", content = '{"version": "2.0.0"}' },
  },
})
-- Open MR
local mr = c.merge_requests:create(42, {
  source_branch = "feat/update",
  target_branch = "main",
  title = "Update dependencies to v2.0",
})
-- Approve and merge
c.merge_requests:approve(42, mr.iid)
c.merge_requests:merge(42, mr.iid, {
  squash = true,
  should_remove_source_branch = true
})
