/** Which integer keys belong into the array part of a table: PUC-Rio's rule, ltable.c `computesizes`. */

/** Keys above 2^30 never count: an array part of that size is not made. */
const BINS = 31;

/**
 * Counts integer keys by size and finds the largest n such that more than half of 1..n is in use.
 */
export class ArrayCensus {
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
