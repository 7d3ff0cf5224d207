/** What MySQL, MariaDB and their driver say of errors. */
import { codeOf, DatabaseFailure, describeSocketError } from "../failure.ts";

interface ServerError {
  readonly errno: number;
  readonly sqlState: string;
  readonly sqlMessage: string;
}

/** Errors of the server with which it ends the connection: shutdown, killed, too long idle, too large a packet. */
const LAST_WORDS = new Set([1053, 1927, 3159, 4031]);

/** The error of a statement. @param isOpen Whether the connection is there still */
export function statementFailure(error: unknown, isOpen: boolean): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  if (isServerError(error)) {
    return new DatabaseFailure(describe(error), { lost: LAST_WORDS.has(error.errno), cause: error });
  }
  const code = codeOf(error);
  const fatal = error instanceof Error && "fatal" in error && error.fatal === true;
  if (!isOpen || fatal) {
    const reason = code === "PROTOCOL_CONNECTION_LOST"
      ? "the server has closed it"
      : describeSocketError(error);
    return new DatabaseFailure(`the connection to the database was lost: ${reason}`, {
      lost: true,
      cause: error,
    });
  }
  return new DatabaseFailure(describeSocketError(error), { cause: error });
}

/** Why a connection could not be made, without where to. */
export function describeConnectError(error: unknown, seconds: number): string {
  if (error instanceof DatabaseFailure) return error.message;
  if (isServerError(error)) return describe(error);
  switch (codeOf(error)) {
    case "ETIMEDOUT":
      return `no connection within ${seconds} s`;
    case "PROTOCOL_CONNECTION_LOST":
      return "the server closed the connection";
    case NO_TLS:
      return "the server has no TLS: use sslmode=disable, or sslmode=prefer to do without";
    default:
      return describeSocketError(error);
  }
}

/** The driver's code for a server without TLS. */
export const NO_TLS = "HANDSHAKE_NO_SSL_SUPPORT";

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && "sqlMessage" in error && typeof error.sqlMessage === "string" &&
    "sqlState" in error && "errno" in error;
}

function describe({ errno, sqlState, sqlMessage }: ServerError): string {
  const message = sqlMessage.replaceAll(/\s*\n\s*/g, " ");
  return `${message} (SQLSTATE ${sqlState}, error ${errno})`;
}
