/** Time as a run of checks knows it; tests move it by hand. */
export interface Clock {
  /** Milliseconds; the same reading as `performance.now()`. */
  now(): number;
  /**
   * Calls `then` once, after some milliseconds.
   *
   * @returns What takes the request back
   */
  after(milliseconds: number, then: () => void): () => void;
}

/** The clock of the machine, which no adjustment of its time moves. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(milliseconds, then) {
    const timer = setTimeout(then, milliseconds);
    return () => clearTimeout(timer);
  },
};
