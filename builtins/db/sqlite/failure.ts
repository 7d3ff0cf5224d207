/** What SQLite says of errors. */
import { DatabaseFailure } from "../failure.ts";

const BUSY = 5;
const LOCKED = 6;

/** Primary result codes, from "Result and Error Codes" in SQLite's documentation. */
const NAMES: Readonly<Record<number, string>> = {
  1: "SQLITE_ERROR",
  3: "SQLITE_PERM",
  5: "SQLITE_BUSY",
  6: "SQLITE_LOCKED",
  8: "SQLITE_READONLY",
  9: "SQLITE_INTERRUPT",
  10: "SQLITE_IOERR",
  11: "SQLITE_CORRUPT",
  13: "SQLITE_FULL",
  14: "SQLITE_CANTOPEN",
  18: "SQLITE_TOOBIG",
  19: "SQLITE_CONSTRAINT",
  20: "SQLITE_MISMATCH",
  23: "SQLITE_AUTH",
  25: "SQLITE_RANGE",
  26: "SQLITE_NOTADB",
};

/** What Deno leaves of ATTACH where not everything is allowed: the permissions of files are looked at when one is opened. */
const NO_OTHER_FILES = "too many attached databases - max 0";

/** The low byte of a result code is the primary one. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  return typeof error.errcode === "number" ? error.errcode : undefined;
}

/** Whether another connection has the file locked. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code !== undefined && ((code & 0xff) === BUSY || (code & 0xff) === LOCKED);
}

/** The error of a statement. @param waited Seconds for which it was tried, where it was */
export function statementFailure(error: unknown, waited?: number): DatabaseFailure {
  if (error instanceof DatabaseFailure) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = resultCode(error);
  const name = code === undefined ? undefined : NAMES[code & 0xff];
  const excess = message === "column index out of range" || message.startsWith("Unknown named parameter");
  const what = excess
    ? "more parameters than placeholders were given"
    : message === NO_OTHER_FILES
    ? "permission denied: ATTACH and VACUUM INTO are out of reach of all that is confined (open the file by itself)"
    : message;
  const patience = waited === undefined ? "" : ` for ${waited} s (busy_timeout)`;
  const kind = name === undefined
    ? ""
    : ` (${name}${code === undefined || code < 256 ? "" : `, error ${code}`})`;
  return new DatabaseFailure(`${what}${patience}${kind}`, { cause: error });
}
