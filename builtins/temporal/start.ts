/** Starts workflows. */
import type { Host } from "../../runtime/seam/host.ts";
import { any, options, type ParamValues, string } from "../../runtime/seam/params.ts";
import { fromText } from "../../runtime/seam/text.ts";
import type { LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import type { TemporalClient } from "./client.ts";
import { toPayloads } from "./payload.ts";
import { required } from "./required.ts";

/** What is started. */
export const startFields = {
  task_queue: string,
  workflow_type: string,
  workflow_id: string,
  input: any,
} as const;

const startOptions = options("opts", startFields);

export type StartOptions = ParamValues<[typeof startOptions]>[0];

function request(operation: string, client: TemporalClient, given: StartOptions) {
  const input = toPayloads(operation, given.input);
  return {
    namespace: client.namespace,
    identity: client.identity,
    requestId: crypto.randomUUID(),
    workflowId: required(operation, "workflow_id", given.workflow_id),
    workflowType: { name: required(operation, "workflow_type", given.workflow_type) },
    taskQueue: { name: required(operation, "task_queue", given.task_queue) },
    ...(input === undefined ? {} : { input }),
  };
}

function started(host: Host, workflowId: string, runId: string | null | undefined): LuaTable {
  return host.vm.newRecord({ workflow_id: fromText(workflowId), run_id: fromText(runId ?? "") });
}

/** @returns `{workflow_id, run_id}` */
export async function startWorkflow(
  host: Host,
  client: TemporalClient,
  given: StartOptions,
): Promise<LuaTable> {
  const start = request("start_workflow", client, given);
  const { runId } = await client.request((service) => service.startWorkflowExecution(start));
  return started(host, start.workflowId, runId);
}

/** Signals a workflow, which is started before if it does not run. @returns `{workflow_id, run_id}` */
export async function signalWithStart(
  host: Host,
  client: TemporalClient,
  given: StartOptions & { readonly signal_name?: string; readonly signal_input?: LuaValue },
): Promise<LuaTable> {
  const start = request("signal_with_start", client, given);
  const signalInput = toPayloads("signal_with_start", given.signal_input);
  const signal = {
    signalName: required("signal_with_start", "signal_name", given.signal_name),
    ...(signalInput === undefined ? {} : { signalInput }),
  };
  const { runId } = await client.request((service) =>
    service.signalWithStartWorkflowExecution({ ...start, ...signal })
  );
  return started(host, start.workflowId, runId);
}
