/** `string.format`. Only where a value of `%s` has `__tostring` does it call Lua. */
import { argumentError, runtimeError } from "../../error.ts";
import type { LuaValue } from "../../table.ts";
import { checkFloat, checkInteger, checkString } from "../arguments.ts";
import { type Callback, drive, type LuaResult } from "../callback.ts";
import { addressOf } from "../identity.ts";
import { text, textWithoutCalls } from "../tostring.ts";
import { lowOf } from "../../number/kinds.ts";
import { formatDouble, formatInteger, pad, padNumber } from "./format_number.ts";
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
  const pieces: string[] | undefined = parts.length < MANY_PARTS ? undefined : [];
  let result = "";
  let length = 0;
  let used = 0;
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i] as FormatPart;
    const piece = typeof part === "string" ? part : pieceOf(part, values, used++);
    if (piece === undefined) return undefined;
    length += piece.length;
    checkLength(length);
    if (pieces === undefined) result += piece;
    else pieces.push(piece);
  }
  chargeString(length);
  return pieces === undefined ? result : pieces.join("");
}

function pieceOf(part: Conversion, values: readonly LuaValue[], at: number): string | undefined {
  const value = values[at];
  const plain = part.isPlain ? plainly(part, value) : undefined;
  return plain ?? convert(part, values, at);
}

/** What conversions mostly get, without a look at what they seldom have; undefined for others. */
function plainly(spec: Conversion, value: LuaValue): string | undefined {
  switch (spec.letter) {
    case "s":
      return spec.bare && typeof value === "string" ? value : undefined;
    case "d":
      return isNatural(value) ? padNumber("", value.toString(), spec, spec.zeros) : undefined;
    case "x":
      return isNatural(value) ? padNumber("", value.toString(16), spec, spec.zeros) : undefined;
    default:
      return undefined;
  }
}

/** Whether a value is an integer of 31 bits without a sign. */
function isNatural(value: LuaValue): value is number {
  return typeof value === "number" && (value | 0) === value && value >= 0;
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
