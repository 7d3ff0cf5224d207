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

interface Times {
  cold: number[];
  warm: number[];
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

/** How long `load` takes for all programs together, the first time in a process and when it has been done often. */
export async function compileBench(): Promise<Measurement> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  try {
    const script = await allPrograms();
    const lines = script.split("\n").length;
    await Deno.writeTextFile(file, compileSource(script));
    const times = new Map<Runner, Times>([[assay, { cold: [], warm: [] }], [lua, { cold: [], warm: [] }]]);
    for (let run = 0; run < RUNS; run++) {
      for (const [runner, { cold, warm }] of times) {
        const [[first, best] = []] = await table(runner, file);
        cold.push(Number(first) * 1000 / lines);
        warm.push(Number(best) * 1000 / lines);
      }
    }
    const of = (runner: Runner) => {
      const { cold, warm } = times.get(runner) ?? { cold: [], warm: [] };
      return { cold: median(cold), warm: Math.min(...warm) };
    };
    const [ours, theirs] = [of(assay), of(lua)];
    return {
      name: `compiling ${lines} lines once ÷ lua5.4`,
      ratio: ours.cold / theirs.cold,
      detail: `a line takes ${ours.cold.toFixed(1)} µs, ${ours.warm.toFixed(1)} µs after some times; ` +
        `in lua5.4 ${theirs.cold.toFixed(2)} µs, ${theirs.warm.toFixed(2)} µs`,
    };
  } finally {
    await Deno.remove(file);
  }
}

function compileSource(script: string): string {
  return `local source = [=====[\n${script}]=====]
local clock = os.clock
local function timed()
  local start = clock()
  load(source)
  return clock() - start
end
local cold = timed()
local best = math.huge
for _ = 1, ${WARM_REPEATS} do best = math.min(best, timed()) end
print(cold * 1000, best * 1000)
`;
}

async function allPrograms(): Promise<string> {
  const sources = await Promise.all(PROGRAMS.map((name) => Deno.readTextFile(`${FOLDER}${name}.lua`)));
  return sources.map((source) => `do local program = (function()\n${source}end)() program(1) end\n`).join("");
}

/** What a script is made of. */
interface ScriptSource {
  readonly what: string;
  readonly text: () => Promise<string>;
}

/** All programs as one script of some 700 lines that runs each once on little data. */
const COMPUTING: ScriptSource = { what: "that compute", text: allPrograms };

/** As scripts mostly are: many functions, each called now and then. */
const CALLING: ScriptSource = { what: "in functions called ten times each", text: functions };

/** A script run once, less an empty one. */
export function scriptBench(kind: "computing" | "calling", isKept: boolean): () => Promise<Measurement> {
  return async () => {
    const cache = isKept ? await Deno.makeTempDir() : undefined;
    try {
      const source = kind === "computing" ? COMPUTING : CALLING;
      const what = isKept ? "again, with its code kept" : "for the first time";
      return await script(source, what, { ASSAY_CACHE: cache ?? "0" });
    } finally {
      if (cache !== undefined) await Deno.remove(cache, { recursive: true });
    }
  };
}

const FUNCTIONS = 71;

/** A script of 500 lines. */
function functions(): Promise<string> {
  const names = Array.from({ length: FUNCTIONS }, (_, i) => `step${i}`);
  const definitions = names.map((name, i) =>
    `local function ${name}(order, n)
  local key = "item-" .. n
  if order.seen[key] then return order.seen[key] end
  local entry = { name = key, size = n * ${i + 1}, tags = { "a", "b" } }
  order.seen[key], order.total = entry, order.total + entry.size
  return entry
end
`
  );
  return Promise.resolve(`local order = { seen = {}, total = 0 }
${definitions.join("")}
for i = 1, 10 do ${names.map((name, i) => `${name}(order, i * ${i + 1})`).join(" ")} end
`);
}

async function script(
  source: ScriptSource,
  what: string,
  env: Record<string, string>,
): Promise<Measurement> {
  const file = await Deno.makeTempFile({ suffix: ".lua" });
  const empty = await Deno.makeTempFile({ suffix: ".lua" });
  const runner = { program: assay.program, env: { ...assay.env, ...env } };
  try {
    const script = await source.text();
    await Deno.writeTextFile(file, script);
    // The first run keeps the code, in the second V8 keeps what it makes of that
    for (let run = 0; run < 2; run++) await output(runner, file);
    const times: [number[], number[]] = [[], []];
    for (let run = 0; run < 21; run++) {
      for (const [i, each] of [file, empty].entries()) {
        const start = performance.now();
        await output(runner, each);
        times[i]?.push(performance.now() - start);
      }
    }
    return {
      name: `a script of ${
        script.split("\n").length - 1
      } lines ${source.what}, run ${what}, beyond start-up, in units of 10 ms`,
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
