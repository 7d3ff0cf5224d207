/** The Lua engine, measured by Debian's lua5.4: the same programs in both, one after the other. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const FOLDER = fileURLToPath(new URL("lua/", import.meta.url));
const LAUNCHER = fileURLToPath(new URL("../bin/assay", import.meta.url));
const PROGRAMS = ["json", "template", "log", "events", "text"];

/** Runs of each program, of which the best counts for what is warm and the median for what is cold. */
const RUNS = 5;
const WARM_REPEATS = 20;
const SCALE = 20;

/** Geometric mean over programs of one thing each; the worst of them is told too. */
export async function smallBench(): Promise<Measurement> {
  return await bestTimes("small.lua", "small benchmarks ÷ lua5.4, geometric mean", "≤ 0.55, none above 1.2");
}

/** Loops over integers beyond 2^53. */
export async function wideBench(): Promise<Measurement> {
  return await bestTimes("wide.lua", "64-bit integer loops ÷ lua5.4, geometric mean", "≤ 3");
}

async function bestTimes(file: string, name: string, target: string): Promise<Measurement> {
  const ours = new Map<string, number>();
  const theirs = new Map<string, number>();
  const results = new Map<string, string>();
  for (let run = 0; run < RUNS; run++) {
    for (const [times, runner] of [[ours, assay], [theirs, lua]] as const) {
      for (const [benchmark = "", time, result = ""] of await table(runner, `${FOLDER}${file}`)) {
        times.set(benchmark, Math.min(times.get(benchmark) ?? Infinity, Number(time)));
        if ((results.get(benchmark) ?? result) !== result) throw new Error(`${benchmark}: results differ`);
        results.set(benchmark, result);
      }
    }
  }
  const ratios = Array.from(
    ours,
    ([benchmark, time]) => [benchmark, time / (theirs.get(benchmark) ?? NaN)] as const,
  );
  return {
    name,
    ratio: geometricMean(ratios.map(([, ratio]) => ratio)),
    target,
    detail: `best of ${RUNS} processes: ` +
      ratios.map(([benchmark, ratio]) => `${benchmark} ${ratio.toFixed(2)}`).join(", "),
  };
}

/** Programs of 100 lines and more, after they have run some times. */
export async function realisticBench(): Promise<Measurement> {
  return await programs(
    "realistic programs ÷ lua5.4, geometric mean",
    "≤ 1.2",
    ({ warm }) => Math.min(...warm),
  );
}

/** The same when they are compiled and run for the first time in their process. */
export async function coldBench(): Promise<Measurement> {
  return await programs(
    "realistic programs ÷ lua5.4, compiled and run once, geometric mean",
    "≤ 3",
    ({ cold }) => median(cold),
  );
}

interface Times {
  cold: number[];
  warm: number[];
}

async function programs(name: string, target: string, pick: (times: Times) => number): Promise<Measurement> {
  const ratios: (readonly [string, number])[] = [];
  for (const program of PROGRAMS) {
    const driver = await Deno.makeTempFile({ suffix: ".lua" });
    try {
      await Deno.writeTextFile(driver, driverOf(await Deno.readTextFile(`${FOLDER}${program}.lua`)));
      const times: [Times, Times] = [{ cold: [], warm: [] }, { cold: [], warm: [] }];
      const results = new Set<string>();
      for (let run = 0; run < RUNS; run++) {
        for (const [i, runner] of [assay, lua].entries()) {
          const [[cold, warm, ...result] = []] = await table(runner, driver);
          times[i]?.cold.push(Number(cold));
          times[i]?.warm.push(Number(warm));
          results.add(result.join("\t"));
        }
      }
      if (results.size !== 1) throw new Error(`${program}: results differ: ${[...results].join(" / ")}`);
      ratios.push([program, pick(times[0]) / pick(times[1])]);
    } finally {
      await Deno.remove(driver);
    }
  }
  return {
    name,
    ratio: geometricMean(ratios.map(([, ratio]) => ratio)),
    target,
    detail: ratios.map(([program, ratio]) => `${program} ${ratio.toFixed(2)}`).join(", "),
  };
}

/** Compiles a program at run time, so that the time of that counts. */
function driverOf(source: string): string {
  return `local source = [====[\n${source}]====]
local clock = os.clock
local start = clock()
local program = load(source)()
local result = program(${SCALE})
local cold = clock() - start
local best = math.huge
for _ = 1, ${WARM_REPEATS} do
  start = clock()
  program(${SCALE})
  best = math.min(best, clock() - start)
end
print(cold * 1000, best * 1000, (tostring(result):gsub("%c", " ")))
`;
}

/** All programs as one script of some 700 lines that runs each once on little data, less an empty script. */
export async function scriptBench(): Promise<Measurement> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  const empty = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    const sources = await Promise.all(PROGRAMS.map((name) => Deno.readTextFile(`${FOLDER}${name}.lua`)));
    const script = sources.map((source) => `do local program = (function()\n${source}end)() program(1) end\n`)
      .join("");
    await Deno.writeTextFile(file, script);
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run < 21; run++) {
      for (const [i, each] of [file, empty].entries()) {
        const start = performance.now();
        await output(assay, each);
        times[i]?.push(performance.now() - start);
      }
    }
    return {
      name: `a script of ${script.split("\n").length} lines run once, beyond start-up, in units of 10 ms`,
      ratio: (median(times[0]) - median(times[1])) / 10,
      target: "≤ 1",
      detail: `${median(times[0]).toFixed(1)} ms − ${median(times[1]).toFixed(1)} ms for an empty script`,
    };
  } finally {
    await Deno.remove(file);
    await Deno.remove(empty);
  }
}

interface Runner {
  program: string;
  env: Record<string, string>;
}

const assay: Runner = { program: LAUNCHER, env: { ASSAY_DENO: Deno.execPath(), RUST_LOG: "error" } };
const lua: Runner = { program: "lua5.4", env: {} };

async function output({ program, env }: Runner, file: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(program, { args: [file], env }).output();
  if (!success) throw new Error(`${program} ${file}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

/** What a program prints, in columns. */
async function table(runner: Runner, file: string): Promise<string[][]> {
  return (await output(runner, file)).trimEnd().split("\n").map((line) => line.split("\t"));
}

function geometricMean(ratios: readonly number[]): number {
  return Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
}
