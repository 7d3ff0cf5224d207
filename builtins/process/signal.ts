/** Signals to processes, by number or by name. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toInteger } from "../../runtime/seam/number.ts";
import { Mismatch, type Param } from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isNumber } from "../../runtime/seam/value.ts";

/** What `kill` sends unless told otherwise. */
export const SIGTERM = 15;

/** The highest process id that the system's interface takes; beyond, the number would be cut to another id. */
const MAX_PID = 2 ** 31 - 1;

/** The last real-time signal of Linux. */
const MAX_SIGNAL = 64;

/** A number, or a name with or without `SIG`: `15`, `"TERM"`, `"SIGTERM"`. 0 only looks whether it could be sent. */
export const signal = (name: string): Param<number | string> => ({
  name,
  type: "integer|string",
  optional: false,
  read(value) {
    if (typeof value === "string" && !/^-?\d+$/.test(value)) {
      return `SIG${toText(value).toUpperCase().replace(/^SIG/, "")}`;
    }
    const number = typeof value === "string" ? Number(value) : isNumber(value) ? toInteger(value) : undefined;
    if (typeof number === "number" && number >= 0 && number <= MAX_SIGNAL) return number;
    if (number === undefined) throw new Mismatch("integer or string");
    throw new Mismatch(
      "signal",
      `${name} must be a name or a number from 0 to ${MAX_SIGNAL}: current value is ${number}`,
    );
  },
});

/** The words of the system for what it has against a signal. */
const REASONS: Readonly<Record<string, string>> = {
  EINVAL: "Invalid argument (os error 22): this system has no such signal",
  EPERM: "Operation not permitted (os error 1)",
  ESRCH: "No such process (os error 3)",
};

/** Refuses ids that do not stand for one process: 0 and below would mean whole groups of them. */
export function checkPid(functionName: string, pid: number): void {
  if (pid > 0 && pid <= MAX_PID) return;
  throw new ScriptError(`${functionName}: pid must be between 1 and ${MAX_PID}: current value is ${pid}`);
}

/**
 * Sends a signal.
 *
 * @param pid Of a process, or minus that of a group
 * @throws {ScriptError} When the system refuses it
 */
export async function sendSignal(functionName: string, pid: number, signal: number | string): Promise<void> {
  // Deno.kill knows neither numbers nor signal 0; scripts that only mention processes need not wait for this
  const { kill } = await import("node:process");
  try {
    kill(pid, signal);
  } catch (cause) {
    const { code = "" } = cause as { code?: string };
    const reason = code === "ERR_UNKNOWN_SIGNAL" ? "there is no signal of this name" : REASONS[code];
    if (reason === undefined) throw cause;
    throw new ScriptError(
      `${functionName}: cannot send signal ${signal} to process ${Math.abs(pid)}: ${reason}`,
      {
        cause,
      },
    );
  }
}
