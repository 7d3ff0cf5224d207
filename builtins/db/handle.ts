/** What scripts hold: connections and transactions. */
import { LuaUserdata } from "../../runtime/seam/value.ts";
import { DatabaseFailure } from "./failure.ts";
import type { Link, Outcome, RowSource, Statement, TransactionOptions } from "./link.ts";
import type { Pool } from "./pool.ts";

/** Something on which statements can be run. */
export abstract class Handle extends LuaUserdata {
  /** @throws {DatabaseFailure} */
  abstract run(statement: Statement): Promise<Outcome>;
  /** @throws {DatabaseFailure} */
  abstract stream(statement: Statement): Promise<RowSource>;
  /** Starts a transaction, or within one a savepoint. @throws {DatabaseFailure} */
  abstract begin(options: TransactionOptions): Promise<Transaction>;
}

/** What `db.connect` gives: a pool of links. */
export class Connection extends Handle {
  readonly #pool: Pool;
  /** Rows that loops read, or have left where the language closes nothing. */
  readonly #leases = new Set<Lease>();

  constructor(pool: Pool) {
    super();
    this.#pool = pool;
  }

  get isClosed(): boolean {
    return this.#pool.isClosed;
  }

  run(statement: Statement): Promise<Outcome> {
    return this.#pool.with((link) => link.run(statement));
  }

  async stream(statement: Statement): Promise<RowSource> {
    const link = await this.#pool.acquire();
    try {
      const rows = await link.stream(statement);
      if (link.interleaves) {
        this.#pool.release(link);
        return rows;
      }
      const lease = new Lease(rows, () => {
        this.#leases.delete(lease);
        this.#pool.release(link);
      });
      this.#leases.add(lease);
      return lease;
    } catch (error) {
      this.#pool.release(link);
      throw error;
    }
  }

  async begin(options: TransactionOptions): Promise<Transaction> {
    const link = await this.#pool.acquire();
    try {
      for (const sql of link.begin(options)) await link.run({ sql, parameters: [] });
      return new Transaction(new OpenTransaction(link, this.#pool));
    } catch (error) {
      this.#pool.release(link);
      throw error;
    }
  }

  /** Ends loops over rows, and waits for whoever else uses a link. */
  async close(): Promise<void> {
    const closed = this.#pool.close();
    await Promise.all([...this.#leases].map((lease) => lease.revoke()));
    await closed;
  }
}

/** Rows that keep a link of a pool for themselves until they end. */
class Lease implements RowSource {
  #isHeld = true;
  #isRevoked = false;

  /** @param giveBack Gives the link back */
  constructor(private readonly rows: RowSource, private readonly giveBack: () => void) {}

  next(): ReturnType<RowSource["next"]> {
    if (this.#isRevoked) throw new DatabaseFailure("the connection is closed");
    try {
      const row = this.rows.next();
      if (!(row instanceof Promise)) {
        if (row === undefined) this.#release();
        return row;
      }
      return row.then((arrived) => {
        if (arrived === undefined) this.#release();
        return arrived;
      }, (error) => {
        this.#release();
        throw error;
      });
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (!this.#isHeld) return;
    try {
      await this.rows.close();
    } finally {
      this.#release();
    }
  }

  /** Ends the rows for whoever reads them. */
  async revoke(): Promise<void> {
    this.#isRevoked = true;
    await this.close();
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    this.giveBack();
  }
}

/** The part of a transaction that its savepoints share. */
class OpenTransaction {
  /** Rows that are being read, which on most databases allows nothing else. */
  rows: RowSource | undefined;
  /** How many savepoints there have been. */
  savepoints = 0;

  constructor(readonly link: Link, readonly pool: Pool) {}

  async run(statement: Statement): Promise<Outcome> {
    if (this.rows !== undefined && !this.link.interleaves) {
      throw new DatabaseFailure(
        "the transaction is busy with the rows of db.each: end the loop first, or read them with db.query",
      );
    }
    return await this.link.run(statement);
  }

  async closeRows(): Promise<void> {
    const rows = this.rows;
    this.rows = undefined;
    await rows?.close();
  }
}

/** Gives back the connections of transactions whose coroutine was never resumed. */
const abandoned = new FinalizationRegistry<OpenTransaction>(({ link, pool }) => {
  link.close().catch(() => {}).finally(() => pool.release(link));
});

/** What the function of `db.transaction` is given. */
export class Transaction extends Handle {
  readonly #open: OpenTransaction;
  /** The savepoint that it is, within another transaction. */
  readonly #savepoint: string | undefined;
  #ended = false;

  constructor(open: OpenTransaction, savepoint?: string) {
    super();
    this.#open = open;
    this.#savepoint = savepoint;
    if (savepoint === undefined) abandoned.register(this, open, this);
  }

  async run(statement: Statement): Promise<Outcome> {
    this.#check();
    return await this.#open.run(statement);
  }

  async stream(statement: Statement): Promise<RowSource> {
    this.#check();
    const open = this.#open;
    if (open.rows !== undefined && !open.link.interleaves) await open.run(statement);
    const rows = await open.link.stream(statement);
    open.rows = rows;
    const forget = () => {
      if (open.rows === rows) open.rows = undefined;
    };
    return {
      async next() {
        const row = await rows.next();
        if (row === undefined) forget();
        return row;
      },
      async close() {
        await rows.close();
        forget();
      },
    };
  }

  async begin(options: TransactionOptions): Promise<Transaction> {
    this.#check();
    if (options.isolation !== undefined || options.readOnly !== undefined) {
      throw new DatabaseFailure("a transaction within another one has no options of its own");
    }
    const savepoint = `assay_${++this.#open.savepoints}`;
    await this.#open.run({ sql: `SAVEPOINT ${savepoint}`, parameters: [] });
    return new Transaction(this.#open, savepoint);
  }

  /** @throws {DatabaseFailure} When it could not be committed: then it is rolled back */
  async commit(): Promise<void> {
    this.#check();
    const sql = this.#savepoint === undefined ? "COMMIT" : `RELEASE SAVEPOINT ${this.#savepoint}`;
    try {
      await this.#open.closeRows();
      const { command } = await this.#open.run({ sql, parameters: [] });
      this.#end();
      if (this.#savepoint === undefined && command === "ROLLBACK") {
        throw new DatabaseFailure(
          "nothing was committed: a statement of the transaction had failed, and PostgreSQL then rolls all back",
        );
      }
    } catch (error) {
      await this.rollback();
      throw error;
    }
  }

  /** Never fails: a link on which it is not possible is closed, which has the same effect. */
  async rollback(): Promise<void> {
    if (this.#ended) return;
    const savepoint = this.#savepoint;
    const statements = savepoint === undefined
      ? ["ROLLBACK"]
      : [`ROLLBACK TO SAVEPOINT ${savepoint}`, `RELEASE SAVEPOINT ${savepoint}`];
    const { link } = this.#open;
    try {
      await this.#open.closeRows();
      for (const sql of statements) {
        if (link.isOpen) await this.#open.run({ sql, parameters: [] });
      }
    } catch {
      await link.close();
    }
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    if (this.#savepoint !== undefined) return;
    abandoned.unregister(this);
    this.#open.pool.release(this.#open.link);
  }

  #check(): void {
    if (this.#ended) throw new DatabaseFailure("the transaction has ended");
    if (this.#open.link.isOpen) return;
    throw new DatabaseFailure("the transaction is over, as its connection to the database was lost");
  }
}
