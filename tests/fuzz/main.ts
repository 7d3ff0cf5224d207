/**
 * Runs the fuzzer for long: `deno task fuzz [--seconds N] [--seed S] [--only program|old|text]`.
 *
 * Every disagreement is told with its seed and reduced; seeds worth keeping go to `tests/fuzz_test.ts`.
 */
import { parseArgs } from "node:util";
import { compareSeeds, compareSource, type Disagreement, SUBJECTS } from "./compare.ts";
import { comparable } from "./differences.ts";
import { PRELUDE } from "./prelude.ts";
import { reduce } from "./reduce.ts";
import { runPuc } from "./run.ts";

const BATCH = 50;

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "60" },
    seed: { type: "string" },
    only: { type: "string" },
    "no-reduce": { type: "boolean", default: false },
  },
});
const subjects = SUBJECTS.filter((subject) => values.only === undefined || subject === values.only);
const end = performance.now() + Number(values.seconds) * 1000;
let seed = Number(values.seed ?? Date.now() % 1_000_000_000);
console.log(`Seeds from ${seed}, ${values.seconds} seconds`);
let count = 0;
let disagreements = 0;
do {
  for (const subject of subjects) {
    const seeds = Array.from({ length: subject === "text" ? 20 * BATCH : BATCH }, (_, i) => seed + i);
    count += seeds.length;
    const told = new Set<number>();
    for (const each of await compareSeeds(seeds, subject)) {
      disagreements++;
      if (told.has(each.seed)) continue;
      told.add(each.seed);
      await tell(each);
    }
  }
  seed += BATCH * (subjects.includes("text") ? 20 : 1);
} while (performance.now() < end);
console.log(`${count} programs, ${disagreements} disagreements`);
Deno.exit(disagreements > 0 ? 1 : 0);

async function tell(found: Disagreement): Promise<void> {
  const { subject, mode } = found;
  const prelude = subject === "text" ? "" : PRELUDE;
  const again = async (source: string) => {
    const puc = await runPuc([prelude + source], subject === "text");
    if (subject !== "text" && puc?.[0]?.includes("syntax: ")) return undefined;
    const all = await compareSource(prelude + source, found.seed, subject, puc?.[0]);
    return all.find((each) => each.mode === mode);
  };
  const whole = found.source.slice(prelude.length);
  const small = values["no-reduce"] ? whole : await reduce(whole, async (s) => await again(s) !== undefined);
  const { ours, expected } = await again(small) ?? found;
  const other = mode === "fengari" ? "fengari" : "lua5.4";
  const [a, b] = [comparable(ours, other), comparable(expected, other)].map((text) => text.split("\n"));
  const at = a?.findIndex((line, i) => line !== b?.[i]) ?? 0;
  console.log(
    `\n${subject} ${found.seed}, ${mode}:\n${small}\n  ours:     ${a?.[at]}\n  expected: ${b?.[at]}`,
  );
}
