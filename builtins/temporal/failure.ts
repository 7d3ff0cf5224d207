/** What goes wrong with Temporal, as text. */
import { ScriptError } from "../../runtime/seam/error.ts";

/** @see https://grpc.github.io/grpc/core/md_doc_statuscodes.html */
const CODES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];

/** Tells a request that took too long: the code of gRPC. */
export const DEADLINE_EXCEEDED = 4;

/** How many causes of a failure are told. */
const MAX_CAUSES = 10;

/** An error of a request, before the operation puts its name in front. */
export class TemporalFailure extends Error {
  override readonly name = "TemporalFailure";
}

/** Runs `body`; what fails in it becomes an error for the script's author: `temporal OPERATION: …`. */
export async function named<T>(operation: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ScriptError) throw error;
    const expected = error instanceof TemporalFailure || codeOf(error) !== undefined;
    if (!expected) throw error;
    throw new ScriptError(`temporal ${operation}: ${describeRequestError(error)}`, { cause: error });
  }
}

/** The code of an error of gRPC. */
export function codeOf(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}

/** Codes of a server that is not there, or has too much to do: CANCELLED is what one that stops says. */
const TRANSIENT: ReadonlySet<number> = new Set([1, 2, 8, 10, 14]);
const INTERNAL = 13;

/** Whether the same request may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  const code = codeOf(error);
  if (code === undefined) return false;
  // The connection was lost: servers' own internal errors stay
  const isLost = code === INTERNAL && /RST_STREAM with code [02]\b/.test(describeRequestError(error));
  return TRANSIENT.has(code) || isLost;
}

/** What an error of gRPC says, with the name of its code. */
export function describeRequestError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (code === undefined) return message;
  const details = (error as { details?: unknown }).details;
  const text = typeof details === "string" && details !== "" ? details : message;
  return `${text.replace(/\.$/, "")} (${CODES[code] ?? `code ${code}`})`;
}

/** The parts of Temporal's `Failure` that are told. */
export interface Failure {
  readonly message?: string | null;
  readonly cause?: Failure | null;
  readonly applicationFailureInfo?: { readonly type?: string | null } | null;
  readonly activityFailureInfo?: { readonly activityType?: { readonly name?: string | null } | null } | null;
}

/** A failure with its causes: `activity error (activity Pay), caused by: no money (PaymentError)`. */
export function describeFailure(failure: Failure | null | undefined): string {
  const parts: string[] = [];
  for (let one = failure; one && parts.length < MAX_CAUSES; one = one.cause) {
    const activity = one.activityFailureInfo?.activityType?.name;
    const kind = activity ? `activity ${activity}` : one.applicationFailureInfo?.type;
    parts.push(`${one.message || "no message"}${kind ? ` (${kind})` : ""}`);
  }
  return parts.length === 0 ? "no reason given" : parts.join(", caused by: ");
}
