/** SQLite by `node:sqlite`, which is built into Deno. */
import type { DatabaseSync, StatementSync, SupportedValueType } from "node:sqlite";
import type { Host } from "../../../runtime/seam/host.ts";
import { describeSystemError } from "../../../runtime/seam/error.ts";
import { fromBytes, fromText, toBytes, toText, toTextStrict } from "../../../runtime/seam/text.ts";
import {
  floatFromNumber,
  integerFromBigInt,
  isInteger,
  isNumber,
  isTable,
  type LuaTable,
  type LuaValue,
  toDouble,
} from "../../../runtime/seam/value.ts";
import { DatabaseFailure } from "../failure.ts";
import type { Link, Outcome, RowSource, Statement, TransactionOptions } from "../link.ts";
import { jsonOf } from "../parameters.ts";
import { RowMaker } from "../rows.ts";
import type { FileSettings } from "../settings.ts";
import { isBusy, statementFailure } from "./failure.ts";

/** How many statements are kept compiled. */
const MAX_COMPILED = 64;

/** How long a locked file is left alone before it is tried again, in milliseconds. */
const BUSY_PAUSE = 10;

/** Opens a file. @throws {DatabaseFailure} */
export async function openSqlite(host: Host, settings: FileSettings): Promise<Link> {
  const { path, mode } = settings;
  try {
    if (path !== ":memory:" && mode !== "rwc") await requireFile(path);
    const { DatabaseSync } = await import("node:sqlite");
    // With "./" SQLite takes it for a path, whatever it begins with
    const name = path === ":memory:" || path.startsWith("/") ? path : `./${path}`;
    const database = new DatabaseSync(name, { readOnly: mode === "ro" });
    return new SqliteLink(host, database, settings);
  } catch (error) {
    if (error instanceof DatabaseFailure) throw error;
    throw new DatabaseFailure(`cannot open "${path}": ${describeSystemError(error)}`, { cause: error });
  }
}

async function requireFile(path: string): Promise<void> {
  try {
    await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new DatabaseFailure(
      `cannot open "${path}": there is no such file (?mode=rwc at the end of the URL makes it)`,
      {
        cause: error,
      },
    );
  }
}

type SqlValue = null | number | bigint | string | Uint8Array;

class SqliteLink implements Link {
  isOpen = true;
  readonly interleaves = true;
  readonly #host: Host;
  readonly #database: DatabaseSync;
  readonly #settings: FileSettings;
  readonly #compiled = new Map<string, StatementSync>();
  readonly #changes: StatementSync;

  constructor(host: Host, database: DatabaseSync, settings: FileSettings) {
    this.#host = host;
    this.#database = database;
    this.#settings = settings;
    this.#changes = database.prepare("SELECT total_changes() AS total, changes() AS last");
  }

  /** At once for writing: a transaction that reads first could be refused to write later. */
  begin({ readOnly }: TransactionOptions): readonly string[] {
    return [readOnly || this.#settings.mode === "ro" ? "BEGIN" : "BEGIN IMMEDIATE"];
  }

  async run({ sql, parameters }: Statement): Promise<Outcome> {
    const values = parameters.map(encode);
    let rows: readonly LuaTable[] = [];
    let affected = 0;
    for (let rest = sql; rest.trim() !== "";) {
      const statement = this.#attempt(() => this.#compile(rest));
      // Only the first statement is compiled; what is not shown of the text is left of it
      const tail = rest.slice(sourceOf(statement).length);
      if (values.length > 0 && (rest !== sql || hasStatement(tail))) {
        throw new DatabaseFailure("parameters can be given to one statement only: the SQL has several");
      }
      const before = this.#changes.get() as unknown as Changes;
      const result = await this.#patiently(() => this.#all(statement, values));
      const after = this.#changes.get() as unknown as Changes;
      if (after.total !== before.total) affected += Number(after.last);
      rows = result ?? rows;
      rest = tail;
    }
    return { rows, affected };
  }

  async stream({ sql, parameters }: Statement): Promise<RowSource> {
    // A statement of its own: those that are kept may run again before this one has ended
    const statement = this.#attempt(() => prepare(this.#database, sql));
    if (hasStatement(sql.slice(sourceOf(statement).length))) {
      throw new DatabaseFailure("rows can be read of one statement only: the SQL has several");
    }
    const values = parameters.map(encode);
    const rows = this.#attempt(() => statement.iterate(...values)) as unknown as Iterator<SqlValue[]>;
    // The first step compiles anew where the schema has changed: only then the columns are right
    let first: IteratorResult<SqlValue[]> | undefined = await this.#patiently(() => rows.next());
    const maker = this.#rowMaker(statement);
    return {
      next: () => {
        const { done, value } = first ?? this.#attempt(() => rows.next());
        first = undefined;
        return done ? undefined : maker.make(value);
      },
      close: () => {
        rows.return?.();
        return Promise.resolve();
      },
    };
  }

  close(): Promise<void> {
    if (this.isOpen) this.#database.close();
    this.isOpen = false;
    return Promise.resolve();
  }

  #all(statement: StatementSync, values: readonly SupportedValueType[]): LuaTable[] | undefined {
    const rows = statement.all(...values) as unknown as SqlValue[][];
    if (statement.columns().length === 0) return undefined;
    const maker = this.#rowMaker(statement);
    return rows.map((row) => maker.make(row));
  }

  #rowMaker(statement: StatementSync): RowMaker<Exclude<SqlValue, null>> {
    const names = statement.columns().map(({ name }) => name ?? "");
    return new RowMaker(this.#host, names, names.map(() => decode));
  }

  #compile(sql: string): StatementSync {
    const known = this.#compiled.get(sql);
    if (known !== undefined) return known;
    const statement = prepare(this.#database, sql);
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

function prepare(database: DatabaseSync, sql: string): StatementSync {
  const statement = database.prepare(sql);
  statement.setReadBigInts(true);
  // The types that Deno takes from Node.js 22 do not know it yet
  (statement as StatementSync & { setReturnArrays(enabled: boolean): void }).setReturnArrays(true);
  return statement;
}

/** The part of the text that has been compiled; an empty statement (a comment) has none. */
function sourceOf(statement: StatementSync): string {
  return statement.sourceSQL;
}

/** Whether more than blanks, comments and semicolons is left. */
function hasStatement(sql: string): boolean {
  return sql.replaceAll(/--[^\n]*|\/\*.*?\*\/|[\s;]/gs, "") !== "";
}

/** By the storage class of the value: what columns are declared as says little in SQLite. */
function decode(value: Exclude<SqlValue, null>): LuaValue {
  switch (typeof value) {
    case "bigint":
      return integerFromBigInt(value);
    case "number":
      return floatFromNumber(value);
    case "string":
      return fromText(value);
    default:
      return fromBytes(value);
  }
}

function encode(value: LuaValue): SupportedValueType {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value ? 1n : 0n;
  if (isInteger(value)) return BigInt(String(value));
  if (isNumber(value)) return toDouble(value);
  if (isTable(value)) return toText(jsonOf(value));
  const bytes = value as string;
  const text = toTextStrict(bytes);
  // What is no text, or would end at its zero byte, is a BLOB
  return text === undefined || text.includes("\0") ? toBytes(bytes) : text;
}
