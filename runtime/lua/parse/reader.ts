/** A source text being read: the position in it, its lines, and how errors name both. */
import { LuaSyntaxError } from "./error.ts";
import { describeToken, END_OF_TEXT } from "./token.ts";

export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;

export abstract class Reader {
  /** The text with a NUL behind it, so that the character at the position always exists. */
  protected readonly source: string;
  /** The length of the text without that NUL. */
  protected readonly end: number;
  protected at = 0;
  /** The line that has been reached: that on which the current token ends. */
  line = 1;

  /**
   * @param source The text, as bytes
   * @param name What messages call it, as bytes
   */
  constructor(source: string, protected readonly name: string) {
    this.source = source + "\0";
    this.end = source.length;
  }

  /** An error at the current line. @param near The end of the message: ` near 'x'`, or nothing */
  protected failure(message: string, near: string): LuaSyntaxError {
    return new LuaSyntaxError(`${this.name}:${this.line}: ${message}${near}`);
  }

  /** An error in a token that is being read. @param text What has been read of it */
  protected failureNear(message: string, text: string): LuaSyntaxError {
    return this.failure(message, ` near '${untilZero(text)}'`);
  }

  /** An error because the text ends. */
  protected failureAtEnd(message: string): LuaSyntaxError {
    return this.failure(message, ` near ${describeToken(END_OF_TEXT)}`);
  }

  /** Steps over a line break: CR, LF, or both in any order. */
  protected skipLineBreak(): void {
    const c = this.source.charCodeAt(this.at++);
    const next = this.source.charCodeAt(this.at);
    if (next !== c && (next === LINE_FEED || next === CARRIAGE_RETURN)) this.at++;
    this.line++;
  }
}

/** Messages are C strings: a NUL ends what they quote. */
export function untilZero(text: string): string {
  const zero = text.indexOf("\0");
  return zero < 0 ? text : text.slice(0, zero);
}
