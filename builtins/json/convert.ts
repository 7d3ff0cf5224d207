/** Between Lua values and plain JavaScript data. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  isFunction,
  isTable,
  LuaFloat,
  LuaInteger,
  type LuaValue,
  toDouble,
  typeOf,
} from "../../runtime/seam/value.ts";
import { newEmptyArray, shapeOf, TablePath } from "./shape.ts";

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

/**
 * The plain data of a Lua value: tables become arrays or objects without a prototype by the rule of
 * `json.encode`, floats numbers, integers beyond 2^53 `bigint`, strings text (invalid UTF-8 becomes U+FFFD).
 *
 * @param functionName What errors begin with
 * @throws {ScriptError} For functions, threads and userdata, and for tables that contain themselves
 */
export function fromLua(value: LuaValue, functionName = "json.encode"): PlainValue {
  return plain(value, functionName, new TablePath(functionName));
}

function plain(value: LuaValue, functionName: string, path: TablePath): PlainValue {
  switch (typeof value) {
    case "string":
      return toText(value);
    case "undefined":
    case "boolean":
    case "number":
      return value;
  }
  if (value instanceof LuaInteger) return value.toBigInt();
  if (value instanceof LuaFloat) return toDouble(value);
  if (isFunction(value) || !isTable(value)) {
    throw new ScriptError(`${functionName}: unsupported Lua type: ${typeOf(value)}`);
  }
  return path.within(value, () => {
    const shape = shapeOf(value, functionName);
    if (shape.kind === "array") return shape.items.map((item) => plain(item, functionName, path));
    const result: Record<string, PlainValue> = Object.create(null);
    for (const [key, field] of shape.entries) result[toText(key)] = plain(field, functionName, path);
    return result;
  });
}
