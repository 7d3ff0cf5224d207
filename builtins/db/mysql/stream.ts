/** Rows of MySQL and MariaDB as they arrive; the server waits while enough are here. */
import type { Connection, Query } from "mysql2";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import type { DatabaseFailure } from "../failure.ts";
import type { RowSource } from "../link.ts";
import type { RowMaker } from "../rows.ts";
import type { DriverColumn, DriverValue } from "./decode.ts";

/** The socket is paused at so many rows in memory, and goes on when half of them have been read. */
const MAX_WAITING = 500;

type Row = readonly (DriverValue | null)[];

/** A statement that is under way. */
export class RowStream implements RowSource {
  readonly #connection: Connection;
  readonly #failure: (error: unknown) => DatabaseFailure;
  #maker: RowMaker<DriverValue> | undefined;
  #rows: Row[] = [];
  #position = 0;
  #ended = false;
  #error: DatabaseFailure | undefined;
  #paused = false;
  #closing = false;
  /** Called when something has arrived. */
  #arrived: (() => void) | undefined;
  readonly #started = Promise.withResolvers<void>();
  readonly #end = Promise.withResolvers<void>();

  constructor(
    connection: Connection,
    command: Query,
    makerOf: (columns: readonly DriverColumn[]) => RowMaker<DriverValue>,
    failure: (error: unknown) => DatabaseFailure,
  ) {
    this.#connection = connection;
    this.#failure = failure;
    command.on("fields", (columns: readonly DriverColumn[] | undefined) => {
      if (columns !== undefined) this.#maker = makerOf(columns);
      this.#started.resolve();
    });
    command.on("result", (row: unknown) => {
      if (Array.isArray(row)) this.#take(row);
    });
    command.on("error", (error: unknown) => {
      this.#error = this.#failure(error);
      this.#finish();
    });
    command.on("end", () => this.#finish());
  }

  /** Waits until the statement runs. @throws {DatabaseFailure} */
  async start(): Promise<void> {
    await this.#started.promise;
    if (this.#error !== undefined) throw this.#error;
  }

  next(): LuaTable | undefined | Promise<LuaTable | undefined> {
    const row = this.#rows[this.#position];
    if (row !== undefined) {
      this.#position++;
      if (this.#position >= MAX_WAITING / 2) this.#forget();
      return this.#maker?.make(row);
    }
    if (this.#error !== undefined) throw this.#error;
    if (this.#ended) return undefined;
    this.#forget();
    return new Promise<void>((resolve) => this.#arrived = resolve).then(() => this.next());
  }

  /** Reads the rest without keeping it: the protocol has no other way to go on with the connection. */
  async close(): Promise<void> {
    this.#closing = true;
    this.#rows = [];
    this.#position = 0;
    this.#resume();
    await this.#end.promise;
  }

  #take(row: Row): void {
    if (this.#closing) return;
    this.#rows.push(row);
    if (this.#rows.length - this.#position >= MAX_WAITING && !this.#paused) {
      this.#paused = true;
      this.#connection.pause();
    }
    this.#wake();
  }

  #forget(): void {
    this.#rows.splice(0, this.#position);
    this.#position = 0;
    if (this.#rows.length <= MAX_WAITING / 2) this.#resume();
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection.resume();
  }

  #finish(): void {
    this.#ended = true;
    this.#started.resolve();
    this.#end.resolve();
    this.#wake();
  }

  #wake(): void {
    this.#arrived?.();
    this.#arrived = undefined;
  }
}
