--- @module assay.openclaw
--- @description OpenClaw AI agent platform integration. Invoke tools, send messages, manage state, spawn sub-agents, approval gates, LLM tasks.
--- @keywords openclaw, agent, ai, llm, tools, message, notify, cron, state, diff, approve, approval, sub-agent, spawn
--- @env OPENCLAW_URL, CLAWD_URL, OPENCLAW_TOKEN, CLAWD_TOKEN, ASSAY_STATE_DIR, OPENCLAW_STATE_DIR, HOME, ASSAY_MODE, ASSAY_APPROVAL_RESULT, OPENCLAW_INTERACTIVE, TTY
--- @quickref M.client(url?, opts?) -> client | Client for an OpenClaw gateway, by default of $OPENCLAW_URL with $OPENCLAW_TOKEN; opts: {token, state_dir}
--- @quickref c.tools:invoke(tool, action, args?) -> result | Invoke any tool
--- @quickref c.messaging:send(channel, target, message) -> result | Send a message over a channel
--- @quickref c.messaging:notify(target, message) -> result | Send a message over the target's own channel
--- @quickref c.cron:add(job) -> result | Add a cron job, such as {schedule = "0 9 * * *", task = "daily-report"}
--- @quickref c.cron:list() -> result | List cron jobs
--- @quickref c.sessions:spawn(task, opts?) -> result | Spawn a sub-agent; opts: {model, timeout}
--- @quickref c.llm:task(prompt, opts?) -> result | Run an LLM task; opts: {model, artifacts, output_schema, temperature, max_output_tokens}
--- @quickref c.state:get(key) -> value|nil | Read a value from the state folder
--- @quickref c.state:set(key, value) -> true | Write a value to the state folder, as JSON
--- @quickref c.state:diff(key, value) -> {changed, before, after} | Write a value and tell whether it differs from the one before
--- @quickref c.gates:approve(prompt, context?) -> bool | Ask a human for approval
--- @quickref c:invoke(tool, action, args?) -> result | As c.tools:invoke()
--- @quickref c:send(channel, target, message) -> result | As c.messaging:send()
--- @quickref c:notify(target, message) -> result | As c.messaging:notify()
--- @quickref c:cron_add(job) -> result | As c.cron:add()
--- @quickref c:cron_list() -> result | As c.cron:list()
--- @quickref c:spawn(task, opts?) -> result | As c.sessions:spawn()
--- @quickref c:llm_task(prompt, opts?) -> result | As c.llm:task()
--- @quickref c:state_get(key) -> value|nil | As c.state:get()
--- @quickref c:state_set(key, value) -> true | As c.state:set()
--- @quickref c:diff(key, value) -> {changed, before, after} | As c.state:diff()
--- @quickref c:approve(prompt, context?) -> bool | As c.gates:approve()

local base = require("assay.internal.client")

local M = {}

--- What an error contains that pauses a script in tool mode until a human has decided.
local APPROVAL_MARK = "__assay_approval_request__:"

local OLD_NAMES = {
  invoke = "tools.invoke",
  send = "messaging.send",
  notify = "messaging.notify",
  cron_add = "cron.add",
  cron_list = "cron.list",
  spawn = "sessions.spawn",
  llm_task = "llm.task",
  state_get = "state.get",
  state_set = "state.set",
  diff = "state.diff",
  approve = "gates.approve",
}

-- A variable that is set to nothing counts as not set
local function variable(...)
  for _, name in ipairs({ ... }) do
    local value = env.get(name)
    if value and value ~= "" then return value end
  end
  return nil
end

local function add_tools(c, api)
  c.tools, c.messaging, c.cron, c.sessions, c.llm = {}, {}, {}, {}, {}

  function c.tools:invoke(tool, action, args)
    local call = { tool = tool, action = action, args = args or {} }
    return api:post("/tools/invoke", call, { ok = { 200, 201 } })
  end

  function c.messaging:send(channel, target, message)
    return c.tools:invoke("message", "send", { channel = channel, target = target, message = message })
  end

  function c.messaging:notify(target, message)
    return c.tools:invoke("message", "send", { target = target, message = message })
  end

  function c.cron:add(job)
    return c.tools:invoke("cron", "add", { job = job })
  end

  function c.cron:list()
    return c.tools:invoke("cron", "list")
  end

  function c.sessions:spawn(task, opts)
    opts = opts or {}
    return c.tools:invoke("sessions_spawn", "invoke", { task = task, model = opts.model, timeout = opts.timeout })
  end

  function c.llm:task(prompt, opts)
    opts = opts or {}
    return c.tools:invoke("llm-task", "invoke", {
      prompt = prompt,
      model = opts.model,
      artifacts = opts.artifacts,
      output_schema = opts.output_schema,
      temperature = opts.temperature,
      max_output_tokens = opts.max_output_tokens,
    })
  end
end

local function add_state(c, folder)
  c.state = {}

  local function state_file(key)
    -- A key must not lead out of the folder
    if type(key) ~= "string" or key == "" or key:find("[/\\%c]") or key:sub(1, 1) == "." then
      base.raise("openclaw: a state key must be a file name such as 'last-deploy', without slashes or a dot at its "
        .. "beginning, got '" .. tostring(key) .. "'")
    end
    return folder .. "/" .. key .. ".json"
  end

  function c.state:get(key)
    local file = state_file(key)
    if not fs.exists(file) then return nil end
    local content = fs.read(file)
    if content == "" then return nil end
    local ok, value = pcall(json.parse, content)
    if ok then return value end
    base.raise("openclaw: the state in " .. file .. " is not JSON: " .. base.message(value))
  end

  function c.state:set(key, value)
    local file = state_file(key)
    fs.mkdir(folder)
    -- Whoever reads meanwhile sees the old value or the new one
    local scratch = file .. "." .. math.random(0, 0x7fffffff) .. ".tmp"
    fs.write(scratch, json.encode(value))
    fs.rename(scratch, file)
    return true
  end

  function c.state:diff(key, value)
    local before = c.state:get(key)
    c.state:set(key, value)
    -- json.encode sorts keys: equal values have equal text
    return { changed = json.encode(before) ~= json.encode(value), before = before, after = value }
  end
end

local function add_gates(c)
  c.gates = {}

  function c.gates:approve(prompt, context)
    local decision = env.get("ASSAY_APPROVAL_RESULT")
    if decision then return decision == "yes" end
    if env.get("ASSAY_MODE") == "tool" then
      base.raise(APPROVAL_MARK .. json.encode({ prompt = prompt, context = context }))
    end
    if variable("OPENCLAW_INTERACTIVE", "TTY") then
      log.warn("openclaw: not approved, as nobody can be asked from a script: " .. tostring(prompt))
      return false
    end
    local request = { type = "approval_request", prompt = prompt, context = context }
    base.raise("openclaw: approval_required: " .. json.encode(request))
  end
end

function M.client(url, opts)
  if type(url) == "table" then url, opts = url.url, url end
  opts = opts or {}
  url = url or variable("OPENCLAW_URL", "CLAWD_URL")
  if not url then base.raise("openclaw: url required (set $OPENCLAW_URL or $CLAWD_URL)") end
  local token = opts.token or variable("OPENCLAW_TOKEN", "CLAWD_TOKEN")
  local api = base.new("openclaw", url, { headers = base.json_headers({ token = token }) })

  local c = { url = api.url }
  add_tools(c, api)
  add_state(c, opts.state_dir or variable("ASSAY_STATE_DIR", "OPENCLAW_STATE_DIR")
    or (variable("HOME") or "/tmp") .. "/.assay/state")
  add_gates(c)
  return base.with_old_names(c, OLD_NAMES)
end

return M
