/** Attempts, waits, the global timeout and what runs at a time. */
import assert from "node:assert/strict";
import type { Plan } from "../checks/config/load.ts";
import { Conditions } from "../checks/run/conditions.ts";
import type { AttemptRequest } from "../checks/run/executor.ts";
import type { PlannedCheck, RunPlan } from "../checks/run/plan.ts";
import type { CheckResult } from "../checks/run/result.ts";
import { runChecks } from "../checks/run/runner.ts";
import { script } from "../checks/types/script/type.ts";
import type { AnyCheckType, Outcome } from "../checks/types/type.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { createLogger } from "../runtime/log.ts";
import { NOTHING } from "../runtime/permissions.ts";
import { ManualClock } from "./support/checks.ts";

const PLAN: Plan = { timeout: 120_000, retries: 3, backoff: { kind: "linear", step: 5000 }, parallel: 1 };
const NEVER = new AbortController().signal;

interface FakeCheck {
  name: string;
  attempt: (request: AttemptRequest) => Promise<Outcome>;
}

type PlanChanges = Partial<Omit<Plan, "backoff">> & { backoff?: number };

function start(checks: readonly FakeCheck[], changes: PlanChanges, clock: ManualClock, interrupt = NEVER) {
  const lines: string[] = [];
  const log = createLogger({
    level: "info",
    colour: false,
    write: (line) => lines.push(line.trim().slice(28)),
  });
  const { backoff, ...others } = changes;
  const filePlan: Plan = {
    ...PLAN,
    ...others,
    ...(backoff === undefined ? {} : { backoff: { kind: "linear", step: backoff } }),
  };
  const plan: RunPlan = {
    checks: checks.map(({ name }) => planned(name, filePlan)),
    timeout: filePlan.timeout,
    parallel: filePlan.parallel,
    failFast: false,
  };
  const attempts = new Map(checks.map(({ name, attempt }) => [name, attempt]));
  const run = async () => {
    const prepared = {
      conditions: await Conditions.for(plan),
      loaded: new Map(),
      executorOf: ({ check }: PlannedCheck) => ({
        prepare: () => Promise.resolve(),
        attempt: attempts.get(check.name) ?? (() => Promise.reject(new Error("No such check"))),
        close() {},
      }),
      close() {},
    };
    const report = await runChecks(plan, { log, clock, interrupt, prepared, secrets: new Secrets() });
    return { ...report, results: report.results.map(brief) };
  };
  return { report: clock.drive(run()), lines };
}

/** What these tests are about. */
function brief({ name, status, error, duration_ms, attempts }: CheckResult) {
  return { name, status, ...(error === undefined ? {} : { error }), duration_ms, attempts };
}

function planned(name: string, plan: Plan): PlannedCheck {
  return {
    check: {
      name,
      type: script as unknown as AnyCheckType,
      settings: {},
      place: "checks.yaml:1:1",
      timeout: undefined,
      retries: undefined,
      backoff: undefined,
      delay: 0,
      retryIf: undefined,
      skip: undefined,
      onlyIf: undefined,
      dependsOn: [],
      tags: [],
      severity: "fail",
      allow: NOTHING,
      needs: {},
      captures: [],
      uses: [],
      matrix: {},
    },
    plan,
    grants: NOTHING,
    executor: "",
    dependencies: [],
    variables: new Map(),
  };
}

function check(name: string, attempt: (request: AttemptRequest) => Outcome | Promise<Outcome>): FakeCheck {
  return { name, attempt: (request) => Promise.resolve(attempt(request)) };
}

const pass = (name: string) => check(name, () => ({ passed: true }));
const fail = (name: string, error = "no") => check(name, () => ({ passed: false, error }));
/** Ends when the run does. */
const hang = (name: string) =>
  check(
    name,
    ({ signal }) =>
      new Promise((resolve) =>
        signal.addEventListener("abort", () => resolve({ passed: false, error: "late" }), { once: true })
      ),
  );

Deno.test("a failing check is tried retries + 1 times, each wait longer by one backoff", async () => {
  const clock = new ManualClock();
  const times: number[] = [];
  const flaky = check("flaky", () => {
    times.push(clock.now());
    return { passed: false, error: `attempt ${times.length}` };
  });
  const { report, lines } = start([flaky], {}, clock);
  const { results, passed, failed, total } = await report;
  assert.deepEqual(times, [0, 5000, 15_000, 30_000]);
  assert.deepEqual(results, [
    { name: "flaky", status: "failed", error: "attempt 4", duration_ms: 0, attempts: 4 },
  ]);
  assert.deepEqual([passed, failed, total], [0, 1, 1]);
  assert.deepEqual(lines.map((line) => line.trim()), [
    'INFO check failed, retrying check=flaky attempt=1 max_attempts=4 backoff_secs=5 message="attempt 1"',
    'INFO check failed, retrying check=flaky attempt=2 max_attempts=4 backoff_secs=10 message="attempt 2"',
    'INFO check failed, retrying check=flaky attempt=3 max_attempts=4 backoff_secs=15 message="attempt 3"',
    "INFO check completed check=flaky result=FAIL duration_ms=0",
  ]);
});

Deno.test("a check that passes in the end has passed; its duration is that of the last attempt", async () => {
  const clock = new ManualClock();
  let attempts = 0;
  const slow = check("slow", () => {
    clock.spend(100 * ++attempts);
    return attempts < 3 ? { passed: false, error: "not yet" } : { passed: true };
  });
  const { results, duration_ms } = await start([slow], { backoff: 1000 }, clock).report;
  assert.deepEqual(results, [{ name: "slow", status: "passed", duration_ms: 300, attempts: 3 }]);
  assert.equal(duration_ms, 3600);
});

Deno.test("the global timeout fails the running check and those behind it, and keeps what is finished", async () => {
  const { report, lines } = start(
    [pass("done"), hang("running"), pass("waiting")],
    { timeout: 90_500 },
    new ManualClock(),
  );
  const { results, passed, duration_ms } = await report;
  const error = "global timeout of 90.5s exceeded";
  assert.deepEqual(results, [
    { name: "done", status: "passed", duration_ms: 0, attempts: 1 },
    { name: "running", status: "failed", error, duration_ms: 0, attempts: 1 },
    { name: "waiting", status: "failed", error, duration_ms: 0, attempts: 0 },
  ]);
  assert.equal(passed, 1);
  assert.equal(duration_ms, 90_500);
  assert.equal(lines.filter((line) => line.includes("ERROR global timeout exceeded")).length, 1);
});

Deno.test("the global timeout also ends the wait between attempts", async () => {
  const { results } = await start([fail("x")], { timeout: 7000 }, new ManualClock()).report;
  assert.deepEqual(results, [
    { name: "x", status: "failed", error: "global timeout of 7s exceeded", duration_ms: 0, attempts: 2 },
  ]);
});

Deno.test("a failure that comes behind the deadline counts as the timeout's", async () => {
  const clock = new ManualClock();
  const busy = check("busy", () => {
    clock.spend(10_000);
    return { passed: false, error: "cut by the engine" };
  });
  const { results } = await start([busy, pass("next")], { timeout: 9000 }, clock).report;
  assert.deepEqual(results.map(({ error }) => error), Array(2).fill("global timeout of 9s exceeded"));
});

Deno.test("an interrupt fails what is not finished, and the report is there at once", async () => {
  const interruption = new AbortController();
  const stopper = check("stopper", () => {
    interruption.abort();
    return { passed: true };
  });
  const { results } = await start([pass("a"), stopper, pass("c")], {}, new ManualClock(), interruption.signal)
    .report;
  assert.deepEqual(results.map(({ name, status, error }) => [name, status, error]), [
    ["a", "passed", undefined],
    ["stopper", "failed", "interrupted"],
    ["c", "failed", "interrupted"],
  ]);
});

Deno.test("one at a time unless asked for more; results keep the order of the file", async () => {
  for (const parallel of [1, 3, 50]) {
    let now = 0;
    let most = 0;
    const clock = new ManualClock();
    const checks = Array.from({ length: 6 }, (_, index) =>
      check(`c${index}`, async () => {
        most = Math.max(most, ++now);
        // The first takes the longest
        await new Promise<void>((resolve) => clock.after(100 - index, resolve));
        now--;
        return { passed: true };
      }));
    const { results } = await start(checks, { parallel }, clock).report;
    assert.equal(most, Math.min(parallel, 6));
    assert.deepEqual(results.map(({ name }) => name), ["c0", "c1", "c2", "c3", "c4", "c5"]);
  }
});

Deno.test("no checks at all pass", async () => {
  const { passed, failed, total, results } = await start([], {}, new ManualClock()).report;
  assert.deepEqual([passed, failed, total, results], [0, 0, 0, []]);
});

Deno.test("an error inside assay fails its check and leaves the others alone", async () => {
  const broken = check("broken", () => Promise.reject(new TypeError("x is not a function")));
  const { results } = await start([broken, pass("fine")], { retries: 0 }, new ManualClock()).report;
  assert.deepEqual(results.map(({ error }) => error), ["internal error: x is not a function", undefined]);
});
