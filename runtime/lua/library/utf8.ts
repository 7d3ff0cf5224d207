/** Lua's `utf8` library, as of 5.5. Strings are bytes; lax decoding allows up to 2^31 and surrogates. */
import { argumentError, runtimeError } from "../error.ts";
import type { LuaValue } from "../table.ts";
import { checkPosition, checkString, optPosition } from "./arguments.ts";
import { type LuaResult, NOTHING, results } from "./callback.ts";

const MAX_UNICODE = 0x10ffff;
const MAX_LAX = 0x7fffffff;
const INVALID = "invalid UTF-8 code";

/** The smallest code that needs so many continuation bytes. */
const SMALLEST = [0, 0x80, 0x800, 0x10000, 0x200000, 0x4000000];

/** The bytes behind a code that has just been decoded by {@link decode}. */
let decodedEnd = 0;

/** The code that starts at an index of a string, or −1; sets {@link decodedEnd}. */
function decode(text: string, start: number, lax: boolean): number {
  const lead = text.charCodeAt(start);
  if (lead < 0x80) {
    decodedEnd = start + 1;
    return lead;
  }
  let count = 0;
  let code = 0;
  for (let bits = lead; (bits & 0x40) !== 0; bits <<= 1) {
    const byte = text.charCodeAt(start + ++count);
    if ((byte & 0xc0) !== 0x80) return -1; // also behind the end, where it is NaN
    code = code * 64 + (byte & 0x3f);
  }
  if (count === 0 || count > 5) return -1;
  code += (lead & (0x3f >> count)) * 64 ** count;
  if (code < (SMALLEST[count] ?? 0) || code > MAX_LAX) return -1;
  if (!lax && (code > MAX_UNICODE || (code >= 0xd800 && code <= 0xdfff))) return -1;
  decodedEnd = start + count + 1;
  return code;
}

function isContinuation(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xc0) === 0x80;
}

/** A position from 1, where negative ones count from the end. */
function fromEnd(position: number, size: number): number {
  if (position >= 0) return position;
  return -position > size ? 0 : size + position + 1;
}

/** The bytes of a code up to 2^31 − 1. */
function encode(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  let rest = code;
  let tail = "";
  let lead = 0x3f; // the largest value that fits into the first byte
  do {
    tail = String.fromCharCode(0x80 | (rest & 0x3f)) + tail;
    rest = Math.floor(rest / 64);
    lead >>= 1;
  } while (rest > lead);
  return String.fromCharCode(((~lead << 1) & 0xff) | rest) + tail;
}

function char(...codes: LuaValue[]): string {
  let text = "";
  for (let i = 0; i < codes.length; i++) {
    const code = checkPosition(codes[i], i + 1, "char");
    if (code < 0 || code > MAX_LAX) throw argumentError(i + 1, "char", "value out of range");
    text += encode(code);
  }
  return text;
}

function len(s: LuaValue, from: LuaValue, to: LuaValue, lax: LuaValue): LuaResult {
  const text = checkString(s, 1, "len", arguments.length);
  const start = fromEnd(optPosition(from, 2, "len", 1), text.length);
  const end = fromEnd(optPosition(to, 3, "len", -1), text.length);
  if (start < 1 || start > text.length + 1) {
    throw argumentError(2, "len", "initial position out of bounds");
  }
  if (end > text.length) throw argumentError(3, "len", "final position out of bounds");
  let count = 0;
  for (let at = start - 1; at < end; at = decodedEnd) {
    if (decode(text, at, isLax(lax)) < 0) return [undefined, at + 1];
    count++;
  }
  return count;
}

function isLax(value: LuaValue): boolean {
  return value !== undefined && value !== false;
}

function codepoint(s: LuaValue, from: LuaValue, to: LuaValue, lax: LuaValue): LuaResult {
  const text = checkString(s, 1, "codepoint", arguments.length);
  const start = fromEnd(optPosition(from, 2, "codepoint", 1), text.length);
  const end = fromEnd(optPosition(to, 3, "codepoint", start), text.length);
  if (start < 1) throw argumentError(2, "codepoint", "out of bounds");
  if (end > text.length) throw argumentError(3, "codepoint", "out of bounds");
  if (start > end) return NOTHING;
  const codes: number[] = [];
  for (let at = start - 1; at < end; at = decodedEnd) {
    const code = decode(text, at, isLax(lax));
    if (code < 0) throw runtimeError(INVALID);
    codes.push(code);
  }
  return results(codes);
}

function offset(s: LuaValue, n: LuaValue, from: LuaValue): LuaResult {
  const text = checkString(s, 1, "offset", arguments.length);
  let wanted = checkPosition(n, 2, "offset", arguments.length);
  const size = text.length;
  let at = fromEnd(optPosition(from, 3, "offset", wanted >= 0 ? 1 : size + 1), size) - 1;
  if (at < 0 || at > size) throw argumentError(3, "offset", "position out of bounds");
  if (wanted === 0) {
    while (at > 0 && isContinuation(text, at)) at--;
  } else if (isContinuation(text, at)) {
    throw runtimeError("initial position is a continuation byte");
  } else if (wanted < 0) {
    for (; wanted < 0 && at > 0; wanted++) {
      do at--; while (at > 0 && isContinuation(text, at));
    }
  } else {
    for (wanted--; wanted > 0 && at < size; wanted--) {
      do at++; while (isContinuation(text, at));
    }
  }
  if (wanted !== 0) return undefined;
  const start = at + 1;
  if (at < size && text.charCodeAt(at) >= 0x80) {
    if (isContinuation(text, at)) throw runtimeError("initial position is a continuation byte");
    while (isContinuation(text, at + 1)) at++;
  }
  return [start, at + 1];
}

/** The step of a loop over `utf8.codes`. */
function step(text: string, previous: number, lax: boolean): LuaResult {
  let at = previous;
  // Behind the first byte of the previous character, or at the start.
  while (at < text.length && isContinuation(text, at)) at++;
  if (at < 0 || at >= text.length) return NOTHING;
  const code = decode(text, at, lax);
  if (code < 0 || isContinuation(text, decodedEnd)) throw runtimeError(INVALID);
  return [at + 1, code];
}

function strictStep(s: LuaValue, previous: LuaValue): LuaResult {
  return step(checkString(s, 1, "for iterator"), checkPosition(previous, 2, "for iterator"), false);
}

function laxStep(s: LuaValue, previous: LuaValue): LuaResult {
  return step(checkString(s, 1, "for iterator"), checkPosition(previous, 2, "for iterator"), true);
}

function codes(s: LuaValue, lax: LuaValue): LuaResult {
  const text = checkString(s, 1, "codes", arguments.length);
  if (isContinuation(text, 0)) throw argumentError(1, "codes", INVALID);
  return [isLax(lax) ? laxStep : strictStep, text, 0];
}

/** The members of `utf8`. */
export const utf8Library: Readonly<Record<string, LuaValue>> = {
  char,
  charpattern: "[\0-\x7f\xc2-\xfd][\x80-\xbf]*",
  codepoint,
  codes,
  len,
  offset,
};
