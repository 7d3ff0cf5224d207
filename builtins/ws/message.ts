/** What WebSocket connections carry, and how they end: RFC 6455. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toText } from "../../runtime/seam/text.ts";

/** A whole message. */
export interface Message {
  /** Bytes; UTF-8 unless `binary`. */
  readonly data: string;
  readonly binary: boolean;
}

/** How a connection has ended. */
export interface Ending {
  /** RFC 6455, section 7.4; 1005 where the other side gave none, 1006 where it left without a word. */
  readonly code: number;
  /** Bytes, UTF-8. */
  readonly reason: string;
  /** Why this side gave the connection up, as text. */
  readonly failure?: string;
}

/** The largest message without `max_message`: 64 MiB. Bytes. */
export const DEFAULT_MAX_MESSAGE = 64 * 1024 * 1024;

/** A close frame has 125 bytes, two of which are the code. */
const MAX_REASON = 123;

/** The codes that may be sent: those of the protocol, of libraries and of applications. */
function isCode(code: number): boolean {
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code <= 4999);
}

/** @throws {ScriptError} When a close frame cannot carry them */
export function checkEnding(functionName: string, code: number, reason: string): void {
  if (!isCode(code)) {
    throw new ScriptError(
      `${functionName}: a close code must be 1000 to 1014 or 3000 to 4999, not 1004 to 1006: current value is ${code}`,
    );
  }
  if (reason.length > MAX_REASON) {
    throw new ScriptError(
      `${functionName}: a close reason has at most ${MAX_REASON} bytes: this one has ${reason.length}`,
    );
  }
}

/** `connection closed`, and what is known of why. */
export function describeEnding({ code, reason, failure }: Ending): string {
  if (failure !== undefined) return `connection closed: ${failure}`;
  if (code === 1005) return "connection closed";
  if (code === 1006) return "connection closed: the other side left without a close frame";
  return `connection closed: code ${code}${reason === "" ? "" : `, ${toText(reason)}`}`;
}
