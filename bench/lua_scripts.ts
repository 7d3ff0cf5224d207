/** What it takes to compile Lua, and to run scripts once. */
import { allPrograms, assay, lua, output, type Runner, table, type Times } from "./lua_programs.ts";
import { type Measurement, median } from "./measurement.ts";

/** Processes of which the median counts, and repetitions within one of which the best does. */
const RUNS = 5;
const WARM_REPEATS = 20;

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

/** What a script is made of. */
interface ScriptSource {
  readonly what: string;
  readonly text: () => Promise<string>;
}

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
