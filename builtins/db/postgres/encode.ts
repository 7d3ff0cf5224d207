/**
 * Values of placeholders in PostgreSQL's text format.
 *
 * A number or a boolean has the type that the same literal has in SQL; of everything else the server finds out what
 * it must be from where the placeholder stands, and only then is its text made.
 */
import {
  isInteger,
  isNumber,
  isTable,
  type LuaTable,
  type LuaValue,
  toDouble,
} from "../../../runtime/seam/value.ts";
import { isTruthy } from "../../../runtime/seam/value.ts";
import { toText } from "../../../runtime/seam/text.ts";
import { DatabaseFailure } from "../failure.ts";
import { jsonOf, utf8 } from "../parameters.ts";
import { TYPE } from "./decode.ts";

/** A value and its type; 0 where the server decides. */
export interface Encoded {
  readonly value: string | LateValue | null;
  readonly type: number;
}

/** A value whose text depends on the type that the server expects. */
export interface LateValue {
  toString(): string;
  toBytea(): string;
  toArray(binary: boolean): string;
}

const MIN_INT4 = -(2 ** 31);
const MAX_INT4 = 2 ** 31 - 1;

/** @throws {DatabaseFailure} */
export function encode(value: LuaValue): Encoded {
  if (value === undefined) return { value: null, type: 0 };
  if (typeof value === "boolean") return { value: value ? "t" : "f", type: TYPE.bool };
  if (isInteger(value)) {
    const narrow = typeof value === "number" && value >= MIN_INT4 && value <= MAX_INT4;
    return { value: String(value), type: narrow ? TYPE.int4 : TYPE.int8 };
  }
  if (isNumber(value)) return { value: floatText(toDouble(value)), type: TYPE.float8 };
  if (isTable(value)) return { value: new TableValue(value), type: 0 };
  return { value: new StringValue(value as string), type: 0 };
}

/** PostgreSQL reads the names that JavaScript gives what is not finite. */
function floatText(n: number): string {
  return Object.is(n, -0) ? "-0" : String(n);
}

class StringValue implements LateValue {
  constructor(private readonly bytes: string) {}

  toString(): string {
    const text = utf8(this.bytes, "a string given for a placeholder that is not of type bytea");
    if (text.includes("\0")) {
      throw new DatabaseFailure("a string given for a placeholder that is not of type bytea has a zero byte");
    }
    return text;
  }

  toBytea(): string {
    let hex = "\\x";
    for (let i = 0; i < this.bytes.length; i++) hex += this.bytes.charCodeAt(i).toString(16).padStart(2, "0");
    return hex;
  }

  /** An array as PostgreSQL writes it: `{1,2}`. */
  toArray(): string {
    return this.toString();
  }
}

class TableValue implements LateValue {
  constructor(private readonly table: LuaTable) {}

  toString(): string {
    return toText(jsonOf(this.table));
  }

  toBytea(): string {
    return new StringValue(jsonOf(this.table)).toBytea();
  }

  toArray(binary: boolean): string {
    return arrayText(this.table, binary, 0);
  }
}

/** PostgreSQL's limit (`MAXDIM`). */
const MAX_DIMENSIONS = 6;

/** The text of an array: `{1,NULL,"a \"quoted\" one"}`. */
function arrayText(table: LuaTable, binary: boolean, depth: number): string {
  if (depth === MAX_DIMENSIONS) {
    throw new DatabaseFailure(`an array given as a parameter has more than ${MAX_DIMENSIONS} dimensions`);
  }
  const n = table.get("n");
  const length = typeof n === "number" ? n : table.length();
  const items = Array.from({ length }, (_, index) => {
    const item = table.get(index + 1);
    if (item === undefined) return "NULL";
    if (isTable(item)) return arrayText(item, binary, depth + 1);
    if (typeof item === "boolean") return isTruthy(item) ? "t" : "f";
    if (isInteger(item)) return String(item);
    if (isNumber(item)) return floatText(toDouble(item));
    if (typeof item !== "string") {
      throw new DatabaseFailure("an array given as a parameter has a value of no type of SQL");
    }
    const value = new StringValue(item);
    return quote(binary ? value.toBytea() : value.toString());
  });
  return `{${items.join(",")}}`;
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

/** Array types whose elements are no bytes, by the object identifiers of `pg_type.dat`. */
const ARRAY_TYPES = [
  ...[199, 143, 629, 719, 1000, 1002, 1003, 1005, 1007, 1009, 1014, 1015, 1016, 1021, 1022, 1028],
  ...[1041, 1040, 1115, 1182, 1183, 1185, 1187, 1231, 1270, 1561, 1563, 2951, 3807, 3905, 3907, 3909],
  ...[651, 775, 791, 1017, 1018, 1019, 1020, 1027, 3643, 3645, 3911, 3913, 3927, 4073],
];
const BYTEA_ARRAY = 1001;

/** Types for which the driver would make text of JavaScript's values in a way of its own. */
const PLAIN_TYPES = [16, 20, 21, 23, 25, 26, 114, 700, 701, 1082, 1114, 1184, 3802];

/** The driver's `types`: how text is made of the values that {@link encode} gives, by what the server expects. */
export const DRIVER_TYPES = {
  plain: { to: 25, from: PLAIN_TYPES, serialize: String, parse: String },
  bytea: {
    to: TYPE.bytea,
    from: [TYPE.bytea],
    serialize: (value: LateValue | string) => typeof value === "string" ? value : value.toBytea(),
    parse: String,
  },
  array: {
    to: 1009,
    from: ARRAY_TYPES,
    serialize: (value: LateValue | string) => typeof value === "string" ? value : value.toArray(false),
    parse: String,
  },
  byteaArray: {
    to: BYTEA_ARRAY,
    from: [BYTEA_ARRAY],
    serialize: (value: LateValue | string) => typeof value === "string" ? value : value.toArray(true),
    parse: String,
  },
};
