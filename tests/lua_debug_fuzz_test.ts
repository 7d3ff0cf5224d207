/** Programs of the fuzzer print the same as generated code and step by step, wherever they wait. */
import assert from "node:assert/strict";
import { comparable } from "./fuzz/differences.ts";
import { program } from "./fuzz/program.ts";
import { MODES, runOurs } from "./fuzz/run.ts";

/** 89: an error of a function of the library that a loop calls. */
const SEEDS = [1, 2, 3, 5, 8, 13, 21, 34, 55, 89];

for (const seed of SEEDS) {
  Deno.test(`program ${seed} does the same step by step`, async () => {
    const source = program(seed, { level: "5.4" });
    const expected = comparable(await runOurs(source, "plain", seed), "lua5.4");
    for (const mode of MODES) {
      const output = await runOurs(`--[[debug.sethook]] ${source}`, mode, seed);
      assert.equal(comparable(output, "lua5.4"), expected, mode);
    }
  });
}
