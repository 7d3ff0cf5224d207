/** Values of MySQL and MariaDB, as the driver `mysql2` reads them, as Lua values. */
import type { Host } from "../../../runtime/seam/host.ts";
import { fromBytes, fromText } from "../../../runtime/seam/text.ts";
import { type Decode, float, integerFromDigits, jsonDecoder, singleFloat } from "../rows.ts";

/** What is to be known of a column. */
export interface DriverColumn {
  readonly name: string;
  /** A number of the protocol's `enum_field_types`. */
  readonly columnType?: number;
  readonly columnLength?: number;
  /** `json` where MariaDB says so: it sends JSON as text. */
  readonly extendedFormat?: string;
}

/** A value as the driver gives it: 64-bit integers and decimals as digits, dates as text, bytes as a Buffer. */
export type DriverValue = number | string | Uint8Array | object;

const TYPE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  longlong: 8,
  int24: 9,
  year: 13,
  json: 245,
} as const;

/** How the values of a column are read; decimals, dates and times stay the text that the server sends. */
export function decoderOf(host: Host, column: DriverColumn): Decode<DriverValue> {
  if (column.columnType === TYPE.json || column.extendedFormat === "json") {
    const decode = jsonDecoder(host);
    return (value) => decode(bytesOf(value));
  }
  switch (column.columnType) {
    case TYPE.tiny:
      // TINYINT(1) is what BOOLEAN stands for
      return column.columnLength === 1 ? boolean : integer;
    case TYPE.short:
    case TYPE.long:
    case TYPE.int24:
    case TYPE.year:
    case TYPE.longlong:
      return integer;
    case TYPE.float:
      return (value) => singleFloat(Math.fround(Number(value)));
    case TYPE.double:
      return (value) => float(Number(value));
    default:
      return bytesOf;
  }
}

const integer: Decode<DriverValue> = (value) =>
  typeof value === "number" ? value : integerFromDigits(String(value));

const boolean: Decode<DriverValue> = (value) => {
  if (value === 0) return false;
  return value === 1 ? true : integer(value);
};

function bytesOf(value: DriverValue): string {
  if (typeof value === "string") return fromText(value);
  return value instanceof Uint8Array ? fromBytes(value) : fromText(String(value));
}
