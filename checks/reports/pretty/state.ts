/** What is known of a run that goes on. */

/** A check that has begun and has not come to its end. */
export interface RunningCheck {
  readonly name: string;
  readonly type: string;
  /** From 1. */
  readonly attempt: number;
  /** When its first attempt began. Milliseconds of the clock. */
  readonly since: number;
  /** Set while it waits for the next attempt. */
  readonly waiting?: { readonly error: string; readonly until: number };
}

/** A run that goes on. */
export interface RunState {
  readonly total: number;
  /** Milliseconds of the clock. */
  readonly started: number;
  readonly finished: number;
  readonly failed: number;
  readonly warned: number;
  /** By number, in the order in which they began. */
  readonly running: ReadonlyMap<number, RunningCheck>;
}
