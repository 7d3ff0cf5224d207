/** Errors of databases, before the function that ran into them puts its name in front. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";

interface FailureOptions extends ErrorOptions {
  /** @default false */
  lost?: boolean;
}

/** What went wrong with a statement or a connection, as text without the name of a function. */
export class DatabaseFailure extends Error {
  override readonly name = "DatabaseFailure";
  /** Whether the connection cannot be used any more. */
  readonly lost: boolean;

  constructor(message: string, { lost = false, cause }: FailureOptions = {}) {
    super(message, { cause });
    this.lost = lost;
  }
}

/** Runs `body`; what fails in it becomes an error for the script's author that begins with `functionName`. */
export async function named<T>(functionName: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof DatabaseFailure)) throw error;
    const advice = error.lost ? "; the next call connects again" : "";
    throw new ScriptError(`${functionName}: ${error.message}${advice}`, { cause: error });
  }
}

const SOCKET_ERRORS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused: nothing listens there",
  ECONNRESET: "connection reset by the server",
  EPIPE: "connection closed by the server",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "the name of the host cannot be resolved now",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "the network is unreachable",
  ENOENT: "no such socket",
  EACCES: "permission denied",
};

/** What a failed connection says, from the code of the error of a socket where there is one. */
export function describeSocketError(error: unknown): string {
  const code = codeOf(error);
  const known = code === undefined ? undefined : SOCKET_ERRORS[code];
  if (known !== undefined) return known;
  if (error instanceof Deno.errors.NotCapable) return describeError(error);
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer";
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/ - Local \(.*\)$/, "").replace(/\.$/, "");
}

/** The `code` that errors of node's sockets and of the drivers carry. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}
