/** The matcher: walks the items of a pattern over a string, with PUC-Rio's order of attempts and its errors. */
import { runtimeError } from "../../../error.ts";
import type { LuaValue } from "../../../table.ts";
import type { LuaResult } from "../../callback.ts";
import { spendSteps, STEPS } from "../limits.ts";
import type { ByteSet } from "./classes.ts";
import { type Item, Kind, type ParsedPattern } from "./parse.ts";

/** How deep PUC-Rio's matcher calls itself. */
const DEEPEST = 200;
/** In `#ends`, for a capture that is open still, and for one of a position. */
const UNFINISHED = -1;
const POSITION = -2;

let stepsLeft = STEPS;

function spend(steps: number): void {
  stepsLeft -= steps;
  if (stepsLeft > 0) return;
  stepsLeft = STEPS;
  spendSteps();
}

/**
 * A pattern ready to match. It holds the captures of its last match, to be read before anything else may run: an
 * object is shared by all who use the same pattern.
 */
export class Pattern {
  readonly captureCount: number;
  readonly #items: readonly Item[];
  readonly #anchored: boolean;
  readonly #prefix: string;
  /** The bytes with which a match may begin; `undefined` where that is not known. */
  readonly #first: ByteSet | undefined;
  /** Whether what is looked for is one byte of some. */
  readonly #isByte: boolean;
  readonly #starts: number[];
  readonly #ends: number[];
  #subject = "";
  /** Where the last match began, from 0. */
  start = 0;
  /** Where the last match ended. */
  end = 0;

  constructor({ anchored, items, captures, prefix }: ParsedPattern) {
    this.#anchored = anchored;
    this.#items = items;
    this.#prefix = prefix;
    this.captureCount = captures;
    this.#starts = new Array<number>(captures).fill(0);
    this.#ends = new Array<number>(captures).fill(UNFINISHED);
    const first = items.find(({ kind }) => kind !== Kind.open && kind !== Kind.position);
    this.#first = first?.kind === Kind.single || first?.kind === Kind.plus ? first.set : undefined;
    this.#isByte = items.length === 1 && first?.kind === Kind.single;
  }

  get anchored(): boolean {
    return this.#anchored;
  }

  /** Looks for the first match that begins at `from` or behind it; at `from` only, when anchored. */
  search(subject: string, from: number): boolean {
    this.#subject = subject;
    const found = this.#anchored
      ? this.#matchAt(from)
      : this.#prefix !== ""
      ? this.#searchPrefix(from)
      : this.#searchFirst(from);
    // Patterns live long; what they were matched with may be large.
    this.#subject = "";
    return found;
  }

  #searchFirst(from: number): boolean {
    const subject = this.#subject;
    const { length } = subject;
    const first = this.#first;
    for (let at = from; at <= length; at++) {
      if (first !== undefined) {
        const begin = at;
        while (at < length && first[subject.charCodeAt(at)] === 0) at++;
        spend(at - begin);
        if (at >= length) return false;
      }
      if (this.#isByte) {
        this.start = at;
        this.end = at + 1;
        return true;
      }
      if (this.#matchAt(at)) return true;
    }
    return false;
  }

  #searchPrefix(from: number): boolean {
    const prefix = this.#prefix;
    const subject = this.#subject;
    for (let at = subject.indexOf(prefix, from); at >= 0; at = subject.indexOf(prefix, at + 1)) {
      if (this.#matchAt(at)) return true;
    }
    return false;
  }

  #matchAt(at: number): boolean {
    const end = this.#run(0, at, 1);
    if (end < 0) return false;
    this.start = at;
    this.end = end;
    return true;
  }

  /** Matches the items from `index` on at a place of the subject. Gives the end, or −1. */
  #run(index: number, from: number, depth: number): number {
    const items = this.#items;
    const subject = this.#subject;
    const { length } = subject;
    let at = from;
    spend(1);
    for (let i = index; i < items.length; i++) {
      if (depth > DEEPEST) throw runtimeError("pattern too complex");
      // deno-lint-ignore no-non-null-assertion -- i is below the length
      const item = items[i]!;
      const { set } = item;
      switch (item.kind) {
        case Kind.single:
          if (at >= length || set[subject.charCodeAt(at)] === 0) return -1;
          at++;
          break;
        case Kind.star:
        case Kind.plus: {
          let end = at;
          while (end < length && set[subject.charCodeAt(end)] === 1) end++;
          spend(end - at);
          const least = item.kind === Kind.plus ? at + 1 : at;
          if (end < least) return -1;
          if (!item.possessive) return this.#giveBack(item, i, least, end, depth);
          at = end;
          depth++;
          break;
        }
        case Kind.minus:
          return this.#takeMore(item, i, at, depth);
        case Kind.optional:
          if (at < length && set[subject.charCodeAt(at)] === 1) {
            const end = this.#run(i + 1, at + 1, depth + 1);
            if (end >= 0 || item.possessive) return end;
          }
          break;
        case Kind.open:
        case Kind.position:
          this.#starts[item.argument] = at;
          this.#ends[item.argument] = item.kind === Kind.open ? UNFINISHED : POSITION;
          depth++;
          break;
        case Kind.close:
          this.#ends[item.argument] = at;
          depth++;
          break;
        case Kind.end:
          if (at !== length) return -1;
          break;
        case Kind.balance:
          at = this.#balance(item.argument, at);
          if (at < 0) return -1;
          break;
        case Kind.frontier: {
          const before = at === 0 ? 0 : subject.charCodeAt(at - 1);
          const behind = at < length ? subject.charCodeAt(at) : 0;
          if (set[before] === 1 || set[behind] === 0) return -1;
          break;
        }
        case Kind.back: {
          if (this.#ends[item.argument] === POSITION) return -1;
          const captured = this.#text(item.argument);
          if (!subject.startsWith(captured, at)) return -1;
          spend(captured.length);
          at += captured.length;
          break;
        }
        case Kind.fail:
          throw runtimeError(item.message);
      }
    }
    return at;
  }

  /** Of `*` and `+`: the longest first. */
  #giveBack(item: Item, index: number, least: number, most: number, depth: number): number {
    const { follow } = item;
    const subject = this.#subject;
    for (let end = most; end >= least; end--) {
      // Behind the end of the subject a NaN is no member of any set.
      if (follow !== undefined && follow[subject.charCodeAt(end)] !== 1) continue;
      const result = this.#run(index + 1, end, depth + 1);
      if (result >= 0) return result;
    }
    spend(most - least);
    return -1;
  }

  /** Of `-`: the shortest first. */
  #takeMore(item: Item, index: number, from: number, depth: number): number {
    const { follow, set } = item;
    const subject = this.#subject;
    for (let end = from;; end++) {
      const code = subject.charCodeAt(end);
      if (follow === undefined || follow[code] === 1) {
        const result = this.#run(index + 1, end, depth + 1);
        if (result >= 0) return result;
      }
      if (set[code] !== 1) return -1;
      if ((end & 1023) === 1023) spend(1024);
    }
  }

  #balance(pair: number, from: number): number {
    const subject = this.#subject;
    const open = pair >> 8;
    const close = pair & 0xff;
    if (subject.charCodeAt(from) !== open) return -1;
    let nesting = 1;
    for (let at = from + 1; at < subject.length; at++) {
      const code = subject.charCodeAt(at);
      if (code === close) {
        if (--nesting === 0) {
          spend(at - from);
          return at + 1;
        }
      } else if (code === open) nesting++;
    }
    spend(subject.length - from);
    return -1;
  }

  #text(capture: number): string {
    return this.#subject.slice(this.#starts[capture], this.#ends[capture]);
  }

  /**
   * A capture of the last match: a string, or a position.
   *
   * @param subject What was searched
   * @param index Which capture, from 0
   */
  capture(subject: string, index: number): LuaValue {
    const end = this.#ends[index] ?? UNFINISHED;
    if (end >= 0) return subject.slice(this.#starts[index], end);
    if (end === UNFINISHED) throw runtimeError("unfinished capture");
    return (this.#starts[index] ?? 0) + 1;
  }

  /** The captures of the last match; the whole match where the pattern has none. */
  captures(subject: string): LuaResult {
    if (this.captureCount === 0) return subject.slice(this.start, this.end);
    if (this.captureCount === 1) return this.capture(subject, 0);
    return this.captureList(subject);
  }

  captureList(subject: string): LuaValue[] {
    const list: LuaValue[] = [];
    for (let i = 0; i < this.captureCount; i++) list.push(this.capture(subject, i));
    return list;
  }
}
