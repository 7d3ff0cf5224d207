/** `string.format`. Only where a value of `%s` has `__tostring` does it call Lua. */
import { argumentError, runtimeError } from "../../error.ts";
import type { LuaValue } from "../../table.ts";
import { checkFloat, checkInteger, checkString } from "../arguments.ts";
import { type Callback, drive, type LuaResult } from "../callback.ts";
import { addressOf } from "../identity.ts";
import { text, textWithoutCalls } from "../tostring.ts";
import { lowOf } from "../../number/kinds.ts";
import { formatDouble, formatInteger, pad } from "./format_number.ts";
import { type Conversion, type FormatPart, parseFormat } from "./format_spec.ts";
import { chargeString, checkLength } from "./limits.ts";
import { quote } from "./quote.ts";

/** From this length on, PUC-Rio adds a string without a precision as it is, whatever the width. */
const NO_PADDING = 100;

export function format(template?: LuaValue, ...values: LuaValue[]): LuaResult {
  const parts = parseFormat(checkString(template, 1, "format", arguments.length));
  return formatted(parts, values) ?? drive(formatByCalls(parts, values));
}

/** From so many parts on, they are joined at once: added one by one, they take some times the memory of the text. */
const MANY_PARTS = 8;

/** The result; `undefined` where a metamethod is to be called for it. */
function formatted(parts: readonly FormatPart[], values: readonly LuaValue[]): string | undefined {
  if (parts.length >= MANY_PARTS) return joined(parts, values);
  let result = "";
  let used = 0;
  // Formats stand in loops: nothing is allocated but the text
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as FormatPart;
    const piece = typeof part === "string" ? part : pieceOf(part, values, used++);
    if (piece === undefined) return undefined;
    checkLength(result.length + piece.length);
    result += piece;
  }
  chargeString(result.length);
  return result;
}

function joined(parts: readonly FormatPart[], values: readonly LuaValue[]): string | undefined {
  const pieces: string[] = [];
  let length = 0;
  let used = 0;
  for (const part of parts) {
    const piece = typeof part === "string" ? part : pieceOf(part, values, used++);
    if (piece === undefined) return undefined;
    length += piece.length;
    checkLength(length);
    pieces.push(piece);
  }
  chargeString(length);
  return pieces.join("");
}

function pieceOf(part: Conversion, values: readonly LuaValue[], at: number): string | undefined {
  return part.plainly?.(values[at]) ?? convert(part, values, at);
}

/** Puts texts in the place of values that metamethods show. Mistakes before such a value are told first. */
function* formatByCalls(parts: readonly FormatPart[], values: readonly LuaValue[]): Callback {
  const shown = [...values];
  let used = 0;
  for (const part of parts) {
    if (typeof part === "string") continue;
    const at = used++;
    if (convert(part, shown, at) === undefined) shown[at] = yield* text(shown[at]);
  }
  return formatted(parts, shown);
}

/** One argument as its conversion wants it; `undefined` where a metamethod is to be called for it. */
function convert(spec: Conversion, values: readonly LuaValue[], at: number): string | undefined {
  const index = at + 2;
  if (at >= values.length) throw argumentError(index, "format", "no value");
  const value = values[at];
  if (spec.unknown !== undefined) throw runtimeError(spec.unknown);
  // As PUC-Rio, some look at their modifiers first and some at their argument.
  switch (spec.letter) {
    case "d":
    case "i":
    case "u":
    case "o":
    case "x":
    case "X": {
      const integer = checkInteger(value, index, "format");
      if (spec.bare && spec.letter === "d") return integer.toString();
      checkModifiers(spec);
      return formatInteger(integer, spec);
    }
    case "c":
      checkModifiers(spec);
      return pad(String.fromCharCode(lowOf(checkInteger(value, index, "format")) & 0xff), spec);
    case "s": {
      const shown = textWithoutCalls(value);
      return shown === undefined || spec.bare ? shown : padText(shown, spec, index);
    }
    case "q":
      return quote(value, index);
    case "p":
      checkModifiers(spec);
      return pad(addressOf(value) ?? "(null)", spec);
    case "a":
    case "A":
      checkModifiers(spec);
      return formatDouble(checkFloat(value, index, "format"), spec);
    default: {
      const n = checkFloat(value, index, "format");
      checkModifiers(spec);
      return formatDouble(n, spec);
    }
  }
}

function checkModifiers(spec: Conversion): void {
  if (spec.mistake !== undefined) throw runtimeError(spec.mistake);
}

function padText(shown: string, spec: Conversion, index: number): string {
  if (spec.bare) return shown;
  if (shown.includes("\0")) throw argumentError(index, "format", "string contains zeros");
  checkModifiers(spec);
  if (spec.precision < 0) return shown.length >= NO_PADDING ? shown : pad(shown, spec);
  return pad(shown.slice(0, spec.precision), spec);
}
