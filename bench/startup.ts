/** What it takes before the first line of Lua, over an empty program of the same runtime. */
import { fileURLToPath } from "node:url";
import { type Measurement, median } from "./measurement.ts";

const ROUNDS = 31;
const WARM_UP = 3;

/** `assay exec -e ''` by the launcher ÷ `deno run` of an empty file, wall time of the whole processes. */
export async function startupBench(): Promise<Measurement> {
  const empty = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const launcher = fileURLToPath(new URL("../bin/assay", import.meta.url));
    const assay = command(launcher, ["exec", "-e", ""]);
    const bare = command(Deno.execPath(), ["run", empty]);
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      const a = await timed(assay);
      const b = await timed(bare);
      if (round < WARM_UP) continue;
      ours.push(a);
      theirs.push(b);
    }
    return {
      name: "start-up: assay exec -e '' ÷ deno run empty.ts",
      ratio: median(ours) / median(theirs),
      target: "≤ 1.8, with fengari ≤ 3.0",
      detail: `${median(ours).toFixed(1)} ms ÷ ${
        median(theirs).toFixed(1)
      } ms, medians of ${ROUNDS} rounds in turn`,
    };
  } finally {
    await Deno.remove(empty);
  }
}

function command(program: string, args: string[]): Deno.Command {
  return new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
    env: { ASSAY_DENO: Deno.execPath() },
  });
}

async function timed(program: Deno.Command): Promise<number> {
  const start = performance.now();
  const { success } = await program.spawn().status;
  if (!success) throw new Error("A measured program failed");
  return performance.now() - start;
}
