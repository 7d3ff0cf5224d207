/** Constants and names as generated code writes them. */
import { isDigit, NAME_CHARACTER } from "../parse/character.ts";
import { isPropertyKey } from "../table/props.ts";
import type { LuaFloat, LuaInteger } from "../value.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

/** @param value Bytes: none of them ends a line of JavaScript without being escaped in JSON */
export function stringLiteral(value: string): string {
  return JSON.stringify(value);
}

export function numberLiteral(w: FunctionWriter, value: number | LuaFloat | LuaInteger): Operand {
  if (typeof value !== "number" || !Number.isFinite(value)) return w.unit.constant(value);
  return value < 0 ? `(${value})` : String(value);
}

// Without regular expressions, which V8 would compile for a script that is over before they pay off

const PARENTHESIS = 0x28;
const MINUS = 0x2d;
const DOT = 0x2e;

/** Whether an operand is a small integer constant, as arithmetic without checks needs it. */
export function isSmallInteger(operand: Operand): boolean {
  if (!isNumericLiteral(operand)) return false;
  const isEnclosed = operand.charCodeAt(0) === PARENTHESIS;
  const from = !isEnclosed ? 0 : operand.charCodeAt(1) === MINUS ? 2 : 1;
  const to = isEnclosed ? operand.length - 1 : operand.length;
  for (let i = from; i < to; i++) {
    if (!isDigit(operand.charCodeAt(i))) return false;
  }
  return to - from <= SMALL_DIGITS;
}

/** So many digits are within 31 bits. */
const SMALL_DIGITS = 9;

/** Whether an operand is what {@link numberLiteral} writes for a JavaScript number, or a double in parentheses. */
export function isNumericLiteral(operand: Operand): boolean {
  const c = operand.charCodeAt(0);
  if (c !== PARENTHESIS) return isDigit(c) || c === DOT;
  const next = operand.charCodeAt(1);
  return isDigit(next) || (next === MINUS && isDigit(operand.charCodeAt(2)));
}

/** What names in `props` may be written behind a dot in generated code. */
export function isFieldName(key: string): boolean {
  for (let i = 0; i < key.length; i++) {
    if (NAME_CHARACTER[key.charCodeAt(i)] !== 1) return false;
  }
  return isPropertyKey(key);
}
