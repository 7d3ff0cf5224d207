/** Time limits of many things at once, kept by one timer: a timer for each costs a fifth of a short request. */
export class Deadlines {
  /** What is called when, by what was added. */
  readonly #ends = new Map<() => void, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = Infinity;

  /** Calls `expire` once, at a reading of `performance.now()`, unless it is removed before. */
  add(expire: () => void, end: number): void {
    this.#ends.set(expire, end);
    if (end < this.#next) this.#arm(end);
  }

  remove(expire: () => void): void {
    this.#ends.delete(expire);
    if (this.#ends.size > 0) return;
    clearTimeout(this.#timer);
    this.#next = Infinity;
  }

  #arm(end: number): void {
    clearTimeout(this.#timer);
    this.#next = end;
    this.#timer = setTimeout(() => this.#expire(), Math.max(0, end - performance.now()));
  }

  #expire(): void {
    const now = performance.now();
    let next = Infinity;
    for (const [expire, end] of this.#ends) {
      if (end <= now) {
        this.#ends.delete(expire);
        expire();
      } else next = Math.min(next, end);
    }
    this.#next = Infinity;
    if (next < Infinity) this.#arm(next);
  }
}
