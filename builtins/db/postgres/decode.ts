/**
 * Values of PostgreSQL's text format as Lua values. Object identifiers of types are those of PostgreSQL's
 * `pg_type.dat`, which never change.
 */
import type { Buffer } from "node:buffer";
import type { Host } from "../../../runtime/seam/host.ts";
import type { LuaValue } from "../../../runtime/seam/value.ts";
import { type Decode, float, integerFromDigits, jsonDecoder } from "../rows.ts";

/** Object identifiers of types. */
export const TYPE = {
  bool: 16,
  bytea: 17,
  int8: 20,
  int2: 21,
  int4: 23,
  oid: 26,
  json: 114,
  float4: 700,
  float8: 701,
  jsonb: 3802,
} as const;

const MINUS = 45;
const ZERO = 48;
const TRUE = 116;
const MAX_FAST_DIGITS = 15;

/** How the columns of a type are read; types that are not named here stay the text that the server sends. */
export function decoderOf(host: Host, type: number): Decode<Buffer> {
  switch (type) {
    case TYPE.bool:
      return (value) => value[0] === TRUE;
    case TYPE.int2:
    case TYPE.int4:
    case TYPE.int8:
    case TYPE.oid:
      return integer;
    case TYPE.float4:
    case TYPE.float8:
      return (value) => float(Number(text(value)));
    case TYPE.bytea:
      return (value) => bytea(text(value));
    case TYPE.json:
    case TYPE.jsonb: {
      const decode = jsonDecoder(host);
      return (value) => decode(text(value));
    }
    default:
      return text;
  }
}

/** The bytes, which are UTF-8, as Lua has them. */
function text(value: Buffer): string {
  return value.toString("latin1");
}

function integer(value: Buffer): LuaValue {
  const negative = value[0] === MINUS;
  if (value.length > MAX_FAST_DIGITS) return integerFromDigits(text(value));
  let result = 0;
  for (let i = negative ? 1 : 0; i < value.length; i++) {
    // deno-lint-ignore no-non-null-assertion -- i is below the length
    result = result * 10 + value[i]! - ZERO;
  }
  return negative ? -result : result;
}

const ESCAPE = /\\(?:\\|([0-3][0-7]{2}))/g;

/** `\x00ff`, or where `bytea_output` is `escape` the older form with `\377` and `\\`. */
function bytea(value: string): string {
  if (!value.startsWith("\\x")) {
    return value.replace(ESCAPE, (_, octal?: string) => {
      return octal === undefined ? "\\" : String.fromCharCode(parseInt(octal, 8));
    });
  }
  const CHUNK = 8192;
  let bytes = "";
  for (let start = 2; start < value.length; start += CHUNK) {
    const codes: number[] = [];
    for (let i = start; i < Math.min(start + CHUNK, value.length); i += 2) {
      codes.push(parseInt(value.slice(i, i + 2), 16));
    }
    bytes += String.fromCharCode(...codes);
  }
  return bytes;
}
