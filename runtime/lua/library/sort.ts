/**
 * `table.sort`: PUC-Rio's quicksort (ltablib.c `auxsort`), which gives the same order of equal elements and
 * notices the same invalid order functions. It sorts a copy, which is written back when it is done.
 *
 * The algorithm is here twice, since a generator for each comparison would take several times as long as
 * a comparison: {@link sortSync} for comparisons that are plain calls, {@link sortSteps} for all others.
 */
import { argumentError, type LuaThrow, runtimeError } from "../error.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { typeError } from "./arguments.ts";
import {
  callAtOnce,
  type Callback,
  type CallRequest,
  drive,
  isTrue,
  type LuaResult,
  NOTHING,
  rested,
  WouldWait,
} from "./callback.ts";
import { spendWork } from "./string/limits.ts";
import { comparisonHandler, index, isQuiet, length, metamethod, plainLess, setIndex } from "./metamethods.ts";

/** Above this size the pivot is chosen by chance, so that no input takes quadratic time by design. */
const RANDOM_PIVOT_SIZE = 100;
const MAX_INT = 2147483647;

/** Whether the first value comes before the second. */
export type Compare = (a: LuaValue, b: LuaValue) => boolean;

/**
 * Sorts the elements of a table that has no metatable with a comparison that does not suspend. The table changes
 * only when the sort has come to its end: where the comparison throws, it is as before.
 *
 * @throws {LuaThrow} "invalid order function for sorting"
 */
export function sortSync(table: LuaTable, compare: Compare): void {
  const n = table.length();
  const values = elementsOf(table, n);
  quicksort(values, 1, n, compare, 0);
  writeBack(table, values);
}

/** The elements 1 … n with filler at index 0. */
function elementsOf(table: LuaTable, n: number): LuaValue[] {
  if (table.array.length === n + 1) return table.array.slice();
  const values: LuaValue[] = [undefined];
  for (let i = 1; i <= n; i++) values.push(table.getInt(i));
  return values;
}

function writeBack(table: LuaTable, values: LuaValue[]): void {
  if (table.array.length === values.length && values[values.length - 1] !== undefined) {
    table.array = values;
    return;
  }
  // From the end, so that a nil that has moved there is not cut off before what follows is known.
  for (let i = values.length - 1; i > 0; i--) table.setInt(i, values[i]);
}

function invalidOrder(): LuaThrow {
  return runtimeError("invalid order function for sorting");
}

/** The position of the pivot: the middle, or somewhere in the middle half. */
function pivotOf(low: number, up: number, chance: number): number {
  if (up - low <= RANDOM_PIVOT_SIZE) return Math.floor((low + up) / 2);
  const quarter = Math.floor((up - low) / 4);
  return chance % (quarter * 2) + low + quarter;
}

/** A new chance after a partition that has been far out of balance. */
function nextChance(size: number, smaller: number, chance: number): number {
  return size / 128 > smaller ? Math.floor(Math.random() * MAX_INT) : chance;
}

function quicksort(a: LuaValue[], low: number, up: number, compare: Compare, chance: number): void {
  while (low < up) {
    if (compare(a[up], a[low])) swap(a, low, up);
    if (up - low === 1) return;
    const p = pivotOf(low, up, chance);
    if (compare(a[p], a[low])) swap(a, p, low);
    else if (compare(a[up], a[p])) swap(a, p, up);
    if (up - low === 2) return;
    const pivot = a[p];
    swap(a, p, up - 1);
    let i = low;
    let j = up - 1;
    for (;;) {
      while (compare(a[++i], pivot)) {
        if (i === up - 1) throw invalidOrder();
      }
      while (compare(pivot, a[--j])) {
        if (j < i) throw invalidOrder();
      }
      if (j < i) break;
      swap(a, i, j);
    }
    swap(a, up - 1, i);
    const smaller = Math.min(i - low, up - i);
    if (i - low < up - i) {
      quicksort(a, low, i - 1, compare, chance);
      low = i + 1;
    } else {
      quicksort(a, i + 1, up, compare, chance);
      up = i - 1;
    }
    chance = nextChance(up - low, smaller, chance);
  }
}

function swap(a: LuaValue[], i: number, j: number): void {
  const value = a[i];
  a[i] = a[j];
  a[j] = value;
}

/** `quicksort` with a Lua function, or with `<` and its metamethods where there is none. */
function* quicksortSteps(a: LuaValue[], n: number, compare: LuaValue): Callback<void> {
  // The larger parts that are still to be sorted. A call for each part would make every resumption go through
  // all of them.
  const waiting: [low: number, up: number, chance: number][] = [[1, n, 0]];
  for (let part = waiting.pop(); part !== undefined; part = waiting.pop()) {
    let [low, up, chance] = part;
    while (low < up) {
      if (decide(a[up], a[low], compare) ?? isTrue(yield ask(a[up], a[low], compare))) swap(a, low, up);
      if (up - low === 1) break;
      const p = pivotOf(low, up, chance);
      if (decide(a[p], a[low], compare) ?? isTrue(yield ask(a[p], a[low], compare))) swap(a, p, low);
      else if (decide(a[up], a[p], compare) ?? isTrue(yield ask(a[up], a[p], compare))) swap(a, p, up);
      if (up - low === 2) break;
      const pivot = a[p];
      swap(a, p, up - 1);
      let i = low;
      let j = up - 1;
      for (;;) {
        while (decide(a[++i], pivot, compare) ?? isTrue(yield ask(a[i], pivot, compare))) {
          if (i === up - 1) throw invalidOrder();
        }
        while (decide(pivot, a[--j], compare) ?? isTrue(yield ask(pivot, a[j], compare))) {
          if (j < i) throw invalidOrder();
        }
        if (j < i) break;
        swap(a, i, j);
      }
      swap(a, up - 1, i);
      const smaller = Math.min(i - low, up - i);
      const before = chance;
      if (i - low < up - i) {
        chance = nextChance(up - i - 1, smaller, chance);
        waiting.push([i + 1, up, chance]);
        up = i - 1;
      } else {
        chance = nextChance(i - 1 - low, smaller, chance);
        waiting.push([low, i - 1, chance]);
        low = i + 1;
      }
      chance = before;
    }
  }
}

/** Whether a comes before b, where no call is needed to know. */
function decide(a: LuaValue, b: LuaValue, compare: LuaValue): boolean | undefined {
  return compare === undefined ? plainLess(a, b) : undefined;
}

/** The call that says whether a comes before b. */
function ask(a: LuaValue, b: LuaValue, compare: LuaValue): CallRequest {
  return [compare === undefined ? comparisonHandler("__lt", a, b) : compare, a, b];
}

/**
 * Sorts with a Lua function that may suspend, or with `<` for `undefined`, and respects the metamethods of the
 * table.
 */
export function* sortSteps(table: LuaValue, compare: LuaValue): Callback {
  const plain = table instanceof LuaTable && table.metatable === undefined;
  const n = yield* length(table);
  if (typeof n !== "number" || n >= MAX_INT) {
    if (typeof n === "number" || n.high >= 0) throw argumentError(1, "sort", "array too big");
    return NOTHING;
  }
  if (n < 2) return NOTHING;
  checkOrder(compare);
  let values: LuaValue[] = [undefined];
  if (plain) values = elementsOf(table, n);
  else for (let i = 1; i <= n; i++) values.push(yield* index(table, i));
  yield* quicksortSteps(values, n, compare);
  if (plain) writeBack(table, values);
  else for (let i = 1; i <= n; i++) yield* setIndex(table, i, values[i]);
  return NOTHING;
}

/** Checks the second argument of `sort`. */
export function checkOrder(compare: LuaValue): void {
  if (compare !== undefined && typeof compare !== "function") {
    throw typeError(compare, 2, "sort", "function");
  }
}

/** Sorts elements that are all numbers or all strings; false, with nothing changed, where they are not. */
function sortPlain(table: LuaTable): boolean {
  const { array } = table;
  const n = array.length - 1;
  spendWork(n * Math.log2(n + 1));
  const kind = typeof array[1];
  if (kind === "number") {
    const numbers = new Float64Array(n);
    for (let i = 1; i <= n; i++) {
      const value = array[i];
      if (typeof value !== "number" || value !== value) return false;
      numbers[i - 1] = value;
    }
    numbers.sort();
    for (let i = 1; i <= n; i++) array[i] = numbers[i - 1];
    return true;
  }
  if (kind !== "string") return false;
  for (let i = 1; i <= n; i++) {
    if (typeof array[i] !== "string") return false;
  }
  // Code units are bytes here, and JavaScript's own order of strings is that of code units.
  const strings = array.slice(1).sort();
  for (let i = 1; i <= n; i++) array[i] = strings[i - 1];
  return true;
}

/** Lua's `table.sort`. */
export function sort(table: LuaValue, compare: LuaValue): LuaResult {
  if (!(table instanceof LuaTable)) checkSortable(table, arguments.length);
  // Where all elements are numbers or strings, there is no nil to ask `__index` about.
  if (compare === undefined && isQuiet(table) && table.array.length > 1 && sortPlain(table)) {
    return rested(NOTHING);
  }
  if (typeof compare === "function" && isQuiet(table) && sortAtOnce(table, compare)) return NOTHING;
  return drive(sortSteps(table, compare));
}

/** Sorts with a function that does not wait; false, with nothing changed, where it would. */
function sortAtOnce(table: LuaTable, compare: LuaValue): boolean {
  if (table.length() >= MAX_INT) return false;
  try {
    sortSync(table, (a, b) => isTrue(callAtOnce(compare, a, b)));
    return true;
  } catch (error) {
    if (error instanceof WouldWait) return false;
    throw error;
  }
}

function checkSortable(value: LuaValue, count: number): void {
  for (const event of ["__index", "__newindex", "__len"]) {
    if (metamethod(value, event) === undefined) throw typeError(value, 1, "sort", "table", count);
  }
}
