/**
 * Garbage collection as Lua sees it: `collectgarbage`, `__gc`, weak tables that get emptied.
 *
 * JavaScript's collector takes what nothing leads to. Three things are between it and Lua:
 * - It tells of the end of an object only when no JavaScript runs, and until then weak references of the running
 *   job keep theirs: where a script has either, a collection suspends it.
 * - Frames keep values that they will not use again. They are let go of before a collection.
 * - A finalizer is to be given the object, which is gone by then: it is given another table with the same
 *   contents. Contents that lead back to the object would keep it alive: of these, what is no object is kept.
 */
import { NOTHING } from "../library/callback.ts";
import type { LuaResult } from "../library/callback.ts";
import type { Heap } from "../memory.ts";
import { EMPTY_ARRAY, LuaTable, type LuaValue } from "../table.ts";
import { forgetCursor } from "../table/iterator.ts";
import { EMPTY_PROPS } from "../table/props.ts";
import { PinnedHash } from "../table/whole.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import { Coroutine } from "./coroutine.ts";
import { machine } from "./machine.ts";

/** A table that has a finalizer. */
interface Finalizable {
  readonly table: WeakRef<LuaTable>;
  contents: PinnedHash;
}

/** So many values are followed to see whether the contents of a table lead back to it. */
const FOLLOWED = 1000;

/** Between two collections by itself, as a multiple of the time that one takes. */
const PACE = 10;
/** Milliseconds between two collections at least. */
const SHORTEST_PACE = 20;

/** What is taken to be allocated by a step of the budget, in bytes. */
const STEP_BYTES = 64;

/** What compiled code and the like may take more or less, in bytes. */
const NOISE = 2 ** 20;

/** What the collector of a VM needs of it. */
export interface CollectorHost {
  readonly heap: Heap;
  /** Calls a finalizer, which must not wait. */
  finalize(fn: LuaValue, object: LuaTable): void;
}

/** The collector of a VM. */
export class Collector {
  /** Whether it runs by itself. */
  running = true;
  readonly #host: CollectorHost;
  readonly #finalizable = new Map<number, Finalizable>();
  readonly #registry = new FinalizationRegistry((key: number) => this.#died(key));
  #registered = 0;
  #dead: number[] = [];
  #hasWeak = false;
  #isClosing = false;
  #cycle: Promise<LuaResult> | undefined;
  #nextAt = 0;
  #stoppedAt = 0;
  #isCollected = false;
  /** Bytes in use after a collection, and by how much it was more after the last. */
  #level = 0;
  #excess = 0;

  constructor(host: CollectorHost) {
    this.#host = host;
  }

  /** Is told of every metatable that a table is given. */
  hasMetatable(table: LuaTable, metatable: LuaTable | undefined): void {
    if (table.hash instanceof PinnedHash) table.hash.metatable = metatable;
    if (metatable === undefined) return;
    const mode = metatable.getStr("__mode");
    if (typeof mode === "string") {
      table.weaken(mode);
      this.#hasWeak = true;
    }
    if (metatable.getStr("__gc") === undefined || this.#isClosing) return;
    const isKnown = table.hash instanceof PinnedHash;
    const contents = table.pin() ?? new PinnedHash();
    contents.metatable = metatable;
    if (isKnown) return;
    const key = ++this.#registered;
    this.#finalizable.set(key, { table: new WeakRef(table), contents });
    this.#registry.register(table, key);
  }

  /**
   * Bytes in use, without what JavaScript itself takes more or less after a collection than after the one before.
   * While the collector is stopped, what has been allocated since counts as if all were in use.
   */
  used(): number {
    const inUse = this.#host.heap.used();
    if (this.#isCollected) {
      if (Math.abs(inUse - this.#level) > NOISE) this.#level = inUse;
      this.#excess = inUse - this.#level;
      this.#isCollected = false;
    }
    const used = inUse - this.#excess;
    return this.running ? used : used + (this.#steps() - this.#stoppedAt) * STEP_BYTES;
  }

  stop(): void {
    if (this.running) this.#stoppedAt = this.#steps();
    this.running = false;
  }

  #steps(): number {
    return machine.steps;
  }

  /** Collects everything; a promise where the script has to wait for it. */
  collect(): Promise<LuaResult> | undefined {
    if (this.#finalizable.size > 0 || this.#hasWeak) return this.#start();
    this.#host.heap.collect();
    this.#isCollected = true;
    return undefined;
  }

  /** Is asked now and then: a collection, when it is time for one by itself that has an effect on Lua code. */
  due(): Promise<LuaResult> | undefined {
    if (!this.running || (this.#finalizable.size === 0 && !this.#hasWeak)) return undefined;
    return Date.now() < this.#nextAt ? undefined : this.#start();
  }

  /** Calls the finalizers of all that is left, the last registered first. */
  close(): void {
    this.#isClosing = true;
    const keys = [...this.#finalizable.keys()].toReversed();
    for (const key of keys) this.#finalize(key);
  }

  #start(): Promise<LuaResult> {
    this.#cycle ??= this.#collectAll(machine.current).finally(() => this.#cycle = undefined);
    return this.#cycle;
  }

  async #collectAll(running: Coroutine | null): Promise<LuaResult> {
    const { heap } = this.#host;
    await heap.turn();
    forgetCursor();
    for (let co = running; co !== null; co = co.resumer) forgetUnused(co);
    for (const each of this.#finalizable.values()) cutLoops(each);
    // What has been looked at through a weak reference lives as long as the job
    await heap.turn();
    const start = Date.now();
    heap.collect();
    this.#nextAt = Date.now() + Math.max((Date.now() - start) * PACE, SHORTEST_PACE);
    await heap.turn();
    this.#finalizeDead();
    this.#isCollected = true;
    return NOTHING;
  }

  #died(key: number): void {
    if (this.#dead.push(key) === 1) void this.#host.heap.turn().then(() => this.#finalizeDead());
  }

  #finalizeDead(): void {
    const keys = this.#dead.toSorted((a, b) => b - a);
    this.#dead = [];
    for (const key of keys) this.#finalize(key);
  }

  #finalize(key: number): void {
    const each = this.#finalizable.get(key);
    this.#finalizable.delete(key);
    const fn = each?.contents.metatable?.getStr("__gc");
    if (each === undefined || fn === undefined) return;
    this.#host.finalize(fn, each.table.deref() ?? revived(each.contents));
  }
}

function forgetUnused(co: Coroutine): void {
  for (let frame = co.frames; frame !== null; frame = frame.next) frame.kind.forget?.(frame);
}

function revived(contents: PinnedHash): LuaTable {
  const table = new LuaTable(EMPTY_PROPS, EMPTY_ARRAY);
  // Not as the contents of a table that has a finalizer already: it can be given one again
  const pinned = new LuaTable(EMPTY_PROPS, EMPTY_ARRAY);
  pinned.hash = contents;
  for (const [key, value] of pinned.entries()) table.set(key, value);
  table.metatable = contents.metatable;
  return table;
}

/** Keeps of a table's contents what does not lead back to it. */
function cutLoops(each: Finalizable): void {
  const table = each.table.deref();
  if (table === undefined || !(table.hash instanceof PinnedHash)) return;
  each.contents = table.hash;
  if (!leadsTo(table, table.hash)) return;
  const kept = new PinnedHash();
  kept.metatable = table.metatable;
  for (const [key, value] of table.hash) {
    if (!isObject(key) && !isObject(value)) kept.set(key, value);
  }
  each.contents = kept;
}

function isObject(value: unknown): boolean {
  if (typeof value === "function") return true;
  return typeof value === "object" && !(value instanceof LuaFloat) && !(value instanceof LuaInteger);
}

/** Whether a table can be reached from some contents, without looking into functions. */
function leadsTo(table: LuaTable, contents: PinnedHash): boolean {
  const seen = new Set<unknown>();
  const queue: unknown[] = [];
  const add = (value: unknown) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    queue.push(value);
  };
  contents.forEach((value, key) => {
    add(key);
    add(value);
  });
  for (let value = queue.pop(); value !== undefined && seen.size < FOLLOWED; value = queue.pop()) {
    if (value === table) return true;
    if (value instanceof LuaTable) {
      add(value.metatable);
      for (const [key, field] of value.entries()) {
        add(key);
        add(field);
      }
    } else if (value instanceof Coroutine) {
      for (let frame = value.frames; frame !== null; frame = frame.next) {
        frame.slots.forEach(add);
        frame.upvalues.forEach(add);
      }
    } else if (Array.isArray(value)) value.forEach(add);
    else if ("v" in (value as object)) {
      add((value as { v: unknown }).v);
    }
  }
  return false;
}
