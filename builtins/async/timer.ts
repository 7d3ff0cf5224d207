/** Timers of any length. */

/** The longest wait that a timer of the platform takes, in milliseconds: some 24 days. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Calls once so many milliseconds have gone by.
 *
 * @returns What takes the request back
 */
export function after(milliseconds: number, call: () => void): () => void {
  let rest = milliseconds;
  let timer: ReturnType<typeof setTimeout>;
  const next = () => {
    const step = Math.min(rest, MAX_TIMER);
    rest -= step;
    timer = setTimeout(rest > 0 ? next : call, step);
  };
  next();
  return () => clearTimeout(timer);
}
