/** Runs checks: attempts, the waits between them, the global timeout, and how many run at a time. */
import { describeError, ScriptError } from "../runtime/seam/error.ts";
import type { Logger, Output } from "../runtime/seam/host.ts";
import type { Clock } from "./clock.ts";
import type { Check, Plan } from "./config.ts";
import { type CheckResult, makeReport, type Report } from "./report.ts";
import { MAX_DURATION } from "./schema.ts";
import { type AttemptContext, failed, type Outcome } from "./type.ts";

/** What a run is given of the process. */
export interface Surroundings {
  readonly log: Logger;
  readonly output: Output;
  readonly clock: Clock;
  /** Ends the run when aborted: what is not finished then has failed. */
  readonly interrupt: AbortSignal;
}

/** Runs checks to their end, or to the end of the time that the plan gives them. */
export function runChecks(checks: readonly Check[], plan: Plan, surroundings: Surroundings): Promise<Report> {
  return new Run(checks, plan, surroundings).toEnd();
}

class Run {
  readonly #checks: readonly Check[];
  readonly #plan: Plan;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #interrupt: AbortSignal;
  readonly #stop = new AbortController();
  readonly #started: number;
  readonly #context: AttemptContext;
  readonly #results: CheckResult[] = [];
  readonly #attempts: number[];
  #next = 0;

  constructor(checks: readonly Check[], plan: Plan, { log, output, clock, interrupt }: Surroundings) {
    this.#checks = checks;
    this.#plan = plan;
    this.#log = log;
    this.#clock = clock;
    this.#interrupt = interrupt;
    this.#started = clock.now();
    this.#attempts = checks.map(() => 0);
    this.#context = {
      signal: this.#stop.signal,
      deadline: this.#started + plan.timeout,
      deadlineMessage: `global timeout of ${plan.timeout / 1000}s exceeded`,
      log,
      output,
    };
  }

  async toEnd(): Promise<Report> {
    const stopped = new Promise<void>((resolve) => {
      this.#stop.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    const cancelTimeout = this.#clock.after(this.#plan.timeout, () => this.#expire());
    const onInterrupt = () => this.#stop.abort(new ScriptError("interrupted"));
    this.#interrupt.addEventListener("abort", onInterrupt);
    if (this.#interrupt.aborted) onInterrupt();
    const lanes = Array.from(
      { length: Math.min(this.#plan.parallel, this.#checks.length) },
      () => this.#lane(),
    );
    try {
      // Attempts that go on in spite of the end are left to themselves
      await Promise.race([Promise.all(lanes), stopped]);
    } finally {
      cancelTimeout();
      this.#interrupt.removeEventListener("abort", onInterrupt);
    }
    return this.#report();
  }

  #report(): Report {
    const results = this.#checks.map(({ name }, index) =>
      this.#results[index] ?? {
        name,
        status: "failed" as const,
        error: describeError(this.#stop.signal.reason),
        duration_ms: 0,
        attempts: this.#attempts[index] ?? 0,
      }
    );
    return makeReport(results, this.#clock.now() - this.#started);
  }

  /** Takes one check after the other. */
  async #lane(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const index = this.#next++;
      const check = this.#checks[index];
      if (check === undefined) return;
      await this.#runCheck(check, index);
    }
  }

  async #runCheck(check: Check, index: number): Promise<void> {
    const { signal } = this.#stop;
    for (let attempt = 1;; attempt++) {
      this.#attempts[index] = attempt;
      const begun = this.#clock.now();
      let outcome: Outcome;
      try {
        outcome = await check.attempt(this.#context);
      } catch (error) {
        // One broken check must not take the results of the others with it
        outcome = failed(`internal error: ${describeError(error)}`);
      }
      if (signal.aborted) return;
      const ended = this.#clock.now();
      // A script in an endless loop is ended before the timer gets its turn
      if (!outcome.passed && ended >= this.#context.deadline) return this.#expire();
      if (outcome.passed || attempt > this.#plan.retries) {
        return this.#finish(check.name, index, outcome, Math.round(ended - begun));
      }
      await this.#waitAfter(attempt, check.name, outcome.error);
      if (signal.aborted) return;
    }
  }

  #finish(name: string, index: number, outcome: Outcome, duration: number): void {
    const attempts = this.#attempts[index] ?? 0;
    this.#results[index] = outcome.passed
      ? { name, status: "passed", duration_ms: duration, attempts }
      : { name, status: "failed", error: outcome.error, duration_ms: duration, attempts };
    const result = outcome.passed ? "PASS" : "FAIL";
    this.#log.info("check completed", { check: name, result, duration_ms: duration });
  }

  #waitAfter(attempt: number, name: string, message: string): Promise<void> {
    const wait = Math.min(this.#plan.backoff * attempt, MAX_DURATION);
    this.#log.info("check failed, retrying", {
      check: name,
      attempt,
      max_attempts: this.#plan.retries + 1,
      backoff_secs: wait / 1000,
      message,
    });
    const { signal } = this.#stop;
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const cancel = this.#clock.after(wait, end);
      signal.addEventListener("abort", end);
    });
  }

  #expire(): void {
    if (this.#stop.signal.aborted) return;
    this.#log.error("global timeout exceeded");
    this.#stop.abort(new ScriptError(this.#context.deadlineMessage));
  }
}
