/** Tells the memory limit of a VM what Lua values take, and what limit that is. */
import { LuaThrow } from "./error.ts";

/** Called with the bytes by which something has grown; it may throw to refuse. */
export type ChargeHook = (bytes: number) => void;

/** The hook in force. Read as a live binding, so that a call costs one load. */
export let charge: ChargeHook = () => {};

/** Sets what is told of the growth of tables and strings; `undefined` for nothing. */
export function setCharge(hook: ChargeHook | undefined): void {
  charge = hook ?? (() => {});
}

/** The bytes of an element of the array part of a table. */
export const ELEMENT_BYTES = 8;

/** The bytes of an entry of the hash part of a table, with its share of the buckets. */
export const ENTRY_BYTES = 40;

/** Strings from here on are charged where they are made or read without being copied. */
export const BIG_STRING = 65536;

/** As PUC-Rio says it: without a position. @param reason What is too large */
export function notEnoughMemory(reason?: string): LuaThrow {
  return new LuaThrow(reason === undefined ? "not enough memory" : `not enough memory (${reason})`);
}

/** The heap that the Lua values of all VMs live in. */
export interface Heap {
  /** Bytes in use, what is not collected yet included. */
  used(): number;
  /** Collects what nothing leads to, at once. */
  collect(): void;
  /** Ends when the event loop has had its turn. */
  turn(): Promise<void>;
}

/** So much may be charged, in bytes, before the heap is looked at. */
const UNSEEN = 8 * 2 ** 20;

/** Room for what is not collected yet, in bytes: near the limit collecting would take all the time else. */
const SLACK = 8 * 2 ** 20;

/**
 * The memory limit of a VM. What it has allocated is only the reason to look: what counts is by how much the heap
 * has grown since the VM was made, once all garbage is collected.
 */
export class MemoryLimit {
  readonly #base: number;
  readonly #slack: number;
  #unseen = 0;
  /** The growth, garbage included, that is accepted without collecting. */
  #ceiling: number;

  /** @param limit Bytes */
  constructor(readonly heap: Heap, readonly limit: number) {
    this.#base = heap.used();
    this.#slack = Math.max(limit / 4, SLACK);
    this.#ceiling = limit;
  }

  /** Counts bytes that are about to be used. @throws {LuaThrow} When the limit is exceeded */
  readonly charge = (bytes: number): void => {
    this.#unseen += bytes;
    if (this.#unseen > UNSEEN) this.look(bytes);
  };

  /**
   * Compares the heap with the limit.
   *
   * @param more Bytes that are about to be used
   * @throws {LuaThrow} When the limit is exceeded
   */
  look(more = 0): void {
    this.#unseen = 0;
    if (more > this.limit) throw notEnoughMemory();
    if (this.heap.used() - this.#base <= this.#ceiling) return;
    this.heap.collect();
    const live = this.heap.used() - this.#base;
    if (live <= this.limit) {
      this.#ceiling = Math.max(this.limit, live + this.#slack);
      return;
    }
    // Whoever catches the error has some room to get rid of what is too much
    this.#ceiling = Math.min(live + this.#slack, this.limit + 2 * this.#slack);
    throw notEnoughMemory();
  }
}
