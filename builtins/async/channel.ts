/** Channels: queues between tasks, with room for so many values. */
import { LuaUserdata, type LuaValue } from "../../runtime/seam/value.ts";
import { Fifo } from "./fifo.ts";

/** One who waits for a value. */
export interface Receiver {
  /** @param value undefined when the channel has been closed */
  deliver(channel: Channel, value: LuaValue): void;
}

/** One who waits for room. */
export interface Sender {
  readonly value: LuaValue;
  /** The value has found its place. */
  sent(): void;
  /** The channel has been closed before. */
  refused(): void;
}

/**
 * A queue that tasks share. A value goes to one receiver, in the order of sending; those who wait are served in the
 * order of their coming. Nothing in here waits itself.
 */
export class Channel extends LuaUserdata {
  readonly #capacity: number;
  readonly #values = new Fifo<LuaValue>();
  readonly #receivers = new Set<Receiver>();
  readonly #senders = new Set<Sender>();
  #isClosed = false;

  /** @param capacity Values that wait for a receiver; with 0 a sender waits for its receiver */
  constructor(capacity: number) {
    super();
    this.#capacity = capacity;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** The values that wait for a receiver. */
  get length(): number {
    return this.#values.length;
  }

  /** Whether {@link take} has a value. */
  get isReady(): boolean {
    return this.#values.length > 0 || this.#senders.size > 0;
  }

  /** Sends where that needs no waiting. @returns whether it did not */
  offer(value: LuaValue): boolean {
    const receiver = first(this.#receivers);
    if (receiver !== undefined) {
      this.#receivers.delete(receiver);
      receiver.deliver(this, value);
      return true;
    }
    if (this.#values.length >= this.#capacity) return false;
    this.#values.push(value);
    return true;
  }

  /** The next value; undefined where there is none yet. */
  take(): LuaValue {
    if (this.#values.length === 0) return this.#admit()?.value;
    const value = this.#values.shift();
    const next = this.#admit();
    if (next !== undefined) this.#values.push(next.value);
    return value;
  }

  /** Gives back a value whose receiver has gone: it is the next one again. */
  putBack(value: LuaValue): void {
    const receiver = first(this.#receivers);
    if (receiver === undefined) {
      this.#values.putBack(value);
      return;
    }
    this.#receivers.delete(receiver);
    receiver.deliver(this, value);
  }

  /** @returns What takes the request back */
  awaitValue(receiver: Receiver): () => void {
    this.#receivers.add(receiver);
    return () => this.#receivers.delete(receiver);
  }

  /** @returns What takes the request back */
  awaitRoom(sender: Sender): () => void {
    this.#senders.add(sender);
    return () => this.#senders.delete(sender);
  }

  /** Nothing is sent any more; what has been sent can still be received. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const receivers = [...this.#receivers];
    const senders = [...this.#senders];
    this.#receivers.clear();
    this.#senders.clear();
    for (const receiver of receivers) receiver.deliver(this, undefined);
    for (const sender of senders) sender.refused();
  }

  /** The sender that has waited longest, which goes on. */
  #admit(): Sender | undefined {
    const sender = first(this.#senders);
    if (sender === undefined) return undefined;
    this.#senders.delete(sender);
    sender.sent();
    return sender;
  }
}

function first<T>(set: ReadonlySet<T>): T | undefined {
  return set.values().next().value;
}
