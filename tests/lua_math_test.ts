/** The math library of the Lua engine, beside PUC-Rio's. */
import { createMathLibrary } from "../runtime/lua/library/math.ts";
import { integerFromBigInt } from "../runtime/lua/value.ts";
import assert from "node:assert/strict";
import { type Argument, type Case, compareWithPuc, errorOf, float, outcome } from "./support/lua_library.ts";
import { puc, Random } from "./support/puc.ts";

const MAX = integerFromBigInt(2n ** 63n - 1n);
const MIN = integerFromBigInt(-(2n ** 63n));
const NUMBERS: readonly Argument[] = [
  ...[0, 1, -1, 2, 7, -7, 255, 1e6, 2 ** 31, 2 ** 53 - 1, -(2 ** 53) + 1],
  ...[MAX, MIN, integerFromBigInt(2n ** 62n), integerFromBigInt(-(2n ** 53n))],
  ...[0, -0, 1, -1, 2, 10, 1000, 1024, 2 ** 53, 2 ** 63, -(2 ** 63), 2 ** 70, 1e300].map(float),
  ...[0.5, -0.5, 1.5, -3.7, 0.1, 1e-320, 5e-324, 123456.789, Infinity, -Infinity, NaN],
];
const OTHERS: readonly Argument[] = [undefined, true, "10", "0x10", " 3.5 ", "abc", "", []];
const UNARY = ["abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "frexp", "log", "modf"];
const MORE_UNARY = ["rad", "sin", "sqrt", "tan", "tointeger", "type", "max", "min"];
const BINARY = ["atan", "fmod", "log", "max", "min", "ult"];

const math = createMathLibrary();
type Callable = (...args: unknown[]) => unknown;

Deno.test("functions of one number give what PUC-Rio's give, errors too", async () => {
  const cases = [...UNARY, ...MORE_UNARY].flatMap((name): Case[] => [
    ["math", name],
    ...[...NUMBERS, ...OTHERS].map((value): Case => ["math", name, value]),
  ]);
  await compareWithPuc({ math }, cases);
});

Deno.test("functions of two numbers give what PUC-Rio's give, errors too", async () => {
  const values = [...NUMBERS, ...OTHERS];
  const cases = BINARY.flatMap((name) =>
    values.flatMap((a) => values.map((b): Case => ["math", name, a, b]))
  );
  await compareWithPuc({ math }, cases);
});

Deno.test("frexp and ldexp are exact down to the subnormal numbers", async () => {
  const cases = [0.5, 3, -1.25, 5e-324, 1e308].flatMap((x) =>
    [0, 1, -1, 52, -1074, -1100, 1023, 1100, 3000, -3000].map((e): Case => ["math", "ldexp", float(x), e])
  );
  await compareWithPuc({ math }, [...cases, ["math", "ldexp", 1], ["math", "ldexp", 1, 2.5]]);
});

Deno.test("a seed gives PUC-Rio's sequence of floats, integers and ranges", async () => {
  const random = new Random(20260201);
  const cases: Case[] = [];
  for (let i = 0; i < 40; i++) {
    const seeds = [random.pick([0, 1, -1, 42, MAX, MIN, random.bits()]), random.pick([0, 7, random.bits()])];
    cases.push(["math", "randomseed", ...seeds.slice(0, 1 + i % 2)]);
    for (let j = 0; j < 12; j++) {
      const small = random.below(1000);
      cases.push(random.pick<Case>([
        ["math", "random"],
        ["math", "random", 0],
        ["math", "random", 1 + small],
        ["math", "random", -small, small * small],
        ["math", "random", 0, 2 ** 32 - 1],
        ["math", "random", -5, 2 ** 32],
        ["math", "random", 0, 2 ** 53 - 1],
        ["math", "random", MIN, MAX],
        ["math", "random", 3, MAX],
        ["math", "random", MIN, small],
        ["math", "random", small, small],
      ]));
    }
  }
  await compareWithPuc({ math }, cases, random.seed);
});

Deno.test("random refuses empty ranges, fractions and three arguments", async () => {
  await compareWithPuc({ math }, [
    ["math", "random", -1],
    ["math", "random", 2, 1],
    ["math", "random", MAX, MIN],
    ["math", "random", 1.5],
    ["math", "random", "x"],
    ["math", "random", undefined],
    ["math", "random", 1, 2, 3],
    ["math", "randomseed", "x"],
    ["math", "max"],
    ["math", "max", 3, float(2), 7, 5.5],
    ["math", "min", 3, float(2), 7, 5.5, -1],
  ]);
});

Deno.test("a fraction is a seed, and the same one each time", () => {
  const { random, randomseed } = createMathLibrary() as Record<string, Callable>;
  const sequence = () => Array.from({ length: 5 }, () => random?.(0));
  randomseed?.(1.5);
  const first = sequence();
  randomseed?.(1.5);
  assert.deepEqual(sequence(), first);
  randomseed?.(1.25);
  assert.notDeepEqual(sequence(), first);
});

Deno.test("the random numbers of one VM do not move those of another", () => {
  const one = createMathLibrary() as Record<string, Callable>;
  const other = createMathLibrary() as Record<string, Callable>;
  one.randomseed?.(1);
  const expected = [one.random?.(0), one.random?.(0)];
  one.randomseed?.(1);
  const first = one.random?.(0);
  other.random?.(0);
  assert.deepEqual([first, one.random?.(0)], expected);
});

Deno.test("constants are those of 64-bit integers and doubles", async () => {
  const output = await puc("print(math.maxinteger, math.mininteger, math.huge, ('%.17g'):format(math.pi))");
  if (output === undefined) return;
  const shown = [math.maxinteger, math.mininteger, "inf", math.pi].map(String);
  assert.equal(shown.join("\t"), output.trimEnd().replace("3.1415926535897931", "3.141592653589793"));
});

Deno.test("a missing argument is no value, nil is nil", () => {
  assert.equal(
    errorOf(() => (math.floor as Callable)()),
    "bad argument #1 to 'floor' (number expected, got no value)",
  );
  assert.equal(
    outcome(math.floor, [undefined]),
    "error bad argument #1 to 'floor' (number expected, got nil)",
  );
});
