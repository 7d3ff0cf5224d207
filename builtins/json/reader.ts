/** A JSON parser (RFC 8259) that makes Lua values at once, and keeps the form of numbers and the place of errors. */
import { fromText, toText } from "../../runtime/seam/text.ts";
import type { Host } from "../../runtime/seam/host.ts";
import type { LuaNumber, LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import {
  BACKSLASH,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  documentBytes,
  isDigit,
  isLetter,
  MINUS,
  NEWLINE,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  POINT,
  QUOTE,
  RETURN,
  SPACE,
  TAB,
  ZERO,
} from "./bytes.ts";
import { type KeyNode, keysOf } from "./keys.ts";
import { numberOf } from "./number.ts";
import { newEmptyArray } from "./shape.ts";
import { MAX_DEPTH, sourceError } from "./source.ts";
import { longString, MAX_SHORT, shortString } from "./strings.ts";

const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
const ESCAPES = '"\\/bfnrt';

/** Integers of so many digits are exact as they are read. */
const EXACT_DIGITS = 15;

const MAX_ASCII = 0x7f;

/** Reads one document. */
export class JsonReader {
  readonly #host: Host;
  readonly #source: string;
  readonly #functionName: string;
  readonly #bytes: Uint8Array;
  readonly #keys: KeyNode;
  /** What has been read of the objects and arrays that are open, the innermost last; the first slot is no value. */
  readonly #values: LuaValue[] = [undefined];
  #top = 1;
  #offset = 0;
  #depth = 0;

  /**
   * @param source UTF-8
   * @throws {ScriptError} Where it is not
   */
  constructor(host: Host, source: string, functionName: string) {
    this.#host = host;
    this.#source = source;
    this.#functionName = functionName;
    this.#bytes = documentBytes(source, functionName);
    this.#keys = keysOf(host);
  }

  /** @throws {ScriptError} When the source is no JSON document */
  read(): LuaValue {
    const value = this.#value(this.#skip());
    this.#skip();
    if (this.#offset < this.#source.length) this.#fail("expected the end of the text");
    return value;
  }

  /** @param code What it begins with */
  #value(code: number): LuaValue {
    switch (code) {
      case QUOTE:
        return this.#string();
      case OPEN_BRACE:
        return this.#object();
      case OPEN_BRACKET:
        return this.#array();
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", undefined);
      default:
        return this.#number(code);
    }
  }

  #object(): LuaTable {
    const { vm } = this.#host;
    if (this.#isEmpty(CLOSE_BRACE)) return vm.newTable();
    const base = this.#top;
    let node = this.#keys;
    do {
      const next = this.#key(node);
      if (typeof next === "string") return this.#dictionary(node, base, next);
      const value = this.#field();
      // Without the key of a field that is nil, the object is one of others
      if (value !== undefined) {
        node = next;
        this.#values[this.#top++] = value;
      }
    } while (this.#hasMore(CLOSE_BRACE));
    this.#top = base;
    return node.make(this.#values, base);
  }

  /**
   * Reads the rest of an object whose keys are not in the tree.
   *
   * @param node The keys before
   * @param base Where their values are
   * @param key The key that has been read
   */
  #dictionary(node: KeyNode, base: number, key: string): LuaTable {
    const table = this.#host.vm.newTable();
    node.keys.forEach((before, i) => table.set(before, this.#values[base + i]));
    this.#top = base;
    table.set(key, this.#field());
    while (this.#hasMore(CLOSE_BRACE)) {
      const next = this.#keyText();
      table.set(next, this.#field());
    }
    return table;
  }

  #array(): LuaTable {
    if (this.#isEmpty(CLOSE_BRACKET)) return newEmptyArray(this.#host);
    const base = this.#top;
    do {
      const value = this.#value(this.#skip());
      this.#values[this.#top++] = value;
    } while (this.#hasMore(CLOSE_BRACKET));
    const end = this.#top;
    this.#top = base;
    return this.#host.vm.newArray(this.#values, base, end);
  }

  /** @returns The node of the key, or the key where it has none */
  #key(node: KeyNode): KeyNode | string {
    const { next } = node;
    if (next !== undefined && this.#skip() === QUOTE) {
      const bytes = this.#bytes;
      const expected = next.bytes;
      const { length } = expected;
      const start = this.#offset + 1;
      let i = 0;
      while (i < length && bytes[start + i] === expected[i]) i++;
      if (i === length) {
        this.#offset = start + length;
        return next;
      }
    }
    const key = this.#keyText();
    return node.after(key) ?? key;
  }

  #keyText(): string {
    if (this.#skip() !== QUOTE) this.#fail("expected a string as object key");
    return this.#string();
  }

  /** What belongs to the key that has been read. */
  #field(): LuaValue {
    if (this.#skip() !== COLON) this.#fail("expected ':'");
    this.#offset++;
    return this.#value(this.#skip());
  }

  /** Enters an object or array. @returns Whether that was all of it */
  #isEmpty(close: number): boolean {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nesting deeper than ${MAX_DEPTH} levels`);
    this.#offset++;
    if (this.#skip() !== close) return false;
    this.#offset++;
    this.#depth--;
    return true;
  }

  /** Goes past a comma, or out of the object or array. */
  #hasMore(close: number): boolean {
    const code = this.#skip();
    if (code !== COMMA && code !== close) this.#fail(`expected ',' or '${String.fromCharCode(close)}'`);
    this.#offset++;
    if (code === COMMA) return true;
    this.#depth--;
    return false;
  }

  #word<T extends LuaValue>(text: string, value: T): T {
    const bytes = this.#bytes;
    const start = this.#offset;
    for (let i = 1; i < text.length; i++) {
      if (bytes[start + i] !== text.charCodeAt(i)) this.#fail("expected a value");
    }
    if (isLetter(bytes[start + text.length] as number)) this.#fail("expected a value");
    this.#offset += text.length;
    return value;
  }

  #number(first: number): LuaNumber {
    const bytes = this.#bytes;
    const isNegative = first === MINUS;
    const start = isNegative ? this.#offset + 1 : this.#offset;
    let end = start;
    let code = bytes[end] as number;
    let number = 0;
    while (isDigit(code)) {
      number = number * 10 + code - ZERO;
      code = bytes[++end] as number;
    }
    const digits = end - start;
    const isPlain = digits > 0 && digits <= EXACT_DIGITS && (digits === 1 || bytes[start] !== ZERO);
    if (!isPlain || code === POINT || code === PLUS || code === MINUS || isLetter(code)) {
      return this.#anyNumber();
    }
    this.#offset = end;
    // 0 − 0 is no −0
    return isNegative ? 0 - number : number;
  }

  #anyNumber(): LuaNumber {
    const start = this.#offset;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.#source);
    if (match === null) {
      return this.#fail(this.#source[start] === "-" ? "invalid number" : "expected a value");
    }
    const [text, fraction, exponent] = match;
    this.#offset = NUMBER.lastIndex;
    if (/[\d.eE+-]/.test(this.#source[this.#offset] ?? "")) return this.#fail("invalid number");
    const number = numberOf(text, fraction === undefined && exponent === undefined);
    return number ?? this.#failAt(start, "number out of range");
  }

  #string(): string {
    const bytes = this.#bytes;
    const start = this.#offset + 1;
    const limit = start + MAX_SHORT;
    let end = start;
    let hash = 0;
    let code = bytes[end] as number;
    while (code !== QUOTE) {
      if (code < SPACE || code === BACKSLASH || end === limit) return this.#anyString(end);
      hash = Math.imul(hash, 31) + code | 0;
      code = bytes[++end] as number;
    }
    this.#offset = end + 1;
    return shortString(this.#source, bytes, start, end, hash);
  }

  /** @param end Up to here the characters stand for themselves */
  #anyString(end: number): string {
    const bytes = this.#bytes;
    const start = this.#offset;
    let at = end;
    let isAscii = true;
    for (;;) {
      let code = bytes[at] as number;
      while (code >= SPACE && code !== QUOTE && code !== BACKSLASH) code = bytes[++at] as number;
      if (code === QUOTE) break;
      this.#offset = at;
      if (code !== BACKSLASH) {
        this.#fail(at < this.#source.length ? "control character in a string" : "unterminated string");
      }
      if (this.#escape() > MAX_ASCII) isAscii = false;
      at = this.#offset;
    }
    this.#offset = at + 1;
    const literal = this.#source.slice(start, at + 1);
    return isAscii ? longString(literal) : fromText(longString(toText(literal)));
  }

  /** Goes past an escape, or two that are one character. @returns A UTF-16 unit of the character */
  #escape(): number {
    const start = this.#offset;
    const unit = this.#codeUnit();
    if (unit === undefined) return this.#failAt(start, "invalid escape in a string");
    if (unit < 0xd800 || unit > 0xdfff) return unit;
    const low = unit < 0xdc00 ? this.#codeUnit() : undefined;
    if (low === undefined || low < 0xdc00 || low > 0xdfff) {
      return this.#failAt(start, "lone surrogate escape in a string");
    }
    return unit;
  }

  /** @returns That of an escape by number, 0 for one by a letter, undefined where there is no escape */
  #codeUnit(): number | undefined {
    const source = this.#source;
    const start = this.#offset;
    if (source[start] !== "\\") return undefined;
    const letter = source[start + 1];
    if (letter !== "u") {
      if (letter === undefined || !ESCAPES.includes(letter)) return undefined;
      this.#offset += 2;
      return 0;
    }
    const digits = source.slice(start + 2, start + 6);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    this.#offset += 6;
    return parseInt(digits, 16);
  }

  /** Goes to the next character that is no white space. @returns It; 0 at the end */
  #skip(): number {
    const bytes = this.#bytes;
    let code = bytes[this.#offset] as number;
    while (code <= SPACE && (code === SPACE || code === NEWLINE || code === RETURN || code === TAB)) {
      code = bytes[++this.#offset] as number;
    }
    return code;
  }

  #failAt(offset: number, reason: string): never {
    this.#offset = offset;
    return this.#fail(reason);
  }

  #fail(reason: string): never {
    const source = this.#source;
    const ended = this.#offset >= source.length && reason.startsWith("expected");
    const text = ended ? `${reason}, found the end of the text` : reason;
    throw sourceError(this.#functionName, text, source, this.#offset);
  }
}
