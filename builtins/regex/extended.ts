/**
 * The flag `x` of regular expressions: blanks and comments in a pattern mean nothing. RE2 does not have it, so
 * that it is taken out before the pattern is compiled.
 */

const FLAGS = /\(\?([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y;
const BLANK = /[ \t\n\v\f\r\u0085\u200e\u200f\u2028\u2029]/;

/** The same pattern without the flag `x`, and without what the flag makes meaningless. */
export function withoutExtended(pattern: string): string {
  // The flag is rare: nothing to do for a pattern that cannot have it
  return /\(\?[a-zA-Z-]*x/.test(pattern) ? new Rewriter(pattern).run() : pattern;
}

class Rewriter {
  #offset = 0;
  #result = "";
  #extended = false;
  /** What held outside each open group. */
  readonly #outer: boolean[] = [];

  constructor(private readonly pattern: string) {}

  run(): string {
    while (this.#offset < this.pattern.length) this.#step();
    return this.#result;
  }

  #step(): void {
    const character = this.pattern.charAt(this.#offset);
    if (character === "\\") return this.#copyEscape();
    if (character === "[") return this.#copyClass();
    if (character === "(") return this.#open();
    if (character === ")") this.#extended = this.#outer.pop() ?? this.#extended;
    else if (this.#extended && BLANK.test(character)) return this.#skip(1);
    else if (this.#extended && character === "#") {
      const end = this.pattern.indexOf("\n", this.#offset);
      return this.#skip((end < 0 ? this.pattern.length : end) - this.#offset);
    }
    this.#copy(1);
  }

  #open(): void {
    FLAGS.lastIndex = this.#offset;
    const match = FLAGS.exec(this.pattern);
    if (match === null) {
      this.#outer.push(this.#extended);
      return this.#copy(1);
    }
    const [text, on = "", off = "", end] = match;
    if (end === ":") this.#outer.push(this.#extended);
    this.#extended = (this.#extended || on.includes("x")) && !off.includes("x");
    this.#skip(text.length);
    const flags = on.replaceAll("x", "") + (off.replaceAll("x", "") && `-${off.replaceAll("x", "")}`);
    // Flags that hold to the end of the group: nothing is left of `(?x)`
    if (flags !== "" || end === ":") this.#result += `(?${flags}${end}`;
  }

  /** Copies a class such as `[]a[:space:]]`, of which the flag also takes out blanks. */
  #copyClass(): void {
    this.#copy(this.pattern.startsWith("[^", this.#offset) ? 2 : 1);
    if (this.pattern.charAt(this.#offset) === "]") this.#copy(1);
    while (this.#offset < this.pattern.length) {
      const character = this.pattern.charAt(this.#offset);
      const named = this.pattern.startsWith("[:", this.#offset)
        ? this.pattern.indexOf(":]", this.#offset)
        : -1;
      if (named >= 0) this.#copy(named + 2 - this.#offset);
      else if (character === "\\") this.#copyEscape();
      else if (this.#extended && BLANK.test(character)) this.#skip(1);
      else this.#copy(1);
      if (character === "]") return;
    }
  }

  /** Copies an escaped character; between `\Q` and `\E` everything is itself. */
  #copyEscape(): void {
    if (!this.pattern.startsWith("\\Q", this.#offset)) return this.#copy(2);
    const end = this.pattern.indexOf("\\E", this.#offset);
    this.#copy(end < 0 ? this.pattern.length : end + 2 - this.#offset);
  }

  #copy(length: number): void {
    this.#result += this.pattern.slice(this.#offset, this.#offset + length);
    this.#offset += length;
  }

  #skip(length: number): void {
    this.#offset += length;
  }
}
