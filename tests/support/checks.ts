/** Runs checks in the test's own process, with a clock that the test moves. */
import type { Clock } from "../../checks/clock.ts";
import { type Check, parseChecks } from "../../checks/config.ts";
import type { Report } from "../../checks/report.ts";
import { runChecks } from "../../checks/runner.ts";
import { systemClock } from "../../checks/clock.ts";
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

/** Runs the text of a file of checks. */
export async function runFile(
  yaml: string,
  options: { clock?: Clock; signal?: AbortSignal } = {},
): Promise<RunResult> {
  const { plan, checks: declared } = parseChecks(yaml, "checks.yaml");
  const checks: Check[] = [];
  for (const { name, prepare } of declared) checks.push({ name, attempt: await prepare() });
  let log = "";
  let printed = "";
  const report = await runChecks(checks, plan, {
    log: createLogger({ level: "info", colour: false, write: (line) => log += line.replace(/^\S+ +/, "") }),
    output: { write: (bytes) => printed += bytes, flush() {} },
    clock: options.clock ?? systemClock,
    interrupt: options.signal ?? new AbortController().signal,
  });
  return { report, log, printed };
}

/** Runs one check once and gives its error; nothing when it passes. `check` is a flow mapping without a name. */
export async function errorOf(check: string): Promise<string | undefined> {
  const { report } = await runFile(`{retries: 0, checks: [{name: it, ${check}}]}`);
  return report.results[0]?.error;
}
