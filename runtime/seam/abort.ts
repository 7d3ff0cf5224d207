/** Being told of an abort. */

const callbacks = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls back when a signal is aborted, at once where it has been.
 *
 * All who wait for a signal share one listener: adding and removing one takes an EventTarget as long as it has
 * listeners, and a VM with ten thousand tasks waits ten thousand times for the same signal.
 *
 * @returns What takes the request back
 */
export function onAbort(signal: AbortSignal, call: () => void): () => void {
  if (signal.aborted) {
    call();
    return () => {};
  }
  let waiting = callbacks.get(signal);
  if (waiting === undefined) {
    const all = waiting = new Set<() => void>();
    callbacks.set(signal, all);
    signal.addEventListener("abort", () => all.forEach((each) => each()), { once: true });
  }
  const all = waiting;
  // The same function may be given twice
  const entry = () => call();
  all.add(entry);
  return () => all.delete(entry);
}
