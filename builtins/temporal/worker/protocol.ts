/**
 * The messages between workers and a frontend, as far as they are used.
 *
 * @see https://github.com/temporalio/api/blob/master/temporal/api/workflowservice/v1/service.proto
 */
import type { Failure } from "../failure.ts";
import type { Payload, Payloads } from "../payload.ts";

/** A 64-bit number of the protocol's library. */
export interface Long {
  toNumber(): number;
}

interface Named {
  readonly name?: string | null;
}

/** `google.protobuf.Duration`. */
export interface Duration {
  readonly seconds: number;
  readonly nanos: number;
}

interface Execution {
  readonly workflowId?: string | null;
  readonly runId?: string | null;
}

/** An event of a workflow's history: of the attributes those of its type are there. */
export interface HistoryEvent {
  readonly eventId?: Long | null;
  readonly workflowExecutionStartedEventAttributes?: {
    readonly input?: Payloads | null;
    readonly attempt?: number | null;
  } | null;
  readonly workflowExecutionSignaledEventAttributes?: {
    readonly signalName?: string | null;
    readonly input?: Payloads | null;
  } | null;
  readonly workflowExecutionCancelRequestedEventAttributes?: Record<never, never> | null;
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityId?: string | null;
    readonly activityType?: Named | null;
  } | null;
  readonly activityTaskCompletedEventAttributes?: {
    readonly scheduledEventId?: Long | null;
    readonly result?: Payloads | null;
  } | null;
  readonly activityTaskFailedEventAttributes?: ActivityEnd | null;
  readonly activityTaskTimedOutEventAttributes?: ActivityEnd | null;
  readonly activityTaskCanceledEventAttributes?: ActivityEnd | null;
  readonly timerStartedEventAttributes?: { readonly timerId?: string | null } | null;
  readonly timerFiredEventAttributes?: { readonly timerId?: string | null } | null;
  readonly timerCanceledEventAttributes?: { readonly timerId?: string | null } | null;
  readonly markerRecordedEventAttributes?: {
    readonly markerName?: string | null;
    readonly details?: Readonly<Record<string, Payloads>> | null;
  } | null;
}

interface ActivityEnd {
  readonly scheduledEventId?: Long | null;
  readonly failure?: Failure | null;
}

/** `CommandType`. */
export const COMMAND = {
  scheduleActivity: 1,
  startTimer: 3,
  completeWorkflow: 4,
  failWorkflow: 5,
  cancelTimer: 6,
  cancelWorkflow: 7,
  recordMarker: 9,
} as const;

/** What a workflow wants done. */
export interface Command {
  readonly commandType: number;
  readonly scheduleActivityTaskCommandAttributes?: Record<string, unknown>;
  readonly startTimerCommandAttributes?: { timerId: string; startToFireTimeout: Duration };
  readonly cancelTimerCommandAttributes?: { timerId: string };
  readonly recordMarkerCommandAttributes?: { markerName: string; details: Record<string, Payloads> };
  readonly completeWorkflowExecutionCommandAttributes?: { result?: Payloads };
  readonly failWorkflowExecutionCommandAttributes?: { failure: SentFailure };
  readonly cancelWorkflowExecutionCommandAttributes?: Record<never, never>;
}

/** A failure of a workflow or an activity of ours. */
export interface SentFailure {
  readonly message: string;
  readonly source: string;
  readonly applicationFailureInfo: { readonly type: string };
}

interface Query {
  readonly queryType?: string | null;
  readonly queryArgs?: Payloads | null;
}

/** A workflow that has something to do; without a token there is none. */
export interface WorkflowTask {
  readonly taskToken?: Uint8Array | null;
  readonly workflowExecution?: Execution | null;
  readonly workflowType?: Named | null;
  readonly history?: { readonly events?: readonly HistoryEvent[] | null } | null;
  readonly nextPageToken?: Uint8Array | null;
  /** The task is nothing but this question. */
  readonly query?: Query | null;
  /** Questions beside what is to be done. */
  readonly queries?: Readonly<Record<string, Query>> | null;
}

export interface ActivityTask {
  readonly taskToken?: Uint8Array | null;
  readonly activityType?: Named | null;
  readonly input?: Payloads | null;
}

/** `QueryResultType`. */
export const ANSWERED = 1;
export const NOT_ANSWERED = 2;

/** The answer to a query, or why there is none. */
export interface QueryResult {
  readonly resultType: typeof ANSWERED | typeof NOT_ANSWERED;
  readonly answer?: { payloads: Payload[] };
  readonly errorMessage?: string;
}

interface Answer {
  namespace: string;
  identity: string;
  taskToken: Uint8Array;
}

interface Poll {
  namespace: string;
  identity: string;
  taskQueue: { name: string };
}

/** What workers ask a frontend for. */
export interface WorkerService {
  pollWorkflowTaskQueue(request: Poll): Promise<WorkflowTask>;
  respondWorkflowTaskCompleted(
    request: Answer & { commands: readonly Command[]; queryResults: Record<string, QueryResult> },
  ): Promise<unknown>;
  respondWorkflowTaskFailed(
    request: Answer & { cause: number; failure: SentFailure },
  ): Promise<unknown>;
  respondQueryTaskCompleted(
    request: {
      namespace: string;
      taskToken: Uint8Array;
      completedType: number;
      queryResult?: { payloads: Payload[] };
      errorMessage?: string;
    },
  ): Promise<unknown>;
  pollActivityTaskQueue(request: Poll): Promise<ActivityTask>;
  respondActivityTaskCompleted(request: Answer & { result?: Payloads }): Promise<unknown>;
  respondActivityTaskFailed(request: Answer & { failure: SentFailure }): Promise<unknown>;
}

/** A time in seconds. */
export function duration(seconds: number): Duration {
  const whole = Math.floor(seconds);
  return { seconds: whole, nanos: Math.round((seconds - whole) * 1e9) };
}
