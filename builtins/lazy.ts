import type { MaybePromise } from "../runtime/seam/value.ts";

/** A module that takes long to load, loaded when first used: many scripts name a global and use little of it. */
export class LazyModule<M> {
  readonly #load: () => Promise<M>;
  #module: M | undefined;

  /** @param load A literal dynamic import */
  constructor(load: () => Promise<M>) {
    this.#load = load;
  }

  /** Does some work with the module: at once when it is loaded. */
  use<R>(work: (module: M) => MaybePromise<R>): MaybePromise<R> {
    if (this.#module !== undefined) return work(this.#module);
    return this.load().then(work);
  }

  async load(): Promise<M> {
    return this.#module ??= await this.#load();
  }
}
