/**
 * The parts of @temporalio/client that are used. Its own types bring those of Node.js with them, which would take the
 * place of Deno's in the whole program.
 */
import type { ExecutionInfo } from "./execution.ts";
import type { Failure } from "./failure.ts";
import type { Payloads } from "./payload.ts";
import type { HistoryEvent, WorkerService } from "./worker/protocol.ts";

interface Execution {
  workflowId: string;
  runId: string;
}

interface Started {
  runId?: string | null;
}

interface Actor {
  namespace: string;
  identity: string;
}

interface Identified extends Actor {
  /** Tells a repetition of a request from another one. */
  requestId: string;
}

interface StartRequest extends Identified {
  workflowId: string;
  workflowType: { name: string };
  taskQueue: { name: string };
  input?: Payloads;
}

/** What has ended a run of a workflow: one of these is there. */
export interface CloseEvent {
  workflowExecutionCompletedEventAttributes?:
    | { result?: Payloads | null; newExecutionRunId?: string | null }
    | null;
  workflowExecutionFailedEventAttributes?:
    | { failure?: Failure | null; newExecutionRunId?: string | null }
    | null;
  workflowExecutionTimedOutEventAttributes?: { newExecutionRunId?: string | null } | null;
  workflowExecutionContinuedAsNewEventAttributes?: { newExecutionRunId?: string | null } | null;
  workflowExecutionCanceledEventAttributes?: Record<never, never> | null;
  workflowExecutionTerminatedEventAttributes?: { reason?: string | null } | null;
}

/** @see https://github.com/temporalio/api/blob/master/temporal/api/workflowservice/v1/service.proto */
export interface WorkflowService extends WorkerService {
  startWorkflowExecution(request: StartRequest): Promise<Started>;
  signalWithStartWorkflowExecution(
    request: StartRequest & { signalName: string; signalInput?: Payloads },
  ): Promise<Started>;
  signalWorkflowExecution(
    request: Identified & { workflowExecution: Execution; signalName: string; input?: Payloads },
  ): Promise<unknown>;
  queryWorkflow(
    request: { namespace: string; execution: Execution; query: { queryType: string; queryArgs?: Payloads } },
  ): Promise<{ queryResult?: Payloads | null; queryRejected?: { status?: number | null } | null }>;
  describeWorkflowExecution(
    request: { namespace: string; execution: Execution },
  ): Promise<{ workflowExecutionInfo?: ExecutionInfo | null }>;
  listWorkflowExecutions(
    request: { namespace: string; query: string; pageSize: number; nextPageToken?: Uint8Array },
  ): Promise<{ executions?: ExecutionInfo[] | null; nextPageToken?: Uint8Array | null }>;
  getWorkflowExecutionHistory(
    request: {
      namespace: string;
      execution: Execution;
      historyEventFilterType: number;
      waitNewEvent: boolean;
      skipArchival: boolean;
      nextPageToken?: Uint8Array;
    },
  ): Promise<
    { history?: { events?: (CloseEvent & HistoryEvent)[] | null } | null; nextPageToken?: Uint8Array | null }
  >;
  requestCancelWorkflowExecution(
    request: Identified & { workflowExecution: Execution; reason: string },
  ): Promise<unknown>;
  terminateWorkflowExecution(
    request: Actor & { workflowExecution: Execution; reason: string },
  ): Promise<unknown>;
}

interface TlsConfig {
  serverNameOverride?: string;
  serverRootCACertificate?: Uint8Array;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}

export interface ConnectionOptions {
  address: string;
  tls: TlsConfig | false;
  apiKey?: string;
  /** Milliseconds. */
  connectTimeout: number;
  /** What each request goes through. @default an interceptor that makes requests again */
  interceptors: never[];
  channelArgs: Record<string, number>;
}

export declare class Connection {
  readonly workflowService: WorkflowService;
  /** Does not connect yet. */
  static lazy(options: ConnectionOptions): Connection;
  ensureConnected(): Promise<void>;
  /** @param deadline Milliseconds since 1970 */
  withDeadline<T>(deadline: number, body: () => Promise<T>): Promise<T>;
  withAbortSignal<T>(signal: AbortSignal, body: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
