/** Failures of the operating system as Lua's standard library reports them: `nil, message, number`. */
import { describeError } from "../../runtime/seam/error.ts";
import { fromText } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";

/** Numbers of errors that come without one (the same on Linux and macOS). */
export const ERRNO = { badDescriptor: 9, denied: 13, illegalSeek: 29, brokenPipe: 32 } as const;

/** A failed operation with a number of the operating system, found out without asking it. */
export class IoFailure extends Error {
  override readonly name = "IoFailure";

  constructor(message: string, readonly errno: number) {
    super(message);
  }
}

/** Why an operation failed: the system's words and its error number. */
interface Reason {
  /** Text. */
  readonly message: string;
  readonly errno: number;
}

/**
 * What the operating system, or the permissions, had against an operation.
 *
 * @param path What the operation was about, text; put before the reason
 * @throws The error itself when it comes from elsewhere
 */
export function reasonOf(error: unknown, path?: string): Reason {
  const { message, errno } = systemReason(error);
  return { message: path === undefined ? message : `${path}: ${message}`, errno };
}

function systemReason(error: unknown): Reason {
  if (error instanceof IoFailure) return error;
  const system = /^(.*?) \(os error (\d+)\)/s.exec(describeError(error));
  if (system !== null) return { message: system[1] ?? "", errno: Number(system[2]) };
  if (error instanceof Deno.errors.NotCapable) return { message: describeError(error), errno: ERRNO.denied };
  if (error instanceof Deno.errors.BrokenPipe) return { message: "Broken pipe", errno: ERRNO.brokenPipe };
  throw error;
}

/** The results of a failed operation: nil, the reason, the error number. */
export function failureResults(error: unknown, path?: string): readonly LuaValue[] {
  const { message, errno } = reasonOf(error, path);
  return [undefined, fromText(message), errno];
}
