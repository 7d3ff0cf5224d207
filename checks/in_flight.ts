/**
 * Requests under way. All have the same time limit, so the oldest is the first to reach it, and one timer does
 * for all: a timer for each is a tenth of what a short request costs.
 */
export class InFlight {
  readonly #limit: number;
  readonly #reason: () => Error;
  /** When each is ended, the oldest first. */
  readonly #requests = new Map<AbortController, number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param limit Milliseconds
   * @param reason What a request that reaches it is aborted with
   */
  constructor(limit: number, reason: () => Error) {
    this.#limit = limit;
    this.#reason = reason;
  }

  add(): AbortController {
    const controller = new AbortController();
    this.#requests.set(controller, performance.now() + this.#limit);
    this.#timer ??= setTimeout(() => this.#expire(), this.#limit);
    return controller;
  }

  remove(controller: AbortController): void {
    this.#requests.delete(controller);
    if (this.#requests.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const [controller, end] of this.#requests) {
      if (end > now) {
        this.#timer = setTimeout(() => this.#expire(), end - now);
        return;
      }
      this.#requests.delete(controller);
      controller.abort(this.#reason());
    }
  }
}
