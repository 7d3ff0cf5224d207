/** What modules cost a script that requires them, and what it takes to find one. Milliseconds, in fresh processes. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/assay", import.meta.url));
const ROUNDS = 15;

/** Requires modules and prints how long that took, all builtins that they use being there already or not. */
const SCRIPT = `local names = { ... }
local start = os.clock()
for _, name in ipairs(names) do require(name) end
print((os.clock() - start) * 1000)`;
const BUILTINS =
  "local _ = { assert, base64, crypto, env, fs, http, io, json, log, os, regex, sleep, string, time, ws, yaml }";

/** The first `require` of a process, of the module with the longest source. */
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

async function requiring(name: string, modules: readonly string[], target: string): Promise<Measurement> {
  const [bare, ready]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    bare.push(Number(await run(["exec", "-e", SCRIPT, ...modules])));
    ready.push(Number(await run(["exec", "-e", `${BUILTINS}\n${SCRIPT}`, ...modules])));
  }
  return {
    name,
    ratio: median(ready),
    target,
    detail: `medians of ${ROUNDS} processes; with the builtins that they use, loaded then, ${
      median(bare).toFixed(1)
    } ms`,
  };
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
