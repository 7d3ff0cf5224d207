-- From assay-llms-v0.11.md, assay.gitlab
local gitlab = require("assay.gitlab")
local c = gitlab.client("https://gitlab.example.com", {
  token = env.get("GITLAB_TOKEN")
})
local result = c.commits:create(42, {
  branch = "main",
  commit_message = "Update config for v2.0",
  actions = {
    { action = "update", file_path = "config/app.yaml", content = "version: 2.0\n" },
    { action = "update", file_path = "config/db.yaml", content = "pool_size: 20\n" },
  },
})
log.info("Committed: " .. result.short_id)
