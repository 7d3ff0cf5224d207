/** Durations and counts for people, and texts of others on one line. */
import type { CheckResult } from "../run/result.ts";

/** Lines that are shown of one error. */
const MAX_LINES = 50;

/** `12 ms`, `1.2 s`, `2 m`, `2 m 05 s`. */
export function showDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const tenths = Math.round(milliseconds / 100);
  if (tenths < 600) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const rest = seconds % 60;
  return `${Math.floor(seconds / 60)} m${rest === 0 ? "" : ` ${String(rest).padStart(2, "0")} s`}`;
}

/** `1 attempt`, `3 attempts`. */
export function showAttempts(count: number): string {
  return `${count} ${count === 1 ? "attempt" : "attempts"}`;
}

// Control characters, what turns the direction of text, and what terminals take for commands
// deno-lint-ignore no-control-regex -- they are what is looked for
const UNSAFE = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

/** A text on one line: what a server has answered may move cursors and begin lines that mean something to others. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, " ").replace(/\t/g, " ").replace(UNSAFE, "\uFFFD");
}

/** The lines of an error, such as a traceback; the first says what it is. */
export function linesOf(text: string): readonly string[] {
  return text.trim().split(/\r?\n/).map(oneLine).slice(0, MAX_LINES);
}

/** What an error is, without where. */
export function headOf(error: string): string {
  return linesOf(error)[0] ?? "";
}

/** The attempts of a check, a line each: `attempt 2 after 1.2 s, took 12 ms: expected 2xx, got 503`. */
export function attemptLines({ history }: CheckResult): string[] {
  return history.map(({ status, error, started_ms, duration_ms }, index) =>
    `attempt ${index + 1} after ${showDuration(started_ms)}, took ${showDuration(duration_ms)}: ` +
    (error === undefined ? status : headOf(error))
  );
}
