/** The methods of clients. */
import { fn, type FunctionDeclaration, type ObjectDeclaration } from "../../runtime/seam/declare.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any, boolean, instance, number, options, string } from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import type { LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { TemporalClient } from "./client.ts";
import { seconds } from "./connect.ts";
import { type ExecutionInfo, statusName, toTable } from "./execution.ts";
import { named, TemporalFailure } from "./failure.ts";
import { fromPayloads, toPayloads } from "./payload.ts";
import { required, type Target, target } from "./required.ts";
import { awaitResult } from "./result.ts";
import { signalWithStart, startFields, startWorkflow } from "./start.ts";

const client = instance("client", "temporal client", TemporalClient);

const argumentMessage = (index: number, name: string) =>
  index === 0 ? `${name}: call it with a colon on what temporal.connect gave` : undefined;

/** How many workflows `list_workflows` gives unless it is told otherwise. */
const LIST_LIMIT = 1000;
const PAGE_SIZE = 100;

function executionOf(operation: string, { workflow_id, run_id }: Target) {
  return { workflowId: required(operation, "workflow_id", workflow_id), runId: toText(run_id ?? "") };
}

async function query(
  host: Host,
  self: TemporalClient,
  given: Target & { readonly query_type?: string; readonly input?: LuaValue },
): Promise<LuaValue> {
  const execution = executionOf("query", given);
  const queryArgs = toPayloads("query", given.input);
  const queryType = required("query", "query_type", given.query_type);
  const { queryResult, queryRejected } = await self.request((service) =>
    service.queryWorkflow({
      namespace: self.namespace,
      execution,
      query: { queryType, ...(queryArgs === undefined ? {} : { queryArgs }) },
    })
  );
  if (queryRejected) {
    throw new TemporalFailure(`the query was rejected: the workflow is ${statusName(queryRejected.status)}`);
  }
  return fromPayloads(host, "query", queryResult);
}

async function list(
  host: Host,
  self: TemporalClient,
  given: { readonly query?: string; readonly limit?: number },
): Promise<LuaTable> {
  const { limit = LIST_LIMIT } = given;
  if (!(limit >= 1)) throw new TemporalFailure(`limit must be at least 1: current value is ${limit}`);
  const found: ExecutionInfo[] = [];
  let nextPageToken: Uint8Array | null | undefined;
  do {
    const page = await self.request((service) =>
      service.listWorkflowExecutions({
        namespace: self.namespace,
        query: toText(given.query ?? ""),
        pageSize: Math.min(PAGE_SIZE, Math.ceil(limit) - found.length),
        ...(nextPageToken ? { nextPageToken } : {}),
      })
    );
    found.push(...page.executions ?? []);
    nextPageToken = page.nextPageToken;
  } while (nextPageToken?.length && found.length < limit);
  return newList(host, found.slice(0, limit).map((info) => toTable(host, info)));
}

/** The methods, by name. */
export const clientObject: ObjectDeclaration<FunctionDeclaration> = {
  doc: "A client of a Temporal namespace",
  methods: {
    start_workflow: fn({
      params: [client, options("opts", startFields)],
      returns: "{workflow_id, run_id}",
      doc: "Start a workflow",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (host, self, opts) => named("start_workflow", () => startWorkflow(host, self, opts)),
    }),
    signal_workflow: fn({
      params: [
        client,
        options("opts", { workflow_id: string, run_id: string, signal_name: string, input: any }),
      ],
      returns: "nil",
      doc: "Send a signal to a workflow that runs",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (_host, self, opts) =>
        named("signal", async () => {
          const input = toPayloads("signal", opts.input);
          const request = {
            namespace: self.namespace,
            identity: self.identity,
            requestId: crypto.randomUUID(),
            workflowExecution: executionOf("signal", opts),
            signalName: required("signal", "signal_name", opts.signal_name),
            ...(input === undefined ? {} : { input }),
          };
          await self.request((service) => service.signalWorkflowExecution(request));
        }),
    }),
    signal_with_start: fn({
      params: [client, options("opts", { ...startFields, signal_name: string, signal_input: any })],
      returns: "{workflow_id, run_id}",
      doc: "Send a signal to a workflow, which is started before if it does not run",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (host, self, opts) => named("signal_with_start", () => signalWithStart(host, self, opts)),
    }),
    query_workflow: fn({
      params: [
        client,
        options("opts", { workflow_id: string, run_id: string, query_type: string, input: any }),
      ],
      returns: "any",
      doc: "Ask a workflow for something of its state",
      permission: "net",
      argumentMessage,
      run: (host, self, opts) => named("query", () => query(host, self, opts)),
    }),
    describe_workflow: fn({
      params: [client, target],
      returns:
        "{workflow_id, run_id, workflow_type, status, history_length, start_time, close_time?, task_queue?}",
      doc: "What is known of a workflow; times are seconds since 1970",
      permission: "net",
      argumentMessage,
      run: (host, self, which) =>
        named("describe", async () => {
          const execution = executionOf("describe", which);
          const { workflowExecutionInfo } = await self.request((service) =>
            service.describeWorkflowExecution({ namespace: self.namespace, execution })
          );
          return toTable(host, workflowExecutionInfo);
        }),
    }),
    list_workflows: fn({
      params: [client, options("opts", { query: string, limit: number })],
      returns:
        "[{workflow_id, run_id, workflow_type, status, history_length, start_time, close_time?, task_queue?}]",
      doc:
        `Workflows that a visibility query finds, without one all; ${LIST_LIMIT} unless limit says otherwise`,
      permission: "net",
      argumentMessage,
      run: (host, self, opts) => named("list", () => list(host, self, opts)),
    }),
    get_result: fn({
      params: [
        client,
        options("opts", { workflow_id: string, run_id: string, follow_runs: boolean, timeout: number }),
      ],
      returns: "any",
      doc: "Wait for the end of a workflow and give its result; raises where there is none",
      permission: "net",
      argumentMessage,
      run: (host, self, opts) =>
        named("get_result", () => {
          const { follow_runs: followRuns = true, timeout } = opts;
          if (timeout !== undefined) seconds("get_result", "timeout", timeout);
          return awaitResult(host, self, { ...executionOf("get_result", opts), followRuns, timeout });
        }),
    }),
    cancel_workflow: fn({
      params: [client, target],
      returns: "nil",
      doc: "Ask a workflow to end; it can clean up before",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (_host, self, which) =>
        named("cancel", async () => {
          const workflowExecution = executionOf("cancel", which);
          await self.request((service) =>
            service.requestCancelWorkflowExecution({
              namespace: self.namespace,
              identity: self.identity,
              requestId: crypto.randomUUID(),
              workflowExecution,
              reason: toText(which.reason ?? ""),
            })
          );
        }),
    }),
    terminate_workflow: fn({
      params: [client, target],
      returns: "nil",
      doc: "End a workflow at once",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (_host, self, which) =>
        named("terminate", async () => {
          const workflowExecution = executionOf("terminate", which);
          await self.request((service) =>
            service.terminateWorkflowExecution({
              namespace: self.namespace,
              identity: self.identity,
              workflowExecution,
              reason: toText(which.reason ?? ""),
            })
          );
        }),
    }),
    close: fn({
      params: [client],
      returns: "nil",
      doc: "Close the connection",
      permission: "net",
      argumentMessage,
      run: (_host, self) => self.close(),
    }),
  },
};
