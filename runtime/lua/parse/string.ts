/** Literal strings: the quoted ones with their escapes, and long brackets. */
import { hexValue, isDigit, isHexDigit, isSpace } from "./character.ts";
import { CARRIAGE_RETURN, LINE_FEED, Reader } from "./reader.ts";
import * as Token from "./token.ts";

const BACKSLASH = 0x5c;

/** The bytes behind `\a`, `\b` and so on, by the letter. */
const SIMPLE_ESCAPES: ReadonlyMap<number, string> = new Map([
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
  ["\\", "\\"],
  ['"', '"'],
  ["'", "'"],
].map(([letter = "", value = ""]) => [letter.charCodeAt(0), value]));

export abstract class StringReader extends Reader {
  /** Reads a quoted string from its first quote on; gives what it stands for. */
  protected quotedString(): string {
    const { source } = this;
    const quote = source.charCodeAt(this.at);
    let start = ++this.at;
    let value = "";
    for (;;) {
      const c = source.charCodeAt(this.at);
      if (c === quote) {
        const rest = source.slice(start, this.at++);
        return value === "" ? rest : value + rest;
      }
      if (c === BACKSLASH) {
        value += source.slice(start, this.at);
        value += this.escape(quote, value);
        start = this.at;
      } else if (c === LINE_FEED || c === CARRIAGE_RETURN) {
        const read = String.fromCharCode(quote) + value + source.slice(start, this.at);
        throw this.failureNear("unfinished string", read);
      } else if (c === 0 && this.at >= this.end) {
        throw this.failureAtEnd("unfinished string");
      } else this.at++;
    }
  }

  /** Reads an escape from its backslash on. @param value What the string has before it, for messages */
  private escape(quote: number, value: string): string {
    const { source } = this;
    const start = this.at;
    /** Quotes the escape up to the character that is wrong in it. */
    const check = (condition: boolean, message: string): void => {
      if (condition) return;
      const read = source.slice(start, Math.min(this.at + 1, this.end));
      throw this.failureNear(message, String.fromCharCode(quote) + value + read);
    };
    const c = source.charCodeAt(++this.at);
    const simple = SIMPLE_ESCAPES.get(c);
    if (simple !== undefined) {
      this.at++;
      return simple;
    }
    switch (c) {
      case LINE_FEED:
      case CARRIAGE_RETURN:
        this.skipLineBreak();
        return "\n";
      case 0x78: { // x
        let code = 0;
        for (let i = 0; i < 2; i++) {
          const digit = source.charCodeAt(++this.at);
          check(isHexDigit(digit), "hexadecimal digit expected");
          code = code * 16 + hexValue(digit);
        }
        this.at++;
        return String.fromCharCode(code);
      }
      case 0x7a: // z
        this.at++;
        this.skipSpace();
        return "";
      case 0x75: { // u
        check(source.charCodeAt(++this.at) === Token.OPENING_BRACE, "missing '{'");
        check(isHexDigit(source.charCodeAt(++this.at)), "hexadecimal digit expected");
        let code = 0;
        for (; isHexDigit(source.charCodeAt(this.at)); this.at++) {
          check(code < 0x8000000, "UTF-8 value too large");
          code = code * 16 + hexValue(source.charCodeAt(this.at));
        }
        check(source.charCodeAt(this.at) === Token.CLOSING_BRACE, "missing '}'");
        this.at++;
        return encodeUtf8(code);
      }
    }
    // The loop of the caller finds that the text has ended.
    if (this.at >= this.end) return "";
    check(isDigit(c), "invalid escape sequence");
    let code = 0;
    for (let i = 0; i < 3 && isDigit(source.charCodeAt(this.at)); i++) {
      code = code * 10 + source.charCodeAt(this.at++) - 0x30;
    }
    check(code <= 255, "decimal escape too large");
    return String.fromCharCode(code);
  }

  private skipSpace(): void {
    for (;;) {
      const c = this.source.charCodeAt(this.at);
      if (c === LINE_FEED || c === CARRIAGE_RETURN) this.skipLineBreak();
      else if (isSpace(c)) this.at++;
      else return;
    }
  }

  /**
   * The level of the long bracket that begins at `[`: the number of its `=`. −1 where there is none but a plain `[`,
   * −2 where there are `=` without a second `[`. Moves nothing.
   */
  protected bracketLevel(): number {
    let at = this.at + 1;
    while (this.source.charCodeAt(at) === Token.ASSIGN) at++;
    const level = at - this.at - 1;
    if (this.source.charCodeAt(at) === Token.OPENING_BRACKET) return level;
    return level === 0 ? -1 : -2;
  }

  /**
   * Reads a long string or comment from its first bracket on.
   *
   * @param what `string` or `comment`, for messages
   */
  protected longString(level: number, what: string): string {
    const { source } = this;
    const firstLine = this.line;
    this.at += level + 2;
    let c = source.charCodeAt(this.at);
    if (c === LINE_FEED || c === CARRIAGE_RETURN) this.skipLineBreak();
    let start = this.at;
    let value = "";
    for (;;) {
      c = source.charCodeAt(this.at);
      if (c === Token.CLOSING_BRACKET && this.closes(level)) {
        const rest = source.slice(start, this.at);
        this.at += level + 2;
        return value === "" ? rest : value + rest;
      }
      if (c === LINE_FEED || c === CARRIAGE_RETURN) {
        const before = this.at;
        this.skipLineBreak();
        // A lone LF stays what it is: nearly all texts need no copying.
        if (c === CARRIAGE_RETURN || this.at - before > 1) {
          value += source.slice(start, before) + "\n";
          start = this.at;
        }
      } else if (c === 0 && this.at >= this.end) {
        throw this.failureAtEnd(`unfinished long ${what} (starting at line ${firstLine})`);
      } else this.at++;
    }
  }

  private closes(level: number): boolean {
    let at = this.at + 1;
    for (let i = 0; i < level; i++) {
      if (this.source.charCodeAt(at++) !== Token.ASSIGN) return false;
    }
    return this.source.charCodeAt(at) === Token.CLOSING_BRACKET;
  }
}

/** UTF-8 in its original form: up to 6 bytes for up to 31 bits. */
function encodeUtf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  let bytes = "";
  let rest = code;
  let firstLimit = 0x3f;
  do {
    bytes = String.fromCharCode(0x80 | (rest & 0x3f)) + bytes;
    rest = Math.floor(rest / 64);
    firstLimit >>= 1;
  } while (rest > firstLimit);
  return String.fromCharCode((~firstLimit << 1) & 0xff | rest) + bytes;
}
