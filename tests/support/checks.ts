/** Runs checks in the test's own process, with a clock that the test moves. */
import { type LoadOptions, parseChecks } from "../../checks/config/load.ts";
import { type Clock, systemClock } from "../../checks/run/clock.ts";
import { LocalExecutor } from "../../checks/run/local_executor.ts";
import { type PlanOptions, planRun } from "../../checks/run/plan.ts";
import { prepareRun } from "../../checks/run/prepare.ts";
import type { Report } from "../../checks/run/result.ts";
import { type Observer, runChecks } from "../../checks/run/runner.ts";
import { Secrets } from "../../checks/values/secrets.ts";
import { createLogger } from "../../runtime/log.ts";

/** Time that stands still until the next awaited moment is asked for. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #waiting = new Set<{ at: number; then: () => void }>();

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, then: () => void): () => void {
    const entry = { at: this.#now + milliseconds, then };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Moves time without anybody noticing, as work does. */
  spend(milliseconds: number): void {
    this.#now += milliseconds;
  }

  /** Runs until `result` settles: whenever nothing else is left to do, time jumps to the next moment. */
  async drive<T>(result: Promise<T>): Promise<T> {
    let settled = false;
    const end = () => settled = true;
    result.then(end, end);
    for (;;) {
      // All microtasks run before a task does
      await new Promise((resolve) => setTimeout(resolve, 0));
      if (settled) return await result;
      const [next] = [...this.#waiting].sort((a, b) => a.at - b.at);
      if (next === undefined) throw new Error("The run waits for nothing");
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.then();
    }
  }
}

export interface RunResult {
  report: Report;
  /** Lines of `LEVEL message key=value`. */
  log: string;
  /** What script checks have printed. */
  printed: string;
}

/** How {@link runFile} runs. */
export interface RunFileOptions extends LoadOptions {
  clock?: Clock;
  signal?: AbortSignal;
  plan?: PlanOptions;
  observers?: readonly Observer[];
  random?: () => number;
}

/** Runs the text of a file of checks, its attempts in this thread and with all permissions. */
export async function runFile(yaml: string, options: RunFileOptions = {}): Promise<RunResult> {
  const { clock = systemClock, signal = new AbortController().signal, observers = [], random } = options;
  const secrets = options.secrets ?? new Secrets();
  const plan = planRun([parseChecks(yaml, "checks.yaml", { ...options, secrets })], options.plan);
  let lines = "";
  let printed = "";
  const log = createLogger({
    level: "info",
    colour: false,
    write: (line) => lines += line.replace(/^\S+ +/, ""),
  });
  const output = { write: (bytes: string) => printed += bytes, flush() {} };
  const executor = new LocalExecutor({ log, output });
  const prepared = await prepareRun(plan, { log, output }, () => executor);
  const report = await runChecks(plan, {
    log,
    clock,
    interrupt: signal,
    prepared,
    secrets,
    observers,
    ...(random === undefined ? {} : { random }),
  });
  return { report, log: lines, printed };
}

/** Runs one check once and gives its error; nothing when it passes. `check` is a flow mapping without a name. */
export async function errorOf(check: string): Promise<string | undefined> {
  const { report } = await runFile(`{retries: 0, checks: [{name: it, ${check}}]}`);
  return report.results[0]?.error;
}
