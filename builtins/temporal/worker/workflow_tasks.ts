/** Does what a frontend wants of workflows: a task is a workflow that has something new in its history. */
import { describeError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { fromText, toText } from "../../../runtime/seam/text.ts";
import {
  isFunction,
  type LuaFunction,
  type LuaTable,
  type LuaValue,
  typeOf,
} from "../../../runtime/seam/value.ts";
import type { TemporalClient } from "../client.ts";
import { TemporalFailure } from "../failure.ts";
import { fromPayloads, type Payloads, toPayloads } from "../payload.ts";
import { runWorkflow } from "./context.ts";
import { failureOf } from "./failure.ts";
import { History } from "./history.ts";
import {
  ANSWERED,
  COMMAND,
  type Command,
  type HistoryEvent,
  NOT_ANSWERED,
  type QueryResult,
  type WorkflowTask,
} from "./protocol.ts";
import { CANCELLED, Nondeterminism, Replay } from "./replay.ts";

/** `WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE` and `…_NON_DETERMINISTIC_ERROR`. */
const UNHANDLED = 14;
const NONDETERMINISTIC = 24;

/** Functions by name, text. */
export type Handlers = ReadonlyMap<string, LuaFunction>;

export class WorkflowTasks {
  readonly #host: Host;
  readonly #client: TemporalClient;
  readonly #taskQueue: string;
  readonly #handlers: Handlers;

  constructor(host: Host, client: TemporalClient, taskQueue: string, handlers: Handlers) {
    this.#host = host;
    this.#client = client;
    this.#taskQueue = taskQueue;
    this.#handlers = handlers;
  }

  /** Does a task and tells the frontend. */
  async perform(task: WorkflowTask, taskToken: Uint8Array): Promise<void> {
    const { namespace, identity } = this.#client;
    const answer = { namespace, identity, taskToken };
    try {
      const { commands, queries } = await this.#run(task);
      if (task.query) {
        const { resultType, answer: queryResult, ...rest } = await this.#answer(queries, task.query);
        const result = { namespace, taskToken, completedType: resultType, ...rest };
        await this.#client.request((service) =>
          service.respondQueryTaskCompleted(queryResult === undefined ? result : { ...result, queryResult })
        );
        return;
      }
      const queryResults: Record<string, QueryResult> = {};
      for (const [id, query] of Object.entries(task.queries ?? {})) {
        queryResults[id] = await this.#answer(queries, query);
      }
      await this.#client.request((service) =>
        service.respondWorkflowTaskCompleted({ ...answer, commands, queryResults })
      );
    } catch (error) {
      const isOurs = error instanceof ScriptError || error instanceof TemporalFailure ||
        error instanceof Nondeterminism;
      if (!isOurs) throw error;
      const cause = error instanceof Nondeterminism ? NONDETERMINISTIC : UNHANDLED;
      this.#host.log.error(
        `temporal worker: workflow "${task.workflowExecution?.workflowId}": ${error.message}`,
      );
      await this.#client.request((service) =>
        service.respondWorkflowTaskFailed({ ...answer, cause, failure: failureOf(error.message) })
      );
    }
  }

  async #run(task: WorkflowTask): Promise<{ commands: readonly Command[]; queries: LuaTable }> {
    const host = this.#host;
    const type = task.workflowType?.name ?? "";
    const handler = this.#handlers.get(type);
    if (handler === undefined) {
      const known = [...this.#handlers.keys()].map((name) => `'${name}'`).join(", ");
      throw new TemporalFailure(`no workflow '${type}' is registered with this worker: known are ${known}`);
    }
    const history = new History(await this.#events(task));
    const replay = new Replay(host, history, this.#taskQueue);
    const input = fromPayloads(host, "worker", history.input);
    const info = this.#info(task, type, history.attempt);
    const { state, value, queries } = await runWorkflow(host, replay, handler, info, input);
    if (replay.problem !== undefined) throw replay.problem;
    if (state === "waits") return { commands: replay.commands, queries };
    const end = state === "done" ? this.#completion(value) : this.#failure(replay, value);
    return { commands: [...replay.commands, end], queries };
  }

  #completion(value: LuaValue): Command {
    let result: Payloads | undefined;
    try {
      result = toPayloads("worker", value);
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      return failed(`the result cannot be sent: ${error.message}`);
    }
    return {
      commandType: COMMAND.completeWorkflow,
      completeWorkflowExecutionCommandAttributes: result === undefined ? {} : { result },
    };
  }

  #failure(replay: Replay, raised: LuaValue): Command {
    if (replay.isCancelled && typeof raised === "string" && raised.includes(CANCELLED)) {
      return { commandType: COMMAND.cancelWorkflow, cancelWorkflowExecutionCommandAttributes: {} };
    }
    return {
      commandType: COMMAND.failWorkflow,
      failWorkflowExecutionCommandAttributes: { failure: failureOf(raised, this.#host) },
    };
  }

  #info({ workflowExecution }: WorkflowTask, type: string, attempt: number): LuaTable {
    return this.#host.vm.newRecord({
      workflow_id: fromText(workflowExecution?.workflowId ?? ""),
      run_id: fromText(workflowExecution?.runId ?? ""),
      workflow_type: fromText(type),
      task_queue: fromText(this.#taskQueue),
      namespace: fromText(this.#client.namespace),
      attempt,
    });
  }

  /** The whole history, of which a long one comes in pages. */
  async #events(
    { history, nextPageToken, workflowExecution }: WorkflowTask,
  ): Promise<readonly HistoryEvent[]> {
    const events = [...history?.events ?? []];
    let token = nextPageToken;
    while (token?.length) {
      const page = token;
      const next = await this.#client.request((service) =>
        service.getWorkflowExecutionHistory({
          namespace: this.#client.namespace,
          execution: {
            workflowId: workflowExecution?.workflowId ?? "",
            runId: workflowExecution?.runId ?? "",
          },
          historyEventFilterType: ALL_EVENTS,
          waitNewEvent: false,
          skipArchival: true,
          nextPageToken: page,
        })
      );
      events.push(...next.history?.events ?? []);
      token = next.nextPageToken;
    }
    return events;
  }

  async #answer(
    queries: LuaTable,
    { queryType, queryArgs }: NonNullable<WorkflowTask["query"]>,
  ): Promise<QueryResult> {
    const host = this.#host;
    try {
      const handler = queries.get(fromText(queryType ?? ""));
      if (!isFunction(handler)) {
        const known = [...queries.entries()].map(([name]) => `'${toText(String(name))}'`).sort().join(", ");
        throw new TemporalFailure(
          `the workflow answers no query '${queryType}': known are ${known || "none"}`,
        );
      }
      const [value] = await host.call(handler, fromPayloads(host, "worker", queryArgs));
      const answer = toPayloads("worker", value);
      return answer === undefined ? { resultType: ANSWERED } : { resultType: ANSWERED, answer };
    } catch (error) {
      host.signal.throwIfAborted();
      return { resultType: NOT_ANSWERED, errorMessage: describeError(error) };
    }
  }
}

/** `HISTORY_EVENT_FILTER_TYPE_ALL_EVENT`. */
const ALL_EVENTS = 1;

function failed(message: string): Command {
  return {
    commandType: COMMAND.failWorkflow,
    failWorkflowExecutionCommandAttributes: { failure: failureOf(message) },
  };
}

/** The functions of a table, by name. @throws {ScriptError} When something else is in it */
export function readHandlers(what: string, table: LuaTable | undefined): Handlers {
  const handlers = new Map<string, LuaFunction>();
  for (const [name, handler] of table?.entries() ?? []) {
    if (typeof name !== "string" || !isFunction(handler)) {
      const got = `a ${typeOf(handler)}`;
      throw new ScriptError(
        `temporal worker: ${what} must map names to functions: "${toText(String(name))}" has ${got}`,
      );
    }
    handlers.set(toText(name), handler);
  }
  return handlers;
}
