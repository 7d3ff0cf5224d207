/** The functions of `string` that neither match patterns nor format: byte, char, len, lower, rep, … */
import { argumentError, runtimeError } from "../../error.ts";
import type { LuaValue } from "../../table.ts";
import { checkPosition, checkString, optPosition, optString } from "../arguments.ts";
import { type LuaResult, NOTHING, rested } from "../callback.ts";
import { endPosition, flat, fromCodes, reversed, startPosition } from "./bytes.ts";
import { chargeString, chargeText, spendWork } from "./limits.ts";

/** More results than PUC-Rio's stack holds. */
const MOST_RESULTS = 1_000_000;
// deno-lint-ignore no-control-regex -- bytes are meant
const NOT_ASCII = /[^\x00-\x7f]/;

/** Whether a value is a position that counts from the start, as small as those of nearly all strings. */
function isIndex(value: LuaValue): value is number {
  return typeof value === "number" && (value | 0) === value && value > 0;
}

export function len(s?: LuaValue): LuaResult {
  return typeof s === "string" ? s.length : checkString(s, 1, "len", arguments.length).length;
}

export function sub(s?: LuaValue, i?: LuaValue, j?: LuaValue): LuaResult {
  // Most calls, without any of their own
  if (typeof s === "string" && isIndex(i) && isIndex(j)) return i > j ? "" : s.slice(i - 1, j);
  const text = typeof s === "string" ? s : checkString(s, 1, "sub", arguments.length);
  const first = startPosition(checkPosition(i, 2, "sub", arguments.length), text.length);
  const last = endPosition(optPosition(j, 3, "sub", -1), text.length);
  return text.slice(first - 1, last < first ? first - 1 : last);
}

export function byte(s?: LuaValue, i?: LuaValue, j?: LuaValue): LuaResult {
  if (typeof s === "string" && j === undefined && isIndex(i)) {
    return i <= s.length ? s.charCodeAt(i - 1) : NOTHING;
  }
  const text = typeof s === "string" ? s : checkString(s, 1, "byte", arguments.length);
  const from = optPosition(i, 2, "byte", 1);
  if (j === undefined && from > 0) return from <= text.length ? text.charCodeAt(from - 1) : NOTHING;
  const first = startPosition(from, text.length);
  const last = endPosition(optPosition(j, 3, "byte", from), text.length);
  const count = last - first + 1;
  if (count <= 0) return NOTHING;
  if (count > MOST_RESULTS) throw runtimeError("stack overflow (string slice too long)");
  if (count === 1) return text.charCodeAt(first - 1);
  const codes: number[] = [];
  for (let at = first - 1; at < last; at++) codes.push(text.charCodeAt(at));
  return codes;
}

export function char(...codes: LuaValue[]): LuaResult {
  const bytes: number[] = [];
  for (let i = 0; i < codes.length; i++) {
    const code = checkPosition(codes[i], i + 1, "char");
    if (code < 0 || code > 255) throw argumentError(i + 1, "char", "value out of range");
    bytes.push(code);
  }
  return fromCodes(bytes);
}

export function lower(s?: LuaValue): LuaResult {
  const text = chargeText(checkString(s, 1, "lower", arguments.length));
  spendWork(text.length);
  if (!NOT_ASCII.test(text)) return rested(text.toLowerCase());
  return rested(text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()));
}

export function upper(s?: LuaValue): LuaResult {
  const text = chargeText(checkString(s, 1, "upper", arguments.length));
  spendWork(text.length);
  if (!NOT_ASCII.test(text)) return rested(text.toUpperCase());
  return rested(text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()));
}

export function reverse(s?: LuaValue): LuaResult {
  const text = chargeText(checkString(s, 1, "reverse", arguments.length));
  spendWork(text.length);
  return rested(reversed(text));
}

export function rep(s?: LuaValue, n?: LuaValue, separator?: LuaValue): LuaResult {
  const text = checkString(s, 1, "rep", arguments.length);
  const count = checkPosition(n, 2, "rep", arguments.length);
  const between = optString(separator, 3, "rep", "");
  if (count <= 0) return "";
  chargeString((text.length + between.length) * count);
  if (text.length + between.length === 0) return "";
  return rested(flat(between === "" ? text.repeat(count) : (text + between).repeat(count - 1) + text));
}
