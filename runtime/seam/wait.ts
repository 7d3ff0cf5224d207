/** Waiting for time to pass. */
import { onAbort } from "./abort.ts";

/** The longest wait that a timer of the platform takes, in milliseconds: some 24 days. */
export const MAX_TIMER = 2 ** 31 - 1;

/** Waits so many milliseconds, or until the signal is aborted: it is not told which. */
export async function wait(milliseconds: number, signal: AbortSignal): Promise<void> {
  for (let rest = milliseconds; rest >= 0 && !signal.aborted; rest -= MAX_TIMER) {
    await timer(Math.min(rest, MAX_TIMER), signal);
  }
}

async function timer(milliseconds: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const id = setTimeout(resolve, milliseconds);
  const release = onAbort(signal, resolve);
  await promise;
  clearTimeout(id);
  release();
}
