/** What runs of many checks take: scripts, and memory over time. */
import type { Measurement } from "./measurement.ts";
import { systemClock } from "../checks/run/clock.ts";
import { parseChecks } from "../checks/config/load.ts";
import { planRun } from "../checks/run/plan.ts";
import { type Prepared, prepareRun } from "../checks/run/prepare.ts";
import { runChecks } from "../checks/run/runner.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { createLogger } from "../runtime/log.ts";

const SCRIPTS = 200;
const SCRIPT_LIMIT = 2000;
/** Checks in each run of the memory bench, and how many runs. */
const RUN = 1000;
const RUNS = 60;
/** Runs before memory is looked at for the first time: V8 lets its heap grow for some while. */
const WARM_UP = 50;

const SCRIPT = `
local data = json.parse('{"status": "ok", "items": [1, 2, 3]}')
assert.eq(data.status, "ok")
local sum = 0
for i = 1, 1000 do sum = sum + data.items[i % 3 + 1] end
assert.gt(sum, 0)
log.info("checked", {sum = sum})
`;

const log = createLogger({ level: "off", colour: false, write() {} });
const output = { write() {}, flush() {} };

/** 200 script checks from reading the file to the result, in seconds, divided by the two that they may take. */
export async function scriptChecksBench(): Promise<Measurement> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(file, SCRIPT);
    const checks = Array.from(
      { length: SCRIPTS },
      (_, index) => `  - {name: s${index}, type: script, file: ${file}}\n`,
    );
    const text = `parallel: true\nretries: 0\nchecks:\n${checks.join("")}`;
    const begun = performance.now();
    const plan = planRun([parseChecks(text, "checks.yaml")]);
    const prepared = await prepareRun(plan, { log, output });
    await run(text, prepared, plan);
    const taken = performance.now() - begun;
    prepared.close();
    return {
      name: "200 script checks ÷ 2 s",
      ratio: taken / SCRIPT_LIMIT,
      target: "≤ 1",
      detail: `${SCRIPTS} script checks, each in a VM of its own, in ${
        taken.toFixed(0)
      } ms, the start of their worker included`,
    };
  } finally {
    await Deno.remove(file);
  }
}

/** Memory after 10,000 http checks divided by memory before, all in one process. */
export async function checksMemoryBench(): Promise<Measurement> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ status: "ok" }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const checks = Array.from(
    { length: RUN },
    (_, index) => `  - {name: c${index}, type: http, url: '${url}', expect: {json: ['.status == "ok"']}}\n`,
  );
  const text = `parallel: true\nretries: 0\nchecks:\n${checks.join("")}`;
  const prepared = await prepareRun(planRun([parseChecks(text, "checks.yaml")]), { log, output });
  const resident: number[] = [];
  for (let round = 0; round < RUNS; round++) {
    await run(text, prepared);
    resident.push(Deno.memoryUsage().rss / 2 ** 20);
  }
  prepared.close();
  await server.shutdown();
  const early = resident[WARM_UP - 1] ?? NaN;
  const late = resident.at(-1) ?? NaN;
  return {
    name: "memory after 10,000 more http checks ÷ before",
    ratio: late / early,
    target: "≤ 1.1",
    detail: `resident ${early.toFixed(0)} MiB after ${WARM_UP * RUN} checks, ${late.toFixed(0)} MiB after ${
      RUNS * RUN
    }`,
  };
}

async function run(text: string, prepared: Prepared, plan = planRun([parseChecks(text, "checks.yaml")])) {
  // What was loaded belongs to the checks of the plan that was prepared
  const report = await runChecks(plan, {
    log,
    clock: systemClock,
    interrupt: new AbortController().signal,
    prepared,
    secrets: new Secrets(),
  });
  if (report.passed !== report.total) throw new Error(`checks failed: ${JSON.stringify(report.results[0])}`);
}

if (import.meta.main) {
  console.log(await scriptChecksBench());
  console.log(await checksMemoryBench());
}
