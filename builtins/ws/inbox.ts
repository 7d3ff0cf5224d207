/** Messages that have come and wait to be received. */
import { onAbort } from "../../runtime/seam/abort.ts";
import type { MaybePromise } from "../../runtime/seam/value.ts";
import type { Ending, Message } from "./message.ts";
import { MAX_TIMER } from "../../runtime/seam/wait.ts";

/** A reader gives up waiting; the message it waited for goes to the next one. */
export class ReceiveTimeout extends Error {
  override readonly name = "ReceiveTimeout";
}

type Waiter = (message: Message | undefined) => void;

/** A queue with an end. Readers get messages in the order in which they asked. */
export class Inbox {
  readonly #messages: Message[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #onRoom: () => void;
  #bytes = 0;
  #ending: Ending | undefined;
  readonly #ended = Promise.withResolvers<Ending>();

  /** @param onRoom Called whenever a message has been taken */
  constructor(onRoom: () => void = () => {}) {
    this.#onRoom = onRoom;
  }

  /** How much waits. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How the connection has ended; undefined while it has not. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Settles when the connection ends. */
  get ended(): Promise<Ending> {
    return this.#ended.promise;
  }

  push(message: Message): void {
    if (this.#ending !== undefined) return;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) return waiter(message);
    this.#messages.push(message);
    this.#bytes += message.data.length;
  }

  /** The first ending counts. What has come before can still be received. */
  end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#ended.resolve(ending);
    for (const waiter of this.#waiters.splice(0)) waiter(undefined);
  }

  /** Drops what waits: this side has closed the connection and asks for no more. */
  clear(): void {
    this.#messages.length = 0;
    this.#bytes = 0;
  }

  /**
   * The next message, undefined when there will be none.
   *
   * @param timeout Milliseconds
   * @param onCancel Takes what is to be done when the reader leaves before
   * @throws {ReceiveTimeout} When none comes in time
   * @throws {unknown} The signal's reason
   */
  take(
    timeout: number | undefined,
    signal: AbortSignal,
    onCancel: (call: () => void) => void,
  ): MaybePromise<Message | undefined> {
    const message = this.#messages.shift();
    if (message !== undefined) {
      this.#bytes -= message.data.length;
      this.#onRoom();
      return message;
    }
    if (this.#ending !== undefined) return undefined;
    return this.#wait(timeout, signal, onCancel);
  }

  async #wait(
    timeout: number | undefined,
    signal: AbortSignal,
    onCancel: (call: () => void) => void,
  ): Promise<Message | undefined> {
    const { promise, resolve, reject } = Promise.withResolvers<Message | undefined>();
    this.#waiters.push(resolve);
    const giveUp = (error: unknown) => {
      const index = this.#waiters.indexOf(resolve);
      if (index >= 0) this.#waiters.splice(index, 1);
      reject(error);
    };
    onCancel(() => giveUp(new ReceiveTimeout()));
    const timer = timeout === undefined
      ? undefined
      : setTimeout(() => giveUp(new ReceiveTimeout()), Math.min(timeout, MAX_TIMER));
    const release = onAbort(signal, () => giveUp(signal.reason));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      release();
    }
  }
}
