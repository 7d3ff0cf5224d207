/** Which integer keys belong into the array part of a table: PUC-Rio's rule, ltable.c `computesizes`. */
import type { LuaValue } from "../table.ts";
import type { HashKey } from "./key.ts";

/** The array part of a table without elements. Compared by identity, never written. */
export const EMPTY_ARRAY: LuaValue[] = [undefined];

/** An array part up to this size is never given up for being sparse: most queues end before. */
export const SPARSE_MINIMUM = 131072;

/** Keys above 2^30 never count: an array part of that size is not made. */
const BINS = 31;

/**
 * Counts integer keys by size and finds the largest n such that more than half of 1..n is in use.
 */
class ArrayCensus {
  /** `bins[i]` counts the keys in (2^(i−1), 2^i]. */
  readonly #bins: number[] = new Array(BINS).fill(0);
  #total = 0;

  /** Counts a key; one that cannot be in an array part is ignored. */
  add(key: unknown): void {
    if (typeof key !== "number" || key < 1 || key > 2 ** 30 || key !== Math.floor(key)) return;
    const bin = 32 - Math.clz32(key - 1);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#total++;
  }

  /** The size that the array part should have. */
  optimum(): number {
    let seen = 0;
    let best = 0;
    let size = 1;
    for (let bin = 0; bin < BINS && this.#total > size / 2; bin++, size *= 2) {
      seen += this.#bins[bin] ?? 0;
      if (seen > size / 2) best = size;
    }
    return best;
  }
}

/** Cuts the nils off the end of an array part. */
export function trim(array: LuaValue[]): void {
  while (array.length > 1 && array[array.length - 1] === undefined) array.pop();
}

/** Moves the keys that continue an array part, which is not the shared one, out of the hash part. */
export function adopt(array: LuaValue[], hash: Map<HashKey, LuaValue>): void {
  for (;;) {
    const value = hash.get(array.length);
    if (value === undefined) return;
    hash.delete(array.length);
    array.push(value);
  }
}

/**
 * Moves integer keys between the array part and the hash part, to where they belong.
 *
 * @returns The array part from now on
 */
export function layOut(array: LuaValue[], hash: Map<HashKey, LuaValue>): LuaValue[] {
  const census = new ArrayCensus();
  for (let i = 1; i < array.length; i++) {
    if (array[i] !== undefined) census.add(i);
  }
  for (const [key, value] of hash) {
    if (value !== undefined) census.add(key);
  }
  const size = census.optimum();
  let result: LuaValue[];
  if (size >= array.length) {
    result = array === EMPTY_ARRAY ? [undefined] : array;
    for (let i = result.length; i <= size; i++) {
      result.push(hash.get(i));
      hash.delete(i);
    }
  } else if (size * 4 < array.length && array.length > SPARSE_MINIMUM) {
    for (let i = size + 1; i < array.length; i++) {
      if (array[i] !== undefined) hash.set(i, array[i]);
    }
    result = array.slice(0, size + 1);
  } else {
    return array;
  }
  trim(result);
  adopt(result, hash);
  return result.length === 1 ? EMPTY_ARRAY : result;
}
