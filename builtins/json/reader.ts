/** A JSON parser (RFC 8259) that keeps what `JSON.parse` loses: the form of numbers, the place of errors. */
import { fromText } from "../../runtime/seam/text.ts";
import type { Host } from "../../runtime/seam/host.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  type LuaNumber,
  type LuaValue,
} from "../../runtime/seam/value.ts";
import { newEmptyArray } from "./shape.ts";
import { MAX_DEPTH, sourceError } from "./source.ts";

const WHITESPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/y;
// deno-lint-ignore no-control-regex -- JSON forbids these in strings
const PLAIN = /[^"\\\x00-\x1f]*/y;
const WORD = /[A-Za-z]*/y;

const MAX_INTEGER = 2n ** 63n - 1n;
const MIN_INTEGER = -(2n ** 63n);
const ESCAPES: ReadonlyMap<string | undefined, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

/** Reads one document; the source is UTF-8. */
export class JsonReader {
  #offset = 0;
  #depth = 0;

  constructor(
    private readonly host: Host,
    private readonly source: string,
    private readonly functionName: string,
  ) {}

  /** @throws {ScriptError} When the source is no JSON document */
  read(): LuaValue {
    this.#skip();
    const value = this.#value();
    this.#skip();
    if (this.#offset < this.source.length) this.#fail("expected the end of the text");
    return value;
  }

  #value(): LuaValue {
    const { source } = this;
    switch (source[this.#offset]) {
      case "{":
        return this.#nested(() => this.#object());
      case "[":
        return this.#nested(() => this.#array());
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n":
        return this.#word();
      default:
        return this.#number();
    }
  }

  #nested(read: () => LuaValue): LuaValue {
    if (++this.#depth > MAX_DEPTH) this.#fail(`nesting deeper than ${MAX_DEPTH} levels`);
    const value = read();
    this.#depth--;
    return value;
  }

  #object(): LuaValue {
    const table = this.host.vm.newTable();
    this.#offset++;
    this.#skip();
    if (this.#take("}")) return table;
    do {
      this.#skip();
      if (this.source[this.#offset] !== '"') this.#fail("expected a string as object key");
      const key = this.#string();
      this.#skip();
      if (!this.#take(":")) this.#fail("expected ':'");
      this.#skip();
      table.set(key, this.#value());
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("}")) this.#fail("expected ',' or '}'");
    return table;
  }

  #array(): LuaValue {
    const items: LuaValue[] = [];
    this.#offset++;
    this.#skip();
    if (this.#take("]")) return newEmptyArray(this.host);
    do {
      this.#skip();
      items.push(this.#value());
      this.#skip();
    } while (this.#take(","));
    if (!this.#take("]")) this.#fail("expected ',' or ']'");
    return this.host.vm.newArray(items);
  }

  #word(): LuaValue {
    const start = this.#offset;
    switch (this.#match(WORD)) {
      case "true":
        return true;
      case "false":
        return false;
      case "null":
        return undefined;
    }
    this.#offset = start;
    return this.#fail("expected a value");
  }

  #number(): LuaNumber {
    const start = this.#offset;
    NUMBER.lastIndex = start;
    const match = NUMBER.exec(this.source);
    if (match === null) return this.#fail(this.source[start] === "-" ? "invalid number" : "expected a value");
    const [text, fraction, exponent] = match;
    this.#offset = NUMBER.lastIndex;
    if (/[\d.eE+-]/.test(this.source[this.#offset] ?? "")) return this.#fail("invalid number");
    const number = Number(text);
    if (fraction === undefined && exponent === undefined) {
      // Adding 0 makes a 0 of -0
      if (Number.isSafeInteger(number)) return number + 0;
      // 20 digits exceed every 64-bit integer: BigInt takes no time in the square of the length then
      const integer = text.length <= 20 ? BigInt(text) : MAX_INTEGER + 1n;
      if (integer >= MIN_INTEGER && integer <= MAX_INTEGER) return integerFromBigInt(integer);
    }
    if (!Number.isFinite(number)) {
      this.#offset = start;
      return this.#fail("number out of range");
    }
    return floatFromNumber(number);
  }

  #string(): string {
    this.#offset++;
    let result = this.#match(PLAIN);
    while (!this.#take('"')) {
      if (!this.#take("\\")) {
        this.#fail(
          this.#offset < this.source.length ? "control character in a string" : "unterminated string",
        );
      }
      result += this.#escape();
      result += this.#match(PLAIN);
    }
    return result;
  }

  #escape(): string {
    const start = this.#offset - 1;
    const letter = this.source[this.#offset++];
    const character = ESCAPES.get(letter);
    if (character !== undefined) return character;
    const unit = letter === "u" ? this.#codeUnit() : undefined;
    if (unit === undefined) return this.#failAt(start, "invalid escape in a string");
    if (unit < 0xd800 || unit > 0xdfff) return fromText(String.fromCharCode(unit));
    const low = unit < 0xdc00 && this.#take("\\") && this.#take("u") ? this.#codeUnit() : undefined;
    if (low === undefined || low < 0xdc00 || low > 0xdfff) {
      return this.#failAt(start, "lone surrogate escape in a string");
    }
    return fromText(String.fromCharCode(unit, low));
  }

  #codeUnit(): number | undefined {
    const digits = this.source.slice(this.#offset, this.#offset + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) return undefined;
    this.#offset += 4;
    return parseInt(digits, 16);
  }

  #skip(): void {
    WHITESPACE.lastIndex = this.#offset;
    WHITESPACE.test(this.source);
    this.#offset = WHITESPACE.lastIndex;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#offset;
    const text = pattern.exec(this.source)?.[0] ?? "";
    this.#offset += text.length;
    return text;
  }

  #take(character: string): boolean {
    if (this.source[this.#offset] !== character) return false;
    this.#offset++;
    return true;
  }

  #failAt(offset: number, reason: string): never {
    this.#offset = offset;
    return this.#fail(reason);
  }

  #fail(reason: string): never {
    const { source, functionName } = this;
    const ended = this.#offset >= source.length && reason.startsWith("expected");
    throw sourceError(
      functionName,
      ended ? `${reason}, found the end of the text` : reason,
      source,
      this.#offset,
    );
  }
}
