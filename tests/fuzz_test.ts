/**
 * Random programs come to the same in our engine, wherever they wait, in fengari and in PUC-Rio's Lua. The seeds here
 * are few, or were once found to fail; `deno task fuzz` goes on with others.
 */
import assert from "node:assert/strict";
import { compareSeeds, compareSource, type Subject } from "./fuzz/compare.ts";
import { PRELUDE } from "./fuzz/prelude.ts";
import { runPuc } from "./fuzz/run.ts";

const hasPuc = await runPuc([]) !== undefined;
if (!hasPuc) {
  console.warn("skipped: lua5.4 is not installed, nothing to compare programs with but themselves");
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

const SEEDS: Readonly<Record<Subject, readonly number[]>> = {
  program: range(1, 30),
  old: range(1, 20),
  text: range(1, 1500),
};

const TITLES: Readonly<Record<Subject, string>> = {
  program: "random programs print the same wherever they wait, and as in lua5.4",
  old: "random programs of Lua 5.3 print the same in fengari",
  text: "random texts that are hardly Lua are refused with the words of lua5.4",
};

for (const [subject, seeds] of Object.entries(SEEDS) as [Subject, readonly number[]][]) {
  Deno.test(TITLES[subject], async () => {
    for (const { seed, mode, ours, expected } of await compareSeeds(seeds, subject)) {
      assert.equal(
        ours,
        expected,
        `${subject} ${seed}, ${mode}: deno task fuzz --only ${subject} --seed ${seed}`,
      );
    }
  });
}

/** What the fuzzer found once: small programs, with the prelude's functions. */
const FOUND: Readonly<Record<string, string>> = {
  "a number literal is indexed":
    `out(plain(function() return (1).x end)) out(plain(function() return ({n = 2})[(3).y] end))`,
  "the variables of a wrapped coroutine are closed when it fails":
    `out(plain(coroutine.wrap(function() local k <close> = K("one") error("x", 0) end)))`,
  "the handler of xpcall has one result, which closing variables see":
    `out(xpcall(function() local k <close> = K("one") error("x", 0) end, function(e) return "H", e end))`,
  "strings without an integer are refused by bitwise operators":
    `out(plain(function() return "1.5" | 3 end)) out(plain(function() return 2^70 & "1" end)) out("7" | 8)`,
  "strings refuse arithmetic in words of their own":
    `out(plain(function() return "x" + 1 end)) out(plain(function() return {} // "1" end)) out(plain(function() return -"a" end))`,
  "load does not skip a first line": `out(load("#x = 1")) out(load("\\xef\\xbb\\xbfx = 1"))`,
  "what is no function is called by pcall":
    `out(pcall(nil)) out(pcall({}, 1)) out(xpcall(nil, function(e) return e end))`,
};

for (const [title, source] of Object.entries(FOUND)) {
  Deno.test(`found by the fuzzer: ${title}`, async () => {
    const text = `${PRELUDE}\n${source}`;
    for (
      const { mode, ours, expected } of await compareSource(text, 1, "program", (await runPuc([text]))?.[0])
    ) {
      assert.equal(ours, expected, mode);
    }
  });
}
