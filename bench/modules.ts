/** What modules cost a script that requires them, and what it takes to find one. Milliseconds, in fresh processes. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/assay", import.meta.url));
const ROUNDS = 15;

/** Names the builtins that modules use, which are loaded then. */
const BUILTINS =
  "local _ = { assert, base64, crypto, env, fs, http, io, json, log, os, regex, sleep, string, time, ws, yaml }";

/** The first `require` of a process, of the module with the longest source. What it costs in all, not in that call. */
export async function requireBench(): Promise<Measurement> {
  const sizes = await Promise.all(
    (await moduleNames()).map(async (name) => [name, await size(name)] as const),
  );
  const [largest = ""] = sizes.toSorted(([, a], [, b]) => b - a)[0] ?? [];
  return await requiring(`require of the largest module, ${largest}, cold: ms`, [largest], "≤ 5");
}

/** Every module, one after the other. */
export async function requireAllBench(): Promise<Measurement> {
  const names = await moduleNames();
  return await requiring(`require of all ${names.length} modules, cold: ms`, names, "≤ 60");
}

/** The whole process that answers `assay context` and `assay modules`. */
export async function findingBench(): Promise<Measurement> {
  const times = new Map<string, number[]>([["context grafana", []], ["modules", []], ["exec -e ", []]]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [line, list] of times) {
      const start = performance.now();
      await run(line.split(" "));
      list.push(performance.now() - start);
    }
  }
  const [context = NaN, modules = NaN, empty = NaN] = [...times.values()].map(median);
  return {
    name: "assay context: ms, the whole process",
    ratio: context,
    target: "< 60",
    detail: `context ${context.toFixed(0)} ms, modules ${modules.toFixed(0)} ms, exec -e '' ${
      empty.toFixed(0)
    } ms: medians of ${ROUNDS} rounds in turn`,
  };
}

/** What processes take longer for requiring modules, over ones that only load the same builtins. */
async function requiring(name: string, modules: readonly string[], target: string): Promise<Measurement> {
  const lines = modules.map((module) => `require("${module}")`).join("\n");
  const differences: number[] = [];
  const [theirs, ours]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const without = await timed(BUILTINS);
    const requiring = await timed(`${BUILTINS}\n${lines}`);
    theirs.push(without);
    ours.push(requiring);
    differences.push(requiring - without);
  }
  return {
    name,
    ratio: median(differences),
    target,
    detail: `the median difference of ${ROUNDS} pairs of processes: ${median(ours).toFixed(0)} ms − ${
      median(theirs).toFixed(0)
    } ms with the builtins alone`,
  };
}

async function timed(code: string): Promise<number> {
  const start = performance.now();
  await run(["exec", "-e", code]);
  return performance.now() - start;
}

async function moduleNames(): Promise<string[]> {
  const { modules } = JSON.parse(await run(["modules", "--json"])) as {
    modules: { name: string; source: string }[];
  };
  return modules.filter(({ name, source }) => source === "builtin" && name.startsWith("assay."))
    .map(({ name }) => name);
}

async function size(name: string): Promise<number> {
  const path = `../stdlib/${name.slice("assay.".length).replaceAll(".", "/")}.lua`;
  return (await Deno.stat(new URL(path, import.meta.url))).size;
}

/** What assay prints. */
async function run(args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(LAUNCHER, {
    args: [...args],
    stdin: "null",
    stderr: "null",
    // Modules of whoever measures are not measured
    cwd: "/",
    env: { ASSAY_DENO: Deno.execPath(), ASSAY_MODULES_PATH: "/nowhere" },
  }).output();
  if (!success) throw new Error("A measured program failed");
  return new TextDecoder().decode(stdout);
}
