/** `temporal.worker` against an engine of the tests' own that speaks Temporal's protocol. */
import assert from "node:assert/strict";
import { ENGINES } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { luaTests, runLua } from "./support/lua.ts";
import { TemporalEngine } from "./support/temporal_engine.ts";

const PAGE = new URL("./lua/temporal/worker.lua", import.meta.url);

// The library's own timers and sockets outlive a connection by some turns of the event loop
const LOOSE = { sanitizeOps: false, sanitizeResources: false };

for (const engine of ENGINES) {
  Deno.test({
    name: `lua/temporal/worker.lua in ${engine}`,
    ...LOOSE,
    async fn(t) {
      await using temporal = await TemporalEngine.start();
      await luaTests(t, PAGE, { engine, environment: { TEMPORAL_URL: temporal.address } });
    },
  });
}

Deno.test({
  name: "activities are scheduled as they are asked for, by a worker that says who it is",
  ...LOOSE,
  async fn() {
    await using temporal = await TemporalEngine.start();
    await runLua(
      `local url = env.get("TEMPORAL_URL")
       local w = temporal.worker({ url = url, task_queue = "jobs", activities = { a = function() end }, workflows = {
         W = function(ctx)
           ctx:execute_activity("a")
           ctx:execute_activity("a", { x = 1 }, { start_to_close_timeout = 1.5, schedule_to_close_timeout = 9,
             heartbeat_timeout = 3, retry_policy = { initial_interval = 2, backoff_coefficient = 1.5, maximum_interval = 8,
             maximum_attempts = 4, non_retryable_errors = { "NoMoney" } } })
         end } })
       local c = temporal.connect({ url = url })
       c:start_workflow({ task_queue = "jobs", workflow_type = "W", workflow_id = "w" })
       c:get_result({ workflow_id = "w" })
       c:close()
       w:shutdown()`,
      { environment: new FixedEnvironment({ TEMPORAL_URL: temporal.address }) },
    );
    assert.deepEqual([...temporal.identities], ["assay-worker@jobs"]);
    const [plain, full] = temporal.scheduled;
    assert.deepEqual(plain, {
      activityId: "1",
      activityType: { name: "a" },
      taskQueue: { name: "jobs" },
      startToCloseTimeout: { seconds: "300" },
    });
    assert.deepEqual(full.startToCloseTimeout, { seconds: "1", nanos: 500000000 });
    assert.deepEqual(full.scheduleToCloseTimeout, { seconds: "9" });
    assert.deepEqual(full.heartbeatTimeout, { seconds: "3" });
    assert.deepEqual(full.retryPolicy, {
      initialInterval: { seconds: "2" },
      backoffCoefficient: 1.5,
      maximumInterval: { seconds: "8" },
      maximumAttempts: 4,
      nonRetryableErrorTypes: ["NoMoney"],
    });
  },
});

Deno.test({
  name: "a workflow that does something else than before, or is not known, fails its task and not itself",
  ...LOOSE,
  async fn() {
    await using temporal = await TemporalEngine.start();
    await runLua(
      `local url, turn = env.get("TEMPORAL_URL"), 0
       local w = temporal.worker({ url = url, task_queue = "q",
         activities = { a = function() end, b = function() end },
         workflows = { Fickle = function(ctx)
           turn = turn + 1
           pcall(ctx.execute_activity, ctx, turn == 1 and "a" or "b")
         end } })
       local c = temporal.connect({ url = url })
       for _, name in ipairs({ "Fickle", "Unknown" }) do
         c:start_workflow({ task_queue = "q", workflow_type = name, workflow_id = name })
       end
       while turn < 2 do sleep(0.005) end
       w:shutdown()
       assert.eq(c:describe_workflow("Fickle").status, "RUNNING")
       c:close()`,
      { environment: new FixedEnvironment({ TEMPORAL_URL: temporal.address }) },
    );
    const failures = temporal.failedTasks.map(({ cause, failure }) => `${cause} ${failure.message}`).sort();
    assert.match(
      failures[0] ?? "",
      /NON_DETERMINISTIC_ERROR activity number 1 is 'b' now, but was 'a'/,
    );
    assert.match(failures[1] ?? "", /UNHANDLED_FAILURE no workflow 'Unknown' is registered/);
  },
});
