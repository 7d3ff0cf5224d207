/** The client's side of a WebSocket, over the bytes of a connection that has been upgraded. */
import type { Duplex } from "node:stream";
import { describeError } from "../../runtime/seam/error.ts";
import { toBytes } from "../../runtime/seam/text.ts";
import { encodeFrame, Opcode, ProtocolError } from "./frame.ts";
import { Inbox } from "./inbox.ts";
import type { Ending, Message } from "./message.ts";
import { closePayload, MessageReader } from "./message_reader.ts";
import { ClosedError, type Transport } from "./transport.ts";

/** How long the server has to answer a close frame, and to close the connection. Milliseconds. */
const CLOSE_LIMIT = 5_000;

/** How many bytes may wait to be received before the server has to wait. */
const HIGH_WATER = 1024 * 1024;

/** A WebSocket that this side has opened. */
export class ClientSocket implements Transport {
  readonly inbox: Inbox;
  readonly protocol: string;
  readonly #socket: Duplex;
  readonly #reader: MessageReader;
  readonly #pongs = new Map<string, () => void>();
  #closeSent = false;

  /**
   * @param head What has come behind the response
   * @param maxMessage Bytes of the largest message
   */
  constructor(socket: Duplex, head: Uint8Array, protocol: string, maxMessage: number) {
    this.#socket = socket;
    this.protocol = protocol;
    this.inbox = new Inbox(() => this.#flow());
    this.#reader = new MessageReader(maxMessage, {
      message: (message) => this.inbox.push(message),
      ping: (data) => this.#write(Opcode.PONG, data),
      pong: (data) => this.#pongs.get(data)?.(),
      close: (code, reason) => this.#left(code, reason),
    });
    socket.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    socket.on("error", (error) => this.#end({ code: 1006, reason: "", failure: describeError(error) }));
    socket.on("end", () => this.#end({ code: 1006, reason: "" }));
    socket.on("close", () => this.#end({ code: 1006, reason: "" }));
    if (head.length > 0) this.#receive(head);
  }

  async send({ data, binary }: Message): Promise<void> {
    if (this.#closeSent || this.inbox.ending !== undefined) throw new ClosedError(this.inbox);
    if (this.#write(binary ? Opcode.BINARY : Opcode.TEXT, toBytes(data))) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once("drain", resolve);
    await Promise.race([promise, this.inbox.ended]);
    this.#socket.off("drain", resolve);
  }

  async ping(data: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pongs.set(data, resolve);
    try {
      this.#write(Opcode.PING, toBytes(data));
      const ending = await Promise.race([promise, this.inbox.ended]);
      if (ending !== undefined) throw new ClosedError(this.inbox);
    } finally {
      this.#pongs.delete(data);
    }
  }

  async close(code: number, reason: string): Promise<void> {
    if (this.inbox.ending !== undefined) return;
    this.#sendClose(code, reason);
    // What the server still sends has to be read, or its close frame does not come
    this.#socket.resume();
    const timer = setTimeout(() => this.#end({ code: 1006, reason: "" }), CLOSE_LIMIT);
    await this.inbox.ended;
    clearTimeout(timer);
  }

  destroy(): void {
    this.inbox.end({ code: 1006, reason: "", failure: "the script has ended" });
    this.#socket.destroy();
  }

  #receive(chunk: Uint8Array): void {
    try {
      this.#reader.push(chunk);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#sendClose(error.code, "");
      this.#end({ code: error.code, reason: "", failure: error.message });
      return;
    }
    this.#flow();
  }

  /** Lets the server wait while much is unread, and go on afterwards. */
  #flow(): void {
    if (this.inbox.bytes > HIGH_WATER && !this.#closeSent) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** The server has closed: RFC 6455, section 5.5.1, wants its code back. */
  #left(code: number, reason: string): void {
    if (!this.#closeSent) this.#sendClose(code === 1005 ? 1000 : code, "");
    this.#end({ code, reason });
  }

  #sendClose(code: number, reason: string): void {
    if (this.#closeSent) return;
    this.#write(Opcode.CLOSE, closePayload(code, reason));
    this.#closeSent = true;
  }

  /** @returns whether there is room for more */
  #write(opcode: number, payload: Uint8Array): boolean {
    if (this.#closeSent || this.#socket.destroyed || !this.#socket.writable) return true;
    return this.#socket.write(encodeFrame(opcode, payload));
  }

  /** Ends once; what has been written still goes out. */
  #end(ending: Ending): void {
    if (this.inbox.ending !== undefined) return;
    this.inbox.end(ending);
    const socket = this.#socket;
    if (socket.destroyed) return;
    const timer = setTimeout(() => socket.destroy(), CLOSE_LIMIT);
    Deno.unrefTimer(timer);
    socket.once("close", () => clearTimeout(timer));
    socket.resume();
    socket.end(() => socket.destroy());
  }
}
