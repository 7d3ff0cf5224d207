/** Numbers of the Lua engine: 64-bit integers, floats, and every conversion between them. */
import assert from "node:assert/strict";
import { nonFinite } from "../runtime/lua/number/format.ts";
import {
  arithAdd,
  arithBand,
  arithBnot,
  arithBor,
  arithBxor,
  arithDiv,
  arithIdiv,
  arithMod,
  arithMul,
  arithPow,
  arithShl,
  arithShr,
  arithSub,
  arithUnm,
  formatNumber,
  isFloat,
  isNumber,
  type LuaNumber,
  numberEqual,
  NumberError,
  numberLess,
  numberLessEqual,
  parseNumber,
  prepareLoop,
  toFloat,
  toInteger,
  toIntegerOperand,
} from "../runtime/lua/number/mod.ts";
import { floatFromNumber, integerFromBigInt, LuaFloat, LuaInteger } from "../runtime/lua/value.ts";
import { luaString, puc, Random } from "./support/puc.ts";

const MAX = integerFromBigInt(2n ** 63n - 1n);
const MIN = integerFromBigInt(-(2n ** 63n));

type Operation = (a: LuaNumber, b: LuaNumber) => unknown;

const OPERATIONS: readonly [symbol: string, operation: Operation][] = [
  ["+", arithAdd],
  ["-", arithSub],
  ["*", arithMul],
  ["/", arithDiv],
  ["//", arithIdiv],
  ["%", arithMod],
  ["&", arithBand],
  ["|", arithBor],
  ["~", arithBxor],
  ["<<", arithShl],
  [">>", arithShr],
  ["==", numberEqual],
  ["<", numberLess],
  ["<=", numberLessEqual],
];

const INTEGERS = [
  0n,
  1n,
  -1n,
  2n,
  -2n,
  3n,
  7n,
  -7n,
  10n,
  31n,
  32n,
  33n,
  63n,
  64n,
  65n,
  -63n,
  -64n,
  255n,
  65536n,
]
  .concat(
    [31n, 32n, 47n, 52n, 53n, 62n, 63n].flatMap((bit) =>
      [-1n, 0n, 1n].flatMap((by) => [2n ** bit + by, -(2n ** bit) + by])
    ),
  );
const FLOATS = [0, -0, 0.5, -0.5, 1, -1, 1.5, 2, 3, -3.25, 10, 1e15, 2 ** 31, 2 ** 52, 2 ** 53, -(2 ** 53)]
  .concat([2 ** 62, 2 ** 63, -(2 ** 63), 2 ** 63 + 2048, 2 ** 64, 1e100, -1e300, 5e-324, 1e308, Infinity])
  .concat([-Infinity, NaN, 0.1, Math.PI, 2 ** 53 + 2, 9007199254740991]);

function randomNumber(random: Random): LuaNumber {
  switch (random.below(6)) {
    case 0:
      return integerFromBigInt(random.pick(INTEGERS));
    case 1:
      return floatFromNumber(random.pick(FLOATS));
    case 2:
      return random.below(200) - 100;
    case 3:
      return integerFromBigInt(
        ((BigInt(random.bits()) << 32n) | BigInt(random.bits())) >> BigInt(random.below(64)),
      );
    case 4:
      return floatFromNumber((random.bits() - 2 ** 31) / 2 ** random.below(40));
    default:
      return integerFromBigInt((BigInt(random.bits()) << 32n) | BigInt(random.bits()));
  }
}

function literal(value: LuaNumber): string {
  if (value instanceof LuaInteger) return `(0x${BigInt.asUintN(64, value.toBigInt()).toString(16)})`;
  if (!isFloat(value)) return `(${value})`;
  const n = toFloat(value);
  if (Number.isNaN(n)) return "(0/0)";
  if (!Number.isFinite(n)) return n > 0 ? "(1/0)" : "(-1/0)";
  if (Object.is(n, -0)) return "(-0.0)";
  return `(${n.toExponential()})`;
}

/** Subtype and every bit. */
function exact(value: unknown): string {
  if (!isNumber(value)) return String(value);
  if (!isFloat(value)) return `i${formatNumber(value)}`;
  const n = toFloat(value);
  if (Number.isNaN(n)) return "fnan";
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  return `f${view.getBigUint64(0).toString(16).padStart(16, "0")}`;
}

const EXACT = `
local function exact(v)
  if math.type(v) == "integer" then return "i" .. v end
  if math.type(v) ~= "float" then return tostring(v) end
  if v ~= v then return "fnan" end
  return "f" .. (string.pack(">d", v):gsub(".", function(c) return ("%02x"):format(c:byte()) end))
end
local function try(f, ...)
  local ok, v = pcall(f, ...)
  print(ok and exact(v) or (v:gsub("^.-:%d+: ", ""):gsub(" %(%l+ '%l+'%)", "")))
end
`;

function attempt(operation: () => unknown): string {
  try {
    return exact(operation());
  } catch (error) {
    if (error instanceof NumberError) return error.message;
    throw error;
  }
}

Deno.test("arithmetic, bits and order are PUC-Rio's for random pairs of numbers", async () => {
  const random = new Random(20260101);
  const cases: [symbol: string, operation: Operation, a: LuaNumber, b: LuaNumber][] = [];
  for (let i = 0; i < 6000; i++) {
    const [symbol, operation] = random.pick(OPERATIONS);
    cases.push([symbol, operation, randomNumber(random), randomNumber(random)]);
  }
  const functions = OPERATIONS.map(([symbol]) => `["${symbol}"]=function(a,b) return a ${symbol} b end`);
  const lines = cases.map(([symbol, , a, b]) => `{"${symbol}",${literal(a)},${literal(b)}}`);
  const output = await puc(
    `${EXACT} local ops = {${functions.join(",")}}
     for _, c in ipairs{${lines.join(",\n")}} do try(ops[c[1]], c[2], c[3]) end`,
  );
  if (output === undefined) return;
  const expected = output.trimEnd().split("\n");
  assert.equal(expected.length, cases.length);
  cases.forEach(([symbol, operation, a, b], index) => {
    const shown = `${literal(a)} ${symbol} ${literal(b)} (seed ${random.seed})`;
    assert.equal(attempt(() => operation(a, b)), expected[index], shown);
  });
});

Deno.test("unary minus, not, conversions and texts are PUC-Rio's for random numbers", async () => {
  const random = new Random(20260102);
  const values = Array.from({ length: 2000 }, () => randomNumber(random));
  const output = await puc(
    `${EXACT} for _, v in ipairs{${values.map(literal).join(",\n")}} do
       try(function() return -v end)
       try(function() return ~v end)
       try(math.tointeger, v)
       print(math.type(v) == "integer" and tostring(v) or v ~= v and "-nan" or
         (function() local s = ("%.15g"):format(v); if tonumber(s) ~= v then s = ("%.17g"):format(v) end
           return s:find("[^%d-]") and s or s .. ".0" end)())
     end`,
  );
  if (output === undefined) return;
  const expected = output.trimEnd().split("\n");
  values.forEach((value, index) => {
    const shown = `${literal(value)} (seed ${random.seed})`;
    assert.equal(attempt(() => arithUnm(value)), expected[4 * index], `-${shown}`);
    assert.equal(attempt(() => arithBnot(value)), expected[4 * index + 1], `~${shown}`);
    assert.equal(exact(toInteger(value) ?? "nil"), expected[4 * index + 2], `tointeger ${shown}`);
    assert.equal(formatNumber(value), expected[4 * index + 3], `tostring ${shown}`);
  });
});

Deno.test("powers agree with C's to the last digits that print", async () => {
  const random = new Random(20260103);
  const cases = Array.from({ length: 1000 }, () => [randomNumber(random), randomNumber(random)] as const);
  const output = await puc(
    `for _, c in ipairs{${cases.map(([a, b]) => `{${literal(a)},${literal(b)}}`).join(",\n")}} do
       print(("%.14e"):format(c[1] ^ c[2]))
     end`,
  );
  if (output === undefined) return;
  const expected = output.trimEnd().split("\n");
  cases.forEach(([a, b], index) => {
    const n = toFloat(arithPow(a, b));
    const wanted = Number(expected[index]?.replace("inf", "Infinity").replace("-nan", "nan"));
    const shown = `${literal(a)} ^ ${literal(b)} (seed ${random.seed})`;
    if (!Number.isFinite(wanted) || wanted === 0) assert.equal(n, wanted, shown);
    else assert.ok(Math.abs(n / wanted - 1) < 1e-12, `${shown}: ${n}, not ${wanted}`);
  });
});

Deno.test("numerals are read as PUC-Rio reads them", async () => {
  const random = new Random(20260104);
  const fixed = [
    "",
    " ",
    "0x",
    "0x.p1",
    ".",
    "5.",
    ".5",
    "1e",
    "1e+",
    "1e5",
    "0x1p-2",
    "0xA.8",
    "0x.8p1",
    "0xffffffffffffffffff",
    "-0xffffffffffffffff",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "00000000000000000000000000007",
    "1e400",
    "-0",
    "-0.0",
    "inf",
    "nan",
    "0x1p-1074",
    "0x1p-1075",
    "0x1.8p-1075",
    "0x1.fffffffffffff8p1023",
    "0x1.fffffffffffffp1023",
    "0x1.00000000000008p0",
    "0x1.000000000000080000000000000000000000000000001p0",
    "0x1.00000000000018p0",
    "0x0.0000000000000000000001p90",
    "1 2",
    "1\0",
    "\t 12 \n",
    "1_0",
    "--1",
    "+ 1",
    "0b1",
    "1f",
    "0x1.8p",
    "0x1e+1",
  ];
  const alphabet = "0123456789aefxpEP.+- 00x";
  const texts = fixed.concat(Array.from({ length: 3000 }, () => {
    const prefix = random.pick(["", "0x", "-0x", "1", "-", " "]);
    const length = random.below(random.pick([4, 8, 24]));
    return prefix + Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
  }));
  const output = await puc(
    `${EXACT} for _, s in ipairs{${texts.map(luaString).join(",\n")}} do try(tonumber, s) end`,
  );
  if (output === undefined) return;
  const expected = output.trimEnd().split("\n");
  texts.forEach((text, index) => {
    assert.equal(exact(parseNumber(text) ?? "nil"), expected[index], JSON.stringify(text));
  });
});

Deno.test("numeric for passes through the values that PUC-Rio's does", async () => {
  const random = new Random(20260105);
  const ends = () => random.below(3) === 0 ? random.pick([MAX, MIN, 0, 1, -1]) : randomNumber(random);
  const cases = Array.from({ length: 1500 }, () => {
    const start = ends();
    const step = random.pick<LuaNumber>([
      1,
      -1,
      2,
      -3,
      new LuaFloat(1),
      0.5,
      MAX,
      MIN,
      ends(),
      0,
      new LuaFloat(0),
    ]);
    return [start, random.below(2) === 0 ? ends() : arithAdd(start, random.below(9) - 4), step] as const;
  });
  const output = await puc(
    `${EXACT} for _, c in ipairs{${cases.map((row) => `{${row.map(literal).join(",")}}`).join(",\n")}} do
       local seen = {}
       local ok, err = pcall(function()
         for i = c[1], c[2], c[3] do seen[#seen + 1] = exact(i); if #seen == 5 then break end end
       end)
       print(ok and table.concat(seen, " ") or (err:gsub("^.-:%d+: ", "")))
     end`,
  );
  if (output === undefined) return;
  const expected = output.split("\n");
  cases.forEach(([start, limit, step], index) => {
    const shown = `for ${literal(start)}, ${literal(limit)}, ${literal(step)} (seed ${random.seed})`;
    assert.equal(passes(start, limit, step, 5), expected[index], shown);
  });
});

function passes(start: unknown, limit: unknown, step: unknown, most: number): string {
  const seen: string[] = [];
  try {
    const loop = prepareLoop(start, limit, step, (value) => value === undefined ? "nil" : typeof value);
    if (loop !== undefined) {
      do seen.push(exact(loop.value)); while (seen.length < most && loop.advance());
    }
  } catch (error) {
    if (error instanceof NumberError) return error.message;
    throw error;
  }
  return seen.join(" ");
}

Deno.test("a for loop at the end of the integers stops there", () => {
  assert.equal(
    passes(integerFromBigInt(2n ** 63n - 2n), MAX, 1, 9),
    "i9223372036854775806 i9223372036854775807",
  );
  assert.equal(passes(1, 2, undefined, 9), "bad 'for' step (number expected, got nil)");
  assert.equal(passes("1", 2, 1, 9), "f3ff0000000000000 f4000000000000000");
});

Deno.test("results within 2^53 are plain numbers, never boxes or -0", () => {
  assert.equal(arithSub(integerFromBigInt(2n ** 53n), 1), Number.MAX_SAFE_INTEGER);
  assert.ok(arithAdd(Number.MAX_SAFE_INTEGER, 1) instanceof LuaInteger);
  assert.ok(Object.is(arithMul(0, -5), 0));
  assert.ok(Object.is(arithMod(-4, 2), 0));
  assert.ok(Object.is(arithIdiv(0, -3), 0));
  assert.ok(Object.is(arithUnm(0), 0));
  assert.deepEqual(arithAdd(0.5, 0.5), new LuaFloat(1));
  assert.deepEqual(arithMul(MIN, -1), MIN);
  assert.deepEqual(arithIdiv(MIN, -1), MIN);
  assert.equal(arithMod(MIN, -1), 0);
});

Deno.test("strings are operands where they spell numbers", () => {
  assert.equal(toIntegerOperand("0x10"), 16);
  assert.equal(toIntegerOperand(" 3.0 "), 3);
  assert.equal(toIntegerOperand("3.5"), undefined);
  assert.equal(toIntegerOperand({}), undefined);
  assert.throws(() => arithBand(1.5, 1), { message: "number has no integer representation" });
  assert.equal(nonFinite(-Infinity), "-inf");
});
