/** The time that a request may take, and the VM's own end. */

import { onAbort } from "../../runtime/seam/abort.ts";
import { MAX_TIMER } from "../../runtime/seam/wait.ts";

/** Aborts `signal` when the time is up or the VM stops, until it is closed. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #release: () => void;
  readonly #milliseconds: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #expired = false;

  /** @param parent Aborts this one's signal too, with its reason */
  constructor(milliseconds: number, parent: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.#release = onAbort(parent, () => this.#controller.abort(parent.reason));
    this.restart();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it was the time that ended the request. */
  get expired(): boolean {
    return this.#expired;
  }

  /** What a message says of it: `timed out after 30s`. */
  get message(): string {
    return `timed out after ${this.#milliseconds / 1000}s`;
  }

  /** Gives the whole time again. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#expired = true;
      this.#controller.abort(new DOMException(this.message, "TimeoutError"));
    }, Math.min(this.#milliseconds, MAX_TIMER));
  }

  /** Ends the request whatever the time: nobody waits for it. */
  abort(): void {
    this.#controller.abort(new DOMException("The task has been cancelled", "AbortError"));
  }

  /** Takes the limit away, not the VM's end. */
  disarm(): void {
    clearTimeout(this.#timer);
  }

  close(): void {
    this.disarm();
    this.#release();
  }
}
