/** What a connection object needs of the socket below it: the client's own, or the one that a server upgraded. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Inbox } from "./inbox.ts";
import { describeEnding, type Message } from "./message.ts";

/** A WebSocket, whoever opened it. */
export interface Transport {
  /** What has come from the other side, and how the connection has ended. */
  readonly inbox: Inbox;
  /** The subprotocol that both sides agreed on; empty without one. */
  readonly protocol: string;
  /**
   * Sends a message; settles when there is room for the next.
   *
   * @throws {ClosedError} When the connection has ended
   */
  send(message: Message): void | Promise<void>;
  /** Sends a ping; settles when its pong has come. Absent where the platform sends pings by itself. */
  ping?(data: string): Promise<void>;
  /** Closes in order, or by force where the other side does not answer. Never rejects. */
  close(code: number, reason: string): Promise<void>;
  /** Closes at once, without a word. */
  destroy(): void;
}

/** What was tried needs an open connection. The function's name is put in front by who knows it. */
export class ClosedError extends ScriptError {
  override readonly name = "ClosedError";

  constructor({ ending }: Inbox) {
    super(ending === undefined ? "connection closed" : describeEnding(ending));
  }
}
