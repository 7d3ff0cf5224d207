/** Runs again and again. */
import type { Clock } from "./clock.ts";

/** How runs are repeated. */
export interface Repetition {
  /** From one beginning to the next; a run that takes longer is followed at once. Milliseconds. */
  readonly every: number;
  readonly clock: Clock;
  /** Ends it: no run begins any more. */
  readonly stop: AbortSignal;
}

/** Calls `run` until it is stopped. Rejects with what `run` rejects with. */
export async function repeat(run: () => Promise<void>, { every, clock, stop }: Repetition): Promise<void> {
  while (!stop.aborted) {
    const begun = clock.now();
    await run();
    if (!stop.aborted) await pause(Math.max(0, begun + every - clock.now()), clock, stop);
  }
}

function pause(milliseconds: number, clock: Clock, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      cancel();
      stop.removeEventListener("abort", end);
      resolve();
    };
    const cancel = clock.after(milliseconds, end);
    stop.addEventListener("abort", end);
  });
}
