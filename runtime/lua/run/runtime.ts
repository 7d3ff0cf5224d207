/** The names that generated code uses. */
import { runtimeError } from "../error.ts";
import { type LuaResult, NOTHING } from "../library/callback.ts";
import { typeName } from "../library/arguments.ts";
import {
  mulAdd,
  type NumericLoop,
  prepareLoop,
  toFloat,
  xorShiftedLeft,
  xorShiftedRight,
} from "../number/mod.ts";
import { LuaTable, type LuaValue, tableOf } from "../table.ts";
import { ArrayIterator, TableIterator } from "../table/iterator.ts";
import { NO_PROPS, Props } from "../table/props.ts";
import { floatFromNumber, LuaFloat, LuaInteger } from "../value.ts";
import { closeFrom, openClosing } from "./closing.ts";
import { enter, spend } from "./coroutine.ts";
import { save } from "./frame.ts";
import { keepUpvalues } from "./functions.ts";
import { ipairsStep, next } from "./iteration.ts";
import { machine, SUSPENDED } from "./machine.ts";
import { callWithMany } from "./many.ts";
import * as operators from "./operators.ts";

/** Results as callers expect them: a single one is itself. */
function results(values: LuaValue[]): LuaResult {
  return values.length === 1 ? values[0] : values;
}

const MAX_VARARGS = 1_000_000;

/** The table of a named vararg parameter. */
export function packed(values: LuaValue[]): LuaTable {
  const table = tableOf(NO_PROPS, [undefined, ...values]);
  table.setStr("n", values.length);
  return table;
}

/** The further arguments, as the table of a named vararg parameter has them. */
export function unpacked(table: LuaTable): LuaValue[] {
  const n = table.getStr("n");
  if (typeof n !== "number" || !Number.isInteger(n) || n < 0 || n > MAX_VARARGS) {
    throw runtimeError("vararg table has no proper 'n'");
  }
  return Array.from({ length: n }, (_, i) => table.getInt(i + 1));
}

/** Sets the elements from `position` on. */
function append(table: LuaTable, position: number, values: readonly LuaValue[]): void {
  values.forEach((value, i) => table.setInt(position + i, value));
}

/** What a loop over a table steps through; null where the iterator function is to be called. */
function iterator(fn: LuaValue, state: LuaValue, control: LuaValue): TableIterator | ArrayIterator | null {
  if (!(state instanceof LuaTable)) return null;
  if (fn === next && control === undefined) return new TableIterator(state);
  if (fn === ipairsStep && control === 0 && state.metatable === undefined) return new ArrayIterator(state);
  return null;
}

/** What the loop of a call of `pairs` or `ipairs` steps through; null where the function is to be called. */
function walk(fn: LuaValue, table: LuaValue): TableIterator | ArrayIterator | null {
  if (!(table instanceof LuaTable) || table.metatable !== undefined) return null;
  if (fn === machine.ipairs) return new ArrayIterator(table);
  return fn === machine.pairs ? new TableIterator(table) : null;
}

const MAX_PLAIN = 2 ** 52;

/** Whether a loop can count in a JavaScript variable. */
function isPlainLoop(initial: LuaValue, limit: LuaValue, step: LuaValue): boolean {
  return typeof initial === "number" && typeof limit === "number" && typeof step === "number" &&
    Number.isInteger(initial) && Number.isInteger(step) && step !== 0 &&
    initial <= MAX_PLAIN && initial >= -MAX_PLAIN && step <= MAX_PLAIN && step >= -MAX_PLAIN;
}

function prepare(initial: LuaValue, limit: LuaValue, step: LuaValue): NumericLoop | undefined {
  return operators.located(() => prepareLoop(initial, limit, step, (value) => typeName(value as LuaValue)));
}

function defined(name: LuaValue) {
  return runtimeError(`global '${String(name)}' already defined`);
}

const {
  located: _located,
  metamethod: _metamethod,
  metatableOf: _metatableOf,
  setIndex,
  ...named
} = operators;

export const RUNTIME = {
  T: LuaTable,
  S: SUSPENDED,
  E: NOTHING,
  M: machine,
  NP: NO_PROPS,
  LF: LuaFloat,
  LI: LuaInteger,
  xorShiftedLeft,
  xorShiftedRight,
  mulAdd,
  Props,
  save,
  enter,
  spend,
  tableOf,
  results,
  packed,
  unpacked,
  append,
  iterator,
  walk,
  isPlainLoop,
  prepare,
  float: floatFromNumber,
  double: toFloat,
  defined,
  kept: keepUpvalues,
  many: callWithMany,
  opened: openClosing,
  close: closeFrom,
  setindex: setIndex,
  ...named,
} as const;
