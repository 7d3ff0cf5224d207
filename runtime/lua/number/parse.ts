/** Numerals in strings: Lua's `lua_stringtonumber`. */
import { floatFromNumber, integerFromBigInt } from "../value.ts";
import type { LuaNumber } from "./kinds.ts";

const MAX_INTEGER = 2n ** 63n - 1n;
/** Digits whose value is always a safe integer. */
const SAFE_DIGITS = 15;
const DECIMAL = /^(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const HEX = /^([0-9a-fA-F]*)(?:(\.)([0-9a-fA-F]*))?(?:[pP]([+-]?\d+))?$/;

/**
 * The number that a string of bytes spells: decimal or hexadecimal, integer or float, with white space around.
 * Decimal integers beyond 64 bits become floats, hexadecimal ones wrap. `undefined` where it is no numeral.
 */
export function parseNumber(text: string): LuaNumber | undefined {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  const sign = text.charCodeAt(start);
  const negative = sign === 0x2d;
  if (negative || sign === 0x2b) start++;
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === end && at > start) {
    if (end - start <= SAFE_DIGITS) return negative ? 0 - value : value;
    return wideDecimal(text.slice(start, end), negative);
  }
  const body = text.slice(start, end);
  if (/^0[xX]/.test(body)) return hexadecimal(body.slice(2), negative);
  if (!DECIMAL.test(body)) return undefined;
  return floatFromNumber(negative ? -Number(body) : Number(body));
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 9 && code <= 13);
}

function wideDecimal(digits: string, negative: boolean): LuaNumber {
  const significant = digits.replace(/^0+(?=\d)/, "");
  if (significant.length <= 19) {
    const value = BigInt(significant);
    if (value <= MAX_INTEGER) return integerFromBigInt(negative ? -value : value);
    if (negative && value === MAX_INTEGER + 1n) return integerFromBigInt(-value);
  }
  return floatFromNumber(negative ? -Number(digits) : Number(digits));
}

function hexadecimal(body: string, negative: boolean): LuaNumber | undefined {
  const parts = HEX.exec(body);
  if (parts === null) return undefined;
  const [, whole = "", point, fraction = "", exponent] = parts;
  if (whole === "" && fraction === "") return undefined;
  if (point === undefined && exponent === undefined) {
    const value = BigInt(`0x${whole.slice(-16)}`);
    return integerFromBigInt(negative ? -value : value);
  }
  const value = hexFloat(whole + fraction, Number(exponent ?? 0) - 4 * fraction.length);
  return floatFromNumber(negative ? -value : value);
}

/** The double nearest to `digits × 2^exponent`, ties to even, subnormals included. */
function hexFloat(digits: string, exponent: number): number {
  const significant = digits.replace(/^0+/, "");
  if (significant === "") return 0;
  // 30 digits are beyond any double's precision; the others only tell whether there is something behind.
  let mantissa = BigInt(`0x${significant.slice(0, 30)}`);
  const rest = significant.slice(30);
  let scale = exponent + 4 * rest.length;
  let inexact = /[^0]/.test(rest);
  const bits = mantissa.toString(2).length;
  const top = bits + scale;
  if (top > 1024) return Infinity;
  if (top < -1075) return 0;
  const precision = top > -1021 ? 53 : 53 + top + 1021;
  const drop = bits - precision;
  if (drop > 0) {
    const half = 1n << BigInt(drop - 1);
    const tail = mantissa & ((half << 1n) - 1n);
    mantissa >>= BigInt(drop);
    scale += drop;
    inexact ||= tail !== half;
    if (tail > half || (tail === half && (inexact || (mantissa & 1n) === 1n))) mantissa++;
  }
  return scaled(Number(mantissa), scale);
}

/** `n × 2^exponent` in steps that neither overflow nor round on the way. */
function scaled(n: number, exponent: number): number {
  let value = n;
  let left = exponent;
  while (left > 1000) {
    value *= 2 ** 1000;
    left -= 1000;
  }
  while (left < -1000) {
    // The mantissa has room: at the end, and only there, the result may be subnormal, and is exact then.
    value *= 2 ** -1000;
    left += 1000;
  }
  return value * 2 ** left;
}
