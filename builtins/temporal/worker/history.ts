/** What has happened in a workflow so far, by what it asked for. */
import type { Failure } from "../failure.ts";
import type { Payloads } from "../payload.ts";
import type { HistoryEvent, Long } from "./protocol.ts";

/** An activity that has been scheduled. */
export interface ActivityRecord {
  readonly name: string;
  end?: ActivityEnd;
}

interface ActivityEnd {
  readonly eventId: number;
  readonly result?: Payloads | null | undefined;
  /** Why there is no result. */
  readonly failure?: Failure | string;
}

/** A timer that has been started. */
export interface TimerRecord {
  /** The event by which it fired. */
  firedId?: number;
  isCanceled: boolean;
}

interface Signal {
  readonly eventId: number;
  readonly input: Payloads | null | undefined;
}

/** The name of the markers that keep what `ctx:side_effect` gave. */
export const SIDE_EFFECT = "side_effect";

/** The history of one run of a workflow. */
export class History {
  readonly activities = new Map<string, ActivityRecord>();
  readonly timers = new Map<string, TimerRecord>();
  /** By name, in the order in which they came. */
  readonly signals = new Map<string, Signal[]>();
  /** Results of side effects, by their numbers. */
  readonly sideEffects = new Map<string, Payloads>();
  /** The event by which the end of the workflow was asked for. */
  cancelId: number | undefined;
  input: Payloads | null | undefined;
  attempt = 1;
  readonly #scheduled = new Map<number, ActivityRecord>();

  constructor(events: Iterable<HistoryEvent>) {
    for (const event of events) this.#add(numberOf(event.eventId), event);
  }

  #add(eventId: number, event: HistoryEvent): void {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) {
      this.input = started.input;
      this.attempt = started.attempt ?? 1;
    }
    const signal = event.workflowExecutionSignaledEventAttributes;
    if (signal) {
      const name = signal.signalName ?? "";
      const all = this.signals.get(name) ?? [];
      all.push({ eventId, input: signal.input });
      this.signals.set(name, all);
    }
    if (event.workflowExecutionCancelRequestedEventAttributes) this.cancelId ??= eventId;
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === SIDE_EFFECT) {
      const id = new TextDecoder().decode(marker.details?.id?.payloads?.[0]?.data ?? new Uint8Array());
      this.sideEffects.set(id, marker.details?.value ?? {});
    }
    this.#addActivity(eventId, event);
    this.#addTimer(eventId, event);
  }

  #addActivity(eventId: number, event: HistoryEvent): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled) {
      const record = { name: scheduled.activityType?.name ?? "" };
      this.#scheduled.set(eventId, record);
      this.activities.set(scheduled.activityId ?? "", record);
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) this.#end(completed.scheduledEventId, { eventId, result: completed.result });
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed) this.#end(failed.scheduledEventId, { eventId, failure: failed.failure ?? "no reason given" });
    const canceled = event.activityTaskCanceledEventAttributes;
    if (canceled) this.#end(canceled.scheduledEventId, { eventId, failure: "it was cancelled" });
  }

  #end(scheduledId: Long | null | undefined, end: ActivityEnd): void {
    const record = this.#scheduled.get(numberOf(scheduledId));
    if (record !== undefined) record.end = end;
  }

  #addTimer(eventId: number, event: HistoryEvent): void {
    const started = event.timerStartedEventAttributes;
    if (started) this.timers.set(started.timerId ?? "", { isCanceled: false });
    const fired = this.timers.get(event.timerFiredEventAttributes?.timerId ?? "");
    if (fired !== undefined) fired.firedId = eventId;
    const canceled = this.timers.get(event.timerCanceledEventAttributes?.timerId ?? "");
    if (canceled !== undefined) canceled.isCanceled = true;
  }
}

function numberOf(long: Long | null | undefined): number {
  return long?.toNumber() ?? 0;
}
