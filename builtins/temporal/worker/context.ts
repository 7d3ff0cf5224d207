/**
 * Runs a workflow's function with its `ctx`. It runs in a coroutine that is left, and forgotten, where `ctx` has to
 * wait: what it would do after that is done by another run, for another task.
 */
import {
  bindFunction,
  fn,
  type FunctionDeclaration,
  type ObjectDeclaration,
  signature,
} from "../../../runtime/seam/declare.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { any, func, instance, number, options, string } from "../../../runtime/seam/params.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import {
  isFunction,
  type LuaFunction,
  type LuaResult,
  type LuaTable,
  type LuaValue,
} from "../../../runtime/seam/value.ts";
import { ScriptError } from "../../../runtime/seam/error.ts";
import { activityOptions } from "./activity_options.ts";
import { type Outcome, Replay } from "./replay.ts";

const CHUNK = "temporal.lua";
const RUNNER = Symbol("runner of workflows");

const SOURCE = `
local step, create, resume, status, running, yield, pcall, error, type, gsub, pack = ...
local WAIT = {}
local function ask(name, ...)
  local ok, kind, value = pcall(step[name], ...)
  if not ok then error(type(kind) == "string" and gsub(kind, "^temporal%.lua:%d+: ", "") or kind, 4) end
  return kind, value
end
return function(replay, handler, info, input)
  local ctx, queries, thread = {}, {}, nil
  local function call(name, ...)
    if running() ~= thread then
      error("ctx:" .. name .. ": only the workflow's function itself can call it, no task or coroutine", 3)
    end
    local kind, value = ask(name, replay, ...)
    if kind == "wait" then yield(WAIT) end
    if kind == "error" then error(value, 0) end
    return value
  end
  local function method(name)
    return function(self, ...)
      if self == ctx then return (call(name, ...)) end
      return (call(name, self, ...))
    end
  end
  ctx.execute_activity = method("execute_activity")
  ctx.wait_signal = method("wait_signal")
  ctx.sleep = method("sleep")
  function ctx.side_effect(self, fn)
    if self ~= ctx then fn = self end
    local kind, value = step.side_effect(replay)
    if kind == "wait" then value = step.record(replay, fn()) end
    return value
  end
  function ctx.workflow_info() return info end
  function ctx.register_query(self, name, fn)
    if self ~= ctx then name, fn = self, name end
    if type(name) ~= "string" or type(fn) ~= "function" then
      error("ctx:register_query: expected a name and a function", 2)
    end
    queries[name] = fn
  end
  thread = create(handler)
  local results = pack(resume(thread, ctx, input))
  if status(thread) == "suspended" then
    if results[2] == WAIT then return "waits", nil, queries end
    return "failed", "a workflow's function must not yield", queries
  end
  return results[1] and "done" or "failed", results[2], queries
end`;

const replay = instance("ctx", "ctx of a workflow", Replay);

function told(outcome: Outcome): LuaResult {
  switch (outcome.kind) {
    case "value":
      return ["value", outcome.value];
    case "error":
      return ["error", fromText(outcome.message)];
    case "wait":
      return ["wait"];
  }
}

/** What the methods of `ctx` ask; the first argument is the run that asks. */
const STEPS = {
  execute_activity: fn({
    params: [replay, string("name"), any("input"), activityOptions],
    returns: "any",
    doc: "Have an activity run and give its result",
    run: (_host, run, name, input, opts) => told(run.executeActivity(toText(name), input, opts)),
  }),
  wait_signal: fn({
    params: [replay, string("name"), options("opts", { timeout: number })],
    returns: "any",
    doc: "Wait for the next signal of a name and give its input; nil when it takes more than timeout seconds",
    run: (_host, run, name, { timeout }) => {
      if (timeout !== undefined) checkTime("ctx:wait_signal: timeout", timeout);
      return told(run.waitSignal(toText(name), timeout));
    },
  }),
  sleep: fn({
    params: [replay, number("seconds")],
    returns: "nil",
    doc: "Wait for so many seconds",
    run: (_host, run, seconds) => {
      checkTime("ctx:sleep: seconds", seconds);
      return told(run.sleep(seconds));
    },
  }),
  side_effect: fn({
    params: [replay],
    returns: "any",
    doc: "What the next side effect gave",
    run: (_host, run) => told(run.sideEffect()),
  }),
  record: fn({
    params: [replay, any("value")],
    returns: "any",
    doc: "Keep what a side effect has given",
    run: (_host, run, value) => run.recordSideEffect(value),
  }),
} satisfies Record<string, FunctionDeclaration>;

/** The methods of `ctx`, as documentation shows them. */
export const contextObject: ObjectDeclaration = {
  doc:
    "What a workflow is given. Its function runs from its beginning again whenever something has happened: it must " +
    "depend on nothing but its input and what ctx gives. ctx raises 'workflow cancelled' once when its end is asked for",
  methods: {
    execute_activity: STEPS.execute_activity,
    wait_signal: STEPS.wait_signal,
    sleep: STEPS.sleep,
    side_effect: signature({
      params: [replay, func("fn")],
      returns: "any",
      doc: "What a function gives, which is called once and never again: for what is random, or of the time",
    }),
    register_query: signature({
      params: [replay, string("name"), func("fn")],
      returns: "nil",
      doc: "Have queries of a name answered by a function of their input",
    }),
    workflow_info: signature({
      params: [replay],
      returns: "{workflow_id, run_id, workflow_type, task_queue, namespace, attempt}",
      doc: "Which workflow runs",
    }),
  },
};

function checkTime(what: string, seconds: number): void {
  if (seconds > 0 && seconds < Infinity) return;
  throw new ScriptError(`${what} must be above 0 and finite: current value is ${seconds}`);
}

/** How far a workflow's function has come. */
export interface RunResult {
  readonly state: "waits" | "done" | "failed";
  /** The result, or what has been raised. */
  readonly value: LuaValue;
  /** Functions by the names of the queries that they answer. */
  readonly queries: LuaTable;
}

/** Runs a workflow's function as far as its history goes. */
export async function runWorkflow(
  host: Host,
  run: Replay,
  handler: LuaFunction,
  info: LuaTable,
  input: LuaValue,
): Promise<RunResult> {
  const [state, value, queries] = await host.call(
    host.state(RUNNER, () => makeRunner(host)),
    run,
    handler,
    info,
    input,
  );
  return { state: state as RunResult["state"], value, queries: queries as LuaTable };
}

function makeRunner(host: Host): LuaFunction {
  const { globals } = host.vm;
  const coroutines = globals.get("coroutine") as LuaTable;
  const steps = host.vm.newTable();
  for (const [name, declaration] of Object.entries(STEPS)) {
    steps.set(name, bindFunction(host, `ctx:${name}`, declaration));
  }
  const parts: LuaValue[] = [
    steps,
    ...["create", "resume", "status", "running", "yield"].map((name) => coroutines.get(name)),
    ...["pcall", "error", "type"].map((name) => globals.get(name)),
    (globals.get("string") as LuaTable).get("gsub"),
    (globals.get("table") as LuaTable).get("pack"),
  ];
  const made = host.call(host.vm.load(fromText(SOURCE), CHUNK), ...parts);
  // A chunk that only makes a function waits for nothing
  if (made instanceof Promise || !isFunction(made[0])) throw new TypeError("Workflows cannot be run");
  return made[0];
}
