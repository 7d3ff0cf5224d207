/**
 * Rows of SQLite one after the other.
 *
 * Deno's `iterate` takes an error amid the rows for their end. So a last row is added, behind which nothing can fail:
 * where it does not come, something has.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { DatabaseFailure } from "../failure.ts";
import type { RowSource } from "../link.ts";
import { statementFailure } from "./failure.ts";
import type { SqlValue } from "./values.ts";

/** How often a statement is started that has failed at once, and then has not failed when it was run as a whole. */
const MAX_STARTS = 3;

/** Compiles a statement. @throws {Error} What SQLite says */
export function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  // The types that Deno takes from Node.js 22 do not know it yet
  (statement as StatementSync & { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  return statement;
}

/**
 * Compiles a query with one row more and one column more: it is 1 in the last row, else 0.
 *
 * @returns Undefined where it is no query, but a statement that writes, or a PRAGMA
 */
export function completed(database: DatabaseSync, sql: string, columns: number): StatementSync | undefined {
  const query = sql.replace(/[\s;]+$/, "");
  const end = ["1", ...new Array<string>(columns).fill("NULL")].join(", ");
  try {
    return prepare(database, `SELECT 0, rows.* FROM (${query}\n) AS rows UNION ALL SELECT ${end}`);
  } catch {
    return undefined;
  }
}

/** Rows that are all there. */
export function gathered(rows: readonly LuaTable[]): RowSource {
  const iterator = rows[Symbol.iterator]();
  return {
    next: () => iterator.next().value,
    close: () => Promise.resolve(),
  };
}

interface Streaming {
  /** Starts the statement of {@link completed}. */
  rows(): Iterator<SqlValue[]>;
  /** Runs the statement as a whole, which throws what is wrong with it. */
  rerun(): Promise<void>;
  make(row: SqlValue[]): LuaTable;
}

function attempt<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    throw statementFailure(error);
  }
}

/** Rows of a statement that was made by {@link completed}. @throws {DatabaseFailure} */
export async function streamed({ rows, rerun, make }: Streaming): Promise<RowSource> {
  let iterator = rows();
  let first: IteratorResult<SqlValue[]> | undefined = iterator.next();
  for (let starts = 1; first.done && starts < MAX_STARTS; starts++) {
    await rerun();
    iterator = rows();
    first = iterator.next();
  }
  let ended = false;
  const next = (): LuaTable | undefined | Promise<undefined> => {
    if (ended) return undefined;
    const { done, value } = first ?? attempt(() => iterator.next());
    first = undefined;
    if (!done && value[0] === 0n) return make(value.slice(1));
    ended = true;
    if (!done) return undefined;
    return rerun().then(() => {
      throw new DatabaseFailure("the rows have ended early, by an error that did not come again");
    });
  };
  return {
    next,
    close: () => {
      ended = true;
      iterator.return?.();
      return Promise.resolve();
    },
  };
}
