/** A live list and a summary on a terminal, plain lines elsewhere. */
import type { CheckResult, Report } from "../../run/result.ts";
import type { RunPlan } from "../../run/plan.ts";
import type { ReportContext, Reporter, ReportForm, Sink, Terminal } from "../report.ts";
import { finishedLine, FRAME, liveLines, summaryLines } from "./render.ts";
import { type Line, paint, type Style, widthOf } from "./span.ts";
import type { RunningCheck, RunState } from "./state.ts";

/** The report `pretty`. */
export const pretty: ReportForm = {
  start(sink, context) {
    const { terminal } = sink;
    return terminal?.isLive ? new LiveReporter(sink, terminal, context) : new PlainReporter(sink);
  },
};

/** What a terminal shows when its size cannot be told, such as one of a width of 0. */
const FALLBACK = { columns: 80, rows: 24 };

function styleOf(terminal: Terminal | undefined): Style {
  return { columns: Infinity, colour: terminal?.colour ?? false };
}

/** One line a check as it comes to its end. */
class PlainReporter implements Reporter {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  finish(_index: number, result: CheckResult): void {
    this.#write([finishedLine(result, false)]);
  }

  end(report: Report): void {
    this.#write(summaryLines(report, styleOf(this.#sink.terminal)));
  }

  #write(lines: readonly Line[]): void {
    const style = styleOf(this.#sink.terminal);
    this.#sink.write(lines.map((line) => `${paint(line, style)}\n`).join(""));
  }
}

/** Checks that run are written over until they have come to their end. */
class LiveReporter implements Reporter {
  readonly #sink: Sink;
  readonly #terminal: Terminal;
  readonly #context: ReportContext;
  readonly #running = new Map<number, RunningCheck>();
  #plan: RunPlan | undefined;
  #counts = { finished: 0, failed: 0, warned: 0 };
  #started = 0;
  /** The widths of the lines that were drawn last. */
  #drawn: readonly number[] = [];
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(sink: Sink, terminal: Terminal, context: ReportContext) {
    this.#sink = sink;
    this.#terminal = terminal;
    this.#context = context;
    context.aside((write) => this.#above(write));
  }

  begin(plan: RunPlan): void {
    this.#plan = plan;
    this.#counts = { finished: 0, failed: 0, warned: 0 };
    this.#running.clear();
    this.#started = performance.now();
    this.#timer = setInterval(() => this.#draw(), FRAME);
  }

  attempt(index: number, attempt: number): void {
    const { check } = this.#plan?.checks[index] ?? {};
    if (check === undefined) return;
    this.#running.set(index, {
      name: this.#context.mask(check.name),
      type: check.type.name,
      attempt,
      since: this.#running.get(index)?.since ?? performance.now(),
    });
  }

  retry(index: number, { error = "" }: { readonly error?: string }, wait: number): void {
    const check = this.#running.get(index);
    if (check === undefined) return;
    this.#running.set(index, { ...check, waiting: { error, until: performance.now() + wait } });
  }

  finish(index: number, result: CheckResult): void {
    this.#running.delete(index);
    this.#counts.finished++;
    if (result.status === "failed") this.#counts.failed++;
    if (result.status === "warned") this.#counts.warned++;
    const line = finishedLine(result, true);
    this.#above(() => this.#sink.write(`${paint(line, this.#style())}\n`));
  }

  end(report: Report): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    const style = this.#style();
    // Nothing of a summary is cut
    const whole = { ...style, columns: Infinity };
    const lines = summaryLines(report, style).map((line) => `${paint(line, whole)}\n`);
    this.#sink.write(this.#erased() + lines.join(""));
  }

  /** Writes something that stays above what is written over. */
  #above(write: () => void): void {
    if (this.#drawn.length > 0) this.#sink.write(this.#erased());
    write();
  }

  #draw(): void {
    const state: RunState = {
      ...this.#counts,
      total: this.#plan?.checks.length ?? 0,
      started: this.#started,
      running: this.#running,
    };
    const style = this.#style();
    const lines = liveLines(state, performance.now(), this.#size());
    this.#sink.write(this.#erased() + lines.map((line) => `${paint(line, style)}\n`).join(""));
    this.#drawn = lines.map((line) => widthOf(paint(line, { ...style, colour: false })));
  }

  /** What takes back the lines that were drawn last. */
  #erased(): string {
    const { columns } = this.#size();
    // A terminal that has become narrower has broken them
    const rows = this.#drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns)), 0);
    this.#drawn = [];
    return rows > 0 ? `\x1b[${rows}A\r\x1b[J` : "";
  }

  #size(): { columns: number; rows: number } {
    const { columns, rows } = this.#terminal.size();
    return { columns: columns || FALLBACK.columns, rows: rows || FALLBACK.rows };
  }

  #style(): Style {
    return { columns: this.#size().columns, colour: this.#terminal.colour };
  }
}
