/** The report `pretty`: what it shows, without a terminal and on one. */
import assert from "node:assert/strict";
import { finishedLine, liveLines, summaryLines } from "../checks/reports/pretty/render.ts";
import { pretty } from "../checks/reports/pretty/reporter.ts";
import { paint, widthOf, wrap } from "../checks/reports/pretty/span.ts";
import type { RunState } from "../checks/reports/pretty/state.ts";
import { type CheckResult, makeReport } from "../checks/run/result.ts";
import { runFile } from "./support/checks.ts";
import { MockServer } from "./support/mock.ts";

const FAILED: CheckResult = {
  name: "api",
  type: "http",
  status: "failed",
  error: "expected 2xx, got 503",
  duration_ms: 12,
  attempts: 2,
  history: [
    { status: "failed", error: "connection refused", started_ms: 0, duration_ms: 3 },
    { status: "failed", error: "expected 2xx, got 503", started_ms: 5003, duration_ms: 12 },
  ],
  tags: [],
  severity: "fail",
  place: "checks.yaml:3:5",
};

const plain = (columns = Infinity) => ({ columns, colour: false });

function running(count: number, more: Partial<RunState> = {}): RunState {
  const checks = Array.from({ length: count }, (_, index) => {
    const check = { name: `check ${index}`, type: "http", attempt: 1, since: 1000 };
    return [index, check] as const;
  });
  return { total: 20, started: 0, finished: 5, failed: 0, warned: 0, running: new Map(checks), ...more };
}

Deno.test("a finished check is one line: words for pipes, symbols for terminals", () => {
  const text = "api  http · 12 ms · 2 attempts  expected 2xx, got 503";
  assert.equal(paint(finishedLine(FAILED, false), plain()), `FAIL ${text}`);
  assert.equal(paint(finishedLine(FAILED, true), plain()), `✗ ${text}`);
  assert.equal(
    paint(finishedLine({ ...FAILED, status: "passed" }, true), { columns: 9, colour: true }),
    "\x1b[32m✓\x1b[0m api\x1b[2m  h\x1b[0m…",
  );
});

Deno.test("what servers answer moves no cursor and begins no line", () => {
  const hostile = { ...FAILED, name: "a\nb\x1b[2Jc\u202ed", error: "x\x07y\r\n::error::z" };
  assert.equal(
    paint(finishedLine(hostile, false), plain()),
    "FAIL a b\uFFFD[2Jc\uFFFDd  http · 12 ms · 2 attempts  x\uFFFDy",
  );
});

Deno.test("running checks turn, tell their time and attempt, and what they wait for", () => {
  const waiting = {
    name: "db",
    type: "tcp",
    attempt: 2,
    since: 0,
    waiting: { error: "connection refused", until: 4500 },
  };
  const state = running(1, { failed: 1, warned: 2, running: new Map([...running(1).running, [7, waiting]]) });
  const lines = (now: number) =>
    liveLines(state, now, { columns: 80, rows: 24 }).map((line) => paint(line, plain(80)));
  assert.deepEqual(lines(2000), [
    "⠋ check 0  http · 1.0 s",
    "⠋ db  again in 2.5 s · attempt 2  connection refused",
    "━━━━━━━━━━━━━━━━━━━━━━━━ 5/20  1 failed  2 warned  2.0 s",
  ]);
  assert.equal(lines(2100)[0], "⠙ check 0  http · 1.1 s");
});

Deno.test("no line is wider than the terminal, and no screen is filled", () => {
  const wide = { name: "漢字".repeat(40), type: "http", attempt: 1, since: 0 };
  for (const columns of [1, 5, 20, 40, 80, 200]) {
    for (const rows of [1, 6, 24]) {
      const state = running(50, { failed: 3, running: new Map([[99, wide], ...running(50).running]) });
      const lines = liveLines(state, 61_000, { columns, rows }).map((line) => paint(line, plain(columns)));
      assert.ok(lines.length <= Math.max(2, rows), `${lines.length} lines on ${rows} rows`);
      for (const line of lines) assert.ok(widthOf(line) <= columns, `'${line}' on ${columns} columns`);
    }
  }
  const hidden = liveLines(running(50), 2000, { columns: 80, rows: 24 }).map((line) =>
    paint(line, plain(80))
  );
  assert.equal(hidden.at(-2), "  … and 41 more");
});

Deno.test("widths count wide characters twice and marks not at all", () => {
  assert.deepEqual(["abc", "漢字", "e\u0301", "✅", "👩‍👩‍👧"].map(widthOf), [3, 4, 1, 2, 2]);
  assert.deepEqual(wrap("one two three four", 10), ["one two", "three four"]);
  assert.deepEqual(wrap("x".repeat(25), 10), ["x".repeat(10), "x".repeat(10), "x".repeat(5)]);
});

Deno.test("the summary tells failures with their place and attempts, and counts", () => {
  const passed: CheckResult = { ...FAILED, name: "b", status: "passed", history: [] };
  const traceback = {
    ...FAILED,
    name: "c",
    history: [],
    error: "a.lua:1: no\nstack traceback:\n\ta.lua:1: in x",
  };
  const report = makeReport([FAILED, passed, traceback], new Date(0), 65_400);
  assert.deepEqual(summaryLines(report, plain()).map((line) => paint(line, plain())), [
    "",
    "✗ api  checks.yaml:3:5",
    "  expected 2xx, got 503",
    "    attempt 1 after 0 ms, took 3 ms: connection refused",
    "    attempt 2 after 5.0 s, took 12 ms: expected 2xx, got 503",
    "",
    "✗ c  checks.yaml:3:5",
    "  a.lua:1: no",
    "  stack traceback:",
    "   a.lua:1: in x",
    "",
    "1 passed, 2 failed in 1 m 05 s",
  ]);
});

Deno.test("on a terminal what runs is written over, and nothing of it stays", async () => {
  await using server = new MockServer({ status: 200 });
  let screen = "";
  let aside: (write: () => void) => void = () => {};
  const terminal = { size: () => ({ columns: 0, rows: 0 }), colour: false, isLive: true };
  const reporter = pretty.start({ write: (text) => screen += text, terminal }, {
    mask: (text) => text.replaceAll("hidden", "***"),
    variable: () => undefined,
    folder: "/",
    append: () => ({ write() {} }),
    aside: (use) => aside = use,
  });
  const text = `{checks: [{name: a hidden one, type: http, url: '${server.url}/', delay: 350ms}]}`;
  const drawn = Promise.withResolvers<void>();
  const { report } = await runFile(text, {
    observers: [reporter, {
      finish: () => {
        aside(() => screen += "said aside\n");
        drawn.resolve();
      },
    }],
  });
  await drawn.promise;
  reporter.end(report);
  const erased = "\x1b[1A\r\x1b[J";
  const [drawnFirst = "", ...others] = screen.split(erased);
  assert.match(drawnFirst, /^━+ 0\/1 {2}0\.\d s\n$/);
  // What is left when every part that was taken back is gone
  const left = others.reduce((shown, part) => shown.replace(/[^\n]*\n$/, "") + part, drawnFirst);
  assert.match(left, /^✓ a hidden one {2}http · \d+ ms\nsaid aside\n\n1 passed in \d+ ms\n$/);
});
