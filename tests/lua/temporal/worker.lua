-- temporal.worker against an engine that keeps histories; each task has a worker begin its workflow anew
local url = env.get("TEMPORAL_URL")
local client = temporal.connect({ url = url })

local count, queue = 0, nil
local function start(workflow, input)
  count = count + 1
  local id = "w" .. count
  client:start_workflow({ task_queue = queue, workflow_type = workflow, workflow_id = id, input = input })
  return id
end

local function result(id) return client:get_result({ workflow_id = id }) end

--- Runs a function with a worker, which is shut down whatever happens. Its queue is its own: the engine may take a moment
--- to notice that another worker has gone
local function with_worker(workflows, activities, fn)
  queue = "q" .. count
  local worker = temporal.worker({ url = url, task_queue = queue, workflows = workflows, activities = activities })
  local ok, err = pcall(fn, worker)
  worker:shutdown()
  if not ok then error(err, 0) end
end

test("a workflow has activities run, one after the other", function()
  local ran = {}
  with_worker({
    Order = function(ctx, input)
      local charged = ctx:execute_activity("charge", { amount = input.amount })
      local shipped = ctx:execute_activity("ship", charged.id, { start_to_close_timeout = 60 })
      return { charged = charged.id, shipped = shipped }
    end,
  }, {
    charge = function(input) ran[#ran + 1] = "charge" sleep(0.01) return { id = "c-" .. input.amount } end,
    ship = function(id) ran[#ran + 1] = "ship" return "shipped " .. id end,
  }, function(worker)
    assert.eq(worker:is_running(), true)
    assert.eq(json.encode(result(start("Order", { amount = 5 }))), '{"charged":"c-5","shipped":"shipped c-5"}')
    assert.eq(table.concat(ran, " "), "charge ship")
    worker:shutdown()
    assert.eq(worker:is_running(), false)
  end)
end)

test("a failed activity raises where it was executed, and may be caught", function()
  with_worker({
    Careful = function(ctx)
      local ok, err = pcall(ctx.execute_activity, ctx, "break_down", nil, { retry_policy = { maximum_attempts = 1 } })
      return { ok = ok, err = err }
    end,
    Careless = function(ctx) ctx:execute_activity("break_down") end,
    Lost = function(ctx) ctx:execute_activity("nothing") end,
  }, {
    break_down = function() error({ type = "NoMoney", message = "no money" }) end,
  }, function()
    assert.eq(json.encode(result(start("Careful"))), [[{"err":"activity 'break_down' failed: no money (NoMoney)","ok":false}]])
    raises("activity 'break_down' failed: no money (NoMoney) (LuaError)", result, start("Careless"))
    raises("no activity 'nothing' is registered with this worker: known are 'break_down'", result, start("Lost"))
  end)
end)

test("a workflow fails with what it raises", function()
  with_worker({
    Bad = function() error("gründlich schief", 0) end,
    Typed = function() error({ type = "Oops", message = "typed" }) end,
    Unsendable = function() return print end,
    Yields = function() coroutine.yield(1) end,
  }, nil, function()
    raises("failed: gründlich schief (LuaError)", result, start("Bad"))
    raises("failed: typed (Oops)", result, start("Typed"))
    raises("the result cannot be sent: temporal worker: unsupported Lua type for JSON: function", result, start("Unsendable"))
    raises("a workflow's function must not yield", result, start("Yields"))
  end)
end)

test("signals come in their order, each to one wait", function()
  with_worker({
    Collect = function(ctx)
      local all = {}
      for i = 1, 3 do all[i] = ctx:wait_signal("add") end
      return { all = all, stop = ctx:wait_signal("stop") }
    end,
  }, nil, function()
    local id = start("Collect")
    for i = 1, 3 do client:signal_workflow({ workflow_id = id, signal_name = "add", input = i }) end
    client:signal_workflow({ workflow_id = id, signal_name = "stop", input = "now" })
    assert.eq(json.encode(result(id)), '{"all":[1,2,3],"stop":"now"}')
  end)
end)

test("a wait for a signal ends with nil when its time is up, and its timer ends when the signal comes", function()
  with_worker({
    Impatient = function(ctx) return { none = ctx:wait_signal("go", { timeout = 0.02 }) == nil } end,
    Patient = function(ctx)
      local first = ctx:wait_signal("go", { timeout = 1000 })
      ctx:sleep(0.01)
      return first
    end,
  }, nil, function()
    assert.eq(result(start("Impatient")).none, true)
    local id = start("Patient")
    sleep(0.02)
    client:signal_workflow({ workflow_id = id, signal_name = "go", input = "yes" })
    assert.eq(result(id), "yes")
  end)
end)

test("a side effect is made once", function()
  local made = 0
  with_worker({
    Once = function(ctx)
      local first = ctx:side_effect(function() made = made + 1 return { n = made } end)
      local none = ctx:side_effect(function() return nil end)
      ctx:sleep(0.01)
      ctx:sleep(0.01)
      return { n = first.n, none = none == nil }
    end,
  }, nil, function()
    assert.eq(json.encode(result(start("Once"))), '{"n":1,"none":true}')
    assert.eq(made, 1)
  end)
end)

test("queries are answered with what the workflow has come to", function()
  with_worker({
    Progress = function(ctx)
      local done = 0
      ctx:register_query("progress", function(input) return { done = done, of = input } end)
      ctx:register_query("broken", function() error("no answer", 0) end)
      while done < 2 do
        ctx:wait_signal("step")
        done = done + 1
      end
    end,
  }, nil, function()
    local id = start("Progress")
    local function ask(query) return client:query_workflow({ workflow_id = id, query_type = query, input = 2 }) end
    assert.eq(json.encode(ask("progress")), '{"done":0,"of":2}')
    client:signal_workflow({ workflow_id = id, signal_name = "step" })
    assert.eq(ask("progress").done, 1)
    raises("no answer", ask, "broken")
    raises("the workflow answers no query 'other': known are 'broken', 'progress'", ask, "other")
    client:signal_workflow({ workflow_id = id, signal_name = "step" })
    assert.eq(result(id), nil)
    assert.eq(ask("progress").done, 2)
  end)
end)

test("a cancelled workflow is told once, and can clean up", function()
  local cleaned = 0
  with_worker({
    Tidy = function(ctx)
      local ok, err = pcall(ctx.wait_signal, ctx, "never")
      if not ok then
        ctx:execute_activity("clean")
        error(err, 0)
      end
    end,
    Stubborn = function(ctx)
      pcall(ctx.sleep, ctx, 1000)
      return "done all the same"
    end,
  }, { clean = function() cleaned = cleaned + 1 end }, function()
    local id = start("Tidy")
    client:cancel_workflow(id)
    raises("was canceled", result, id)
    assert.eq(cleaned, 1)
    local other = start("Stubborn")
    client:cancel_workflow(other)
    assert.eq(result(other), "done all the same")
  end)
end)

test("a workflow knows itself; ctx works with a dot, too", function()
  with_worker({
    Info = function(ctx)
      ctx.sleep(0.01)
      local info = ctx.workflow_info()
      return table.concat({ info.workflow_id, info.run_id, info.workflow_type, info.task_queue, info.namespace, info.attempt }, " ")
    end,
  }, nil, function()
    local id = start("Info")
    assert.eq(result(id), ("%s run-of-%s Info %s default 1"):format(id, id, queue))
  end)
end)

test("wrong arguments of ctx fail the workflow, at their line", function()
  with_worker({
    NoName = function(ctx) ctx:execute_activity() end,
    BadTime = function(ctx) ctx:sleep(-1) end,
    BadTimeout = function(ctx) ctx:execute_activity("a", nil, { start_to_close_timeout = 0 }) end,
    Task = function(ctx) async.spawn(function() ctx:sleep(1) end):await() end,
  }, nil, function()
    raises("ctx:execute_activity expects name: string", result, start("NoName"))
    raises("worker.lua:", result, start("BadTime"))
    raises("ctx:sleep: seconds must be above 0 and finite: current value is -1", result, start("BadTime"))
    raises("ctx:execute_activity: start_to_close_timeout must be above 0 seconds", result, start("BadTimeout"))
    raises("ctx:sleep: only the workflow's function itself can call it", result, start("Task"))
  end)
end)

test("a workflow may use builtins that wait", function()
  with_worker({
    Waits = function(ctx)
      sleep(0.01)
      local out = shell.exec("echo $((1 + 1))").stdout
      ctx:sleep(0.01)
      return out
    end,
  }, nil, function() assert.eq(result(start("Waits")), "2\n") end)
end)

test("worker refuses what it cannot do", function()
  local function worker(opts) return function() temporal.worker(opts) end end
  raises("temporal worker: task_queue is required", worker({ url = url }))
  raises("temporal worker: workflows or activities is required", worker({ url = url, task_queue = "q" }))
  raises([[temporal worker: workflows must map names to functions: "A" has a string]],
    worker({ url = url, task_queue = "q", workflows = { A = "x" } }))
  raises("temporal worker: url is required", worker({ task_queue = "q", activities = { a = print } }))
end)

-- A server of the same process that is shut down while a client leaves makes Deno's HTTP/2 crash
test("the client of these tests closes", function()
  client:close()
  raises("temporal describe: the client is closed", client.describe_workflow, client, "w1")
end)
