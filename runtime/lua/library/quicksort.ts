/**
 * PUC-Rio's quicksort (ltablib.c `auxsort`), which gives the same order of equal elements and notices the same invalid
 * order functions, as a machine that stops at any comparison and goes on with its result.
 */
import { type LuaThrow, runtimeError } from "../error.ts";
import type { LuaValue } from "../table.ts";

/** Above this size the pivot is chosen by chance, so that no input takes quadratic time by design. */
const RANDOM_PIVOT_SIZE = 100;
const MAX_INT = 2147483647;

/** Whether the first value comes before the second; undefined where that will be known later. */
export type Compare = (a: LuaValue, b: LuaValue) => boolean | undefined;

/** What the comparison under way, or what is to be done next, is for. */
const enum Phase {
  /** Takes the next part. */
  Part,
  /** Are the ends of the part the wrong way round? */
  Ends,
  /** Does the pivot come before the first element? */
  First,
  /** Does the last element come before the pivot? */
  Last,
  /** Does an element from the left belong to the left? */
  Rise,
  /** Does an element from the right belong to the right? */
  Fall,
}

/** A sort under way of the elements 1 … n of an array. */
export class Quicksort {
  /** What is to be compared where {@link run} has stopped. */
  left: LuaValue = undefined;
  right: LuaValue = undefined;
  readonly #a: LuaValue[];
  /** Parts that are still to be sorted: low, up and chance of each. */
  readonly #parts: number[];
  #phase = Phase.Part;
  #low = 0;
  #up = 0;
  #chance = 0;
  #p = 0;
  #i = 0;
  #j = 0;

  constructor(values: LuaValue[], n: number) {
    this.#a = values;
    this.#parts = [1, n, 0];
  }

  /**
   * Sorts on until the end or a comparison that is not decided at once.
   *
   * @param result Of the comparison at which it stopped
   * @returns Whether it is done
   * @throws {LuaThrow} "invalid order function for sorting"
   */
  run(compare: Compare, result?: boolean): boolean {
    const a = this.#a;
    const parts = this.#parts;
    let phase = this.#phase;
    let low = this.#low;
    let up = this.#up;
    let chance = this.#chance;
    let p = this.#p;
    let i = this.#i;
    let j = this.#j;
    let left: LuaValue;
    let right: LuaValue;
    for (;;) {
      switch (phase) {
        case Phase.Part:
          if (low >= up) {
            if (parts.length === 0) return true;
            chance = parts.pop() ?? 0;
            up = parts.pop() ?? 0;
            low = parts.pop() ?? 0;
            continue;
          }
          phase = Phase.Ends;
          left = a[up];
          right = a[low];
          break;
        case Phase.Ends:
          if (result === true) swap(a, low, up);
          if (up - low === 1) {
            low = up;
            phase = Phase.Part;
            continue;
          }
          p = pivotOf(low, up, chance);
          phase = Phase.First;
          left = a[p];
          right = a[low];
          break;
        case Phase.First:
          if (result !== true) {
            phase = Phase.Last;
            left = a[up];
            right = a[p];
            break;
          }
          swap(a, p, low);
          result = false;
          phase = Phase.Last;
          continue;
        case Phase.Last:
          if (result === true) swap(a, p, up);
          if (up - low === 2) {
            low = up;
            phase = Phase.Part;
            continue;
          }
          // The pivot waits before the last element, which is not smaller
          swap(a, p, up - 1);
          p = up - 1;
          i = low + 1;
          j = p;
          phase = Phase.Rise;
          left = a[i];
          right = a[p];
          break;
        case Phase.Rise:
          if (result === true) {
            if (i === up - 1) throw invalidOrder();
            left = a[++i];
            right = a[p];
            break;
          }
          phase = Phase.Fall;
          left = a[p];
          right = a[--j];
          break;
        default: {
          if (result === true) {
            if (j < i) throw invalidOrder();
            left = a[p];
            right = a[--j];
            break;
          }
          if (j >= i) {
            swap(a, i, j);
            phase = Phase.Rise;
            left = a[++i];
            right = a[p];
            break;
          }
          swap(a, p, i);
          const isLeftSmaller = i - low < up - i;
          const smaller = isLeftSmaller ? i - low : up - i;
          // The smaller part first: so few wait
          if (isLeftSmaller) {
            parts.push(i + 1, up, nextChance(up - i - 1, smaller, chance));
            up = i - 1;
          } else {
            parts.push(low, i - 1, nextChance(i - 1 - low, smaller, chance));
            low = i + 1;
          }
          phase = Phase.Part;
          continue;
        }
      }
      result = compare(left, right);
      if (result === undefined) {
        this.left = left;
        this.right = right;
        this.#phase = phase;
        this.#low = low;
        this.#up = up;
        this.#chance = chance;
        this.#p = p;
        this.#i = i;
        this.#j = j;
        return false;
      }
    }
  }
}

function invalidOrder(): LuaThrow {
  return runtimeError("invalid order function for sorting");
}

/** The position of the pivot: the middle, or somewhere in the middle half. */
function pivotOf(low: number, up: number, chance: number): number {
  if (up - low <= RANDOM_PIVOT_SIZE) return Math.floor((low + up) / 2);
  const quarter = Math.floor((up - low) / 4);
  return chance % (quarter * 2) + low + quarter;
}

/** A new chance after a partition that has been far out of balance. */
function nextChance(size: number, smaller: number, chance: number): number {
  return size / 128 > smaller ? Math.floor(Math.random() * MAX_INT) : chance;
}

function swap(a: LuaValue[], i: number, j: number): void {
  const value = a[i];
  a[i] = a[j];
  a[j] = value;
}
