/** From the frames of a server to its messages: RFC 6455, sections 5.4 to 5.6. */
import { fromBytes, toBytes, toTextStrict } from "../../runtime/seam/text.ts";
import { type Frame, FrameReader, MAX_CONTROL, Opcode, ProtocolError, tooLarge } from "./frame.ts";
import type { Message } from "./message.ts";

/** What a reader tells. Data is bytes. */
export interface MessageEvents {
  message(message: Message): void;
  ping(data: Uint8Array): void;
  pong(data: string): void;
  /** The close frame; 1005 where it holds no code. */
  close(code: number, reason: string): void;
}

/** Takes bytes in pieces of any size. Nothing comes after a close frame. */
export class MessageReader {
  readonly #frames: FrameReader;
  readonly #limit: number;
  readonly #events: MessageEvents;
  #started: "text" | "binary" | undefined;
  #data = "";
  #closed = false;

  /** @param limit Bytes of the largest message */
  constructor(limit: number, events: MessageEvents) {
    this.#limit = limit;
    this.#frames = new FrameReader(Math.max(limit, MAX_CONTROL));
    this.#events = events;
  }

  /** @throws {ProtocolError} When the server breaks the protocol */
  push(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#frames.push(chunk);
    for (let frame = this.#frames.next(); frame !== undefined; frame = this.#frames.next()) {
      this.#take(frame);
      if (this.#closed) return;
    }
  }

  #take({ opcode, final, payload }: Frame): void {
    switch (opcode) {
      case Opcode.PING:
        return this.#events.ping(payload);
      case Opcode.PONG:
        return this.#events.pong(fromBytes(payload));
      case Opcode.CLOSE:
        return this.#close(payload);
      case Opcode.CONTINUATION:
        if (this.#started === undefined) throw new ProtocolError(1002, "a message begins in its middle");
        break;
      default:
        if (this.#started !== undefined) throw new ProtocolError(1002, "a message begins within another");
        this.#started = opcode === Opcode.TEXT ? "text" : "binary";
    }
    if (this.#data.length + payload.length > this.#limit) {
      throw tooLarge(this.#limit);
    }
    this.#data += fromBytes(payload);
    if (final) this.#finish(this.#started);
  }

  #finish(kind: "text" | "binary"): void {
    const data = this.#data;
    this.#data = "";
    this.#started = undefined;
    if (kind === "text" && toTextStrict(data) === undefined) {
      throw new ProtocolError(1007, "a text message is not UTF-8");
    }
    this.#events.message({ data, binary: kind === "binary" });
  }

  #close(payload: Uint8Array): void {
    this.#closed = true;
    const [high, low] = payload;
    if (high === undefined) return this.#events.close(1005, "");
    if (low === undefined) throw new ProtocolError(1002, "a close frame holds half a code");
    const code = high * 256 + low;
    const reason = fromBytes(payload.subarray(2));
    if (!isReceivable(code)) throw new ProtocolError(1002, `a close frame holds the code ${code}`);
    if (toTextStrict(reason) === undefined) throw new ProtocolError(1007, "a close reason is not UTF-8");
    this.#events.close(code, reason);
  }
}

/** RFC 6455, section 7.4. */
function isReceivable(code: number): boolean {
  return code >= 1000 && code <= 4999 && code !== 1004 && code !== 1005 && code !== 1006 && code !== 1015;
}

/** The payload of a close frame. */
export function closePayload(code: number, reason: string): Uint8Array {
  return toBytes(String.fromCharCode(code >> 8, code & 0xff) + reason);
}
