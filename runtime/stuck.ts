/**
 * Notices in a worker that a script has come to a halt. In the main thread Deno tells: the event loop has nothing left.
 * A worker's event loop always waits for messages, so here is looked at what could still wake a task.
 */
import type { Session } from "./session.ts";

/** How often is looked. Milliseconds. */
const PERIOD = 200;
/** As often in a row nothing must be left: what has just ended may wake a task yet. */
const IN_A_ROW = 2;

type Timer = ReturnType<typeof setTimeout>;

/** The timers that keep a process waiting. */
const timers = new Set<Timer>();

const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/** From now on timers are counted. To be called before any script runs. */
export function countTimers(): void {
  const { setInterval: startInterval, clearInterval: stopInterval } = globalThis;
  const { unrefTimer } = Deno;
  const scope = globalThis as unknown as Record<string, unknown>;
  scope.setTimeout = (call: (...args: unknown[]) => void, delay?: number, ...args: unknown[]) => {
    const timer = startTimer(() => {
      timers.delete(timer);
      call(...args);
    }, delay);
    timers.add(timer);
    return timer;
  };
  scope.clearTimeout = (timer: Timer) => {
    timers.delete(timer);
    stopTimer(timer);
  };
  scope.setInterval = (...args: Parameters<typeof setInterval>) => {
    const timer = startInterval(...args);
    timers.add(timer);
    return timer;
  };
  scope.clearInterval = (timer: Timer) => {
    timers.delete(timer);
    stopInterval(timer);
  };
  (Deno as { unrefTimer: typeof unrefTimer }).unrefTimer = (timer) => {
    timers.delete(timer as unknown as Timer);
    unrefTimer(timer);
  };
}

/** Reports once that no task of a session can go on any more. @returns What ends the watch */
export function watchForHalt(session: Session, report: () => void): () => void {
  let count = 0;
  const look = () => {
    count = session.isStuck && timers.size === 0 ? count + 1 : 0;
    if (count >= IN_A_ROW) return report();
    timer = startTimer(look, PERIOD);
  };
  let timer = startTimer(look, PERIOD);
  return () => stopTimer(timer);
}
