/** What the report `pretty` shows, as a function of what is known. */
import type { CheckResult, Report, Status } from "../../run/result.ts";
import { attemptLines, headOf, linesOf, oneLine, showAttempts, showDuration } from "../words.ts";
import { type Line, type Span, type Style, type Tint, widthOf, wrap } from "./span.ts";
import type { RunningCheck, RunState } from "./state.ts";

/** How long each picture of a spinner is shown. Milliseconds. */
export const FRAME = 100;
const SPINNER = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Checks that are shown while they run; lines of a screen that they leave to others. */
const MAX_RUNNING = 10;
const RESERVED_ROWS = 4;
const MAX_BAR = 24;
/** Columns below which a line has no room for what is nice to know. */
const NARROW = 60;

const MARKS: Readonly<
  Record<Status, { readonly symbol: string; readonly word: string; readonly tint: Tint }>
> = {
  passed: { symbol: "✓", word: "PASS", tint: "green" },
  failed: { symbol: "✗", word: "FAIL", tint: "red" },
  warned: { symbol: "!", word: "WARN", tint: "yellow" },
  skipped: { symbol: "-", word: "SKIP", tint: "dim" },
};

/** A check that has come to its end. @param isTerminal Marks are symbols there, and words elsewhere */
export function finishedLine(result: CheckResult, isTerminal: boolean): Line {
  const { status, name, type, error, attempts, duration_ms } = result;
  const { symbol, word, tint } = MARKS[status];
  const details = [
    ...(status === "skipped" ? [] : [showDuration(duration_ms)]),
    ...(attempts > 1 ? [showAttempts(attempts)] : []),
  ];
  return [
    { text: isTerminal ? symbol : word, tint },
    { text: ` ${oneLine(name)}` },
    { text: `  ${[type, ...details].join(" · ")}`, tint: "dim" },
    ...(error === undefined ? [] : [{ text: `  ${headOf(error)}`, tint } satisfies Span]),
  ];
}

/** What is written over while the run goes on: the checks that run, and how far it has come. */
export function liveLines(state: RunState, now: number, size: { columns: number; rows: number }): Line[] {
  const room = Math.max(1, Math.min(MAX_RUNNING, size.rows - RESERVED_ROWS));
  const running = [...state.running.values()];
  const hidden = running.length > room ? running.length - room + 1 : 0;
  const shown = running.slice(0, running.length - hidden);
  return [
    ...shown.map((check) => runningLine(check, now, size.columns)),
    ...(hidden > 0 ? [[{ text: `  … and ${hidden} more`, tint: "dim" } satisfies Span]] : []),
    progressLine(state, now, size.columns),
  ];
}

function runningLine(
  { name, type, attempt, since, waiting }: RunningCheck,
  now: number,
  columns: number,
): Line {
  const frame = SPINNER[Math.floor(now / FRAME) % SPINNER.length] ?? "";
  const what = waiting === undefined
    ? [...(columns < NARROW ? [] : [type]), showElapsed(now - since)]
    : [`again in ${showElapsed(Math.max(0, waiting.until - now))}`];
  const trying = attempt > 1 || waiting !== undefined ? [`attempt ${attempt}`] : [];
  return [
    { text: frame, tint: waiting === undefined ? "cyan" : "yellow" },
    { text: ` ${oneLine(name)}` },
    { text: `  ${[...what, ...trying].join(" · ")}`, tint: "dim" },
    ...(waiting === undefined ? [] : [{ text: `  ${headOf(waiting.error)}`, tint: "yellow" } satisfies Span]),
  ];
}

/** Tenths of a second, so that it does not flicker. */
function showElapsed(milliseconds: number): string {
  return milliseconds < 60_000 ? `${(milliseconds / 1000).toFixed(1)} s` : showDuration(milliseconds);
}

function progressLine(
  { total, finished, failed, warned, started }: RunState,
  now: number,
  columns: number,
): Line {
  const counts: Span[] = [
    { text: ` ${finished}/${total}` },
    ...(failed > 0 ? [{ text: `  ${failed} failed`, tint: "red" } satisfies Span] : []),
    ...(warned > 0 ? [{ text: `  ${warned} warned`, tint: "yellow" } satisfies Span] : []),
    { text: `  ${showElapsed(now - started)}`, tint: "dim" },
  ];
  const taken = counts.reduce((sum, { text }) => sum + widthOf(text), 0);
  const width = Math.min(MAX_BAR, columns - taken);
  if (width < 4) return counts;
  const done = total === 0 ? width : Math.floor(width * finished / total);
  const tint: Tint = failed > 0 ? "red" : "green";
  return [{ text: "━".repeat(done), tint }, { text: "━".repeat(width - done), tint: "dim" }, ...counts];
}

/** What stays at the end: failures with all that is known of them, and the counts. */
export function summaryLines(report: Report, style: Style): Line[] {
  const told = report.results.filter(({ status }) => status === "failed" || status === "warned");
  return [[], ...told.flatMap((result) => [...failureLines(result, style), []]), countLine(report)];
}

function failureLines(result: CheckResult, { columns }: Style): Line[] {
  const { status, name, place, error = "", history } = result;
  const { symbol, tint } = MARKS[status];
  const indented = (text: string, indent: string, tint?: Tint): Line[] =>
    wrap(text, columns - indent.length).map((part) => [
      { text: `${indent}${part}`, ...(tint === undefined ? {} : { tint }) },
    ]);
  return [
    [{ text: `${symbol} `, tint }, { text: oneLine(name), tint: "bold" }, {
      text: `  ${place}`,
      tint: "dim",
    }],
    ...linesOf(error).flatMap((line) => indented(line, "  ", tint)),
    ...(history.length > 1 ? attemptLines(result).flatMap((line) => indented(line, "    ", "dim")) : []),
  ];
}

const COUNTED: readonly Status[] = ["passed", "failed", "warned", "skipped"];

function countLine(report: Report): Line {
  const counts = COUNTED.filter((status) => report[status] > 0 || status === "passed").map((
    status,
  ): Span => ({
    text: `${report[status]} ${status}`,
    tint: report[status] === 0 ? "dim" : MARKS[status].tint,
  }));
  const separated = counts.flatMap((count, index) => index === 0 ? [count] : [{ text: ", " }, count]);
  return [...separated, { text: ` in ${showDuration(report.duration_ms)}`, tint: "dim" }];
}
