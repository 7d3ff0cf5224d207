/** `string.gsub`. Only where functions or metamethods give the replacements does it call Lua. */
import { type LuaThrow, runtimeError } from "../../error.ts";
import { formatNumber } from "../../number/format.ts";
import { isNumber } from "../../number/kinds.ts";
import { LuaTable, type LuaValue } from "../../table.ts";
import { checkPosition, checkString, typeError } from "../arguments.ts";
import {
  type Callback,
  callWith,
  drive,
  driveDirectly,
  first,
  type LuaResult,
  rested,
  SUSPENDED,
  UNDER_WAY,
} from "../callback.ts";
import { index } from "../metamethods.ts";
import { flat } from "./bytes.ts";
import { chargeString, chargeText, checkLength } from "./limits.ts";
import { patternOf } from "./pattern/cache.ts";
import type { Pattern } from "./pattern/match.ts";

/** A call of `gsub` whose arguments were checked. */
interface Substitution {
  readonly text: string;
  readonly pattern: Pattern;
  readonly most: number;
}

function prepare(
  s: LuaValue,
  pattern: LuaValue,
  replacement: LuaValue,
  most: LuaValue,
  count: number,
): Substitution {
  const text = chargeText(checkString(s, 1, "gsub", count));
  const wanted = checkString(pattern, 2, "gsub", count);
  const limit = most === undefined ? Infinity : checkPosition(most, 4, "gsub");
  const usable = typeof replacement === "string" || typeof replacement === "function" ||
    replacement instanceof LuaTable || isNumber(replacement);
  if (!usable) throw typeError(replacement, 3, "gsub", "string/function/table", count);
  return { text, pattern: patternOf(wanted), most: limit };
}

/** Bytes of a piece of the result. */
const PIECE = 16384;

/** Collects the result: what was replaced, and what lay between. */
class Output {
  count = 0;
  /** Pieces of some size: a string of very many small ones takes many times its length until it is read. */
  readonly #done: string[] = [];
  #length = 0;
  #text = "";
  #copied = 0;

  constructor(readonly subject: string) {}

  /** @param value What replaces the match: a string or number, or nil or false to keep it */
  replace(start: number, end: number, value: LuaValue): void {
    this.count++;
    if (value === undefined || value === false) return;
    const piece = isNumber(value) ? formatNumber(value) : value;
    if (typeof piece !== "string") throw invalidValue(value);
    checkLength(this.#length + start - this.#copied + piece.length);
    this.#add(start > this.#copied ? this.subject.slice(this.#copied, start) + piece : piece);
    this.#copied = end;
  }

  #add(piece: string): void {
    this.#length += piece.length;
    this.#text += piece;
    if (this.#text.length < PIECE) return;
    chargeString(this.#text.length);
    this.#done.push(flat(this.#text));
    this.#text = "";
  }

  result(): LuaResult {
    const text = this.#text + this.subject.slice(this.#copied);
    chargeString(this.#length - this.#text.length + text.length);
    return rested([this.#done.length === 0 ? text : this.#done.join("") + text, this.count]);
  }
}

function invalidValue(value: LuaValue): LuaThrow {
  const type = typeof value === "object" ? value.luaType : typeof value;
  return runtimeError(`invalid replacement value (a ${type})`);
}

/** Goes from match to match. */
class Matches {
  #from = 0;
  #lastEnd = -1;
  #left: number;

  constructor(readonly call: Substitution) {
    this.#left = call.most;
  }

  /** Finds the next one; the pattern then holds it. */
  next(): boolean {
    const { pattern, text } = this.call;
    if (this.#left <= 0 || this.#from > text.length || !pattern.search(text, this.#from)) return false;
    // An empty match where the last one ended is that one's end, not another match.
    if (pattern.end === this.#lastEnd && !pattern.search(text, pattern.start + 1)) return false;
    this.#left = pattern.anchored ? 0 : this.#left - 1;
    this.#from = this.#lastEnd = pattern.end;
    return true;
  }
}

export function gsub(
  s?: LuaValue,
  pattern?: LuaValue,
  replacement?: LuaValue,
  most?: LuaValue,
): LuaResult {
  const call = prepare(s, pattern, replacement, most, arguments.length);
  const matches = new Matches(call);
  const output = new Output(call.text);
  if (typeof replacement === "function") {
    const result = driveDirectly(() => replaceDirectly(matches, output, replacement));
    return result === SUSPENDED ? result : output.result();
  }
  if (replacement instanceof LuaTable && replacement.metatable !== undefined) {
    return drive(replaceByIndex(matches, output, replacement));
  }
  if (replacement instanceof LuaTable) {
    while (matches.next()) {
      const key = first(call.pattern.captures(call.text));
      output.replace(call.pattern.start, call.pattern.end, replacement.get(key));
    }
    return output.result();
  }
  const template = typeof replacement === "string" ? replacement : formatNumber(replacement as number);
  if (!template.includes("%")) {
    while (matches.next()) output.replace(call.pattern.start, call.pattern.end, template);
    return output.result();
  }
  const pieces = parseTemplate(template);
  while (matches.next()) {
    output.replace(call.pattern.start, call.pattern.end, expand(pieces, call));
  }
  return output.result();
}

/** The replacements by a function, without a generator until it is suspended. @returns What goes on then */
function replaceDirectly(matches: Matches, output: Output, replacement: LuaValue): Callback | undefined {
  const { pattern, text } = matches.call;
  while (matches.next()) {
    // Read before the call: the function may use the same pattern.
    const { start, end } = pattern;
    const value = callWith(replacement, pattern.captures(text));
    if (value === SUSPENDED) return replaceRest(matches, output, replacement, start, end);
    output.replace(start, end, first(value));
  }
  return undefined;
}

/** Goes on with the replacement of a match for which the function has been called. */
function* replaceRest(
  matches: Matches,
  output: Output,
  replacement: LuaValue,
  start: number,
  end: number,
): Callback {
  output.replace(start, end, first(yield UNDER_WAY));
  const { pattern, text } = matches.call;
  while (matches.next()) {
    const { start, end } = pattern;
    const captures = pattern.captures(text);
    const value = yield Array.isArray(captures)
      ? [replacement, ...captures]
      : [replacement, captures as LuaValue];
    output.replace(start, end, first(value));
  }
  return output.result();
}

/** The replacements by a table whose metatable may have `__index`. */
function* replaceByIndex(matches: Matches, output: Output, replacement: LuaTable): Callback {
  const { pattern, text } = matches.call;
  while (matches.next()) {
    const { start, end } = pattern;
    const value = yield* index(replacement, first(pattern.captures(text)));
    output.replace(start, end, value);
  }
  return output.result();
}

/** A piece of a replacement string: text, the number of a capture (0 is the match), or a mistake. */
type Piece = string | number | { readonly mistake: string };

let lastTemplate = "";
let lastPieces: readonly Piece[] = [];

function parseTemplate(template: string): readonly Piece[] {
  if (template === lastTemplate) return lastPieces;
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = template.indexOf("%"); at >= 0; at = template.indexOf("%", from)) {
    if (at > from) pieces.push(template.slice(from, at));
    const code = template.charAt(at + 1);
    if (code === "%") pieces.push("%");
    else if (code >= "0" && code <= "9") pieces.push(Number(code));
    else pieces.push({ mistake: "invalid use of '%' in replacement string" });
    from = at + 2;
  }
  if (from < template.length) pieces.push(template.slice(from));
  lastTemplate = template;
  lastPieces = pieces;
  return pieces;
}

function expand(pieces: readonly Piece[], { pattern, text }: Substitution): string {
  let result = "";
  for (const piece of pieces) {
    if (typeof piece === "string") result += piece;
    else if (typeof piece === "object") throw runtimeError(piece.mistake);
    else if (piece === 0 || (piece === 1 && pattern.captureCount === 0)) {
      result += text.slice(pattern.start, pattern.end);
    } else if (piece > pattern.captureCount) {
      throw runtimeError(`invalid capture index %${piece} in replacement string`);
    } else result += pattern.capture(text, piece - 1);
    checkLength(result.length);
  }
  return result;
}
