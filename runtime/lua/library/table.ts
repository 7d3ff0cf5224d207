/**
 * Lua's `table` library. Where no metamethod would be asked, the parts of a table are used directly; elsewhere
 * each access respects metamethods, in generators of call requests.
 */
import { argumentError, runtimeError } from "../error.ts";
import { arithAdd, arithSub, numberEqual, numberLess, numberLessEqual } from "../number/mod.ts";
import { type IntegerNumber, toBigInt } from "../number/kinds.ts";
import { LuaTable, type LuaValue, tableOf } from "../table.ts";
import { Props } from "../table/props.ts";
import { integerFromBigInt } from "../value.ts";
import { checkInteger, checkPosition, optInteger } from "./arguments.ts";
import { type Callback, drive, type LuaResult, NOTHING, rested, results } from "./callback.ts";
import { concat } from "./concat.ts";
import { areSafe, checkTableLike, hasIndex, index, isQuiet, length, setIndex } from "./metamethods.ts";
import { sort } from "./sort.ts";
import { spendSteps, spendWork, STEPS } from "./string/limits.ts";

/** PUC-Rio's LUAI_MAXSTACK: so many results do not fit on its stack. */
const MAX_RESULTS = 1e6;
const MAX_INT = 2147483647;
const MAX_INTEGER = 2n ** 63n - 1n;

const READ = "__index";
const WRITE = "__newindex";
const LENGTH = "__len";

/** Whether the elements 1 … n are all in the array part, and none that is nil has an `__index` to ask. */
function isDense(table: LuaTable, n: number): boolean {
  return table.array.length === n + 1 && (!hasIndex(table) || !table.array.includes(undefined, 1));
}

/** Loops without calls tell the budget of themselves now and then. */
function spend(i: number): void {
  if (i % STEPS === 0) spendSteps();
}

function insert(table: LuaValue, position: LuaValue, value: LuaValue, ...more: LuaValue[]): LuaResult {
  if (!isQuiet(table)) return insertSlowly(arguments.length, table, position, value);
  if (arguments.length === 2) {
    table.setInt(table.length() + 1, position);
    return NOTHING;
  }
  if (arguments.length !== 3 || more.length > 0) throw wrongCount();
  const end = table.length() + 1;
  const place = checkPosition(position, 2, "insert");
  if (place < 1 || place > end) throw insertOutOfBounds();
  if (place === end) {
    table.setInt(place, value);
    return NOTHING;
  }
  const { array } = table;
  if (value === undefined || !isDense(table, end - 1)) return insertSlowly(3, table, position, value);
  // The new last element goes through the table, which may lay out its parts anew.
  table.setInt(end, array[end - 1]);
  spendWork((end - place) / 8);
  if (table.array === array) array.copyWithin(place + 1, place, end - 1);
  else for (let i = end - 1; i > place; i--) table.setInt(i, table.getInt(i - 1));
  table.setInt(place, value);
  return NOTHING;
}

function insertSlowly(count: number, table: LuaValue, position: LuaValue, value: LuaValue): LuaResult {
  checkTableLike(table, 1, "insert", count, [READ, WRITE, LENGTH]);
  return drive(insertSteps(count, table, position, value));
}

function* insertSteps(count: number, table: LuaValue, position: LuaValue, value: LuaValue): Callback {
  const end = arithAdd(yield* length(table), 1) as IntegerNumber;
  if (count === 2) {
    yield* setIndex(table, end, position);
    return NOTHING;
  }
  if (count !== 3) throw wrongCount();
  const place = checkInteger(position, 2, "insert");
  if (numberLess(place, 1) || numberLess(end, place)) throw insertOutOfBounds();
  let i: LuaValue = end;
  for (let steps = 1; numberLess(place, i as IntegerNumber); steps++) {
    spend(steps);
    const below = arithSub(i as IntegerNumber, 1);
    yield* setIndex(table, i, yield* index(table, below));
    i = below;
  }
  yield* setIndex(table, place, value);
  return NOTHING;
}

function wrongCount() {
  return runtimeError("wrong number of arguments to 'insert'");
}

function insertOutOfBounds() {
  return argumentError(2, "insert", "position out of bounds");
}

function remove(table: LuaValue, position: LuaValue): LuaResult {
  if (!isQuiet(table)) {
    checkTableLike(table, 1, "remove", arguments.length, [READ, WRITE, LENGTH]);
    return drive(removeSteps(table, position));
  }
  const size = table.length();
  const place = position === undefined ? size : checkPosition(position, 2, "remove");
  if (size === 0 && place === 0 && !hasIndex(table)) {
    const value = table.getInt(0);
    if (value !== undefined) table.setInt(0, undefined);
    return value;
  }
  if (size === 0 || (place !== size && !isDense(table, size))) {
    return drive(removeSteps(table, position));
  }
  if (place < 1 || place > size + 1) throw removeOutOfBounds();
  if (place > size) return undefined;
  const value = table.getInt(place);
  spendWork((size - place) / 8);
  if (place < size) table.array.copyWithin(place, place + 1);
  table.setInt(size, undefined);
  return value;
}

function* removeSteps(table: LuaValue, position: LuaValue): Callback {
  const size = yield* length(table);
  const place = optInteger(position, 2, "remove", size);
  const outside = numberLess(place, 1) || numberLess(arithAdd(size, 1), place);
  if (outside && !numberEqual(place, size)) {
    throw removeOutOfBounds();
  }
  const value = yield* index(table, place);
  let i: LuaValue = place;
  for (let steps = 1; numberLess(i as IntegerNumber, size); steps++) {
    spend(steps);
    const above = arithAdd(i as IntegerNumber, 1);
    yield* setIndex(table, i, yield* index(table, above));
    i = above;
  }
  yield* setIndex(table, i, undefined);
  return value;
}

function removeOutOfBounds() {
  return argumentError(1, "remove", "position out of bounds");
}

function move(
  source: LuaValue,
  from: LuaValue,
  to: LuaValue,
  destination: LuaValue,
  other: LuaValue,
): LuaResult {
  const count = arguments.length;
  const f = checkInteger(from, 2, "move", count);
  const e = checkInteger(to, 3, "move", count);
  const t = checkInteger(destination, 4, "move", count);
  const target = other === undefined ? source : other;
  checkTableLike(source, 1, "move", count, [READ]);
  checkTableLike(target, other === undefined ? 1 : 5, "move", count, [WRITE]);
  if (numberLess(e, f)) return target;
  const first = toBigInt(f);
  const size = toBigInt(e) - first + 1n;
  if (size > MAX_INTEGER) throw argumentError(3, "move", "too many elements to move");
  if (toBigInt(t) > MAX_INTEGER - size + 1n) throw argumentError(4, "move", "destination wrap around");
  // Upwards unless that would overwrite what is still to be read.
  const upwards = numberLess(e, t) || numberLessEqual(t, f) || target !== source;
  const n = Number(size);
  if (isQuiet(source) && !hasIndex(source) && isQuiet(target) && areSafe(f, e, t)) {
    for (let k = 0; k < n; k++) {
      spend(k + 1);
      const i = upwards ? k : n - 1 - k;
      target.setInt(t as number + i, source.getInt(f as number + i));
    }
    return target;
  }
  if (upwards) return drive(moveSteps(source, f, target, t, n, arithAdd));
  const last = integerFromBigInt(toBigInt(t) + size - 1n);
  return drive(moveSteps(source, e, target, last, n, arithSub));
}

/** @param step To the k-th position from a first one */
function* moveSteps(
  source: LuaValue,
  from: IntegerNumber,
  target: LuaValue,
  to: IntegerNumber,
  n: number,
  step: typeof arithAdd,
): Callback {
  for (let k = 0; k < n; k++) {
    spend(k + 1);
    yield* setIndex(target, step(to, k), yield* index(source, step(from, k)));
  }
  return target;
}

function unpack(table: LuaValue, from: LuaValue, to: LuaValue): LuaResult {
  if (!isQuiet(table)) return drive(unpackSteps(table, from, to));
  const start = optInteger(from, 2, "unpack", 1);
  const end = optInteger(to, 3, "unpack", table.length());
  if (numberLess(end, start)) return NOTHING;
  const n = countOfResults(start, end);
  spendWork(n);
  if (hasIndex(table) || !areSafe(start, end)) return drive(unpackSteps(table, start, end));
  if (n === 1) return table.getInt(start as number);
  if (start === 1 && n < table.array.length) return rested(table.array.slice(1, n + 1));
  const values: LuaValue[] = [];
  for (let i = start as number; i <= (end as number); i++) values.push(table.getInt(i));
  return values;
}

function* unpackSteps(table: LuaValue, from: LuaValue, to: LuaValue): Callback {
  const start = optInteger(from, 2, "unpack", 1);
  const end = to === undefined ? yield* length(table) : checkInteger(to, 3, "unpack");
  if (numberLess(end, start)) return NOTHING;
  const n = countOfResults(start, end);
  const values: LuaValue[] = [];
  for (let i = 0; i < n; i++) values.push(yield* index(table, arithAdd(start, i)));
  return results(values);
}

function countOfResults(start: IntegerNumber, end: IntegerNumber): number {
  const n = Number(toBigInt(end) - toBigInt(start)) + 1;
  if (n >= MAX_RESULTS) throw runtimeError("too many results to unpack");
  return n;
}

function pack(...values: LuaValue[]): LuaTable {
  return packed(values);
}

/** The table that `pack` makes of an array, which becomes a part of it. */
export function packed(values: LuaValue[]): LuaTable {
  const props = new Props();
  props.n = values.length;
  values.unshift(undefined);
  return tableOf(props, values);
}

/** The sizes are hints: JavaScript grows what is used. */
function create(elements: LuaValue, fields: LuaValue): LuaTable {
  const n = checkPosition(elements, 1, "create", arguments.length);
  if (n < 0 || n > MAX_INT) throw argumentError(1, "create", "out of range");
  const m = fields === undefined ? 0 : checkPosition(fields, 2, "create");
  if (m < 0 || m > MAX_INT) throw argumentError(2, "create", "out of range");
  return new LuaTable();
}

/** The members of `table`. */
export const tableLibrary: Readonly<Record<string, (...args: LuaValue[]) => LuaResult>> = {
  concat,
  create,
  insert,
  move,
  pack,
  remove,
  sort,
  unpack,
};
