/**
 * Measures the figures of the README: ratios, each of two things taken in turn in one run.
 *
 * Arguments choose by name: `deno task bench checks json`.
 */
import { checksMemoryBench, scriptChecksBench } from "./check_runs.ts";
import { checksBench } from "./checks.ts";
import { mysqlBench, postgresBench, sqliteBench } from "./db.ts";
import { fairnessBench } from "./fairness.ts";
import { hashBench } from "./crypto.ts";
import { httpServeBench } from "./http_serve.ts";
import { jsonBench } from "./json.ts";
import { coldBench, heapBench, realisticBench, smallBench, wideBench } from "./lua_engine.ts";
import { compileBench, scriptBench } from "./lua_scripts.ts";
import type { Measurement } from "./measurement.ts";
import { findingBench, requireAllBench, requireBench } from "./modules.ts";
import { regexBench } from "./regex.ts";
import { startupBench } from "./startup.ts";
import { awaitBench, tasksBench } from "./tasks.ts";
import { lazyBench, templatesBench } from "./templates.ts";

const BENCHES: Readonly<Record<string, () => Promise<Measurement>>> = {
  startup: startupBench,
  lazy: lazyBench,
  http_serve: httpServeBench,
  fairness: fairnessBench,
  checks: checksBench,
  checks_scripts: scriptChecksBench,
  checks_memory: checksMemoryBench,
  json: jsonBench,
  hash: hashBench,
  regex: regexBench,
  templates: templatesBench,
  db_postgres: postgresBench,
  db_mysql: mysqlBench,
  db_sqlite: sqliteBench,
  small: smallBench,
  wide: wideBench,
  realistic: realisticBench,
  cold: coldBench("short"),
  cold_middle: coldBench("middle"),
  cold_long: coldBench("long"),
  script: scriptBench("calling", false),
  script_kept: scriptBench("calling", true),
  script_computing: scriptBench("computing", false),
  script_computing_kept: scriptBench("computing", true),
  compile: compileBench,
  heap: heapBench,
  tasks: tasksBench,
  await: awaitBench,
  require: requireBench,
  require_all: requireAllBench,
  finding: findingBench,
};

const unknown = Deno.args.filter((name) => !Object.hasOwn(BENCHES, name));
if (unknown.length > 0) {
  console.error(`error: no bench '${unknown.join("', '")}': there are ${Object.keys(BENCHES).join(", ")}`);
  Deno.exit(2);
}

console.log(`Machine: ${await machine()}\n`);
for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(BENCHES)) {
  const { name: title, ratio, target, detail } = await (BENCHES[name] ?? startupBench)();
  console.log(
    `${title}\n  ${ratio.toFixed(2)}${target === undefined ? "" : `  (target ${target})`}\n  ${detail}\n`,
  );
}

async function machine(): Promise<string> {
  const cpu = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  const model = /^model name\s*:\s*(.*)$/m.exec(cpu)?.[1] ?? Deno.build.arch;
  const memory = (Deno.systemMemoryInfo().total / 2 ** 30).toFixed(0);
  return `${navigator.hardwareConcurrency} cores of ${model}, ${memory} GiB, ${Deno.build.os}, Deno ${Deno.version.deno}`;
}
