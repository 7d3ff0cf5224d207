/** The table of the Lua engine: beside a simple model, and against the keys that JavaScript treats specially. */
import assert from "node:assert/strict";
import { EMPTY_ARRAY, LuaTable, type LuaValue, tableOf } from "../runtime/lua/table.ts";
import { ArrayIterator, TableIterator } from "../runtime/lua/table/iterator.ts";
import { setCharge } from "../runtime/lua/memory.ts";
import { EMPTY_PROPS, isPropertyKey, NO_PROPS, Props } from "../runtime/lua/table/props.ts";
import { integerFromBigInt, LuaFloat } from "../runtime/lua/value.ts";
import { errorOf } from "./support/lua_library.ts";
import { Random } from "./support/puc.ts";

const TRAPS = [
  "__proto__",
  "constructor",
  "hasOwnProperty",
  "toString",
  "valueOf",
  "",
  "0",
  "1",
  "-1",
  "01",
  "length",
];

function keysOf(table: LuaTable): LuaValue[] {
  return [...table.entries()].map(([key]) => key);
}

function walk(table: LuaTable, visit: (key: LuaValue, value: LuaValue) => void): number {
  let count = 0;
  for (let entry = table.next(undefined); entry !== undefined; entry = table.next(entry[0])) {
    visit(...entry);
    count++;
  }
  return count;
}

/** A key of the kinds that meet in the parts of a table, of so many per kind. */
function randomKey(random: Random, span: number): string | number | boolean {
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return 1 + random.below(span);
    case 3:
    case 4:
      return `k${random.below(span)}`;
    case 5:
      return random.below(span) - span / 2 + 0.5;
    case 6:
      return random.pick(TRAPS);
    default:
      return random.pick([true, false, 0, -1, 2 ** 40]);
  }
}

Deno.test("random operations leave a table with what a Map has", () => {
  const random = new Random(20260401);
  for (let run = 0; run < 600; run++) {
    const table = new LuaTable();
    const model = new Map<LuaValue, LuaValue>();
    const span = random.pick([4, 20, 200]);
    for (let i = 1; i <= 200; i++) {
      const key = randomKey(random, span);
      const value = random.below(3) === 0 ? undefined : i;
      if (typeof key === "string" && random.below(2) === 0) table.setStr(key, value);
      else table.set(key, value);
      if (value === undefined) model.delete(key);
      else model.set(key, value);
      const told = `seed ${random.seed}, run ${run}, step ${i}`;
      assert.equal(table.get(key), value, told);
      const n = table.length();
      assert.ok(model.get(n + 1) === undefined && (n === 0 || model.get(n) !== undefined), `border, ${told}`);
      if (i % 25 !== 0) continue;
      assert.deepEqual(new Map(table.entries()), model, told);
      assert.equal(keysOf(table).length, model.size, told);
    }
  }
  assert.deepEqual(EMPTY_ARRAY, [undefined]);
  assert.deepEqual([...Object.keys(EMPTY_PROPS), ...Object.keys(NO_PROPS)], []);
});

Deno.test("next passes every entry once while entries are changed and removed", () => {
  const random = new Random(20260402);
  for (let run = 0; run < 400; run++) {
    const table = new LuaTable();
    for (let i = 0; i < 40; i++) table.set(randomKey(random, random.pick([5, 30])), i);
    const keys = new Set(keysOf(table));
    const told = `seed ${random.seed}, run ${run}`;
    const count = walk(table, (key) => {
      assert.ok(keys.delete(key), `${String(key)} again or unknown, ${told}`);
      if (random.below(3) > 0) table.set(key, random.below(2) === 0 ? undefined : "changed");
      if (random.below(4) === 0) table.next(undefined);
    });
    assert.equal(keys.size, 0, `${count} passed, ${told}`);
  }
});

Deno.test("names of JavaScript's own are keys like all others", () => {
  for (const dictionary of [false, true]) {
    const table = new LuaTable();
    if (dictionary) { for (let i = 0; i < 20; i++) table.set(`name${i}`, i); }
    for (const key of TRAPS) assert.equal(table.get(key), undefined, key);
    for (const key of TRAPS) table.set(key, `value of ${key}`);
    for (const key of TRAPS) assert.equal(table.get(key), `value of ${key}`, key);
    for (const key of TRAPS) table.setStr(key, undefined);
    for (const key of TRAPS) assert.equal(table.getStr(key), undefined, key);
  }
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  const table = new LuaTable();
  table.set("__proto__", tableOf(NO_PROPS, [undefined, 1]));
  assert.equal(table.get("luaType"), undefined);
  assert.deepEqual(["__proto__", "", "7up"].filter(isPropertyKey), []);
});

Deno.test("integer-like strings and integers are different keys and keep their order", () => {
  const table = new LuaTable();
  for (const key of ["b", "2", "a", "1"]) table.set(key, key);
  table.set(1, "one");
  assert.equal(table.get("1"), "1");
  assert.equal(table.get(1), "one");
  assert.deepEqual(keysOf(table).filter((key) => key === "a" || key === "b"), ["b", "a"]);
});

Deno.test("a float with an integer value is the key of that integer", () => {
  const table = new LuaTable();
  table.set(new LuaFloat(1), "one");
  table.set(new LuaFloat(-0), "zero");
  table.set(new LuaFloat(2 ** 53), "2^53");
  table.set(new LuaFloat(1e300), "1e300");
  table.set(integerFromBigInt(2n ** 63n - 1n), "max");
  table.set("9223372036854775807", "text");
  assert.equal(table.get(1), "one");
  assert.equal(table.length(), 1);
  assert.equal(table.get(0), "zero");
  assert.equal(table.get(integerFromBigInt(2n ** 53n)), "2^53");
  assert.equal(table.get(new LuaFloat(1e300)), "1e300");
  assert.equal(table.get(integerFromBigInt(2n ** 63n - 1n)), "max");
  assert.equal(table.get(new LuaFloat(2 ** 63)), undefined);
  assert.deepEqual(keysOf(table).map(String).sort(), [
    "0",
    "1",
    "1e+300.0",
    "9007199254740992",
    "9223372036854775807",
    "9223372036854775807",
  ]);
  assert.equal(walk(table, () => {}), 6);
});

Deno.test("nil and NaN are refused as keys, but can be asked for", () => {
  const table = new LuaTable();
  assert.equal(errorOf(() => table.set(undefined, 1)), "table index is nil");
  assert.equal(errorOf(() => table.set(NaN, 1)), "table index is NaN");
  assert.equal(errorOf(() => table.set(NaN, undefined)), "table index is NaN");
  assert.equal(table.get(undefined), undefined);
  assert.equal(table.get(NaN), undefined);
});

Deno.test("next refuses keys that are not there", () => {
  const table = tableOf(NO_PROPS, [undefined, 10, 20]);
  for (const key of [3, 0, "x", 1.5, true]) {
    assert.equal(errorOf(() => table.next(key)), "invalid key to 'next'", String(key));
  }
  assert.deepEqual(table.next(1), [2, 20]);
  assert.equal(table.next(2), undefined);
});

Deno.test("the array part takes over what continues it, whatever the order of insertion", () => {
  const up = new LuaTable();
  for (let i = 2; i <= 100; i++) up.set(i, i);
  assert.equal(up.get(1), undefined);
  up.set(1, 1);
  assert.equal(up.array.length, 101);
  const down = new LuaTable();
  for (let i = 100; i >= 1; i--) down.set(i, i);
  assert.equal(down.array.length, 101);
  assert.equal(down.length(), 100);
  down.set(100, undefined);
  assert.equal(down.length(), 99);
  const single = new LuaTable();
  single.set(2, true);
  assert.equal(single.length(), 0);
});

Deno.test("a queue does not keep the places of what has left it", () => {
  const queue = new LuaTable();
  for (let i = 1; i <= 400_000; i++) {
    queue.setInt(i, i);
    if (i > 10) queue.setInt(i - 10, undefined);
  }
  assert.ok(queue.array.length < 140_000, String(queue.array.length));
  assert.ok((queue.hash?.size ?? 0) < 1000, String(queue.hash?.size));
  assert.deepEqual(keysOf(queue).map(Number).sort((a, b) => a - b), [
    ...Array.from({ length: 10 }, (_, i) => 399_991 + i),
  ]);
});

Deno.test("many names added by set make a dictionary, names of the source do not", () => {
  const record = new LuaTable();
  for (let i = 0; i < 50; i++) record.setStr(`field${i}`, i);
  assert.notEqual(record.props, EMPTY_PROPS);
  const dictionary = new LuaTable();
  for (let i = 0; i < 50; i++) dictionary.set(`word${i}`, i);
  assert.equal(dictionary.props, EMPTY_PROPS);
  assert.equal(dictionary.ownProps(), null);
  assert.equal(dictionary.getStr("word3"), 3);
  assert.equal(keysOf(dictionary).length, 50);
});

Deno.test("a table that becomes a dictionary on the way is passed once", () => {
  const table = new LuaTable();
  for (const key of ["a", "b", "c"]) table.setStr(key, key);
  const iterator = new TableIterator(table);
  const seen: LuaValue[] = [];
  while (iterator.step()) {
    seen.push(iterator.key);
    if (seen.length === 2) { for (let i = 0; i < 20; i++) table.set(`n${i}`, i); }
  }
  assert.deepEqual(seen.filter((key) => "abc".includes(String(key))), ["a", "b", "c"]);
});

Deno.test("a constructor's parts are taken over, without nils at the end", () => {
  const props = new Props();
  props.x = 1;
  const table = tableOf(props, [undefined, undefined, 2, undefined, undefined]);
  assert.equal(table.length(), 2);
  assert.deepEqual([...table.entries()], [[2, 2], ["x", 1]]);
  assert.equal(tableOf(NO_PROPS, [undefined, undefined]).length(), 0);
});

Deno.test("ipairs steps stop at the first nil, also behind the array part", () => {
  const table = tableOf(NO_PROPS, [undefined, "a", "b", undefined, "d"]);
  const iterator = new ArrayIterator(table);
  const seen: unknown[] = [];
  while (iterator.step()) seen.push([iterator.key, iterator.value]);
  assert.deepEqual(seen, [[1, "a"], [2, "b"]]);
});

Deno.test("weak tables behave as tables as long as their objects live", () => {
  const kept = new LuaTable();
  for (const mode of ["k", "v", "kv"]) {
    const table = tableOf(NO_PROPS, [undefined, "one", kept]);
    table.setStr("name", kept);
    table.weaken(mode);
    table.set(kept, "of kept");
    table.set(3, 3);
    assert.equal(table.length(), 3, mode);
    assert.equal(table.get(2), kept);
    assert.equal(table.getStr("name"), kept);
    assert.equal(table.get(kept), "of kept");
    assert.equal(walk(table, () => {}), 5);
    table.set(kept, undefined);
    table.set(1, undefined);
    assert.deepEqual(keysOf(table).map(String).sort(), ["2", "3", "name"]);
    table.weaken("");
    assert.equal(table.get(2), kept);
    assert.equal(table.hash instanceof Map && table.hash.size > 2, false);
  }
});

Deno.test("growth is charged in proportion to what a table takes, and a refusal leaves the table usable", () => {
  let charged = 0;
  setCharge((bytes) => charged += bytes);
  try {
    const list = new LuaTable();
    for (let i = 1; i <= 100_000; i++) list.setInt(i, i);
    assert.ok(charged >= 100_000 * 8 && charged < 100_000 * 32, String(charged));
    charged = 0;
    const dictionary = new LuaTable();
    for (let i = 1; i <= 10_000; i++) dictionary.set(`k${i}`, i);
    assert.ok(charged >= 10_000 * 32 && charged < 10_000 * 160, String(charged));
    setCharge(() => {
      throw new Error("refused");
    });
    const refused = new LuaTable();
    assert.throws(() => {
      for (let i = 1;; i++) refused.setInt(i, i);
    }, /refused/);
    const n = refused.length();
    assert.equal(refused.get(n), n);
    assert.equal(walk(refused, () => {}), n);
  } finally {
    setCharge(undefined);
  }
});
