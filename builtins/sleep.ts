import { onAbort } from "../runtime/seam/abort.ts";
import { defineGlobal, fn } from "../runtime/seam/declare.ts";
import { ScriptError } from "../runtime/seam/error.ts";
import { number } from "../runtime/seam/params.ts";

/** The longest wait that a timer of the platform takes, in milliseconds: some 24 days. */
export const MAX_TIMER = 2 ** 31 - 1;

export default defineGlobal({
  name: "sleep",
  doc: "Pause the calling task",
  call: fn({
    params: [number("seconds")],
    returns: "nil",
    doc: "Pause for a number of seconds while other tasks go on",
    run: (host, seconds) => {
      if (!(seconds >= 0 && seconds < Infinity)) {
        throw new ScriptError(`sleep: seconds must be zero or more and finite: current value is ${seconds}`);
      }
      return wait(seconds * 1000, host.signal);
    },
  }),
});

/** Waits so many milliseconds, or until the signal is aborted. */
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
