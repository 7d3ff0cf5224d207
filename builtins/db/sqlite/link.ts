/** SQLite by `node:sqlite`, which is built into Deno. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { realPathOf } from "../../../runtime/seam/confinement.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { describeSystemError } from "../../../runtime/seam/error.ts";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { DatabaseFailure } from "../failure.ts";
import type { Link, Outcome, RowSource, Statement, TransactionOptions } from "../link.ts";
import { RowMaker } from "../rows.ts";
import type { FileSettings } from "../settings.ts";
import { isBusy, statementFailure } from "./failure.ts";
import { completed, gathered, prepare, streamed } from "./stream.ts";
import { type Bindings, bindings, decode, type SqlValue } from "./values.ts";

/** How many statements are kept compiled. */
const MAX_COMPILED = 64;

/** How long a locked file is left alone before it is tried again, in milliseconds. */
const BUSY_PAUSE = 10;

/** Opens a file. @throws {DatabaseFailure} */
export async function openSqlite(host: Host, settings: FileSettings): Promise<Link> {
  const { mode } = settings;
  const path = settings.path === ":memory:" ? settings.path : realPathOf(settings.path);
  try {
    if (path !== ":memory:" && mode !== "rwc") await requireFile(path);
    const { DatabaseSync } = await import("node:sqlite");
    // With "./" SQLite takes it for a path, whatever it begins with
    const name = path === ":memory:" || path.startsWith("/") ? path : `./${path}`;
    const database = new DatabaseSync(name, { readOnly: mode === "ro" });
    const link = new SqliteLink(host, database, settings);
    // What is in the file is looked at only by a statement
    await link.run({ sql: "PRAGMA schema_version", parameters: [] });
    return link;
  } catch (error) {
    const reason = error instanceof DatabaseFailure ? error.message : describeSystemError(error);
    throw new DatabaseFailure(`cannot open "${path}": ${reason}`, { cause: error });
  }
}

async function requireFile(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const message = "there is no such file (?mode=rwc at the end of the URL makes it)";
    throw new DatabaseFailure(message, { cause: error });
  }
}

class SqliteLink implements Link {
  isOpen = true;
  readonly interleaves = true;
  readonly #host: Host;
  readonly #database: DatabaseSync;
  readonly #settings: FileSettings;
  readonly #compiled = new Map<string, StatementSync>();
  #changes: StatementSync | undefined;

  constructor(host: Host, database: DatabaseSync, settings: FileSettings) {
    this.#host = host;
    this.#database = database;
    this.#settings = settings;
  }

  /** At once for writing: a transaction that reads first could be refused to write later. */
  begin({ readOnly }: TransactionOptions): readonly string[] {
    return [readOnly || this.#settings.mode === "ro" ? "BEGIN" : "BEGIN IMMEDIATE"];
  }

  async run({ sql, parameters }: Statement): Promise<Outcome> {
    const values = bindings(sql, parameters);
    let rows: readonly LuaTable[] = [];
    let affected = 0;
    for (let rest = sql; hasStatement(rest);) {
      const statement = await this.#patiently(() => this.#compile(rest));
      // Only the first statement is compiled; what is not shown of the text is left of it
      const tail = rest.slice(statement.sourceSQL.length);
      if (values.length > 0 && (rest !== sql || hasStatement(tail))) {
        throw new DatabaseFailure("parameters can be given to one statement only: the SQL has several");
      }
      const before = await this.#patiently(() => this.#counted());
      const result = await this.#patiently(() => this.#all(statement, values));
      const after = this.#counted();
      if (after.total !== before.total) affected += Number(after.last);
      rows = result ?? rows;
      rest = tail;
    }
    return { rows, affected };
  }

  async stream({ sql, parameters }: Statement): Promise<RowSource> {
    const statement = await this.#patiently(() => prepare(this.#database, sql));
    if (hasStatement(sql.slice(statement.sourceSQL.length))) {
      throw new DatabaseFailure("rows can be read of one statement only: the SQL has several");
    }
    const values = bindings(sql, parameters);
    const maker = this.#rowMaker(statement);
    const complete = completed(this.#database, statement.sourceSQL, statement.columns().length);
    if (complete === undefined) {
      return gathered(await this.#patiently(() => this.#all(statement, values)) ?? []);
    }
    return await streamed({
      rows: () =>
        this.#attempt(() => complete.iterate(...values as SqlValue[])) as unknown as Iterator<
          SqlValue[]
        >,
      rerun: () => this.#patiently(() => void this.#all(statement, values)),
      make: (row) => maker.make(row),
    });
  }

  close(): Promise<void> {
    if (this.isOpen) this.#database.close();
    this.isOpen = false;
    return Promise.resolve();
  }

  #all(statement: StatementSync, values: Bindings): LuaTable[] | undefined {
    const rows = statement.all(...values as SqlValue[]) as unknown as SqlValue[][];
    if (statement.columns().length === 0) return undefined;
    const maker = this.#rowMaker(statement);
    return rows.map((row) => maker.make(row));
  }

  #counted(): Changes {
    this.#changes ??= this.#database.prepare("SELECT total_changes() AS total, changes() AS last");
    return this.#changes.get() as unknown as Changes;
  }

  #rowMaker(statement: StatementSync): RowMaker<Exclude<SqlValue, null>> {
    const names = statement.columns().map(({ name }) => name ?? "");
    return new RowMaker(this.#host, names, names.map(() => decode));
  }

  /** Only what gives no rows is kept: Deno would give rows of a changed table with the columns that it had. */
  #compile(sql: string): StatementSync {
    const known = this.#compiled.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(this.#database, sql);
    if (statement.columns().length > 0) return statement;
    if (this.#compiled.size >= MAX_COMPILED) this.#compiled.clear();
    this.#compiled.set(sql, statement);
    return statement;
  }

  /** Tries again while another process has the file locked, and lets other tasks go on meanwhile. */
  async #patiently<T>(body: () => T): Promise<T> {
    const { busyTimeout } = this.#settings;
    const deadline = performance.now() + busyTimeout * 1000;
    for (;;) {
      try {
        return body();
      } catch (error) {
        if (!isBusy(error)) throw statementFailure(error);
        if (performance.now() >= deadline) throw statementFailure(error, busyTimeout);
        await new Promise((resolve) => setTimeout(resolve, BUSY_PAUSE));
      }
    }
  }

  #attempt<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw statementFailure(error);
    }
  }
}

interface Changes {
  readonly total: number | bigint;
  readonly last: number | bigint;
}

/** Whether more than blanks, comments and semicolons is left. */
function hasStatement(sql: string): boolean {
  return /[^\s;]/.test(sql.replaceAll(/--[^\n]*|\/\*.*?(?:\*\/|$)/gs, ""));
}
