/**
 * `table.sort`. It sorts a copy, which is written back when it is done.
 */
import { argumentError } from "../error.ts";
import { charge, ELEMENT_BYTES } from "../memory.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { typeError } from "./arguments.ts";
import {
  type Callback,
  callDirectly,
  type CallRequest,
  drive,
  driveDirectly,
  isTrue,
  type LuaResult,
  NOTHING,
  rested,
  SUSPENDED,
  UNDER_WAY,
} from "./callback.ts";
import {
  comparisonHandler,
  hasIndex,
  index,
  isQuiet,
  length,
  metamethod,
  plainLess,
  setIndex,
} from "./metamethods.ts";
import { type Compare, Quicksort } from "./quicksort.ts";
import { spendSteps, spendWork, STEPS } from "./string/limits.ts";

const MAX_INT = 2147483647;

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

/** Sorts to the end with a Lua function, or with `<` and its metamethods where there is none. */
function* sortRest(sorting: Quicksort, compare: LuaValue, result?: boolean): Callback<void> {
  const decide: Compare = compare === undefined ? plainLess : () => undefined;
  while (!sorting.run(decide, result)) result = isTrue(yield ask(sorting.left, sorting.right, compare));
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
  else {
    for (let i = 1; i <= n; i++) {
      if (i % STEPS === 0) {
        spendSteps();
        charge(STEPS * ELEMENT_BYTES);
      }
      values.push(yield* index(table, i));
    }
  }
  yield* sortRest(new Quicksort(values, n), compare);
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
  if (typeof compare === "function" && isQuiet(table) && table.length() < MAX_INT) {
    const values = elementsOf(table, table.length());
    if (!hasIndex(table) || values.indexOf(undefined, 1) < 0) {
      return driveDirectly(() => sortDirectly(table, values, compare));
    }
  }
  return drive(sortSteps(table, compare));
}

/** Sorts without a generator until a comparison is suspended. @returns What goes on then */
function sortDirectly(table: LuaTable, values: LuaValue[], compare: LuaValue): Callback | undefined {
  const sorting = new Quicksort(values, values.length - 1);
  const isDone = sorting.run((a, b) => {
    const result = callDirectly(compare, a, b);
    return result === SUSPENDED ? undefined : isTrue(result);
  });
  if (!isDone) return finish(table, values, sorting, compare);
  writeBack(table, values);
  return undefined;
}

/** Goes on with a sort whose comparison is under way. */
function* finish(table: LuaTable, values: LuaValue[], sorting: Quicksort, compare: LuaValue): Callback {
  yield* sortRest(sorting, compare, isTrue(yield UNDER_WAY));
  writeBack(table, values);
  return NOTHING;
}

function checkSortable(value: LuaValue, count: number): void {
  for (const event of ["__index", "__newindex", "__len"]) {
    if (metamethod(value, event) === undefined) throw typeError(value, 1, "sort", "table", count);
  }
}
