/** PostgreSQL by the package `postgres`, of which each link is a client with one connection. */
import type { Buffer } from "node:buffer";
import type { Socket } from "node:net";
import type { Readable } from "node:stream";
import type { Notice, Options, Sql } from "postgres";
import type { Host } from "../../../runtime/seam/host.ts";
import type { LuaTable } from "../../../runtime/seam/value.ts";
import { DatabaseFailure } from "../failure.ts";
import {
  type Link,
  type Outcome,
  type RowSource,
  standardBegin,
  type Statement,
  type TransactionOptions,
} from "../link.ts";
import { Meter } from "../meter.ts";
import { RowMaker } from "../rows.ts";
import type { ServerSettings } from "../settings.ts";
import { decoderOf } from "./decode.ts";
import { DRIVER_TYPES, encode } from "./encode.ts";
import { describeConnectError, statementFailure } from "./failure.ts";
import { Cursor } from "./cursor.ts";
import { openSocket } from "./socket.ts";
import { Tap } from "./tap.ts";
import { hideVariables } from "./variables.ts";

/** How many statements the server keeps prepared for a connection. */
const MAX_PREPARED = 256;

/** How long a server is waited for when a connection is closed, in seconds. */
const CLOSE_TIMEOUT = 1;

/** Rows of one statement as the driver gives them: bytes of each value, and what the columns are. */
export interface DriverResult extends ReadonlyArray<readonly (Buffer | null)[]> {
  readonly command: string | null;
  readonly columns: readonly DriverColumn[] | null;
}

interface DriverColumn {
  readonly name: string;
  readonly type: number;
}

/** Connects. @throws {DatabaseFailure} */
export async function openPostgres(host: Host, settings: ServerSettings): Promise<Link> {
  const where = settings.socket ?? `${settings.host}:${settings.port}`;
  try {
    const { default: postgres } = await import("postgres");
    hideVariables();
    const meter = new Meter(settings.maxResult, (reason) => state.socket?.destroy(reason));
    const state: LinkState = { isOpen: true, tap: new Tap(meter), meter, socket: undefined };
    const sql = postgres({
      ...driverOptions(settings),
      socket: async () => {
        // Where a server closes at once, the driver would try again and again
        if (state.socket !== undefined) throw new DatabaseFailure("the server closed the connection");
        return state.socket = await openSocket(settings, state.tap);
      },
      onnotice: (notice: Notice) => logNotice(host, notice),
      onclose: () => state.isOpen = false,
    } as unknown as Options<Record<string, never>>);
    try {
      await firstAnswer(sql, settings.connectTimeout);
    } catch (error) {
      await endClient(sql, state, 0);
      throw error;
    }
    return new PostgresLink(host, sql, state, settings.prepare);
  } catch (error) {
    throw new DatabaseFailure(`cannot connect to PostgreSQL at ${where}: ${describeConnectError(error)}`, {
      cause: error,
    });
  }
}

function driverOptions(settings: ServerSettings) {
  const { host, port, user, password, database, statementTimeout } = settings;
  return {
    host: [host],
    port: [port],
    user,
    pass: password,
    database: database ?? user,
    // TLS is there before the driver is
    ssl: false,
    connect_timeout: null,
    max: 1,
    // Otherwise a connection would be closed after half an hour, in the midst of a session
    max_lifetime: null,
    idle_timeout: null,
    fetch_types: false,
    no_subscribe: true,
    types: DRIVER_TYPES,
    connection: {
      application_name: settings.applicationName,
      ...(settings.startOptions === undefined ? {} : { options: settings.startOptions }),
      ...(statementTimeout === undefined ? {} : { statement_timeout: Math.ceil(statementTimeout * 1000) }),
    },
  };
}

/** The driver connects with the first statement. */
async function firstAnswer(sql: Sql, seconds: number): Promise<void> {
  const { promise: deadline, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new DatabaseFailure(`no connection within ${seconds} s`)),
    seconds * 1000,
  );
  try {
    await Promise.race([sql.unsafe("SELECT 1"), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function logNotice(host: Host, { severity, message }: Notice): void {
  const text = `db: ${severity}: ${message}`;
  if (severity === "WARNING") host.log.warn(text);
  else if (severity === "DEBUG") host.log.debug(text);
  else host.log.info(text);
}

/** What is known of a connection from outside the driver. */
interface LinkState {
  isOpen: boolean;
  readonly tap: Tap;
  readonly meter: Meter;
  socket: Socket | undefined;
}

/** Ends a client, whatever the server does. @param seconds For which it may finish what it does */
async function endClient(sql: Sql, { socket }: LinkState, seconds: number): Promise<void> {
  await sql.end({ timeout: seconds });
  socket?.destroy();
}

class PostgresLink implements Link {
  readonly interleaves = false;
  readonly #host: Host;
  readonly #sql: Sql;
  readonly #state: LinkState;
  /** Statements that have been run with parameters. The second time they are prepared. */
  readonly #seen = new Set<string>();
  #preparedCount = 0;
  readonly #prepared = new Set<string>();

  readonly #mayPrepare: boolean;

  constructor(host: Host, sql: Sql, state: LinkState, mayPrepare: boolean) {
    this.#host = host;
    this.#sql = sql;
    this.#state = state;
    this.#mayPrepare = mayPrepare;
  }

  get isOpen(): boolean {
    return this.#state.isOpen;
  }

  begin(options: TransactionOptions): readonly string[] {
    return [`BEGIN ${standardBegin(options)}`.trimEnd()];
  }

  async run(statement: Statement): Promise<Outcome> {
    try {
      const result: unknown = await this.#state.meter.during(async () => await this.#query(statement).raw());
      if (!Array.isArray(result)) return await this.#refuseCopy(result as Readable);
      return this.#outcome(result);
    } catch (error) {
      throw this.#failure(error, statement);
    }
  }

  async stream(statement: Statement): Promise<RowSource> {
    const cursor = new Cursor(
      this.#query(statement).raw() as never,
      (result) => this.#rows(result),
      (error) => this.#failure(error, statement),
      () => this.isOpen,
    );
    await cursor.start();
    return cursor;
  }

  async close(): Promise<void> {
    this.#state.isOpen = false;
    await endClient(this.#sql, this.#state, CLOSE_TIMEOUT);
  }

  #query({ sql, parameters }: Statement) {
    const values = parameters.map((parameter) => {
      const { value, type } = encode(parameter);
      return value === null ? null : this.#sql.typed(value as never, type);
    });
    return this.#sql.unsafe(sql, values, {
      prepare: values.length > 0 && this.#mayPrepare && this.#prepares(sql),
    });
  }

  /** Preparing costs the server memory until the connection ends, so statements made up as one goes are not. */
  #prepares(sql: string): boolean {
    if (this.#prepared.has(sql)) return true;
    if (!this.#seen.has(sql) || this.#preparedCount >= MAX_PREPARED) {
      if (this.#seen.size >= MAX_PREPARED) this.#seen.clear();
      this.#seen.add(sql);
      return false;
    }
    this.#preparedCount++;
    this.#prepared.add(sql);
    return true;
  }

  /** One result, or of several statements an array of them. */
  #outcome(result: unknown[]): Outcome {
    const results = ("count" in result ? [result] : result) as unknown as DriverResult[];
    const withRows = results.findLast(({ columns }) => (columns?.length ?? 0) > 0);
    const command = results.at(-1)?.command ?? undefined;
    return {
      rows: withRows === undefined ? [] : this.#rows(withRows),
      affected: this.#state.tap.affected,
      ...(command === undefined ? {} : { command }),
    };
  }

  #rows(result: DriverResult): LuaTable[] {
    const columns = result.columns ?? [];
    const maker = new RowMaker<Buffer>(
      this.#host,
      columns.map(({ name }) => name),
      columns.map(({ type }) => decoderOf(this.#host, type)),
    );
    // After a statement that failed amid its rows, the driver begins the next result with as many holes
    return result.filter((values) => values !== undefined).map((values) => maker.make(values));
  }

  /** The driver has given a stream, which has to be served: the connection is given up instead. */
  async #refuseCopy(stream: Readable): Promise<never> {
    this.#state.isOpen = false;
    stream.on("error", () => {});
    await endClient(this.#sql, this.#state, 0);
    throw new DatabaseFailure("COPY from STDIN or to STDOUT is not possible here: use INSERT or SELECT");
  }

  #failure(error: unknown, { sql }: Statement): DatabaseFailure {
    const failure = statementFailure(error, sql, this.isOpen, this.#state.tap.lastError);
    if (failure.lost) this.#state.isOpen = false;
    return failure;
  }
}
