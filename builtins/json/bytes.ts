/** The characters that have a meaning in JSON, and the bytes of a document. */
import { requireText } from "./source.ts";

export const TAB = 0x09;
export const NEWLINE = 0x0a;
export const RETURN = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const PLUS = 0x2b;
export const COMMA = 0x2c;
export const MINUS = 0x2d;
export const POINT = 0x2e;
export const ZERO = 0x30;
export const NINE = 0x39;
export const COLON = 0x3a;
export const OPEN_BRACKET = 0x5b;
export const BACKSLASH = 0x5c;
export const CLOSE_BRACKET = 0x5d;
export const OPEN_BRACE = 0x7b;
export const CLOSE_BRACE = 0x7d;

export function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

export function isLetter(code: number): boolean {
  // 0x20 is what upper and lower case differ by
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

const encoder = new TextEncoder();

/** For short documents: making an array takes longer than to read one. */
const scratch = new Uint8Array(4096);

/**
 * The bytes of a document with a 0 after the last, which no part of JSON goes past. An array of them is read twice
 * as fast as the string. It may be used until the next call.
 *
 * @param functionName What the error begins with
 * @throws {ScriptError} Where they are not UTF-8
 */
export function documentBytes(source: string, functionName: string): Uint8Array {
  const { length } = source;
  const bytes = length < scratch.length ? scratch : new Uint8Array(length + 1);
  const { read, written } = encoder.encodeInto(source, bytes);
  // One byte for each character: all are ASCII
  if (read !== length || written !== length) {
    requireText(source, functionName);
    for (let i = 0; i < length; i++) bytes[i] = source.charCodeAt(i);
  }
  bytes[length] = 0;
  return bytes;
}
