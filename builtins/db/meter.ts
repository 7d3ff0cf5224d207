/** How much a server may send for one result that is kept in memory as a whole. */
import { DatabaseFailure } from "./failure.ts";

/** Counts the bytes of one result at a time. */
export class Meter {
  readonly #limit: number;
  readonly #stop: (reason: DatabaseFailure) => void;
  #received = 0;
  #isOn = false;

  /**
   * @param limit Bytes
   * @param stop Gives the connection up: there is no other way to keep a server from sending what it has been asked for
   */
  constructor(limit: number, stop: (reason: DatabaseFailure) => void) {
    this.#limit = limit;
    this.#stop = stop;
  }

  /** Counts what arrives until `result` settles. */
  async during<T>(result: () => Promise<T>): Promise<T> {
    this.#received = 0;
    this.#isOn = true;
    try {
      return await result();
    } finally {
      this.#isOn = false;
    }
  }

  /** So many bytes have arrived. */
  take(count: number): void {
    if (!this.#isOn) return;
    this.#received += count;
    if (this.#received <= this.#limit) return;
    this.#isOn = false;
    this.#stop(
      new DatabaseFailure(
        `the result is larger than ${this.#limit} bytes: read it with db.each, or raise max_result`,
        {
          lost: true,
        },
      ),
    );
  }
}
