/** `table.concat` */
import { runtimeError } from "../error.ts";
import { formatNumber, isNumber } from "../number/mod.ts";
import { type IntegerNumber, toBigInt } from "../number/kinds.ts";
import type { LuaValue } from "../table.ts";
import { integerFromBigInt } from "../value.ts";
import { checkString, optInteger, typeName } from "./arguments.ts";
import { type Callback, drive, type LuaResult, rested } from "./callback.ts";
import { areSafe, checkTableLike, hasIndex, index, isQuiet, length } from "./metamethods.ts";
import { chargeString, checkLength, spendWork } from "./string/limits.ts";

/** Lua's `table.concat`. */
export function concat(table: LuaValue, separator: LuaValue, from: LuaValue, to: LuaValue): LuaResult {
  if (!isQuiet(table)) {
    checkTableLike(table, 1, "concat", arguments.length, ["__index", "__len"]);
    return drive(concatSteps(table, separator, from, to));
  }
  const between = separator === undefined ? "" : checkString(separator, 2, "concat");
  const start = optInteger(from, 3, "concat", 1);
  const end = optInteger(to, 4, "concat", table.length());
  if (!areSafe(start, end)) return drive(concatSteps(table, between, start, end));
  const joined = joinStrings(table.array, start as number, end as number, between);
  if (joined !== undefined) return rested(joined);
  const pieces = new Pieces(between);
  for (let i = start as number; i <= (end as number); i++) {
    const value = table.getInt(i);
    if (value === undefined && hasIndex(table)) return drive(concatSteps(table, between, start, end));
    pieces.add(value, i);
  }
  return pieces.join();
}

/** Elements that all are strings in the array part, as nearly always; undefined for others. */
function joinStrings(
  array: readonly LuaValue[],
  start: number,
  end: number,
  separator: string,
): string | undefined {
  if (start < 1 || end < start || end >= array.length) return undefined;
  let length = separator.length * (end - start);
  for (let i = start; i <= end; i++) {
    const value = array[i];
    if (typeof value !== "string") return undefined;
    length += value.length;
  }
  checkLength(length);
  spendWork(end - start + 1);
  chargeString(length);
  return array.slice(start, end + 1).join(separator);
}

function* concatSteps(table: LuaValue, separator: LuaValue, from: LuaValue, to: LuaValue): Callback {
  const size = yield* length(table);
  const pieces = new Pieces(separator === undefined ? "" : checkString(separator, 2, "concat"));
  const start = optInteger(from, 3, "concat", 1);
  const end = optInteger(to, 4, "concat", size);
  for (const i of range(start, end)) pieces.add(yield* index(table, i), i);
  return pieces.join();
}

/** The integers from one to another, both included. */
function* range(start: IntegerNumber, end: IntegerNumber): Generator<IntegerNumber> {
  const last = toBigInt(end);
  for (let i = toBigInt(start); i <= last; i++) yield integerFromBigInt(i);
}

/** The elements that `concat` joins. */
class Pieces {
  readonly #texts: string[] = [];
  #length = 0;

  constructor(readonly separator: string) {}

  add(value: LuaValue, place: IntegerNumber): void {
    let text: string;
    if (typeof value === "string") {
      text = value;
    } else if (isNumber(value)) {
      text = formatNumber(value);
    } else {
      throw runtimeError(
        `invalid value (${typeName(value)}) at index ${formatNumber(place)} in table for 'concat'`,
      );
    }
    this.#length += text.length + this.separator.length;
    checkLength(this.#length - this.separator.length);
    this.#texts.push(text);
  }

  join(): LuaResult {
    spendWork(this.#texts.length);
    chargeString(this.#length);
    return rested(this.#texts.join(this.separator));
  }
}
