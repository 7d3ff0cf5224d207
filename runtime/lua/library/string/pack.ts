/** `string.pack`, `unpack` and `packsize`. */
import { argumentError, runtimeError } from "../../error.ts";
import { highOf, type IntegerNumber, integerOf, lowOf } from "../../number/kinds.ts";
import type { LuaValue } from "../../table.ts";
import { floatFromNumber } from "../../value.ts";
import { checkFloat, checkInteger, checkString, optPosition } from "../arguments.ts";
import { type LuaResult, results } from "../callback.ts";
import { fromCodes, startPosition } from "./bytes.ts";
import { chargeString, checkLength } from "./limits.ts";
import { PackFormat } from "./pack_format.ts";

/** The bytes of a Lua integer; wider ones are filled with its sign. */
const WORD = 8;
/** As PUC-Rio's `packsize` limits it: C's `int`. */
const LARGEST_SIZE = 0x7fffffff;

const scratch = new DataView(new ArrayBuffer(8));

export function pack(template?: LuaValue, ...values: LuaValue[]): LuaResult {
  const format = new PackFormat(checkString(template, 1, "pack", arguments.length), "pack");
  let result = "";
  let used = 0;
  while (!format.done) {
    const kind = format.next(result.length);
    const { size } = format;
    if (format.padding > 0) result += "\0".repeat(format.padding);
    checkLength(result.length + size);
    if (kind === "none") continue;
    if (kind === "padding") {
      result += "\0";
      continue;
    }
    const index = used + 2;
    const value = values[used++];
    switch (kind) {
      case "int":
      case "uint":
        result += packInteger(checkRange(value, kind === "int", size, index), format, kind === "int");
        break;
      case "float":
      case "double":
        result += packFloat(checkFloat(value, index, "pack"), format);
        break;
      case "char": {
        const text = checkString(value, index, "pack");
        if (text.length > size) throw argumentError(index, "pack", "string longer than given size");
        result += text + "\0".repeat(size - text.length);
        break;
      }
      case "string": {
        const text = checkString(value, index, "pack");
        if (size < 6 && text.length >= 2 ** (8 * size)) {
          throw argumentError(index, "pack", "string length does not fit in given size");
        }
        checkLength(result.length + size + text.length);
        result += packInteger(text.length, format, false) + text;
        break;
      }
      case "zero": {
        const text = checkString(value, index, "pack");
        if (text.includes("\0")) throw argumentError(index, "pack", "string contains zeros");
        checkLength(result.length + text.length + 1);
        result += `${text}\0`;
        break;
      }
    }
  }
  chargeString(result.length);
  return result;
}

function checkRange(
  value: LuaValue,
  signed: boolean,
  size: number,
  index: number,
): IntegerNumber {
  const integer = checkInteger(value, index, "pack");
  if (size >= WORD) return integer;
  const limit = 2 ** (8 * size - (signed ? 1 : 0));
  const fits = typeof integer === "number"
    ? integer < limit && integer >= (signed ? -limit : 0)
    : size === 7 && integer.high < 2 ** (signed ? 23 : 24) && integer.high >= (signed ? -(2 ** 23) : 0);
  if (!fits) throw argumentError(index, "pack", signed ? "integer overflow" : "unsigned overflow");
  return integer;
}

function packInteger(value: IntegerNumber, { size, littleEndian }: PackFormat, signed: boolean): string {
  scratch.setInt32(0, lowOf(value), true);
  scratch.setInt32(4, highOf(value), true);
  const fill = signed && highOf(value) < 0 ? 0xff : 0;
  const codes: number[] = [];
  for (let i = 0; i < size; i++) {
    const at = littleEndian ? i : size - 1 - i;
    codes.push(at < WORD ? scratch.getUint8(at) : fill);
  }
  return fromCodes(codes);
}

function packFloat(n: number, { size, littleEndian }: PackFormat): string {
  if (size === 4) scratch.setFloat32(0, n, littleEndian);
  else scratch.setFloat64(0, n, littleEndian);
  const codes: number[] = [];
  for (let i = 0; i < size; i++) codes.push(scratch.getUint8(i));
  return fromCodes(codes);
}

export function packsize(template?: LuaValue): LuaResult {
  const format = new PackFormat(checkString(template, 1, "packsize", arguments.length), "packsize");
  let total = 0;
  while (!format.done) {
    const kind = format.next(total);
    if (kind === "string" || kind === "zero") {
      throw argumentError(1, "packsize", "variable-length format");
    }
    total += format.padding + format.size;
    if (total > LARGEST_SIZE) throw argumentError(1, "packsize", "format result too large");
  }
  return total;
}

export function unpack(template?: LuaValue, s?: LuaValue, init?: LuaValue): LuaResult {
  const format = new PackFormat(checkString(template, 1, "unpack", arguments.length), "unpack");
  const data = checkString(s, 2, "unpack", arguments.length);
  let at = startPosition(optPosition(init, 3, "unpack", 1), data.length) - 1;
  if (at > data.length) throw argumentError(3, "unpack", "initial position out of string");
  const values: LuaValue[] = [];
  while (!format.done) {
    const kind = format.next(at);
    const { size } = format;
    if (format.padding + size > data.length - at) throw tooShort();
    at += format.padding;
    switch (kind) {
      case "int":
      case "uint":
        values.push(unpackInteger(data, at, format, kind === "int"));
        break;
      case "float":
      case "double":
        values.push(unpackFloat(data, at, format));
        break;
      case "char":
        values.push(data.slice(at, at + size));
        break;
      case "string": {
        const length = unpackInteger(data, at, format, false);
        if (typeof length !== "number" || length < 0 || length > data.length - at - size) throw tooShort();
        values.push(data.slice(at + size, at + size + length));
        at += length;
        break;
      }
      case "zero": {
        const end = data.indexOf("\0", at);
        if (end < 0) throw argumentError(2, "unpack", "unfinished string for format 'z'");
        values.push(data.slice(at, end));
        at = end + 1;
        break;
      }
    }
    at += size;
  }
  values.push(at + 1);
  return results(values);
}

function tooShort() {
  return argumentError(2, "unpack", "data string too short");
}

function unpackInteger(
  data: string,
  at: number,
  { size, littleEndian }: PackFormat,
  signed: boolean,
): IntegerNumber {
  const byteAt = (i: number) => data.charCodeAt(littleEndian ? at + i : at + size - 1 - i);
  const fill = signed && (byteAt(Math.min(size, WORD) - 1) & 0x80) !== 0 ? 0xff : 0;
  for (let i = 0; i < WORD; i++) scratch.setUint8(i, i < size ? byteAt(i) : fill);
  for (let i = WORD; i < size; i++) {
    if (byteAt(i) !== fill) throw runtimeError(`${size}-byte integer does not fit into Lua Integer`);
  }
  return integerOf(scratch.getInt32(4, true), scratch.getInt32(0, true));
}

function unpackFloat(data: string, at: number, { size, littleEndian }: PackFormat): LuaValue {
  for (let i = 0; i < size; i++) scratch.setUint8(i, data.charCodeAt(at + i));
  return floatFromNumber(
    size === 4 ? scratch.getFloat32(0, littleEndian) : scratch.getFloat64(0, littleEndian),
  );
}
