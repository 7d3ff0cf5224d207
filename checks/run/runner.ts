/** Runs checks: attempts, the waits between them, what waits for what, the global timeout. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";
import type { Logger } from "../../runtime/seam/host.ts";
import type { Check } from "../config/check.ts";
import { waitAfter } from "../schema/backoff.ts";
import { failed, type Outcome } from "../types/type.ts";
import { fill, MissingCapture } from "../values/captures.ts";
import type { Secrets } from "../values/secrets.ts";
import type { Clock } from "./clock.ts";
import { ExpressionError } from "../expression/error.ts";
import type { Prepared } from "./prepare.ts";
import type { PlannedCheck, RunPlan } from "./plan.ts";
import {
  type AttemptRecord,
  type CheckResult,
  makeReport,
  maskAttempt,
  maskResult,
  type Report,
  type Status,
} from "./result.ts";

/** How long one attempt may take unless its file says otherwise. Milliseconds. */
const DEFAULT_TIMEOUT = 30_000;

/** What is told while a run goes on. All are optional to listen to. */
export interface Observer {
  /** The run begins. */
  begin?(plan: RunPlan): void;
  /** An attempt at a check begins, the first being 1. */
  attempt?(index: number, attempt: number): void;
  /** An attempt has failed, and the next begins in so many milliseconds. */
  retry?(index: number, record: AttemptRecord, wait: number): void;
  /** A check has come to its end. */
  finish?(index: number, result: CheckResult): void;
}

/** What a run is given of the process. */
export interface Surroundings {
  readonly log: Logger;
  readonly clock: Clock;
  /** Ends the run when aborted: what is not finished then has failed. */
  readonly interrupt: AbortSignal;
  readonly prepared: Prepared;
  readonly secrets: Secrets;
  readonly observers?: readonly Observer[];
  /** In [0, 1). @default Math.random */
  readonly random?: () => number;
}

/** Runs checks to their end, or to the end of the time that the plan gives them. */
export function runChecks(plan: RunPlan, surroundings: Surroundings): Promise<Report> {
  return new Run(plan, surroundings).toEnd();
}

class Run {
  readonly #plan: RunPlan;
  readonly #around: Surroundings;
  readonly #clock: Clock;
  readonly #stop = new AbortController();
  readonly #started: number;
  readonly #startedAt = new Date();
  readonly #timeoutMessage: string;
  readonly #captured = new Map<string, string>();
  readonly #results: CheckResult[] = [];
  readonly #history: AttemptRecord[][];
  readonly #attempts: number[];
  readonly #begun: boolean[];
  #first = 0;
  #wake = Promise.withResolvers<void>();
  #isFailing = false;

  constructor(plan: RunPlan, surroundings: Surroundings) {
    this.#plan = plan;
    this.#around = surroundings;
    this.#clock = surroundings.clock;
    this.#started = this.#clock.now();
    this.#timeoutMessage = `global timeout of ${plan.timeout / 1000}s exceeded`;
    this.#attempts = plan.checks.map(() => 0);
    this.#history = plan.checks.map(() => []);
    this.#begun = plan.checks.map(() => false);
  }

  async toEnd(): Promise<Report> {
    const { signal } = this.#stop;
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const cancelTimeout = this.#clock.after(this.#plan.timeout, () => this.#expire());
    const { interrupt } = this.#around;
    const onInterrupt = () => this.#stop.abort(new ScriptError("interrupted"));
    interrupt.addEventListener("abort", onInterrupt);
    if (interrupt.aborted) onInterrupt();
    this.#tell((observer) => observer.begin?.(this.#plan));
    const count = Math.min(this.#plan.parallel, this.#plan.checks.length);
    try {
      // Attempts that go on in spite of the end are left to themselves
      await Promise.race([Promise.all(Array.from({ length: count }, () => this.#lane())), stopped]);
    } finally {
      cancelTimeout();
      interrupt.removeEventListener("abort", onInterrupt);
    }
    return this.#report();
  }

  #report(): Report {
    this.#plan.checks.forEach((_, index) => {
      if (this.#results[index] !== undefined) return;
      this.#finish(index, "failed", describeError(this.#stop.signal.reason), 0);
    });
    const duration = this.#clock.now() - this.#started;
    return makeReport(this.#results.map((result) => this.#masked(result)), this.#startedAt, duration);
  }

  /** Takes one check after the other. */
  async #lane(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const index = this.#take();
      if (index === "done") return;
      if (index === "wait") await this.#wake.promise;
      else {
        await this.#run(index);
        const { resolve } = this.#wake;
        this.#wake = Promise.withResolvers<void>();
        resolve();
      }
    }
  }

  /** The first check that has not begun and waits for no other. */
  #take(): number | "wait" | "done" {
    const { checks } = this.#plan;
    while (this.#begun[this.#first]) this.#first++;
    for (let index = this.#first; index < checks.length; index++) {
      if (this.#begun[index]) continue;
      const isReady = checks[index]?.dependencies.every((other) => this.#results[other] !== undefined);
      if (!isReady) continue;
      this.#begun[index] = true;
      return index;
    }
    return this.#first < checks.length ? "wait" : "done";
  }

  async #run(index: number): Promise<void> {
    const planned = this.#plan.checks[index];
    if (planned === undefined) return;
    const { check } = planned;
    let reason: string | undefined;
    try {
      reason = this.#reasonToSkip(planned);
    } catch (error) {
      return this.#finish(index, "failed", `${check.place}: ${messageOf(error)}`, 0);
    }
    if (reason !== undefined) return this.#finish(index, "skipped", reason, 0);
    if (check.delay > 0) await this.#wait(check.delay);
    const retries = check.retries ?? planned.plan.retries;
    for (let attempt = 1; !this.#stop.signal.aborted; attempt++) {
      this.#attempts[index] = attempt;
      this.#tell((observer) => observer.attempt?.(index, attempt));
      const begun = this.#clock.now();
      const outcome = await this.#attempt(planned);
      if (this.#stop.signal.aborted) return;
      const ended = this.#clock.now();
      // A script in an endless loop is ended before the timer gets its turn
      if (!outcome.passed && ended - this.#started >= this.#plan.timeout) return this.#expire();
      const record = recordOf(outcome, begun - this.#started, ended - begun);
      this.#history[index]?.push(record);
      let error = outcome.passed ? undefined : outcome.error;
      let isLast = error === undefined || attempt > retries;
      try {
        isLast ||= !this.#isWorthRetrying(planned, outcome, attempt);
      } catch (problem) {
        isLast = true;
        error = `${check.place}: retry_if: ${messageOf(problem)}`;
      }
      if (isLast) {
        this.#keep(check, outcome);
        const status = error === undefined ? "passed" : check.severity === "warn" ? "warned" : "failed";
        return this.#finish(index, status, error, record.duration_ms);
      }
      await this.#waitAfter(attempt, index, planned, record);
    }
  }

  #reasonToSkip(planned: PlannedCheck): string | undefined {
    if (this.#plan.failFast && this.#isFailing) return "an earlier check has failed (--fail-fast)";
    for (const other of planned.dependencies) {
      const { name, status } = this.#results[other] ?? { name: "", status: "failed" };
      if (status === "skipped") return `it depends on '${name}', which was skipped`;
      if (status !== "passed") return `it depends on '${name}', which has failed`;
    }
    return this.#around.prepared.conditions.reasonToSkip(planned, this.#captured);
  }

  async #attempt(planned: PlannedCheck): Promise<Outcome> {
    const { check } = planned;
    let settings: Readonly<Record<string, unknown>>;
    try {
      settings = check.uses.length === 0 ? check.settings : fill(check.settings, this.#captured);
    } catch (error) {
      if (!(error instanceof MissingCapture)) throw error;
      return failed(`${check.place}: ${error.message}`);
    }
    const own = check.timeout ?? DEFAULT_TIMEOUT;
    const left = Math.max(0, this.#plan.timeout - (this.#clock.now() - this.#started));
    const request = {
      type: check.type.name,
      // What was loaded may hold anything, such as the text of a script
      settings: { ...settings, ...this.#around.prepared.loaded.get(check) },
      timeout: Math.min(own, left),
      timeoutMessage: left < own ? this.#timeoutMessage : `timed out after ${own / 1000}s`,
      signal: this.#stop.signal,
    };
    try {
      return await this.#around.prepared.executorOf(planned).attempt(request);
    } catch (error) {
      // One broken check must not take the results of the others with it
      return failed(`internal error: ${describeError(error)}`);
    }
  }

  #isWorthRetrying({ check }: PlannedCheck, outcome: Outcome, attempt: number): boolean {
    if (check.retryIf === undefined) return true;
    const error = outcome.passed ? null : outcome.error;
    return this.#around.prepared.conditions.holds(check.retryIf, {
      status: null,
      ...outcome.facts,
      error,
      attempt,
    });
  }

  #keep({ settings }: Check, outcome: Outcome): void {
    if (!outcome.passed || outcome.captured === undefined) return;
    const sources = settings["capture"] as Readonly<Record<string, { secret?: boolean }>> | undefined;
    for (const [name, value] of Object.entries(outcome.captured)) {
      this.#captured.set(name, value);
      if (sources?.[name]?.secret) this.#around.secrets.add(value);
    }
  }

  #finish(index: number, status: Status, error: string | undefined, duration: number): void {
    const check = this.#plan.checks[index]?.check;
    if (check === undefined) return;
    const result: CheckResult = {
      name: check.name,
      type: check.type.name,
      status,
      ...(error === undefined ? {} : { error }),
      duration_ms: duration,
      attempts: this.#attempts[index] ?? 0,
      history: this.#history[index] ?? [],
      tags: check.tags,
      severity: check.severity,
      place: check.place,
    };
    this.#results[index] = result;
    this.#isFailing ||= status === "failed";
    const shown = status === "passed"
      ? "PASS"
      : status === "skipped"
      ? "SKIP"
      : status === "warned"
      ? "WARN"
      : "FAIL";
    this.#around.log.info("check completed", { check: check.name, result: shown, duration_ms: duration });
    this.#tell((observer) => observer.finish?.(index, this.#masked(result)));
  }

  #waitAfter(attempt: number, index: number, planned: PlannedCheck, record: AttemptRecord): Promise<void> {
    const { check, plan } = planned;
    const wait = waitAfter(attempt, check.backoff ?? plan.backoff, this.#around.random ?? Math.random);
    this.#around.log.info("check failed, retrying", {
      check: check.name,
      attempt,
      max_attempts: (check.retries ?? plan.retries) + 1,
      backoff_secs: wait / 1000,
      message: record.error ?? "",
    });
    this.#tell((observer) => observer.retry?.(index, this.#maskedAttempt(record), wait));
    return this.#wait(wait);
  }

  #wait(milliseconds: number): Promise<void> {
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.#clock.after(milliseconds, end);
      signal.addEventListener("abort", end);
    });
  }

  #masked(result: CheckResult): CheckResult {
    const { secrets } = this.#around;
    return secrets.any ? maskResult(result, (text) => secrets.mask(text)) : result;
  }

  #maskedAttempt(record: AttemptRecord): AttemptRecord {
    return maskAttempt(record, (text) => this.#around.secrets.mask(text));
  }

  #tell(what: (observer: Observer) => void): void {
    for (const observer of this.#around.observers ?? []) what(observer);
  }

  #expire(): void {
    if (this.#stop.signal.aborted) return;
    this.#around.log.error("global timeout exceeded");
    this.#stop.abort(new ScriptError(this.#timeoutMessage));
  }
}

/** @throws What is no problem of an expression */
function messageOf(error: unknown): string {
  if (error instanceof ExpressionError || error instanceof MissingCapture) return error.message;
  throw error;
}

function recordOf(outcome: Outcome, started: number, duration: number): AttemptRecord {
  const times = { started_ms: Math.round(started), duration_ms: Math.round(duration) };
  return outcome.passed
    ? { status: "passed", ...times }
    : { status: "failed", error: outcome.error, ...times };
}
