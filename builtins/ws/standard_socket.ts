/** The platform's own WebSocket, as `http.serve` gets it from an upgraded request. */
import { fromBytes, fromText, toBytes, toText } from "../../runtime/seam/text.ts";
import { Inbox } from "./inbox.ts";
import type { Message } from "./message.ts";
import { ClosedError, type Transport } from "./transport.ts";

/** How long the other side has to answer a close frame. Milliseconds. */
const CLOSE_LIMIT = 5_000;

/** How many bytes may wait to be sent before `send` waits. */
const HIGH_WATER = 1024 * 1024;

/** How often to look whether they have been sent: the interface has no event for that. Milliseconds. */
const POLL = 5;

/** Such a socket tells nobody to slow down: what nobody receives is kept up to the limit, then it is closed. */
export class StandardSocket implements Transport {
  readonly inbox = new Inbox();
  readonly protocol: string;
  readonly #socket: WebSocket;
  readonly #open: Promise<void>;
  #closing: { code: number; reason: string } | undefined;

  /**
   * @param maxMessage Bytes that may wait to be received, and so the largest message too
   * @param protocol The subprotocol, empty for none. Text
   */
  constructor(socket: WebSocket, maxMessage: number, protocol = "") {
    this.#socket = socket;
    this.protocol = fromText(protocol);
    socket.binaryType = "arraybuffer";
    this.#open = new Promise((resolve) => {
      if (socket.readyState !== WebSocket.CONNECTING) return resolve();
      socket.addEventListener("open", () => resolve(), { once: true });
      socket.addEventListener("close", () => resolve(), { once: true });
    });
    socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
      const message = typeof data === "string"
        ? { data: fromText(data), binary: false }
        : { data: fromBytes(new Uint8Array(data)), binary: true };
      if (message.data.length > maxMessage) {
        this.#giveUp(`a message is larger than ${maxMessage} bytes: raise max_message`);
        return;
      }
      this.inbox.push(message);
      if (this.inbox.bytes > maxMessage) {
        this.#giveUp(`more than ${maxMessage} bytes wait to be received: raise max_message`);
      }
    });
    socket.addEventListener("error", (event) => {
      const text = event instanceof ErrorEvent ? event.message : "";
      // Without a text there is nothing to tell: the event of closing follows
      if (text !== "" && !/unexpected eof|reset/i.test(text)) {
        this.inbox.end({ code: 1006, reason: "", failure: text });
      }
    });
    socket.addEventListener("close", ({ code, reason }) => {
      this.inbox.end(this.#closing ?? { code, reason: fromText(reason) });
    });
  }

  async send({ data, binary }: Message): Promise<void> {
    await this.#open;
    if (this.#socket.readyState !== WebSocket.OPEN) throw new ClosedError(this.inbox);
    this.#socket.send(binary ? toBytes(data) : toText(data));
    while (this.#socket.readyState === WebSocket.OPEN && this.#socket.bufferedAmount > HIGH_WATER) {
      await new Promise((resolve) => setTimeout(resolve, POLL));
    }
  }

  async close(code: number, reason: string): Promise<void> {
    await this.#open;
    if (this.inbox.ending !== undefined) return;
    this.#closing ??= { code, reason };
    // On the server's side Deno sends every code that checkEnding lets pass
    this.#socket.close(code, toText(reason));
    const timer = setTimeout(() => this.inbox.end({ code, reason }), CLOSE_LIMIT);
    await this.inbox.ended;
    clearTimeout(timer);
  }

  destroy(): void {
    this.#giveUp("the script has ended");
  }

  #giveUp(failure: string): void {
    this.inbox.end({ code: 1006, reason: "", failure });
    try {
      this.#socket.close();
    } catch {
      // It has been closed before it was open
    }
  }
}
