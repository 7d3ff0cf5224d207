/** The lexer: one token at a time, kept in fields, so that reading a text allocates little but its strings. */
import { spendSteps } from "../library/string/limits.ts";
import { charge } from "../memory.ts";
import { parseNumber } from "../number/parse.ts";
import { floatFromNumber, type LuaFloat, type LuaInteger } from "../value.ts";
import { isDigit, isHexDigit, isLetter, NAME_CHARACTER, NAME_START } from "./character.ts";
import type { LuaSyntaxError } from "./error.ts";
import { CARRIAGE_RETURN, LINE_FEED, untilZero } from "./reader.ts";
import { StringReader } from "./string.ts";
import * as Token from "./token.ts";

/** Decimal integers of so many digits are exact in a double. */
const SAFE_DIGITS = 15;

/** Bytes between two looks at the limits. */
const STRETCH = 16384;
/** Bytes that the tree of a byte takes, about. */
const TREE_BYTES = 64;

export class Lexer extends StringReader {
  /** The current token. */
  token = 0;
  /** The name, or what the string stands for, where the current token is one. */
  text = "";
  /** The value, where the current token is a number. */
  number: number | LuaFloat | LuaInteger = 0;
  /** The line on which the token before the current one ends. */
  lastLine = 1;
  /** Where the current token begins. */
  private start = 0;
  private nextLook = STRETCH;

  constructor(source: string, name: string) {
    super(source, name);
    // Editors may mark a file as UTF-8; a system may start it by its first line.
    if (source.startsWith("\xef\xbb\xbf")) this.at = 3;
    if (source.charCodeAt(this.at) === 0x23) {
      const length = source.slice(this.at).search(/[\r\n]/);
      this.at = length < 0 ? this.end : this.at + length;
    }
  }

  /** Goes to the next token. @throws {LuaSyntaxError} */
  next(): void {
    if (this.at >= this.nextLook) this.look();
    this.lastLine = this.line;
    this.token = this.scan();
  }

  /** Text can take very much more as a tree, so the limits are looked at on the way. */
  private look(): void {
    this.nextLook += STRETCH;
    charge(STRETCH * TREE_BYTES);
    spendSteps();
  }

  /** The token behind the current one, which stays current. @throws {LuaSyntaxError} */
  peek(): number {
    const { at, line, start, text } = this;
    const token = this.scan();
    this.at = at;
    this.line = line;
    this.start = start;
    this.text = text;
    return token;
  }

  /** An error that the current token shows. */
  syntaxError(message: string): LuaSyntaxError {
    return this.failure(message, ` near ${this.describeCurrent()}`);
  }

  /** An error in what the program means, not in how it is written. */
  semanticError(message: string): LuaSyntaxError {
    return this.failure(message, "");
  }

  private describeCurrent(): string {
    const { source, start } = this;
    switch (this.token) {
      case Token.NAME:
      case Token.NUMBER:
        return `'${source.slice(start, this.at)}'`;
      case Token.STRING: {
        // With its escapes replaced.
        const quote = source.charAt(start);
        if (quote !== "[") return `'${untilZero(quote + this.text + quote)}'`;
        const opening = source.slice(start, source.indexOf("[", start + 1) + 1);
        return `'${untilZero(opening + this.text + opening.replaceAll("[", "]"))}'`;
      }
      default:
        return Token.describeToken(this.token);
    }
  }

  private scan(): number {
    const { source } = this;
    for (;;) {
      let { at } = this;
      let c = source.charCodeAt(at);
      while (c === 0x20) c = source.charCodeAt(++at);
      if (NAME_START[c] === 1) return this.word(at);
      this.at = at;
      switch (c) {
        case 0x09:
        case 0x0b:
        case 0x0c:
          this.at++;
          continue;
        case LINE_FEED:
        case CARRIAGE_RETURN:
          this.skipLineBreak();
          continue;
        case 0x2d: // -
          if (source.charCodeAt(this.at + 1) !== 0x2d) return this.single(c);
          this.comment();
          continue;
        case 0x5b: { // [
          const level = this.bracketLevel();
          if (level === -1) return this.single(c);
          this.start = this.at;
          if (level === -2) {
            const equals = /^\[=+/.exec(source.slice(this.at))?.[0] ?? "";
            throw this.failureNear("invalid long string delimiter", equals);
          }
          this.text = this.longString(level, "string");
          return Token.STRING;
        }
        case 0x3d: // =
          return this.pair(c, 0x3d, Token.EQUAL);
        case 0x3c: // <
          if (source.charCodeAt(this.at + 1) === 0x3c) return this.pair(c, 0x3c, Token.SHIFT_LEFT);
          return this.pair(c, 0x3d, Token.LESS_EQUAL);
        case 0x3e: // >
          if (source.charCodeAt(this.at + 1) === 0x3e) return this.pair(c, 0x3e, Token.SHIFT_RIGHT);
          return this.pair(c, 0x3d, Token.GREATER_EQUAL);
        case 0x2f: // /
          return this.pair(c, 0x2f, Token.FLOOR_DIVIDE);
        case 0x7e: // ~
          return this.pair(c, 0x3d, Token.NOT_EQUAL);
        case 0x3a: // :
          return this.pair(c, 0x3a, Token.DOUBLE_COLON);
        case 0x22: // "
        case 0x27: // '
          this.start = this.at;
          this.text = this.quotedString();
          return Token.STRING;
        case 0x2e: // .
          if (isDigit(source.charCodeAt(this.at + 1))) return this.numeral();
          if (source.charCodeAt(this.at + 1) === 0x2e && source.charCodeAt(this.at + 2) === 0x2e) {
            this.start = this.at;
            this.at += 3;
            return Token.DOTS;
          }
          return this.pair(c, 0x2e, Token.CONCAT);
        case 0:
          if (this.at < this.end) return this.single(c);
          this.start = this.at;
          return Token.END_OF_TEXT;
        default:
          return isDigit(c) ? this.numeral() : this.single(c);
      }
    }
  }

  private single(c: number): number {
    this.start = this.at++;
    return c;
  }

  /** `token` where `second` follows, else the first character alone. */
  private pair(first: number, second: number, token: number): number {
    this.start = this.at++;
    if (this.source.charCodeAt(this.at) !== second) return first;
    this.at++;
    return token;
  }

  private word(start: number): number {
    const { source } = this;
    let at = start + 1;
    while (NAME_CHARACTER[source.charCodeAt(at)] === 1) at++;
    this.start = start;
    this.at = at;
    const text = source.slice(start, at);
    const reserved = Token.RESERVED.get(text);
    if (reserved !== undefined) return reserved;
    this.text = text;
    return Token.NAME;
  }

  private comment(): void {
    const { source } = this;
    this.at += 2;
    if (source.charCodeAt(this.at) === 0x5b) {
      const level = this.bracketLevel();
      if (level >= 0) {
        this.longString(level, "comment");
        return;
      }
    }
    let { at } = this;
    let c = source.charCodeAt(at);
    while (c !== LINE_FEED && c !== CARRIAGE_RETURN && (c !== 0 || at < this.end)) {
      c = source.charCodeAt(++at);
    }
    this.at = at;
  }

  private numeral(): number {
    const { source } = this;
    const start = this.start = this.at;
    let at = start;
    let value = 0;
    let c = source.charCodeAt(at);
    for (; isDigit(c); c = source.charCodeAt(++at)) value = value * 10 + c - 0x30;
    const whole = at > start && at - start <= SAFE_DIGITS;
    if (whole && c !== 0x2e && NAME_CHARACTER[c] !== 1) {
      this.number = value;
      this.at = at;
      return Token.NUMBER;
    }
    if (c === 0x2e) {
      do c = source.charCodeAt(++at); while (isDigit(c));
      if (c !== 0x2e && NAME_CHARACTER[c] !== 1) {
        this.number = floatFromNumber(Number(source.slice(start, at)));
        this.at = at;
        return Token.NUMBER;
      }
    }
    return this.anyNumeral();
  }

  /** A numeral is whatever looks like one; then it must be one. */
  private anyNumeral(): number {
    const { source, start } = this;
    const first = source.charCodeAt(start) === 0x2e ? start + 1 : start;
    let at = first + 1;
    let exponent = 0x65; // e
    if (source.charCodeAt(first) === 0x30 && (source.charCodeAt(at) | 0x20) === 0x78) {
      exponent = 0x70; // p
      at++;
    }
    for (;;) {
      const c = source.charCodeAt(at);
      if ((c | 0x20) === exponent) {
        const sign = source.charCodeAt(++at);
        if (sign === 0x2b || sign === 0x2d) at++;
      } else if (isHexDigit(c) || c === 0x2e) at++;
      else break;
    }
    if (isLetter(source.charCodeAt(at))) at++;
    this.at = at;
    const text = source.slice(start, at);
    const value = parseNumber(text);
    if (value === undefined) throw this.failureNear("malformed number", text);
    this.number = value;
    return Token.NUMBER;
  }
}
