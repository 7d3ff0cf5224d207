/** What the databases have in common: a link is one connection to one of them. */
import type { LuaTable, LuaValue, MaybePromise } from "../../runtime/seam/value.ts";

/** A statement with the values of its placeholders. */
export interface Statement {
  /** Text, not bytes. */
  readonly sql: string;
  readonly parameters: readonly LuaValue[];
}

/** What a statement led to. */
export interface Outcome {
  /** Of several statements, the rows of the last one that gives rows. */
  readonly rows: readonly LuaTable[];
  /** How many rows were changed, over all statements. */
  readonly affected: number;
  /** The kind of the last statement as the server calls it, such as `COMMIT`. */
  readonly command?: string;
}

/** The rows of a statement, one after the other. */
export interface RowSource {
  /** The next row; undefined after the last one. @throws {DatabaseFailure} */
  next(): MaybePromise<LuaTable | undefined>;
  /** Ends the statement before its last row. Afterwards the link can be used again, or is not open any more. */
  close(): Promise<void>;
}

/** One connection. Its owner uses it for one thing at a time. */
export interface Link {
  /** False once the connection is lost or closed. */
  readonly isOpen: boolean;
  /** Whether statements can be run while the rows of another one are being read. */
  readonly interleaves: boolean;
  /** @throws {DatabaseFailure} */
  run(statement: Statement): Promise<Outcome>;
  /** @throws {DatabaseFailure} */
  stream(statement: Statement): Promise<RowSource>;
  /** The statements that start a transaction. */
  begin(options: TransactionOptions): readonly string[];
  close(): Promise<void>;
}

/** How a transaction is started. */
export interface TransactionOptions {
  /** Such as `serializable`. @default what the database is set to */
  readonly isolation?: IsolationLevel | undefined;
  /** @default false */
  readonly readOnly?: boolean | undefined;
}

export const ISOLATION_LEVELS = [
  "read uncommitted",
  "read committed",
  "repeatable read",
  "serializable",
] as const;

/** The isolation levels of the SQL standard. */
export type IsolationLevel = (typeof ISOLATION_LEVELS)[number];

/** The statements of the SQL standard's dialects that start a transaction with its properties. */
export function standardBegin({ isolation, readOnly }: TransactionOptions): string {
  const modes = [
    ...(isolation === undefined ? [] : [`ISOLATION LEVEL ${isolation.toUpperCase()}`]),
    ...(readOnly ? ["READ ONLY"] : []),
  ];
  return modes.join(", ");
}
