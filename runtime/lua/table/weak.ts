/**
 * The hash part of a weak table. Keys and values that are objects are held by WeakRef; an entry whose object has
 * been collected is gone from `get` and from iteration. When that happens is the JavaScript collector's choice.
 */
import type { LuaValue } from "../table.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import type { HashKey } from "./key.ts";
import { WholeHash } from "./whole.ts";

type Held = LuaValue | WeakRef<object>;

/** Stands for an object key in the order of insertion. */
type Token = WeakRef<object>;

function isCollectable(value: unknown): value is object {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && !(value instanceof LuaFloat) &&
    !(value instanceof LuaInteger);
}

/**
 * A Map from keys to values, either of them weak. With weak keys it is an ephemeron table: a value that only its
 * own key leads to does not keep the entry.
 */
export class WeakHash extends WholeHash {
  /** The entries in order: primitive and strong keys with their held values, weak keys as tokens. */
  readonly #order = new Map<HashKey | Token, Held>();
  readonly #values = new WeakMap<object, { token: Token; value: Held }>();

  constructor(readonly weakKeys: boolean, readonly weakValues: boolean) {
    super();
  }

  /** The number of entries, counting those that are collected and not yet swept. */
  override get size(): number {
    return this.#order.size;
  }

  override get(key: HashKey): LuaValue {
    if (this.weakKeys && isCollectable(key)) return release(this.#values.get(key)?.value);
    return release(this.#order.get(key));
  }

  override has(key: HashKey): boolean {
    return this.weakKeys && isCollectable(key) ? this.#values.has(key) : this.#order.has(key);
  }

  /** A removed key does not keep its place: it may be large, and it is not the table's to keep. */
  override set(key: HashKey, value: LuaValue): this {
    if (value === undefined) {
      this.delete(key);
      return this;
    }
    const held = this.weakValues && isCollectable(value) ? new WeakRef(value) : value;
    if (!this.weakKeys || !isCollectable(key)) {
      this.#order.set(key, held);
      return this;
    }
    const entry = this.#values.get(key);
    if (entry !== undefined) {
      entry.value = held;
    } else {
      const token = new WeakRef(key);
      this.#values.set(key, { token, value: held });
      this.#order.set(token, undefined);
    }
    return this;
  }

  override delete(key: HashKey): boolean {
    if (!this.weakKeys || !isCollectable(key)) return this.#order.delete(key);
    const entry = this.#values.get(key);
    if (entry === undefined) return false;
    this.#values.delete(key);
    return this.#order.delete(entry.token);
  }

  override clear(): void {
    for (const [key] of this.entries()) this.delete(key);
    this.#order.clear();
  }

  override *entries(): MapIterator<[HashKey, LuaValue]> {
    for (const [place, held] of this.#order) {
      if (!(place instanceof WeakRef)) {
        const value = release(held);
        if (value === undefined && held !== undefined) this.#order.delete(place);
        else yield [place, value];
        continue;
      }
      const key = place.deref();
      const entry = key === undefined ? undefined : this.#values.get(key);
      if (key === undefined || entry === undefined) {
        this.#order.delete(place);
        continue;
      }
      yield [key as HashKey, release(entry.value)];
    }
    return undefined;
  }

  override [Symbol.iterator](): MapIterator<[HashKey, LuaValue]> {
    return this.entries();
  }

  override forEach(callback: (value: LuaValue, key: HashKey, map: Map<HashKey, LuaValue>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }

  override *keys(): MapIterator<HashKey> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  override *values(): MapIterator<LuaValue> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }
}

function release(held: Held): LuaValue {
  return held instanceof WeakRef ? held.deref() as LuaValue : held;
}
