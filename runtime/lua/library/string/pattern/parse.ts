/**
 * A pattern's text as a list of items, which `match.ts` walks.
 *
 * Patterns have no alternatives, so the items follow each other, and which capture a `)` closes is known here.
 * PUC-Rio finds mistakes in a pattern only when the match gets there: a mistake is an item of its own.
 */
import { anyByte, bracketSet, type ByteSet, classOf, disjoint, oneByte } from "./classes.ts";

/** What an item does. */
export const Kind = {
  single: 0,
  star: 1,
  plus: 2,
  minus: 3,
  optional: 4,
  open: 5,
  position: 6,
  close: 7,
  end: 8,
  balance: 9,
  frontier: 10,
  back: 11,
  fail: 12,
} as const;
export type Kind = typeof Kind[keyof typeof Kind];

/** What an item is, in one shape for all kinds. */
export interface Item {
  readonly kind: Kind;
  /** The bytes that it matches, for single bytes, repetitions and frontiers. */
  readonly set: ByteSet;
  /** The capture it is about; the two bytes of `%bxy` as `x * 256 + y`. */
  readonly argument: number;
  /** What is wrong with the pattern here. */
  readonly message: string;
  /** For repetitions: giving back what was taken cannot help, because the next item matches none of it. */
  possessive: boolean;
  /** For repetitions: the bytes of which one must follow; `undefined` where nothing is known. */
  follow: ByteSet | undefined;
}

export interface ParsedPattern {
  readonly anchored: boolean;
  readonly items: readonly Item[];
  readonly captures: number;
  /** The plain bytes that every match begins with. */
  readonly prefix: string;
}

/** As many captures as PUC-Rio allows. */
const MOST_CAPTURES = 32;
const NO_SET = new Uint8Array(256);
const REPETITIONS: Readonly<Record<string, Kind>> = {
  "*": Kind.star,
  "+": Kind.plus,
  "-": Kind.minus,
  "?": Kind.optional,
};

/** @param anchors Whether `^` at the start is an anchor; in `gmatch` it is not */
export function parsePattern(pattern: string, anchors: boolean): ParsedPattern {
  return new PatternParser(pattern, anchors).parse();
}

class PatternParser {
  readonly #items: Item[] = [];
  readonly #open: number[] = [];
  readonly #anchored: boolean;
  #at = 0;
  #captures = 0;

  constructor(readonly pattern: string, anchors: boolean) {
    this.#anchored = anchors && pattern.startsWith("^");
  }

  parse(): ParsedPattern {
    if (this.#anchored) this.#at = 1;
    while (this.#at < this.pattern.length) {
      const message = this.#item();
      if (message === undefined) continue;
      this.#add(Kind.fail, NO_SET, 0, message);
      break;
    }
    lookAhead(this.#items);
    return {
      anchored: this.#anchored,
      items: this.#items,
      captures: this.#captures,
      prefix: prefixOf(this.#items),
    };
  }

  #add(kind: Kind, set: ByteSet = NO_SET, argument = 0, message = ""): undefined {
    this.#items.push({ kind, set, argument, message, possessive: false, follow: undefined });
    return undefined;
  }

  /** Reads an item. Gives what is wrong with it, if anything. */
  #item(): string | undefined {
    const { pattern } = this;
    const at = this.#at;
    switch (pattern.charAt(at)) {
      case "(":
        return this.#openCapture(pattern.charAt(at + 1) === ")");
      case ")": {
        const capture = this.#open.pop();
        if (capture === undefined) return "invalid pattern capture";
        this.#at++;
        return this.#add(Kind.close, NO_SET, capture);
      }
      case "$":
        if (at + 1 < pattern.length) return this.#repeatable();
        this.#at++;
        return this.#add(Kind.end);
      case "%":
        return this.#escape(pattern.charAt(at + 1));
      default:
        return this.#repeatable();
    }
  }

  #openCapture(position: boolean): string | undefined {
    if (this.#captures >= MOST_CAPTURES) return "too many captures";
    const capture = this.#captures++;
    this.#at += position ? 2 : 1;
    if (!position) this.#open.push(capture);
    return this.#add(position ? Kind.position : Kind.open, NO_SET, capture);
  }

  #escape(code: string): string | undefined {
    const { pattern } = this;
    const at = this.#at;
    if (code === "b") {
      if (at + 4 > pattern.length) return "malformed pattern (missing arguments to '%b')";
      this.#at += 4;
      return this.#add(Kind.balance, NO_SET, pattern.charCodeAt(at + 2) * 256 + pattern.charCodeAt(at + 3));
    }
    if (code === "f") {
      if (pattern.charAt(at + 2) !== "[") return "missing '[' after '%f' in pattern";
      const end = bracketEnd(pattern, at + 2);
      if (typeof end === "string") return end;
      this.#at = end + 1;
      return this.#add(Kind.frontier, bracketSet(pattern, at + 2, end));
    }
    if (code < "0" || code > "9" || code === "") return this.#repeatable();
    const capture = Number(code) - 1;
    if (capture < 0 || capture >= this.#captures || this.#open.includes(capture)) {
      return `invalid capture index %${capture + 1}`;
    }
    this.#at += 2;
    return this.#add(Kind.back, NO_SET, capture);
  }

  /** A byte or class, with the repetition behind it. */
  #repeatable(): string | undefined {
    const { pattern } = this;
    const at = this.#at;
    let end = at + 1;
    let set: ByteSet;
    switch (pattern.charAt(at)) {
      case ".":
        set = anyByte();
        break;
      case "%":
        if (end >= pattern.length) return "malformed pattern (ends with '%')";
        set = classOf(pattern.charCodeAt(end++));
        break;
      case "[": {
        const bracket = bracketEnd(pattern, at);
        if (typeof bracket === "string") return bracket;
        set = bracketSet(pattern, at, bracket);
        end = bracket + 1;
        break;
      }
      default:
        set = oneByte(pattern.charCodeAt(at));
    }
    const repetition = REPETITIONS[pattern.charAt(end)];
    this.#at = repetition === undefined ? end : end + 1;
    return this.#add(repetition ?? Kind.single, set);
  }
}

/** Where the `]` of the set that starts at `[` stands, or what is wrong. The first byte of a set is a member. */
function bracketEnd(pattern: string, start: number): number | string {
  let at = start + 1;
  if (pattern.charAt(at) === "^") at++;
  do {
    if (at >= pattern.length) return "malformed pattern (missing ']')";
    if (pattern.charAt(at++) === "%") at++;
  } while (pattern.charAt(at) !== "]");
  return at;
}

/** Tells repetitions what comes behind them, so that most of them need not try every length. */
function lookAhead(items: readonly Item[]): void {
  let next: Item | undefined;
  for (const item of items.toReversed()) {
    if (item.kind >= Kind.star && item.kind <= Kind.optional) decide(item, next);
    if (!isCapture(item.kind)) next = item;
  }
}

function decide(item: Item, next: Item | undefined): void {
  if (next === undefined) {
    item.possessive = item.kind !== Kind.minus;
  } else if (next.kind === Kind.end) {
    item.possessive = item.kind === Kind.star || item.kind === Kind.plus;
  } else if (next.kind === Kind.single || next.kind === Kind.plus) {
    item.follow = next.set;
    item.possessive = item.kind !== Kind.minus && disjoint(item.set, next.set);
  }
}

function isCapture(kind: Kind): boolean {
  return kind === Kind.open || kind === Kind.position || kind === Kind.close;
}

function prefixOf(items: readonly Item[]): string {
  let prefix = "";
  for (const { kind, set } of items) {
    if (isCapture(kind)) continue;
    const code = kind === Kind.single ? onlyMember(set) : undefined;
    if (code === undefined) break;
    prefix += String.fromCharCode(code);
  }
  return prefix;
}

function onlyMember(set: ByteSet): number | undefined {
  const first = set.indexOf(1);
  return first >= 0 && set.indexOf(1, first + 1) < 0 ? first : undefined;
}
