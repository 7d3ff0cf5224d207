/**
 * What a workflow asks of its `ctx`, answered from its history. A workflow's function runs from its beginning for
 * each task; what it asked for before is answered at once, and what is new becomes a command. It stays where it waits
 * for what has not happened yet, and is forgotten.
 */
import type { Host } from "../../../runtime/seam/host.ts";
import { LuaUserdata, type LuaValue } from "../../../runtime/seam/value.ts";
import { describeFailure } from "../failure.ts";
import { fromPayloads, toPayloads } from "../payload.ts";
import { type ActivityOptions, scheduleAttributes } from "./activity_options.ts";
import { type History, SIDE_EFFECT } from "./history.ts";
import { COMMAND, type Command, duration } from "./protocol.ts";

/** The history does not fit what the workflow does now: its code has changed, or is not deterministic. */
export class Nondeterminism extends Error {
  override readonly name = "Nondeterminism";
}

/** What a call of `ctx` comes to. */
export type Outcome =
  | { readonly kind: "value"; readonly value: LuaValue }
  | { readonly kind: "error"; readonly message: string }
  | { readonly kind: "wait" };

/** What `ctx` raises once when the end of the workflow has been asked for. */
export const CANCELLED = "workflow cancelled";

const WAIT: Outcome = { kind: "wait" };

export class Replay extends LuaUserdata {
  /** What is wrong with the history; the workflow has been left where that was found. */
  problem: Nondeterminism | undefined;
  readonly commands: Command[] = [];
  readonly #host: Host;
  readonly #history: History;
  readonly #taskQueue: string;
  readonly #taken = new Map<string, number>();
  #activities = 0;
  #timers = 0;
  #sideEffects = 0;
  #hasRaisedCancel = false;

  constructor(host: Host, history: History, taskQueue: string) {
    super();
    this.#host = host;
    this.#history = history;
    this.#taskQueue = taskQueue;
  }

  /** Whether the workflow has been told that it is to end. */
  get isCancelled(): boolean {
    return this.#hasRaisedCancel;
  }

  /** @param name Text */
  executeActivity(name: string, input: LuaValue, options: ActivityOptions): Outcome {
    const id = String(++this.#activities);
    const record = this.#history.activities.get(id);
    if (record !== undefined && record.name !== name) {
      this.problem = new Nondeterminism(
        `activity number ${id} is '${name}' now, but was '${record.name}': what a workflow does must depend on ` +
          `nothing but its input, its signals and what ctx gives`,
      );
      return WAIT;
    }
    const end = record?.end;
    if (this.#isCancelledBefore(end?.eventId)) return cancelled();
    if (end?.failure !== undefined) {
      const why = typeof end.failure === "string" ? end.failure : describeFailure(end.failure);
      return { kind: "error", message: `activity '${name}' failed: ${why}` };
    }
    if (end !== undefined) return this.#value(fromPayloads(this.#host, "worker", end.result));
    if (record === undefined) {
      const given = toPayloads("worker", input);
      this.commands.push({
        commandType: COMMAND.scheduleActivity,
        scheduleActivityTaskCommandAttributes: {
          activityId: id,
          activityType: { name },
          taskQueue: { name: this.#taskQueue },
          ...(given === undefined ? {} : { input: given }),
          ...scheduleAttributes(options),
        },
      });
    }
    return WAIT;
  }

  sleep(seconds: number): Outcome {
    const id = String(++this.#timers);
    const firedId = this.#history.timers.get(id)?.firedId;
    if (this.#isCancelledBefore(firedId)) return cancelled();
    if (firedId !== undefined) return this.#value(undefined);
    this.#startTimer(id, seconds);
    return WAIT;
  }

  /** @param timeout Seconds; undefined for ever */
  waitSignal(name: string, timeout: number | undefined): Outcome {
    const taken = this.#taken.get(name) ?? 0;
    const signal = this.#history.signals.get(name)?.[taken];
    const timerId = timeout === undefined ? undefined : String(++this.#timers);
    const timer = timerId === undefined ? undefined : this.#history.timers.get(timerId);
    const isFirst = signal !== undefined && !(timer?.firedId !== undefined && timer.firedId < signal.eventId);
    if (this.#isCancelledBefore(isFirst ? signal.eventId : timer?.firedId)) return cancelled();
    if (isFirst) {
      this.#taken.set(name, taken + 1);
      if (timerId !== undefined && timer !== undefined && timer.firedId === undefined && !timer.isCanceled) {
        this.commands.push({
          commandType: COMMAND.cancelTimer,
          cancelTimerCommandAttributes: { timerId },
        });
      }
      return this.#value(fromPayloads(this.#host, "worker", signal.input));
    }
    if (timer?.firedId !== undefined) return this.#value(undefined);
    if (timerId !== undefined && timeout !== undefined) this.#startTimer(timerId, timeout);
    return WAIT;
  }

  /** What the next side effect gave; `wait` where it has not been made yet: then `recordSideEffect` follows. */
  sideEffect(): Outcome {
    const recorded = this.#history.sideEffects.get(String(++this.#sideEffects));
    return recorded === undefined ? WAIT : this.#value(fromPayloads(this.#host, "worker", recorded));
  }

  /** @returns What the workflow will be given when it runs again */
  recordSideEffect(value: LuaValue): LuaValue {
    const id = toPayloads("worker", this.#sideEffects);
    const payloads = toPayloads("worker", value);
    this.commands.push({
      commandType: COMMAND.recordMarker,
      recordMarkerCommandAttributes: {
        markerName: SIDE_EFFECT,
        details: { ...(id === undefined ? {} : { id }), value: payloads ?? { payloads: [] } },
      },
    });
    return fromPayloads(this.#host, "worker", payloads);
  }

  #startTimer(timerId: string, seconds: number): void {
    if (this.#history.timers.has(timerId)) return;
    this.commands.push({
      commandType: COMMAND.startTimer,
      startTimerCommandAttributes: { timerId, startToFireTimeout: duration(seconds) },
    });
  }

  /** Whether a call is the one to hear of the cancellation: it waits for what came after that, or has not come. */
  #isCancelledBefore(eventId: number | undefined): boolean {
    const { cancelId } = this.#history;
    if (cancelId === undefined || this.#hasRaisedCancel) return false;
    if (eventId !== undefined && eventId < cancelId) return false;
    this.#hasRaisedCancel = true;
    return true;
  }

  #value(value: LuaValue): Outcome {
    return { kind: "value", value };
  }
}

function cancelled(): Outcome {
  return { kind: "error", message: CANCELLED };
}
