/** Rows of a statement in portions, by a portal of PostgreSQL's extended protocol. */
import type { LuaTable } from "../../../runtime/seam/value.ts";
import type { DatabaseFailure } from "../failure.ts";
import type { RowSource } from "../link.ts";
import type { DriverResult } from "./link.ts";

/** How many rows a portion has. */
const PORTION = 500;

interface CursorQuery {
  cursor(rows: number): AsyncIterable<DriverResult>;
}

/** A started statement, read as its rows are wanted. */
export class Cursor implements RowSource {
  readonly #portions: AsyncIterator<DriverResult>;
  readonly #rows: (result: DriverResult) => LuaTable[];
  readonly #failure: (error: unknown) => DatabaseFailure;
  readonly #isOpen: () => boolean;
  #portion: readonly LuaTable[] = [];
  #position = 0;
  /** The first portion knows the columns, the driver leaves them out of the others. */
  #columns: DriverResult["columns"] = null;
  #ended = false;

  constructor(
    query: CursorQuery,
    rows: (result: DriverResult) => LuaTable[],
    failure: (error: unknown) => DatabaseFailure,
    isOpen: () => boolean,
  ) {
    this.#portions = query.cursor(PORTION)[Symbol.asyncIterator]();
    this.#rows = rows;
    this.#failure = failure;
    this.#isOpen = isOpen;
  }

  /** Runs the statement up to its first rows. @throws {DatabaseFailure} */
  async start(): Promise<void> {
    await this.#fetch();
  }

  next(): LuaTable | undefined | Promise<LuaTable | undefined> {
    if (this.#position < this.#portion.length) return this.#portion[this.#position++];
    if (this.#ended) return undefined;
    return this.#fetch().then(() => this.next());
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#portion = [];
    await this.#portions.return?.();
  }

  async #fetch(): Promise<void> {
    try {
      const { done, value } = await this.#portions.next();
      this.#position = 0;
      this.#portion = [];
      if (done) {
        this.#ended = true;
        // The driver takes the end of the connection between two portions for the end of the rows
        if (!this.#isOpen()) throw Object.assign(new Error("closed"), { code: "CONNECTION_CLOSED" });
        return;
      }
      this.#columns ??= value.columns;
      this.#portion = this.#rows(Object.assign(value, { columns: this.#columns }));
    } catch (error) {
      this.#ended = true;
      throw this.#failure(error);
    }
  }
}
