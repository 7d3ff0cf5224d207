/** Values of SQLite, and of placeholders. */
import { fromBytes, fromText, toBytes, toText, toTextStrict } from "../../../runtime/seam/text.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  isInteger,
  isNumber,
  isTable,
  type LuaValue,
  toDouble,
} from "../../../runtime/seam/value.ts";
import { jsonOf } from "../parameters.ts";

/** A value as `node:sqlite` gives it with its `setReadBigInts`. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** By the storage class of the value: what columns are declared as says little in SQLite. */
export function decode(value: Exclude<SqlValue, null>): LuaValue {
  switch (typeof value) {
    case "bigint": {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : integerFromBigInt(value);
    }
    case "number":
      return floatFromNumber(value);
    case "string":
      return fromText(value);
    default:
      return fromBytes(value);
  }
}

/** Values by position, or one record of them by name. */
export type Bindings = SqlValue[] | [Record<string, SqlValue>];

/** What is no code: strings, quoted names and comments. */
const NO_CODE = /'[^']*'|"[^"]*"|`[^`]*`|\[[^\]]*\]|--[^\n]*|\/\*.*?\*\//gs;

/** `$1` is a name to SQLite, `?` and `?1` are positions. */
export function bindings(sql: string, parameters: readonly LuaValue[]): Bindings {
  const values = parameters.map(encode);
  if (values.length === 0 || !/\$\d/.test(sql.replaceAll(NO_CODE, " "))) return values;
  return [Object.fromEntries(values.map((value, index) => [`$${index + 1}`, value]))];
}

function encode(value: LuaValue): SqlValue {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (isInteger(value)) return BigInt(String(value));
  if (isNumber(value)) return toDouble(value);
  if (isTable(value)) return toText(jsonOf(value));
  const bytes = value as string;
  const text = toTextStrict(bytes);
  // What is no text, or would end at its zero byte, is a BLOB
  return text === undefined || text.includes("\0") ? toBytes(bytes) : text;
}
