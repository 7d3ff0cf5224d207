/** The table library of the Lua engine, beside PUC-Rio's, and with metamethods and comparators of all kinds. */
import assert from "node:assert/strict";
import type { LuaResult } from "../runtime/lua/library/callback.ts";
import { sortSteps } from "../runtime/lua/library/sort.ts";
import { tableLibrary } from "../runtime/lua/library/table.ts";
import { LuaTable, type LuaValue, tableOf } from "../runtime/lua/table.ts";
import { NO_PROPS } from "../runtime/lua/table/props.ts";
import { integerFromBigInt } from "../runtime/lua/value.ts";
import { type Argument, type Case, compareWithPuc, errorOf, float } from "./support/lua_library.ts";
import { puc, Random } from "./support/puc.ts";

const table = tableLibrary as Record<string, (...args: LuaValue[]) => LuaResult>;
const MAX = integerFromBigInt(2n ** 63n - 1n);
const MIN = integerFromBigInt(-(2n ** 63n));

function list(...values: LuaValue[]): LuaTable {
  return tableOf(NO_PROPS, [undefined, ...values]);
}

function elements(t: LuaTable): LuaValue[] {
  return Array.from({ length: t.length() }, (_, i) => t.get(i + 1));
}

function withMetamethods(t: LuaTable, events: Record<string, LuaValue>): LuaTable {
  t.metatable = new LuaTable();
  for (const [event, handler] of Object.entries(events)) t.metatable.setStr(event, handler);
  return t;
}

Deno.test("insert, remove, move, concat, unpack and pack give what PUC-Rio's give", async () => {
  const random = new Random(20260501);
  const position = () =>
    random.pick<Argument>([0, 1, 2, 3, 4, 5, 6, -1, float(2), "3", 1.5, MAX, MIN, undefined]);
  const some = () =>
    Array.from(
      { length: random.below(6) },
      (): Argument => random.pick<Argument>([1, 2.5, "x", "yz", float(3)]),
    );
  const cases: Case[] = [];
  for (let i = 0; i < 400; i++) {
    cases.push(
      ["table", "insert", some(), "new"],
      ["table", "insert", some(), position(), "new"],
      ["table", "remove", some()],
      ["table", "remove", some(), position()],
      ["table", "concat", some(), random.pick(["", ", ", 1, undefined])],
      ["table", "concat", some(), ";", random.below(5), random.below(5)],
      ["table", "unpack", some()],
      ["table", "unpack", some(), random.below(9) - 3, random.below(9) - 3],
      ["table", "move", some(), random.below(4), random.below(7), random.below(7)],
      ["table", "move", some(), random.below(4), random.below(7), random.below(7), some()],
      ["table", "pack", ...some(), undefined],
    );
  }
  await compareWithPuc({ table }, cases, random.seed);
});

Deno.test("bad arguments and ranges at the ends of the integers are told as PUC-Rio does", async () => {
  const wrong: Argument[] = [5, "x", undefined, true];
  const cases = ["insert", "remove", "concat", "sort", "move"].flatMap((name): Case[] => [
    ["table", name],
    ...wrong.map((value): Case => ["table", name, value]),
    ...(name === "sort" ? wrong.map((value): Case => ["table", name, [2, 1], value]) : []),
  ]);
  await compareWithPuc({ table }, [
    ...cases,
    ["table", "insert", []],
    ["table", "insert", [], 1, 2, 3],
    ["table", "insert", [1, 2, 3], 2 ** 53, "x"],
    ["table", "remove", [], 7],
    ["table", "remove", [1, 2, 3], 5],
    ["table", "concat", [1, [], 3]],
    ["table", "concat", [1, 2], ",", 1, 3],
    ["table", "concat", [], ",", MAX, MAX],
    ["table", "concat", [], ",", MAX, 1],
    ["table", "unpack", [], MAX, MAX],
    ["table", "unpack", [], MIN, MIN],
    ["table", "unpack", [], MIN, MAX],
    ["table", "unpack", [], 1, 1e7],
    ["table", "unpack", [], MAX, 0],
    ["table", "unpack", "abc"],
    ["table", "move", [1], 1, MAX, 2],
    ["table", "move", [1], -1, MAX, 2],
    ["table", "move", [1], 1, 2, MAX],
    ["table", "move", [1, 2], MAX, MAX, 1],
    ["table", "move", [1], 1],
    ["table", "sort", [3, 1, "x"]],
    ["table", "sort", [[], []]],
    ["table", "sort", [1, undefined, 3]],
  ]);
});

Deno.test("create makes an empty table and refuses sizes that no table has (5.5)", () => {
  assert.equal((table.create?.(100, 10) as LuaTable).length(), 0);
  assert.equal(errorOf(() => table.create?.(-1)), "bad argument #1 to 'create' (out of range)");
  assert.equal(errorOf(() => table.create?.(1, 2 ** 31)), "bad argument #2 to 'create' (out of range)");
  assert.equal(
    errorOf(() => table.create?.()),
    "bad argument #1 to 'create' (number expected, got no value)",
  );
});

Deno.test("metamethods see what the library does", () => {
  const log: string[] = [];
  const store = list("a", "b");
  const proxy = withMetamethods(new LuaTable(), {
    __len: () => store.length(),
    __index: (_: LuaValue, key: LuaValue) => {
      log.push(`get ${key}`);
      return store.get(key);
    },
    __newindex: (_: LuaValue, key: LuaValue, value: LuaValue) => {
      log.push(`set ${key}`);
      store.set(key, value);
    },
  });
  table.insert?.(proxy, 1, "z");
  assert.deepEqual(elements(store), ["z", "a", "b"]);
  assert.deepEqual(log, ["get 2", "set 3", "get 1", "set 2", "set 1"]);
  assert.equal(table.remove?.(proxy, 1), "z");
  assert.equal(table.concat?.(proxy, "-"), "a-b");
  assert.deepEqual(table.unpack?.(proxy), ["a", "b"]);
  store.set(3, "0");
  table.sort?.(proxy);
  assert.deepEqual(elements(store), ["0", "a", "b"]);
  const copy = new LuaTable();
  table.move?.(proxy, 1, 3, 1, copy);
  assert.deepEqual(elements(copy), ["0", "a", "b"]);
  assert.equal(proxy.array.length, 1);
});

Deno.test("an __index is asked for the nils of a list", () => {
  const filled = withMetamethods(list("a", undefined, "c"), { __index: () => "?" });
  assert.equal(table.concat?.(filled), "a?c");
  assert.deepEqual(table.unpack?.(filled, 1, 4), ["a", "?", "c", "?"]);
});

Deno.test("a length that is no integer is refused, and one that is too large for sort", () => {
  const sized = (n: LuaValue) => withMetamethods(new LuaTable(), { __len: () => n });
  assert.equal(errorOf(() => table.insert?.(sized(1.5), 1)), "object length is not an integer");
  assert.equal(errorOf(() => table.concat?.(sized("x"))), "object length is not an integer");
  assert.equal(errorOf(() => table.sort?.(sized(MAX))), "bad argument #1 to 'sort' (array too big)");
});

const less = (a: LuaValue, b: LuaValue) => (a as number) < (b as number);

/** Each way to sort with a comparison. */
const SORTS: Record<string, (t: LuaTable, compare: (a: LuaValue, b: LuaValue) => boolean) => void> = {
  "at once": (t, compare) => void table.sort?.(t, compare),
  "by steps": (t, compare) => {
    const steps = sortSteps(t, compare);
    let step = steps.next(undefined);
    while (step.done !== true) {
      const [, a, b] = step.value;
      step = steps.next(compare(a, b));
    }
  },
};

Deno.test("sorting with a comparator orders every kind of input", () => {
  const random = new Random(20260502);
  for (const [name, sort] of Object.entries(SORTS)) {
    for (const size of [0, 1, 2, 3, 4, 10, 99, 100, 101, 102, 1000, 5000]) {
      const inputs = [
        Array.from({ length: size }, () => random.below(size * 2)),
        Array.from({ length: size }, () => random.below(3)),
        Array.from({ length: size }, (_, i) => i),
        Array.from({ length: size }, (_, i) => size - i),
        Array.from({ length: size }, (_, i) => Math.min(i, size - i)),
      ];
      for (const input of inputs) {
        const t = list(...input);
        sort(t, less);
        assert.deepEqual(elements(t), input.sort((a, b) => a - b), `${name} of ${size}, seed ${random.seed}`);
      }
    }
  }
});

Deno.test("equal elements end in the order that PUC-Rio's sort gives them", async () => {
  const random = new Random(20260503);
  const values = Array.from({ length: 90 }, () => random.below(1000));
  const output = await puc(`local t = {${values.join(",")}}
    table.sort(t, function(a, b) return a % 10 < b % 10 end) print(table.concat(t, " "))`);
  if (output === undefined) return;
  for (const sort of Object.values(SORTS)) {
    const t = list(...values);
    sort(t, (a, b) => (a as number) % 10 < (b as number) % 10);
    assert.equal(elements(t).join(" "), output.trim(), `seed ${random.seed}`);
  }
});

Deno.test("sorting without a comparator orders numbers of all kinds, and strings by bytes", () => {
  const numbers = [3, float(2), MIN, 2.5, MAX, -1, float(-0), -Infinity];
  const t = list(...numbers);
  table.sort?.(t);
  assert.deepEqual(elements(t), [-Infinity, MIN, -1, float(-0), float(2), 2.5, 3, MAX]);
  const plain = list(10, 9, 2.5, -3, 1e300, -Infinity);
  table.sort?.(plain);
  assert.deepEqual(elements(plain), [-Infinity, -3, 2.5, 9, 10, 1e300]);
  const strings = list("b", "B", "\xff", "", "a\0b", "a", "10", "9");
  table.sort?.(strings);
  assert.deepEqual(elements(strings), ["", "10", "9", "B", "a", "a\0b", "b", "\xff"]);
});

Deno.test("sorting respects __lt", () => {
  const metatable = new LuaTable();
  metatable.setStr("__lt", (a: LuaTable, b: LuaTable) => (a.get("n") as number) < (b.get("n") as number));
  const objects = [3, 1, 2].map((n) => {
    const object = new LuaTable();
    object.setStr("n", n);
    object.metatable = metatable;
    return object;
  });
  const t = list(...objects);
  table.sort?.(t);
  assert.deepEqual(elements(t).map((object) => (object as LuaTable).get("n")), [1, 2, 3]);
});

Deno.test("a comparator without order ends in an error or in some order, never in a loop", () => {
  const random = new Random(20260504);
  for (const sort of Object.values(SORTS)) {
    for (const size of [4, 5, 6, 10, 50, 200]) {
      const values = Array.from({ length: size }, (_, i) => i);
      assert.equal(errorOf(() => sort(list(...values), () => true)), "invalid order function for sorting");
      const t = list(...values);
      try {
        sort(t, () => random.below(2) === 0);
      } catch (error) {
        assert.equal(
          errorOf(() => {
            throw error;
          }),
          "invalid order function for sorting",
        );
      }
      assert.deepEqual(elements(t).map(Number).sort((a, b) => a - b), values, "nothing is lost");
    }
  }
});

Deno.test("a comparator that throws leaves the table as it was", () => {
  for (const sort of Object.values(SORTS)) {
    const t = list(3, 2, 1, 5, 4);
    let calls = 0;
    const failing = (a: LuaValue, b: LuaValue) => {
      if (++calls > 4) throw new Error("no more");
      return less(a, b);
    };
    assert.throws(() => sort(t, failing), /no more/);
    assert.deepEqual(elements(t), [3, 2, 1, 5, 4]);
  }
});

Deno.test("a sort can rest at any comparison", () => {
  const t = list(3, 1, 2);
  const steps = sortSteps(t, less);
  let asked = 0;
  let step = steps.next(undefined);
  while (step.done !== true) {
    const [, a, b] = step.value;
    assert.deepEqual(elements(t), [3, 1, 2], "unchanged until the end");
    asked++;
    step = steps.next(less(a, b));
  }
  assert.ok(asked >= 2);
  assert.deepEqual(elements(t), [1, 2, 3]);
});
