/**
 * Requests under way. All have the same time limit, so the oldest is the first to reach it, and one timer does
 * for all, and one listener: one of each for each is a fifth of what a short request costs.
 */
export class InFlight {
  readonly #limit: number;
  readonly #reason: () => Error;
  /** What ends each, the oldest first. */
  readonly #requests = new Map<AbortController, Bounds>();
  readonly #watched = new WeakSet<AbortSignal>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param limit Milliseconds
   * @param reason What a request that reaches it is aborted with
   */
  constructor(limit: number, reason: () => Error) {
    this.#limit = limit;
    this.#reason = reason;
  }

  /** A request begins, which ends with `signal` at the latest. */
  add(signal: AbortSignal): AbortController {
    const controller = new AbortController();
    if (signal.aborted) controller.abort(signal.reason);
    this.#watch(signal);
    this.#requests.set(controller, { end: performance.now() + this.#limit, signal });
    this.#timer ??= setTimeout(() => this.#expire(), this.#limit);
    return controller;
  }

  remove(controller: AbortController): void {
    this.#requests.delete(controller);
    if (this.#requests.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #watch(signal: AbortSignal): void {
    if (this.#watched.has(signal)) return;
    this.#watched.add(signal);
    signal.addEventListener("abort", () => {
      for (const [controller, bounds] of this.#requests) {
        if (bounds.signal === signal) controller.abort(signal.reason);
      }
    }, { once: true });
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [controller, { end }] of this.#requests) {
      if (end > now) {
        this.#timer = setTimeout(() => this.#expire(), end - now);
        return;
      }
      this.#requests.delete(controller);
      controller.abort(this.#reason());
    }
  }
}

interface Bounds {
  /** When the time limit is reached, on the clock of `performance.now()`. */
  end: number;
  signal: AbortSignal;
}
