--- @module assay.temporal
--- @description Temporal workflow engine over its HTTP API. Workflows, task queues, schedules, namespaces.
--- @keywords temporal, workflow, workflows, schedule, task queue, namespace, signal, history, orchestration
--- @quickref M.client(url, opts?) -> client | Client for Temporal's HTTP API; opts: {namespace = "default", api_key}. Methods take {namespace} among their opts
--- @quickref c:health() -> bool | Check the health of the server
--- @quickref c:system_info() -> {serverVersion, capabilities} | Get the server's version and capabilities
--- @quickref c.namespaces:list() -> {namespaces} | List namespaces
--- @quickref c.namespaces:get(name) -> namespace | Describe a namespace
--- @quickref c.workflows:list(opts?) -> {executions, nextPageToken} | List workflows; opts: {query, page_size, next_page_token}
--- @quickref c.workflows:search(query, opts?) -> {executions, nextPageToken} | List the workflows that match a query; opts: {page_size, next_page_token}
--- @quickref c.workflows:get(workflow_id, run_id?, opts?) -> {workflowExecutionInfo} | Describe a workflow
--- @quickref c.workflows:history(workflow_id, run_id?, opts?) -> {history} | Get its events; opts: {maximum_page_size, next_page_token}
--- @quickref c.workflows:signal(workflow_id, signal_name, input?, opts?) -> result | Signal a workflow; opts: {run_id}
--- @quickref c.workflows:terminate(workflow_id, reason?, opts?) -> result | Terminate a workflow; opts: {run_id}
--- @quickref c.workflows:cancel(workflow_id, opts?) -> result | Request the cancellation of a workflow; opts: {run_id}
--- @quickref c.workflows:is_running(workflow_id, opts?) -> bool | Check whether a workflow runs; opts: {run_id}
--- @quickref c.workflows:wait_complete(workflow_id, timeout_secs?, opts?) -> {workflowExecutionInfo} | Wait until a workflow has ended, 60 s by default; opts: {run_id}
--- @quickref c.task_queues:get(name, opts?) -> {pollers} | Describe a task queue; opts: {task_queue_type}
--- @quickref c.schedules:list(opts?) -> {schedules, nextPageToken} | List schedules; opts: {maximum_page_size, next_page_token}
--- @quickref c.schedules:get(schedule_id, opts?) -> schedule | Describe a schedule
--- @quickref c:namespaces() -> {namespaces} | As c.namespaces:list()
--- @quickref c:namespace(name) -> namespace | As c.namespaces:get()
--- @quickref c:workflows(opts?) -> {executions, nextPageToken} | As c.workflows:list()
--- @quickref c:search(query, opts?) -> {executions, nextPageToken} | As c.workflows:search()
--- @quickref c:workflow(workflow_id, run_id?, opts?) -> {workflowExecutionInfo} | As c.workflows:get()
--- @quickref c:workflow_history(workflow_id, run_id?, opts?) -> {history} | As c.workflows:history()
--- @quickref c:signal_workflow(workflow_id, signal_name, input?, opts?) -> result | As c.workflows:signal()
--- @quickref c:terminate_workflow(workflow_id, reason?, opts?) -> result | As c.workflows:terminate()
--- @quickref c:cancel_workflow(workflow_id, opts?) -> result | As c.workflows:cancel()
--- @quickref c:is_workflow_running(workflow_id, opts?) -> bool | As c.workflows:is_running()
--- @quickref c:wait_workflow_complete(workflow_id, timeout_secs?, opts?) -> {workflowExecutionInfo} | As c.workflows:wait_complete()
--- @quickref c:task_queue(name, opts?) -> {pollers} | As c.task_queues:get()
--- @quickref c:schedules(opts?) -> {schedules, nextPageToken} | As c.schedules:list()
--- @quickref c:schedule(schedule_id, opts?) -> schedule | As c.schedules:get()

local base = require("assay.internal.client")

local M = {}

--- Seconds between two looks at a workflow that is waited for.
local POLL_INTERVAL = 5
local RUNNING = "WORKFLOW_EXECUTION_STATUS_RUNNING"

local OLD_NAMES = {
  namespaces = "namespaces.list",
  namespace = "namespaces.get",
  workflows = "workflows.list",
  search = "workflows.search",
  workflow = "workflows.get",
  workflow_history = "workflows.history",
  signal_workflow = "workflows.signal",
  terminate_workflow = "workflows.terminate",
  cancel_workflow = "workflows.cancel",
  is_workflow_running = "workflows.is_running",
  wait_workflow_complete = "workflows.wait_complete",
  task_queue = "task_queues.get",
  schedules = "schedules.list",
  schedule = "schedules.get",
}

function M.client(url, opts)
  local default_namespace = (opts or {}).namespace or "default"
  local api = base.new("temporal", url, {
    headers = base.json_headers({ api_key = (opts or {}).api_key }),
  })

  local function namespace_path(options, rest)
    return base.path("/api/v1/namespaces/%s", options.namespace or default_namespace) .. rest
  end

  local function workflow_path(options, id, rest)
    return namespace_path(options, base.path("/workflows/%s", id)) .. (rest or "")
  end

  local c = { url = api.url, namespaces = {}, workflows = {}, task_queues = {}, schedules = {} }

  function c:health()
    return api:fetch("GET", "/health").status == 200
  end

  function c:system_info()
    return api:get("/api/v1/system-info")
  end

  function c.namespaces:list()
    return api:get("/api/v1/namespaces")
  end

  function c.namespaces:get(name)
    return api:get(base.path("/api/v1/namespaces/%s", name))
  end

  function c.workflows:list(options)
    options = options or {}
    return api:get(namespace_path(options, "/workflows"), {
      query = {
        { "query", options.query },
        { "pageSize", options.page_size },
        { "nextPageToken", options.next_page_token },
      },
    })
  end

  function c.workflows:search(query, options)
    options = options or {}
    return c.workflows:list({
      query = query,
      page_size = options.page_size,
      next_page_token = options.next_page_token,
      namespace = options.namespace,
    })
  end

  function c.workflows:get(workflow_id, run_id, options)
    return api:get(workflow_path(options or {}, workflow_id), { query = { { "runId", run_id } } })
  end

  function c.workflows:history(workflow_id, run_id, options)
    options = options or {}
    return api:get(workflow_path(options, workflow_id, "/history"), {
      query = {
        { "runId", run_id },
        { "maximumPageSize", options.maximum_page_size },
        { "nextPageToken", options.next_page_token },
      },
    })
  end

  local function act(workflow_id, action, body, options)
    options = options or {}
    local path = workflow_path(options, workflow_id, "/" .. action)
    return api:post(path, body, { query = { { "runId", options.run_id } } })
  end

  function c.workflows:signal(workflow_id, signal_name, input, options)
    return act(workflow_id, "signal", { signalName = signal_name, input = input }, options)
  end

  function c.workflows:terminate(workflow_id, reason, options)
    return act(workflow_id, "terminate", { reason = reason }, options)
  end

  function c.workflows:cancel(workflow_id, options)
    return act(workflow_id, "cancel", {}, options)
  end

  local function running(workflow)
    return type(workflow) == "table" and (workflow.workflowExecutionInfo or {}).status == RUNNING
  end

  function c.workflows:is_running(workflow_id, options)
    return running(c.workflows:get(workflow_id, (options or {}).run_id, options))
  end

  function c.workflows:wait_complete(workflow_id, timeout_secs, options)
    return base.wait({
      timeout = timeout_secs or 60,
      interval = POLL_INTERVAL,
      what = "temporal: workflow " .. tostring(workflow_id) .. " to complete",
      failure = "temporal: timeout waiting for workflow " .. tostring(workflow_id) .. " to complete",
    }, function()
      local workflow = c.workflows:get(workflow_id, (options or {}).run_id, options)
      return not running(workflow) and workflow
    end)
  end

  function c.task_queues:get(name, options)
    options = options or {}
    return api:get(namespace_path(options, base.path("/task-queues/%s", name)), {
      query = { { "taskQueueType", options.task_queue_type } },
    })
  end

  function c.schedules:list(options)
    options = options or {}
    return api:get(namespace_path(options, "/schedules"), {
      query = {
        { "maximumPageSize", options.maximum_page_size },
        { "nextPageToken", options.next_page_token },
      },
    })
  end

  function c.schedules:get(schedule_id, options)
    return api:get(namespace_path(options or {}, base.path("/schedules/%s", schedule_id)))
  end

  return base.with_old_names(c, OLD_NAMES)
end

return M
