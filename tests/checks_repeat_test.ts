/** Runs that are repeated: when they begin, how they end, and that they leave nothing behind. */
import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseChecks } from "../checks/config/load.ts";
import { LiveResults } from "../checks/reports/live.ts";
import { pretty } from "../checks/reports/pretty/reporter.ts";
import type { Executor } from "../checks/run/executor.ts";
import { planRun } from "../checks/run/plan.ts";
import { prepareRun } from "../checks/run/prepare.ts";
import { repeat } from "../checks/run/repeat.ts";
import { runChecks } from "../checks/run/runner.ts";
import { failed } from "../checks/types/type.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { createLogger } from "../runtime/log.ts";
import { ManualClock } from "./support/checks.ts";

Deno.test("runs begin at equal distances; one that takes longer is followed at once", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const durations = [100, 2500, 0];
  const begun: number[] = [];
  await clock.drive(repeat(() => {
    begun.push(clock.now());
    clock.spend(durations[begun.length - 1] ?? 0);
    if (begun.length === 5) stop.abort();
    return Promise.resolve();
  }, { every: 1000, clock, stop: stop.signal }));
  assert.deepEqual(begun, [0, 1000, 3500, 4500, 5500]);
});

Deno.test("a pause ends with the stop, and no run begins any more", async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  let runs = 0;
  clock.after(1500, () => stop.abort());
  await clock.drive(repeat(() => Promise.resolve(void runs++), { every: 1000, clock, stop: stop.signal }));
  assert.deepEqual([runs, clock.now()], [2, 1500]);
});

/** Of one every 3 s in an hour. */
const RUNS = 1200;

/** Memory in use after everything unused is gone. Bytes. */
function collected(): number {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  gc();
  gc();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("an hour of runs, one every 3 s, leaves nothing behind: retries, secrets that change, open pages", async () => {
  const text = `
retries: 1
backoff: 10ms
checks:
  - {name: takes, type: http, url: 'http://h/', capture: {token: {header: x, secret: true}}}
  - {name: uses, type: http, url: 'http://h/{{token}}'}
  - {name: fails, type: http, url: 'http://h/'}
`;
  const secrets = new Secrets();
  const plan = planRun([parseChecks(text, "c.yaml", { secrets })]);
  const clock = new ManualClock();
  const stop = new AbortController();
  let attempts = 0;
  const executor: Executor = {
    prepare: () => Promise.resolve(),
    attempt() {
      attempts++;
      const token = `token ${attempts} ${"x".repeat(500)}`;
      return Promise.resolve(
        attempts % 4 === 3 || attempts % 4 === 0
          ? failed(`no ${token}`)
          : { passed: true, captured: { token } },
      );
    },
    close() {},
  };
  const log = createLogger({ level: "info", colour: false, write() {} });
  const prepared = await prepareRun(plan, { log, output: { write() {}, flush() {} } }, () => executor);
  const live = new LiveResults();
  const page = live.answer(new Request("http://localhost/events"));
  const reader = page.body?.getReader();
  const reporter = pretty.start({ write() {} }, {
    mask: (masked) => masked,
    variable: () => undefined,
    folder: "/",
    append: () => ({ write() {} }),
    aside() {},
  });
  const used: number[] = [];
  let runs = 0;
  await clock.drive(repeat(async () => {
    const surroundings = { log, clock, prepared, interrupt: stop.signal, observers: [reporter] };
    const report = await runChecks(plan, { ...surroundings, secrets: secrets.copy() });
    assert.deepEqual([report.passed, report.failed], [2, 1]);
    reporter.end(report);
    live.update(report);
    await reader?.read();
    if (++runs === 200 || runs === RUNS) used.push(collected());
    if (runs === RUNS) stop.abort();
  }, { every: 3000, clock, stop: stop.signal }));
  assert.ok(clock.now() >= 3000 * (RUNS - 1));
  assert.equal(attempts, 4 * RUNS);
  assert.equal(secrets.any, false);
  const [early = 0, late = 0] = used;
  // A token a run that nobody lets go would be more
  assert.ok(late - early < 500_000, `${late - early} bytes more after 1,000 runs`);
  live.close();
  let isOpen = true;
  while (isOpen) isOpen = (await reader?.read())?.done === false;
});

Deno.test("pages that go away are forgotten, those that do not read are let go, and there is a limit", async () => {
  const live = new LiveResults();
  const ask = () => live.answer(new Request("http://localhost/events"));
  const report = {
    passed: 0,
    failed: 0,
    total: 0,
    warned: 0,
    skipped: 0,
    results: [],
    started_at: "",
    duration_ms: 0,
  };
  await ask().body?.cancel();
  assert.equal(live.listeners, 0);
  ask();
  for (let count = 0; count < 50; count++) live.update(report);
  assert.equal(live.listeners, 0);
  const answers = Array.from({ length: 300 }, ask);
  assert.equal(answers.at(-1)?.status, 503);
  assert.equal(live.listeners, 256);
  live.close();
  assert.equal(live.listeners, 0);
});
