/** Ctrl-C and SIGTERM. */

/** The signals that ask a process to end. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** What a shell reports for a process that a signal ended: 128 and the signal's number. */
export const STATUS_INTERRUPTED = 130;
export const STATUS_TERMINATED = 143;

/**
 * Calls `stop` when the process is asked to end. A second Ctrl-C ends it at once.
 *
 * Not for plain scripts: without a listener the operating system ends them even in an endless loop.
 *
 * @returns What takes the listeners away
 */
export function listenForStop(stop: (signal: StopSignal) => void): () => void {
  let interrupted = false;
  const onInterrupt = () => {
    if (interrupted) Deno.exit(STATUS_INTERRUPTED);
    interrupted = true;
    stop("SIGINT");
  };
  const onTerminate = () => stop("SIGTERM");
  Deno.addSignalListener("SIGINT", onInterrupt);
  Deno.addSignalListener("SIGTERM", onTerminate);
  return () => {
    Deno.removeSignalListener("SIGINT", onInterrupt);
    Deno.removeSignalListener("SIGTERM", onTerminate);
  };
}
