/** What other builtins rely on of json and yaml: exact integers, plain data both ways, the two ways of parsing. */
import assert from "node:assert/strict";
import { type PlainValue, toLua } from "../builtins/json/convert.ts";
import { encodeJson } from "../builtins/json/encode.ts";
import { parseJson } from "../builtins/json/parse.ts";
import { parseYaml } from "../builtins/yaml/parse.ts";
import { heap } from "../runtime/heap.ts";
import { fromText } from "../runtime/seam/text.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  isTable,
  LuaFloat,
  LuaInteger,
  type LuaTable,
} from "../runtime/seam/value.ts";
import { jsonBench, podList } from "../bench/json.ts";
import { testSession } from "./support/lua.ts";

const { session: host } = await testSession();

const WIDE = ["9007199254740992", "9223372036854775807", "-9223372036854775808", "-9007199254740993"];

Deno.test("integers of 64 bits are exact in JSON and YAML", () => {
  for (const text of WIDE) {
    const expected = integerFromBigInt(BigInt(text));
    assert.ok(expected instanceof LuaInteger);
    assert.deepEqual(parseJson(host, text), expected);
    assert.deepEqual(parseYaml(host, text), expected);
    assert.equal(encodeJson(expected), text);
  }
  assert.deepEqual(parseYaml(host, "0x7fffffffffffffff"), integerFromBigInt(2n ** 63n - 1n));
});

Deno.test("integers beyond 64 bits are floats", () => {
  for (const text of ["9223372036854775808", "-9223372036854775809", "1" + "0".repeat(100)]) {
    assert.deepEqual(parseJson(host, text), new LuaFloat(Number(text)));
    assert.deepEqual(parseYaml(host, text), new LuaFloat(Number(text)));
  }
});

Deno.test("a float never reads back as an integer", () => {
  for (const n of [0, -0, 1, 1e15, 1e20, 1e21, -1e300, 2 ** 53]) {
    const text = encodeJson(new LuaFloat(n));
    assert.deepEqual(parseJson(host, text), new LuaFloat(n), text);
  }
});

Deno.test("toLua keeps plain data", () => {
  const data: PlainValue = {
    a: [1, "é😀", true, [], {}],
    n: -1.5,
    big: 1e20,
    __proto__x: { "": "" },
    "é": 2,
  };
  const value = toLua(host, data);
  assert.equal(
    encodeJson(value),
    fromText('{"__proto__x":{"":""},"a":[1,"é😀",true,[],{}],"big":100000000000000000000.0,"n":-1.5,"é":2}'),
  );
  const table = toLua(host, { a: null, b: undefined });
  assert.ok(isTable(table));
  assert.deepEqual([...table.entries()], []);
  assert.deepEqual(toLua(host, 2n ** 62n), integerFromBigInt(2n ** 62n));
  assert.ok(Object.is(toLua(host, -0), 0));
});

Deno.test("JSON is read as JSON.parse reads it, whatever keys came before", () => {
  const random = generator(7);
  for (let round = 0; round < 2000; round++) {
    const source = randomJson(random, 4);
    const expected = toLua(host, JSON.parse(source, keepFloats));
    assert.equal(encodeJson(parseJson(host, fromText(source))), encodeJson(expected), source);
  }
});

Deno.test("objects of ever new keys, and of many, are read like others", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, i) => [`key ${i}`, i]));
  const ever = Array.from(
    { length: 5000 },
    (_, i) => ({ kind: "x", [`${i % 50} of ${i}`]: [i], last: { i } }),
  );
  for (const value of [many, ever, [many, ...ever, many], ever]) {
    assert.deepEqual(JSON.parse(encodeJson(parseJson(host, JSON.stringify(value)))), value);
  }
});

Deno.test("strings of a document do not keep it in memory", () => {
  const { heapUsed } = Deno.memoryUsage();
  const size = 2 ** 20;
  const kept = Array.from({ length: 64 }, (_, i) => {
    const name = `a name that is not short ${i}`;
    return parseJson(host, `{"name":"${name}","log":"${String(i % 10).repeat(size)}"}`) as LuaTable;
  }).map((table) => table.get("name"));
  heap.collect();
  assert.ok(Deno.memoryUsage().heapUsed - heapUsed < kept.length * size / 4);
  assert.equal(kept[63], "a name that is not short 63");
});

Deno.test("damaged JSON is an error or a value, never another exception", () => {
  const random = generator(11);
  for (let round = 0; round < 2000; round++) {
    const text = fromText(randomJson(random, 4));
    const at = Math.floor(random() * text.length);
    const damaged = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
    try {
      encodeJson(parseJson(host, damaged));
    } catch (error) {
      assert.match(String(error), /^ScriptError: json\.parse: .+ at line \d+ column \d+$/s);
    }
  }
});

Deno.test("the document of the benchmark is 1.4 MB and comes out as it went in", async () => {
  const source = podList();
  assert.ok(Math.abs(source.length - 1.4e6) < 1e5, String(source.length));
  assert.deepEqual(JSON.parse(encodeJson(parseJson(host, source))), JSON.parse(source));
  const { name, ratio, detail } = await jsonBench(1);
  assert.ok(name !== "" && ratio > 0 && detail.includes("5000 objects"));
});

/** Numbers from 0 to 1, the same each time (mulberry32). */
function generator(seed: number): () => number {
  return () => {
    seed = seed + 0x6d2b79f5 | 0;
    let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
    t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
    return ((t ^ t >>> 14) >>> 0) / 2 ** 32;
  };
}

const ATOMS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "1",
  "-17",
  "1.0",
  "-0.0",
  "1.50",
  "1e3",
  "1E-2",
  "0.1",
  "123456789012345.0",
  "1.00000000000000000001",
  "-0e5",
  '""',
  '"x"',
  '"é"',
  '"\\u00e9é"',
  '"\\ud83d\\ude00"',
  '":1.0,"',
  '"[1e5]"',
  '"\\\\"',
  '"__proto__"',
  '"a\\nb"',
  "[]",
  "{}",
];
const KEYS = ['"a"', '"b"', '"__proto__"', '"é"', '"\\u00e9"', '"1"', '""', '"constructor"'];
const BLANKS = ["", "", "", " ", "\n", "\t "];

function randomJson(random: () => number, depth: number): string {
  const pick = (list: readonly string[]) => list[Math.floor(random() * list.length)] ?? "";
  const blank = () => pick(BLANKS);
  if (depth === 0 || random() < 0.3) return blank() + pick(ATOMS) + blank();
  const count = Math.floor(random() * 5);
  if (random() < 0.5) {
    return `[${Array.from({ length: count }, () => randomJson(random, depth - 1)).join(",") || blank()}]`;
  }
  const fields = Array.from(
    { length: count },
    () => `${blank()}${pick(KEYS)}${blank()}:${randomJson(random, depth - 1)}`,
  );
  return `{${fields.join(",") || blank()}}`;
}

/** What `JSON.parse` is given to keep the form of numbers. */
function keepFloats(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && /[.e]/i.test(context?.source ?? "") ? floatFromNumber(value) : value;
}
