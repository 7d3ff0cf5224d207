/** What linear time costs on well-behaved patterns, and what it saves on the others. */
import { type Measurement, median } from "./measurement.ts";
import { Pattern } from "../builtins/regex/pattern.ts";

const LINES = 2000;
const ROUNDS = 7;

const LINE = "2026-01-02T03:04:05Z INFO request id=1234abcd path=/api/v1/users/42 status=200 duration=12ms\n";

/** What operators look for in logs: a field, a number, nothing at all. */
const PATTERNS = ["status=(\\d+)", "id=([0-9a-f]{8})", "\\bpath=(\\S+)", "panic|fatal", "\\d+ms"];

/** Backtracks 2^28 times where an engine backtracks; the text does not match. */
const HOSTILE = "(a+)+$";
const HOSTILE_TEXT = `${"a".repeat(28)}!`;

/** The time to find all matches in a log divided by that of JavaScript's RegExp, median of several rounds. */
export function regexBench(rounds = ROUNDS, lines = LINES): Promise<Measurement> {
  const text = LINE.repeat(lines);
  const ours: number[] = [];
  const native: number[] = [];
  const hostile: number[] = [];
  for (let round = 0; round < rounds; round++) {
    native.push(time(() => PATTERNS.map((source) => text.match(new RegExp(source, "g"))?.length)));
    ours.push(
      time(() => PATTERNS.map((source) => Array.from(Pattern.of(source, "bench").matches(text)).length)),
    );
    hostile.push(time(() => Pattern.of(HOSTILE, "bench").test(HOSTILE_TEXT)));
  }
  const [own, base] = [median(ours), median(native)];
  const rate = PATTERNS.length * text.length / 1e6 / own * 1000;
  return Promise.resolve({
    name: "regex.find_all over a log ÷ RegExp",
    ratio: own / base,
    detail: `${PATTERNS.length} patterns over ${(text.length / 1e6).toFixed(1)} MB: ${own.toFixed(0)} ms / ` +
      `${base.toFixed(1)} ms, ${rate.toFixed(0)} MB/s; ${HOSTILE} on ${
        HOSTILE_TEXT.length - 1
      } characters: ` +
      `${Math.max(...hostile).toFixed(1)} ms (target ≤ 50 ms), where RegExp takes seconds`,
  });
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}
