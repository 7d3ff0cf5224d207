/** Waits for the end of a workflow. */
import type { Host } from "../../runtime/seam/host.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import type { TemporalClient } from "./client.ts";
import { codeOf, DEADLINE_EXCEEDED, describeFailure, TemporalFailure } from "./failure.ts";
import { fromPayloads } from "./payload.ts";

/** `HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT`: the event that ends a workflow. */
const CLOSE_EVENT = 2;

/** How long one request waits; servers answer after 20 s or so. Seconds. */
const POLL_TIMEOUT = 60;

export interface ResultRequest {
  readonly workflowId: string;
  /** @default the current run */
  readonly runId: string;
  /** Whether the runs that take the place of a run count. */
  readonly followRuns: boolean;
  /** Seconds; undefined for ever. */
  readonly timeout: number | undefined;
}

/** @throws {TemporalFailure} When the workflow has ended in another way than by a result, or not in time */
export async function awaitResult(
  host: Host,
  client: TemporalClient,
  request: ResultRequest,
): Promise<LuaValue> {
  const { workflowId, followRuns, timeout } = request;
  const deadline = timeout === undefined ? Infinity : performance.now() + timeout * 1000;
  const cancelled = new AbortController();
  host.onCancel(() => cancelled.abort());
  let { runId } = request;
  let nextPageToken: Uint8Array | null | undefined;
  for (;;) {
    const rest = (deadline - performance.now()) / 1000;
    if (rest <= 0) throw new TemporalFailure(`workflow "${workflowId}" has no result after ${timeout} s`);
    const response = await poll(
      client,
      workflowId,
      runId,
      nextPageToken,
      Math.min(rest, POLL_TIMEOUT),
      cancelled.signal,
    );
    const event = response?.history?.events?.at(-1);
    if (event === undefined) {
      nextPageToken = response?.nextPageToken?.length ? response.nextPageToken : undefined;
      continue;
    }
    const completed = event.workflowExecutionCompletedEventAttributes;
    const failed = event.workflowExecutionFailedEventAttributes;
    const timedOut = event.workflowExecutionTimedOutEventAttributes;
    const continued = event.workflowExecutionContinuedAsNewEventAttributes;
    const next = (completed ?? failed ?? timedOut ?? continued)?.newExecutionRunId;
    if (followRuns && next) {
      runId = next;
      nextPageToken = undefined;
      continue;
    }
    if (completed) return fromPayloads(host, "get_result", completed.result);
    const canceled = event.workflowExecutionCanceledEventAttributes;
    const terminated = event.workflowExecutionTerminatedEventAttributes;
    const what = failed
      ? `failed: ${describeFailure(failed.failure)}`
      : timedOut
      ? "timed out"
      : continued
      ? `was continued as run ${next}`
      : canceled
      ? "was canceled"
      : terminated
      ? `was terminated${terminated.reason ? `: ${terminated.reason}` : ""}`
      : "ended in an unknown way";
    throw new TemporalFailure(`workflow "${workflowId}" ${what}`);
  }
}

async function poll(
  client: TemporalClient,
  workflowId: string,
  runId: string,
  nextPageToken: Uint8Array | null | undefined,
  timeout: number,
  signal: AbortSignal,
) {
  try {
    return await client.request(
      (service) =>
        service.getWorkflowExecutionHistory({
          namespace: client.namespace,
          execution: { workflowId, runId },
          historyEventFilterType: CLOSE_EVENT,
          waitNewEvent: true,
          skipArchival: true,
          ...(nextPageToken ? { nextPageToken } : {}),
        }),
      timeout,
      signal,
    );
  } catch (error) {
    // Nothing has happened yet
    if (codeOf(error) === DEADLINE_EXCEEDED) return undefined;
    throw error;
  }
}
