/** Timers of any length. */
import { MAX_TIMER } from "../../runtime/seam/wait.ts";

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
