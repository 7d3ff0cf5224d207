/** Rows of results as Lua tables. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  type LuaTable,
  type LuaValue,
} from "../../runtime/seam/value.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { parseJson } from "../json/parse.ts";
import { DatabaseFailure } from "./failure.ts";

/** Makes the Lua value of a column's value, which is not NULL. */
export type Decode<T> = (value: T) => LuaValue;

/** Makes tables of the rows of one result: keys are the columns' names, NULL is absent, the last of a name wins. */
export class RowMaker<T> {
  readonly #host: Host;
  readonly #keys: readonly string[];
  readonly #decoders: readonly Decode<T>[];

  /** @param names The columns' names, text */
  constructor(host: Host, names: readonly string[], decoders: readonly Decode<T>[]) {
    this.#host = host;
    this.#keys = names.map(fromText);
    this.#decoders = decoders;
  }

  make(values: readonly (T | null)[]): LuaTable {
    const row = this.#host.vm.newTable();
    const keys = this.#keys;
    for (let i = 0; i < keys.length; i++) {
      const value = values[i];
      // deno-lint-ignore no-non-null-assertion -- one decoder and one key for each column
      row.set(keys[i]!, value === null || value === undefined ? undefined : this.#decoders[i]!(value));
    }
    return row;
  }
}

const SAFE_DIGITS = 15;
const MIN_INTEGER = -(2n ** 63n);
const MAX_INTEGER = 2n ** 63n - 1n;

/** The Lua integer of decimal digits; those that 64 bits do not hold stay the string that they are. */
export function integerFromDigits(digits: string): LuaValue {
  if (digits.length <= SAFE_DIGITS) return Number(digits);
  const value = BigInt(digits);
  return value >= MIN_INTEGER && value <= MAX_INTEGER ? integerFromBigInt(value) : digits;
}

/** The Lua float of a number: 1 becomes 1.0. */
export const float: Decode<number> = floatFromNumber;

/** The float of 32 bits with the fewest digits that read back the same: 0.1, not 0.10000000149011612. */
export function singleFloat(value: number): LuaValue {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return floatFromNumber(short);
  }
  return floatFromNumber(value);
}

/** Decodes JSON. @throws {DatabaseFailure} */
export function jsonDecoder(host: Host): Decode<string> {
  return (bytes) => {
    try {
      return parseJson(host, bytes, "a JSON column cannot be read");
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      throw new DatabaseFailure(error.message, { cause: error });
    }
  };
}
