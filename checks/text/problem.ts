/** What is wrong with a file of checks, and where. */

/** How many problems are shown: beyond these a reader starts anew anyway. */
const MAX_SHOWN = 20;

interface Problem {
  readonly at: number;
  readonly message: string;
}

/** Gathers the problems of one source text. */
export class Problems {
  readonly #source: string;
  readonly #path: string;
  readonly #found: Problem[] = [];
  readonly #known = new Set<string>();
  #total = 0;
  #lineStarts: readonly number[] | undefined;

  /** @param path What problems name */
  constructor(source: string, path: string) {
    this.#source = source;
    this.#path = path;
  }

  get any(): boolean {
    return this.#total > 0;
  }

  /** @param at Offset in the source, in UTF-16 units */
  add(at: number, message: string): void {
    // A check of a matrix is read many times
    const key = `${at} ${message}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    this.#total++;
    if (this.#found.length < MAX_SHOWN) this.#found.push({ at, message: message.replace(/\s*\n\s*/g, " ") });
  }

  /** One line a problem, `<path>:<line>:<column>: <message>`, in the order of the file. */
  describe(): string[] {
    const sorted = this.#found.toSorted((a, b) => a.at - b.at);
    const lines = sorted.map(({ at, message }) => `${this.place(at)}: ${message}`);
    const hidden = this.#total - sorted.length;
    if (hidden > 0) {
      lines.push(`${this.#path}: ${hidden} more ${hidden === 1 ? "problem" : "problems"} not shown`);
    }
    return lines;
  }

  /** `path:line:column` of an offset. */
  place(at: number): string {
    return `${this.#path}:${this.#position(at)}`;
  }

  /** The line that an offset is in, from 1. */
  line(at: number): number {
    const starts = this.#lineStarts ??= lineStarts(this.#source);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= at) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  /** Line and column count from 1, columns in characters. */
  #position(at: number): string {
    const line = this.line(at);
    const start = this.#lineStarts?.[line - 1] ?? 0;
    return `${line}:${[...this.#source.slice(start, at)].length + 1}`;
  }
}

function lineStarts(source: string): number[] {
  const starts = [0];
  for (const { index, 0: end } of source.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  return starts;
}
