/** A few connections for many tasks. */
import { DatabaseFailure } from "./failure.ts";
import type { Link } from "./link.ts";

interface PoolOptions {
  /** The most links at a time. */
  readonly maxConnections: number;
  /** Seconds that one waits for a link that others use. */
  readonly acquireTimeout: number;
}

interface Waiter {
  resolve(link: Link): void;
  reject(error: unknown): void;
}

/**
 * Lends links. The one used last is lent first, so that a script that does one thing after the other keeps to one
 * session.
 */
export class Pool {
  readonly #open: () => Promise<Link>;
  readonly #options: PoolOptions;
  readonly #idle: Link[] = [];
  readonly #waiters: Waiter[] = [];
  /** Links that are lent, and those that are being made. */
  #busy = 0;
  #closed = false;
  #whenIdle: (() => void) | undefined;

  /** @param open Makes a link, or throws a {@link DatabaseFailure} */
  constructor(open: () => Promise<Link>, options: PoolOptions) {
    this.#open = open;
    this.#options = options;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Lends a link, made when need be. @throws {DatabaseFailure} */
  async acquire(): Promise<Link> {
    if (this.#closed) throw new DatabaseFailure("the connection is closed");
    for (let link = this.#idle.pop(); link !== undefined; link = this.#idle.pop()) {
      if (!link.isOpen) continue;
      this.#busy++;
      return link;
    }
    if (this.#busy >= this.#options.maxConnections) return await this.#wait();
    this.#busy++;
    try {
      return await this.#open();
    } catch (error) {
      this.#free();
      throw error;
    }
  }

  /** Takes a link back. */
  release(link: Link): void {
    // Where one has gone, the others have often gone with it, which is noticed only when they are used
    if (!link.isOpen) this.#drop();
    const waiter = link.isOpen ? this.#waiters.shift() : undefined;
    if (waiter !== undefined) return waiter.resolve(link);
    if (link.isOpen) this.#idle.push(link);
    this.#free();
  }

  /** Runs `body` with a link. */
  async with<T>(body: (link: Link) => Promise<T>): Promise<T> {
    const link = await this.acquire();
    try {
      return await body(link);
    } finally {
      this.release(link);
    }
  }

  /** Closes all links, those that are lent when they come back, and waits for that. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#busy > 0) await new Promise<void>((resolve) => this.#whenIdle = resolve);
    await Promise.all(this.#idle.splice(0).map((link) => link.close()));
  }

  #drop(): void {
    for (const link of this.#idle.splice(0)) link.close().catch(() => {});
  }

  /** A place is free: whoever waits may make a link of their own. */
  #free(): void {
    this.#busy--;
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#busy++;
      this.#open().then(waiter.resolve, (error) => {
        waiter.reject(error);
        this.#free();
      });
    }
    if (this.#busy === 0) this.#whenIdle?.();
  }

  #wait(): Promise<Link> {
    const { maxConnections, acquireTimeout } = this.#options;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        const all = maxConnections === 1 ? "the only connection is" : `all ${maxConnections} connections are`;
        reject(
          new DatabaseFailure(
            `no connection has become free within ${acquireTimeout} s: ${all} in use; inside db.transaction use ` +
              "the handle that its function is given, and end loops over db.each",
          ),
        );
      }, acquireTimeout * 1000);
      const waiter: Waiter = {
        resolve: (link) => {
          clearTimeout(timer);
          resolve(link);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiters.push(waiter);
    });
  }
}
