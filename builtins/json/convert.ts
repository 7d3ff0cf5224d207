/** Between Lua values and plain JavaScript data. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import { floatFromNumber, integerFromBigInt, LuaFloat, type LuaValue } from "../../runtime/seam/value.ts";
import { newEmptyArray } from "./shape.ts";

/** Plain data with text (UTF-16) in it, as JSON has it, and `bigint` for wide integers. */
export type PlainValue =
  | undefined
  | null
  | boolean
  | number
  | bigint
  | string
  | LuaFloat
  | readonly PlainValue[]
  | { readonly [key: string]: PlainValue };

const MAX_INTEGER = 2n ** 63n - 1n;

/**
 * The Lua value of plain data. Integral numbers are integers (a `LuaFloat` stays a float), a `bigint` beyond
 * 64 bits is a float, `null` is nil, strings become UTF-8, and an empty array remembers that it is one.
 */
export function toLua(host: Host, value: PlainValue): LuaValue {
  switch (typeof value) {
    case "string":
      return fromText(value);
    case "number":
      return Number.isInteger(value) && !Number.isSafeInteger(value) ? floatFromNumber(value) : value + 0;
    case "bigint":
      return integerOrFloat(value);
    case "object":
      break;
    default:
      return value;
  }
  if (value === null) return undefined;
  if (value instanceof LuaFloat) return value;
  if (isList(value)) {
    return value.length === 0
      ? newEmptyArray(host)
      : host.vm.newArray(value.map((item) => toLua(host, item)));
  }
  const table = host.vm.newTable();
  for (const [key, field] of Object.entries(value)) {
    const converted = toLua(host, field);
    if (converted !== undefined) table.set(fromText(key), converted);
  }
  return table;
}

/** The Lua integer of a `bigint`, or the nearest float where 64 bits do not hold it. */
export function integerOrFloat(value: bigint): LuaValue {
  return value <= MAX_INTEGER && value >= -MAX_INTEGER - 1n
    ? integerFromBigInt(value)
    : floatFromNumber(Number(value));
}

// `Array.isArray` does not narrow readonly arrays
function isList(value: object): value is readonly PlainValue[] {
  return Array.isArray(value);
}
