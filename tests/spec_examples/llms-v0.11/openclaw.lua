-- From assay-llms-v0.11.md, assay.openclaw
local openclaw = require("assay.openclaw")
local c = openclaw.client() -- auto-discovers $OPENCLAW_URL + $OPENCLAW_TOKEN
-- Invoke any OpenClaw tool
local result = c:invoke("message", "send", {target = "#general", message = "Hello!"})
-- Shorthand: send message
c:send("discord", "#alerts", "Service is down!")
c:notify("ops-team", "Deployment complete")
-- Persistent state (JSON files in ~/.openclaw/state/)
c:state_set("last-deploy", {version = "1.2.3", time = time()})
local prev = c:state_get("last-deploy")
-- Diff detection
local diff = c:diff("pr-state", new_snapshot)
if diff.changed then log.info("State changed!") end
-- LLM task execution
local answer = c:llm_task("Summarize this PR", {model = "claude-sonnet"})
-- Cron job management
c:cron_add({schedule = "0 9 * * *", task = "daily-report"})
local jobs = c:cron_list()
-- Sub-agent spawning
c:spawn("Fix the login bug", {model = "gpt-4o"})
-- Approval gates (interactive TTY or structured request)
if c:approve("Deploy to production?", context_data) then
  -- proceed with deployment
end
