/** What a run of checks costs beside the requests that it makes. */
import { type Measurement, median } from "./measurement.ts";
import { systemClock } from "../checks/run/clock.ts";
import { parseChecks } from "../checks/config/load.ts";
import { planRun, type RunPlan } from "../checks/run/plan.ts";
import { type Prepared, prepareRun } from "../checks/run/prepare.ts";
import { runChecks } from "../checks/run/runner.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { createLogger } from "../runtime/log.ts";
import { StandardOutput } from "../runtime/output.ts";

const CHECKS = 1000;
/** As many as `parallel: true` runs at a time. */
const AT_A_TIME = 50;
const ROUNDS = 21;
const WARM_UP = 3;

/** The server has a process of its own: neither side pays for its work. */
const SERVER = `Deno.serve(
  { port: 0, hostname: "127.0.0.1", onListen: ({ port }) => console.log(port) },
  () => Response.json({ status: "ok" }),
);`;

/** Makes bare fetches in a worker, where checks are made too. */
const WORKER = `self.onmessage = async ({ data: { url, count, lanes } }) => {
  let next = 0;
  const lane = async () => { while (next++ < count) await (await fetch(url)).text(); };
  await Promise.all(Array.from({ length: lanes }, lane));
  self.postMessage("done");
};`;

/**
 * 1,000 http checks with `parallel: true` against a server on the loopback, divided by as many bare fetches in
 * the same process, 50 at a time. The ratio is that of the medians.
 */
export async function checksBench(): Promise<Measurement> {
  using server = startServer();
  const url = `http://127.0.0.1:${await server.port}/health`;
  const file = fileOfChecks(url);
  using sink = Deno.openSync("/dev/null", { write: true });
  const log = createLogger({ level: "off", colour: false, write() {} });
  // One worker for all rounds: its start is told apart
  const starting = performance.now();
  const plan = planRun([parseChecks(file, "checks.yaml")]);
  const prepared = await prepareRun(plan, {
    log,
    output: { write() {}, flush() {} },
  });
  const workerStart = performance.now() - starting;
  // Not between the others: what it leaves to be collected would be paid by who comes next
  const loads = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    planRun([parseChecks(file, "checks.yaml")]);
    return performance.now() - start;
  });
  const checks: number[] = [];
  const fetches: number[] = [];
  const workerFetches: number[] = [];
  const worker = new Worker(`data:application/javascript,${encodeURIComponent(WORKER)}`, { type: "module" });
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const bare = await timed(() => bareFetches(url));
    const run = await timed(() => runOfChecks(plan, prepared, sink));
    if (round < WARM_UP) continue;
    fetches.push(bare);
    workerFetches.push(await timed(() => fetchesIn(worker, url)));
    checks.push(run);
  }
  prepared.close();
  worker.terminate();
  const ratio = median(checks) / median(fetches);
  return {
    name: "1,000 http checks with parallel: true ÷ 1,000 bare fetches, 50 at a time",
    ratio,
    target: "≤ 1.3",
    detail:
      `${CHECKS} http checks with parallel: true in ${
        median(checks).toFixed(1)
      } ms, log lines and JSON result ` +
      `included, as many bare fetches (body read, ${AT_A_TIME} at a time) in ${
        median(fetches).toFixed(1)
      } ms, in a worker, where checks are made, in ${median(workerFetches).toFixed(1)} ms; ` +
      `reading the YAML file takes ${
        median(loads).toFixed(1)
      } ms more and the worker that makes them starts in ${
        workerStart.toFixed(0)
      } ms; process start is not in it either; ` +
      `medians of ${ROUNDS} rounds in turn`,
  };
}

function startServer(): Disposable & { port: Promise<string> } {
  const server = new Deno.Command(Deno.execPath(), {
    args: ["eval", "--quiet", SERVER],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const port = server.stdout.pipeThrough(new TextDecoderStream()).getReader().read();
  return {
    port: port.then(({ value = "" }) => value.trim()),
    [Symbol.dispose]: () => server.kill(),
  };
}

function fileOfChecks(url: string): string {
  const checks = Array.from(
    { length: CHECKS },
    (_, index) =>
      `  - name: service-${index}\n    type: http\n    url: ${url}\n    expect:\n      status: 200\n`,
  );
  return `parallel: true\nretries: 0\nchecks:\n${checks.join("")}`;
}

async function bareFetches(url: string): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next++ < CHECKS) await (await fetch(url)).text();
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
}

async function fetchesIn(worker: Worker, url: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  worker.onmessage = () => resolve();
  worker.postMessage({ url, count: CHECKS, lanes: AT_A_TIME });
  await promise;
}

async function runOfChecks(plan: RunPlan, prepared: Prepared, sink: Deno.FsFile): Promise<void> {
  // As the command does it: log and result in few writes
  const output = new StandardOutput(sink);
  const write = (line: string) => output.write(line);
  const report = await runChecks(plan, {
    log: createLogger({ level: "info", colour: false, write }),
    clock: systemClock,
    interrupt: new AbortController().signal,
    prepared,
    secrets: new Secrets(),
  });
  if (report.passed !== CHECKS) {
    throw new Error(`${report.failed} checks failed: ${JSON.stringify(report.results[0])}`);
  }
  write(`${JSON.stringify(report, null, 2)}\n`);
  output.flush();
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

if (import.meta.main) console.log(await checksBench());
