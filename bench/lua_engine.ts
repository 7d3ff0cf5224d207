/** The Lua engine, measured by Debian's lua5.4: the same programs in both, one after the other. */
import { assay, FOLDER, geometricMean, lua, output, PROGRAMS, table, type Times } from "./lua_programs.ts";
import { type Measurement, median } from "./measurement.ts";

/** Runs of each program, of which the best counts for what is warm and the median for what is cold. */
const RUNS = 5;
const WARM_REPEATS = 20;
const SCALE = 20;
/** How much a program has to do when it runs once: what is cold weighs the less, the longer it runs. */
const COLD_SCALES = { short: 20, middle: 50, long: 100 } as const;

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
    SCALE,
    WARM_REPEATS,
  );
}

/** The same when they are compiled and run for the first time in their process. */
export function coldBench(length: keyof typeof COLD_SCALES): () => Promise<Measurement> {
  return () =>
    programs(
      `realistic programs of ${length} run time ÷ lua5.4, compiled and run once, geometric mean`,
      "≤ 3",
      ({ cold }) => median(cold),
      COLD_SCALES[length],
      0,
    );
}

async function programs(
  name: string,
  target: string,
  pick: (times: Times) => number,
  scale: number,
  repeats: number,
): Promise<Measurement> {
  const ratios: (readonly [string, number])[] = [];
  const theirs: number[] = [];
  for (const program of PROGRAMS) {
    const driver = await Deno.makeTempFile({ suffix: ".lua" });
    try {
      await Deno.writeTextFile(
        driver,
        driverOf(await Deno.readTextFile(`${FOLDER}${program}.lua`), scale, repeats),
      );
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
      theirs.push(pick(times[1]));
      ratios.push([program, pick(times[0]) / pick(times[1])]);
    } finally {
      await Deno.remove(driver);
    }
  }
  return {
    name,
    ratio: geometricMean(ratios.map(([, ratio]) => ratio)),
    target,
    detail: ratios.map(([program, ratio]) => `${program} ${ratio.toFixed(2)}`).join(", ") +
      `; lua5.4 takes ${Math.min(...theirs).toFixed(1)} to ${Math.max(...theirs).toFixed(1)} ms`,
  };
}

/** Compiles a program at run time, so that the time of that counts. */
function driverOf(source: string, scale: number, repeats: number): string {
  return `local source = [====[\n${source}]====]
local clock = os.clock
local start = clock()
local program = load(source)()
local result = program(${scale})
local cold = clock() - start
local best = math.huge
for _ = 1, ${repeats} do
  start = clock()
  program(${scale})
  best = math.min(best, clock() - start)
end
print(cold * 1000, best * 1000, (tostring(result):gsub("%c", " ")))
`;
}

const TABLES = 200_000;

/** What a table of two fields takes, as `collectgarbage("count")` tells in both. */
export async function heapBench(): Promise<Measurement> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    await Deno.writeTextFile(file, heapSource());
    const [ours, theirs] = [Number(await output(assay, file)), Number(await output(lua, file))];
    return {
      name: "heap of a table of two fields ÷ lua5.4's",
      ratio: ours / theirs,
      target: "≤ 1.3",
      detail: `${ours.toFixed(0)} bytes ÷ ${theirs.toFixed(0)} bytes, of ${
        TABLES.toLocaleString("en")
      } tables`,
    };
  } finally {
    await Deno.remove(file);
  }
}

function heapSource(): string {
  return `local list = {}
for i = 1, ${TABLES} do list[i] = false end
collectgarbage() collectgarbage()
local before = collectgarbage("count")
for i = 1, ${TABLES} do list[i] = { x = i, y = i } end
collectgarbage() collectgarbage()
print((collectgarbage("count") - before) * 1024 / ${TABLES})
`;
}
