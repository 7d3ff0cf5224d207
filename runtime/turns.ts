/**
 * How tasks that compute for long take turns, with each other and with whatever the event loop has to do.
 *
 * A task computes for a slice of time, then rests. Of those that rest, one goes on in a turn of the event loop: so what
 * has just become ready (an answer, a request, a timer) waits for one slice at most, however many compute.
 */

/** How long a task computes before others get their turn, in milliseconds, and how long where many compute. */
const LONGEST_SLICE = 4;
const SHORTEST_SLICE = 2;

/**
 * Turns of the event loop between two slices that belong to what has become ready. Deno's scheduler (tokio's) looks at
 * input and output only every 61st time while there is work; these turns take 2 µs each.
 */
const FREE_TURNS = 64;

/** A task that has rested so often since it last waited computes for long: it comes after those that have not. */
const SHORT_RESTS = 4;

/** After so many short ones in a row, one that computes for long has its turn. */
const SHORT_IN_A_ROW = 4;

/** What the turns are taken from. */
export interface EventLoop {
  /** Milliseconds. */
  now(): number;
  /** Runs something in the next turn, once input and output have been looked at. */
  next(work: () => void): void;
}

/** The tasks of all VMs of a thread. */
export class Turns {
  readonly #loop: EventLoop;
  readonly #short: (() => void)[] = [];
  readonly #long: (() => void)[] = [];
  #isShared = false;
  /** When computing began in this turn of the event loop; 0 before. Known only while somebody rests. */
  #turnStart = 0;
  #free = 0;
  #shortInARow = 0;

  constructor(loop: EventLoop) {
    this.#loop = loop;
  }

  /** Whether somebody rests, or has the turn of one who did. */
  get isShared(): boolean {
    return this.#isShared;
  }

  /** Until when a task that begins or goes on may compute; that may be over already. @param now Milliseconds */
  sliceEnd(now: number): number {
    if (!this.#isShared) return now + LONGEST_SLICE;
    if (this.#turnStart === 0) this.#turnStart = now;
    const resting = this.#short.length + this.#long.length;
    return this.#turnStart + Math.max(LONGEST_SLICE / (resting + 1), SHORTEST_SLICE);
  }

  /**
   * Has a task rest.
   *
   * @param rests How often it has since it last waited
   * @returns When it goes on
   */
  rest(rests: number): Promise<void> {
    return new Promise((goOn) => {
      (rests < SHORT_RESTS ? this.#short : this.#long).push(goOn);
      if (this.#isShared) return;
      this.#isShared = true;
      // Who else is ready in this turn of the event loop comes after a slice that is used up
      this.#turnStart = this.#loop.now() - LONGEST_SLICE;
      this.#free = FREE_TURNS;
      this.#loop.next(this.#turn);
    });
  }

  readonly #turn = (): void => {
    this.#turnStart = 0;
    if (this.#free > 0) this.#free--;
    else {
      const goOn = this.#choose();
      if (goOn === undefined) {
        this.#isShared = false;
        return;
      }
      this.#free = FREE_TURNS;
      goOn();
    }
    this.#loop.next(this.#turn);
  };

  #choose(): (() => void) | undefined {
    const isShort = this.#long.length === 0 || this.#shortInARow < SHORT_IN_A_ROW;
    const chosen = isShort ? this.#short.shift() : undefined;
    this.#shortInARow = chosen === undefined ? 0 : this.#shortInARow + 1;
    return chosen ?? this.#long.shift();
  }
}

/** The turns of this thread. */
export const turns = new Turns({
  now: () => performance.now(),
  next: (work) => void setImmediate(work),
});
