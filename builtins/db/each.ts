/** `db.each`: rows one after the other, in a `for` loop. */
import { bindFunction, fn } from "../../runtime/seam/declare.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any } from "../../runtime/seam/params.ts";
import { type LuaResult, LuaUserdata, type MaybePromise } from "../../runtime/seam/value.ts";
import { named } from "./failure.ts";
import type { RowSource } from "./link.ts";

const NAME = "db.each";
const METATABLE = Symbol(NAME);

/** Ends the statements of loops that were left early, where the language does not. */
const abandoned = new FinalizationRegistry<RowSource>((source) => void source.close().catch(() => {}));

/** Rows on their way through a `for` loop. */
class Rows extends LuaUserdata {
  #source: RowSource | undefined;

  constructor(host: Host, source: RowSource) {
    super();
    this.#source = source;
    this.metatable = closingMetatable(host);
    abandoned.register(this, source, this);
  }

  next(): MaybePromise<LuaResult> {
    const source = this.#source;
    if (source === undefined) return undefined;
    return this.#guarded(source);
  }

  async close(): Promise<void> {
    const source = this.#source;
    this.#forget();
    await source?.close();
  }

  #guarded(source: RowSource): MaybePromise<LuaResult> {
    try {
      const row = source.next();
      if (row instanceof Promise) return this.#waited(row);
      if (row === undefined) this.#forget();
      return row;
    } catch (error) {
      return this.#waited(Promise.reject(error));
    }
  }

  async #waited(row: Promise<LuaResult>): Promise<LuaResult> {
    try {
      const arrived = await named(NAME, () => row);
      if (arrived === undefined) this.#forget();
      return arrived;
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  #forget(): void {
    abandoned.unregister(this);
    this.#source = undefined;
  }
}

/** Gives the loop's closing value what ends the statement when the loop is left early. */
function closingMetatable(host: Host) {
  return host.metatable(METATABLE, () => {
    const close = fn({
      params: [any("rows")],
      returns: "nil",
      doc: "End the statement",
      run: (_host, rows) => rows instanceof Rows ? named(NAME, () => rows.close()) : undefined,
    });
    return host.vm.newRecord({ __close: bindFunction(host, "db.each:__close", close), __metatable: false });
  });
}

/** What a `for` loop over rows needs: the iterator, and what closes it. */
export function iterate(host: Host, source: RowSource): LuaResult {
  const rows = new Rows(host, source);
  return [host.vm.newFunction(NAME, () => rows.next()), undefined, undefined, rows];
}
