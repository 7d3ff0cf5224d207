/** What PostgreSQL and its driver say of errors. */
import { codeOf, DatabaseFailure, describeSocketError } from "../failure.ts";
import { wrongCount } from "../parameters.ts";

/** The fields of an ErrorResponse that the driver hands on: "Error and Notice Message Fields" in its manual. */
interface ServerError {
  readonly severity: string;
  /** The SQLSTATE. */
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
  /** In the SQL, in characters, from 1. */
  readonly position?: string;
  /** The function, trigger or COPY in which it happened. */
  readonly where?: string;
}

/** Codes of the driver for a connection that is gone. */
const LOST = new Set([
  "CONNECTION_CLOSED",
  "CONNECTION_DESTROYED",
  "CONNECTION_ENDED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
]);

/** Errors about the number of parameters, whose words are those of the protocol. */
const PARAMETER_COUNT =
  /^bind message supplies (\d+) parameters, but prepared statement ".*" requires (\d+)$/;

/**
 * The error of a statement.
 *
 * @param isOpen Whether the connection is there still
 * @param lastError What the server has said last, should it be gone
 */
export function statementFailure(
  error: unknown,
  sql: string,
  isOpen: boolean,
  lastError: string | undefined,
): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  if (isServerError(error)) {
    const [, given, placeholders] = PARAMETER_COUNT.exec(error.message) ?? [];
    if (placeholders !== undefined) {
      return wrongCount(Number(placeholders), Number(given), ` (SQLSTATE ${error.code})`, error);
    }
    return new DatabaseFailure(describe(error, sql), { lost: error.severity !== "ERROR", cause: error });
  }
  const code = codeOf(error);
  if (!isOpen || (code !== undefined && LOST.has(code))) {
    const closed = code?.startsWith("CONNECTION_") ? "the server has closed it" : describeSocketError(error);
    const reason = lastError ?? closed;
    return new DatabaseFailure(`the connection to the database was lost: ${reason}`, {
      lost: true,
      cause: error,
    });
  }
  return new DatabaseFailure(describeSocketError(error), { cause: error });
}

/** Why a connection could not be made, without where to. */
export function describeConnectError(error: unknown): string {
  if (error instanceof DatabaseFailure) return error.message;
  if (isServerError(error)) return describe(error, "");
  if (codeOf(error)?.startsWith("CONNECTION_")) return "the server closed the connection";
  return describeSocketError(error);
}

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && "severity" in error && typeof error.severity === "string";
}

function describe(error: ServerError, sql: string): string {
  const { severity, code, detail, hint } = error;
  const parts = [
    severity === "ERROR" ? error.message : `${severity}: ${error.message}`,
    ` (SQLSTATE ${code})`,
    positionText(error, sql),
    // It shows all columns of the row, which may hold what must not be logged
    detail === undefined || detail.startsWith("Failing row contains") ? "" : `; ${detail}`,
    hint === undefined ? "" : `; hint: ${hint}`,
  ];
  return parts.join("").replaceAll(/\s*\n\s*/g, " ").replace(/\.$/, "");
}

function positionText({ position }: ServerError, sql: string): string {
  if (position === undefined || sql === "") return "";
  const before = Array.from(sql).slice(0, Number(position) - 1).join("");
  const line = before.split("\n").length;
  const column = Array.from(before.slice(before.lastIndexOf("\n") + 1)).length + 1;
  return ` at line ${line} column ${column} of the SQL`;
}
