/** Memory between the runs of checks that are repeated. */
import { heap } from "../../runtime/heap.ts";

/** How long nothing must be going on. Milliseconds. */
const PAUSE = 250;
/** Below this there is nothing to gain: what a worker needs is some 20 MB. Bytes. */
const ENOUGH = 48 * 1024 * 1024;

/**
 * Collects garbage while nothing goes on. Left to itself V8 lets the heap of a worker grow to some 200 MB before it
 * looks at what is old, and every script leaves compiled code behind: a process that keeps checking would look as if
 * it leaked, and be ended where memory is limited.
 */
export class IdleCollection {
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Something begins. */
  busy(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Nothing goes on any more. */
  idle(): void {
    this.busy();
    this.#timer = setTimeout(() => {
      if (heap.used() > ENOUGH) heap.collect();
    }, PAUSE);
  }
}
