local url = env.get("TEMPORAL_URL")
local client = temporal.connect({ url = url, namespace = "production" })

local count = 0
local function start(type, input)
  count = count + 1
  local id = ("%s-%d"):format(type:lower(), count)
  local handle = client:start_workflow({ task_queue = "q", workflow_type = type, workflow_id = id, input = input })
  assert.eq(handle.workflow_id, id)
  return id, handle
end

test("start gives the ids of the workflow and its run", function()
  local id, handle = start("Echo", { version = "v1", list = { 1, 2 } })
  assert.contains(handle.run_id, "run-")
  local result = client:get_result({ workflow_id = id })
  assert.eq(json.encode(result), '{"list":[1,2],"version":"v1"}')
end)

test("values come back as they were", function()
  local function echo(value)
    return client:get_result({ workflow_id = start("Echo", value) })
  end
  assert.eq(echo(nil), nil)
  assert.eq(echo(false), false)
  assert.eq(echo("größe"), "größe")
  assert.eq(math.type(echo(1)), "integer")
  assert.eq(math.type(echo(1.0)), "float")
  assert.eq(json.encode(echo(json.array())), "[]")
  if engine.name == "lua" then assert.eq(echo(math.maxinteger), math.maxinteger) end
end)

test("results may be bytes", function()
  assert.eq(client:get_result({ workflow_id = start("Bytes") }), "\xff\x00")
end)

test("a result in an encoding of its own is an error", function()
  local id = start("Secret")
  raises("temporal get_result: the payload has the encoding 'binary/encrypted'", client.get_result, client, { workflow_id = id })
end)

test("describe tells status and times", function()
  local id, handle = start("Wait")
  local info = client:describe_workflow(id)
  assert.eq(info.workflow_id, id)
  assert.eq(info.run_id, handle.run_id)
  assert.eq(info.workflow_type, "Wait")
  assert.eq(info.status, "RUNNING")
  assert.eq(info.history_length, 3)
  assert.eq(info.start_time, 1700000000.5)
  assert.eq(info.close_time, nil)
  assert.eq(info.task_queue, "q")
  client:terminate_workflow({ workflow_id = id, reason = "test" })
  info = client:describe_workflow({ workflow_id = id, run_id = handle.run_id })
  assert.eq(info.status, "TERMINATED")
  assert.eq(math.type(info.close_time), "float")
end)

test("a signal reaches the workflow while another task waits for its end", function()
  local id = start("Wait")
  local waiting = async.spawn(function() return client:get_result({ workflow_id = id }) end)
  assert.eq(client:signal_workflow({ workflow_id = id, signal_name = "other" }), nil)
  client:signal_workflow({ workflow_id = id, signal_name = "finish", input = { ok = true } })
  assert.eq(waiting:await().ok, true)
end)

test("signal_with_start starts what does not run", function()
  local id = "sws"
  local first = client:signal_with_start({ task_queue = "q", workflow_type = "Wait", workflow_id = id, signal_name = "a" })
  local second = client:signal_with_start({
    task_queue = "q",
    workflow_type = "Wait",
    workflow_id = id,
    signal_name = "finish",
    signal_input = 7,
  })
  assert.eq(first.run_id, second.run_id)
  assert.eq(client:get_result({ workflow_id = id }), 7)
end)

test("query gives the decoded value", function()
  local id = start("Wait")
  assert.eq(client:query_workflow({ workflow_id = id, query_type = "echo", input = { a = { 1 } } }).a[1], 1)
  assert.eq(client:query_workflow({ workflow_id = id, query_type = "echo" }), nil)
  raises("temporal query: unknown queryType nope (INVALID_ARGUMENT)", client.query_workflow, client, { workflow_id = id, query_type = "nope" })
  raises("temporal query: the query was rejected: the workflow is RUNNING", client.query_workflow, client, { workflow_id = id, query_type = "reject" })
end)

test("a workflow that fails raises its failure with the causes", function()
  local id = start("Fail")
  raises(
    ('temporal get_result: workflow "%s" failed: Activity task failed (activity Pay), caused by: no money (PaymentError)'):format(id),
    client.get_result, client, { workflow_id = id }
  )
  assert.eq(client:describe_workflow(id).status, "FAILED")
end)

test("cancellation, termination and time-outs raise", function()
  local id = start("Wait")
  client:cancel_workflow(id)
  raises(('temporal get_result: workflow "%s" was canceled'):format(id), client.get_result, client, { workflow_id = id })
  assert.eq(client:describe_workflow(id).status, "CANCELED")
  id = start("Wait")
  client:terminate_workflow({ workflow_id = id, reason = "enough" })
  raises(('temporal get_result: workflow "%s" was terminated: enough'):format(id), client.get_result, client, { workflow_id = id })
  id = start("Late")
  raises(('temporal get_result: workflow "%s" timed out'):format(id), client.get_result, client, { workflow_id = id })
  assert.eq(client:describe_workflow(id).status, "TIMED_OUT")
end)

test("get_result follows runs unless told not to", function()
  local id = start("Again", "carried")
  assert.eq(client:get_result({ workflow_id = id }), "carried")
  raises("was continued as run run-", client.get_result, client, { workflow_id = id, follow_runs = false })
  assert.eq(client:describe_workflow(id).status, "CONTINUED_AS_NEW")
end)

test("get_result can be told how long to wait", function()
  local id = start("Wait")
  raises(
    ('temporal get_result: workflow "%s" has no result after 0.05 s'):format(id),
    client.get_result, client, { workflow_id = id, timeout = 0.05 }
  )
  raises("temporal get_result: timeout must be above 0", client.get_result, client, { workflow_id = id, timeout = -1 })
end)

test("list gives all pages up to the limit", function()
  local all = client:list_workflows()
  assert.gt(#all, 10)
  assert.eq(all[1].workflow_type, "Echo")
  assert.eq(#client:list_workflows({ query = "WorkflowType = 'x'", limit = 3 }), 3)
  raises("temporal list: limit must be at least 1", client.list_workflows, client, { limit = 0 })
end)

test("a workflow that does not exist is an error of each operation", function()
  local which = { workflow_id = "nope" }
  local function missing(operation, method, extra)
    raises(("temporal %s: workflow not found for ID: nope (NOT_FOUND)"):format(operation), client[method], client, extra or which)
  end
  missing("describe", "describe_workflow")
  missing("describe", "describe_workflow", "nope")
  missing("get_result", "get_result")
  missing("cancel", "cancel_workflow")
  missing("terminate", "terminate_workflow")
  missing("signal", "signal_workflow", { workflow_id = "nope", signal_name = "s" })
  missing("query", "query_workflow", { workflow_id = "nope", query_type = "q" })
end)

test("a workflow that runs already is not started again", function()
  local id = start("Wait")
  raises(
    "temporal start_workflow: Workflow execution is already running (ALREADY_EXISTS)",
    client.start_workflow, client, { task_queue = "q", workflow_type = "Wait", workflow_id = id }
  )
end)

test("what is required must be there", function()
  raises("temporal start_workflow: workflow_id is required", client.start_workflow, client, { workflow_type = "x", task_queue = "q" })
  raises("temporal start_workflow: workflow_type is required", client.start_workflow, client, { workflow_id = "x", task_queue = "q" })
  raises("temporal start_workflow: task_queue is required", client.start_workflow, client, { workflow_id = "x", workflow_type = "x" })
  raises("temporal signal: signal_name is required", client.signal_workflow, client, { workflow_id = "x" })
  raises("temporal query: query_type is required", client.query_workflow, client, { workflow_id = "x" })
  raises("temporal signal_with_start: signal_name is required", client.signal_with_start, client, { workflow_id = "x", workflow_type = "x", task_queue = "q" })
  raises("temporal describe: workflow_id is required", client.describe_workflow, client, "")
  raises("temporal cancel: workflow_id is required", client.cancel_workflow, client, {})
  raises("error converting Lua nil to String", client.describe_workflow, client)
  raises("call it with a colon on what temporal.connect gave", client.start_workflow, { workflow_id = "x" })
end)

test("input that JSON cannot hold is an error before anything is sent", function()
  raises("temporal start_workflow: unsupported Lua type for JSON: function", client.start_workflow, client, {
    workflow_id = "x",
    workflow_type = "x",
    task_queue = "q",
    input = { print },
  })
  raises("temporal signal: ", client.signal_workflow, client, { workflow_id = "x", signal_name = "s", input = "\xff" })
end)

test("temporal.start connects and starts at once", function()
  local handle = temporal.start({ url = "http://" .. url, task_queue = "q", workflow_type = "Echo", workflow_id = "one-shot", input = 5 })
  assert.eq(handle.workflow_id, "one-shot")
  assert.eq(client:get_result({ workflow_id = "one-shot" }), 5)
  raises("temporal start_workflow: workflow_type is required", temporal.start, { url = url, task_queue = "q", workflow_id = "x" })
end)

test("a closed client says so", function()
  local other = temporal.connect({ url = url })
  other:close()
  other:close()
  raises("temporal describe: the client is closed", other.describe_workflow, other, "x")
end)

test("connect refuses what is no address", function()
  raises("temporal connect: url is required", temporal.connect, {})
  raises('temporal connect: invalid temporal URL: "a b"', temporal.connect, { url = "a b" })
  raises("invalid temporal URL", temporal.connect, { url = "host:99999" })
  raises("invalid temporal URL", temporal.connect, { url = "ftp://host:7233" })
  raises("invalid temporal URL", temporal.connect, { url = "host:7233/path" })
  raises("temporal connect: namespace must not be empty", temporal.connect, { url = url, namespace = "" })
  raises("temporal connect: identity must not be empty", temporal.connect, { url = url, identity = "" })
  raises("temporal connect: api_key must consist of visible ASCII characters", temporal.connect, { url = url, api_key = "a\nb" })
  raises("temporal connect: connect_timeout must be above 0", temporal.connect, { url = url, connect_timeout = 0 })
  raises("temporal connect:", temporal.connect, { url = url, ca_cert_file = "/nowhere.pem" })
end)

test("a port that nothing listens on is told at once", function()
  local closed = env.get("CLOSED_URL")
  raises(('temporal connect: cannot reach "%s": Connection refused'):format(closed), temporal.connect, { url = closed })
  raises("temporal connect: cannot reach", temporal.start, { url = closed, task_queue = "q", workflow_type = "x", workflow_id = "x" })
end)

test("closing ends what waits", function()
  local other = temporal.connect({ url = url })
  local id = start("Wait")
  local waiting = async.spawn(function() return other:get_result({ workflow_id = id }) end)
  other:describe_workflow(id)
  other:close()
  raises("temporal get_result: the client is closed", waiting.await)
  client:close()
end)
