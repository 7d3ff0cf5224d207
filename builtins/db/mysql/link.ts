/** MySQL and MariaDB by the package `mysql2`. */
import { Buffer } from "node:buffer";
import { isIP, type Socket } from "node:net";
import type { Connection, ConnectionOptions, PrepareStatementInfo, Query } from "mysql2";
import { admit } from "../../../runtime/seam/confinement.ts";
import type { Host } from "../../../runtime/seam/host.ts";
import { toText, toTextStrict } from "../../../runtime/seam/text.ts";
import {
  isInteger,
  isNumber,
  isTable,
  type LuaTable,
  type LuaValue,
  toDouble,
} from "../../../runtime/seam/value.ts";
import { codeOf, DatabaseFailure } from "../failure.ts";
import {
  type Link,
  type Outcome,
  type RowSource,
  standardBegin,
  type Statement,
  type TransactionOptions,
} from "../link.ts";
import { Meter } from "../meter.ts";
import { jsonOf, wrongCount } from "../parameters.ts";
import { RowMaker } from "../rows.ts";
import type { ServerSettings } from "../settings.ts";
import { tlsOptions } from "../tls.ts";
import { decoderOf, type DriverColumn, type DriverValue } from "./decode.ts";
import { describeConnectError, NO_TLS, statementFailure } from "./failure.ts";
import { RowStream } from "./stream.ts";

type Driver = typeof import("mysql2");

/** What the driver's types leave out of a connection. */
type DriverConnection = Connection & {
  readonly stream: Socket;
  readonly _handshakePacket?: { readonly serverVersion?: string };
};

/** How many statements the server keeps prepared for a connection. */
const MAX_PREPARED = 256;

/** How long a server is waited for when a connection is closed, in milliseconds. */
const CLOSE_TIMEOUT = 1000;

/** Connects. @throws {DatabaseFailure} */
export async function openMysql(host: Host, settings: ServerSettings): Promise<Link> {
  const where = settings.socket ?? `${settings.host}:${settings.port}`;
  try {
    const { default: driver } = await import("mysql2");
    const connection = await connect(driver, settings);
    const link = new MysqlLink(host, driver, connection, settings.maxResult);
    for (const sql of sessionStatements(connection, settings)) await link.run({ sql, parameters: [] });
    return link;
  } catch (error) {
    throw new DatabaseFailure(
      `cannot connect to MySQL at ${where}: ${describeConnectError(error, settings.connectTimeout)}`,
      { cause: error },
    );
  }
}

async function connect(driver: Driver, settings: ServerSettings): Promise<Connection> {
  // It compares the certificate with a name only, and would take any for an address
  if (settings.tls.mode === "verify-full" && isIP(settings.host) !== 0) {
    throw new DatabaseFailure(
      "sslmode=verify-full needs the name of the host, not its address (or use verify-ca)",
    );
  }
  if (settings.socket === undefined) {
    await admit(settings.host, settings.port, AbortSignal.timeout(settings.connectTimeout * 1000));
  }
  const tls = await tlsOptions(settings.tls);
  const ssl = tls === undefined
    ? {}
    : { ssl: { ...tls, verifyIdentity: settings.tls.mode === "verify-full" } };
  try {
    return await connected(driver, { ...driverOptions(settings), ...ssl });
  } catch (error) {
    if (settings.tls.mode !== "prefer" || codeOf(error) !== NO_TLS) throw error;
    return await connected(driver, driverOptions(settings));
  }
}

function driverOptions(settings: ServerSettings): ConnectionOptions {
  const { host, port, socket, user, password, database, connectTimeout } = settings;
  return {
    ...(socket === undefined ? { host, port } : { socketPath: socket }),
    user,
    password,
    ...(database === undefined ? {} : { database }),
    connectTimeout: connectTimeout * 1000,
    charset: "utf8mb4",
    rowsAsArray: true,
    multipleStatements: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    maxPreparedStatements: MAX_PREPARED,
    connectAttributes: { program_name: settings.applicationName },
    // Otherwise a server could ask for any file of this machine
    flags: ["-LOCAL_FILES"],
  };
}

function connected(driver: Driver, options: ConnectionOptions): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const connection = driver.createConnection(options);
    // Kept: an error that nobody listens to would end the process
    connection.on("error", (error) => {
      reject(error);
      connection.destroy();
    });
    connection.once("connect", () => resolve(connection));
  });
}

/** What a session is set to, in the dialect of the server. */
function sessionStatements(connection: Connection, settings: ServerSettings): string[] {
  const seconds = settings.statementTimeout;
  if (seconds === undefined) return [];
  return /mariadb/i.test((connection as DriverConnection)._handshakePacket?.serverVersion ?? "")
    ? [`SET SESSION max_statement_time = ${seconds}`]
    : [`SET SESSION max_execution_time = ${Math.ceil(seconds * 1000)}`];
}

/** What the driver hands to a callback: rows or what a statement did, or arrays of these. */
type DriverResult = readonly (DriverValue | null)[][] | { readonly affectedRows: number };

class MysqlLink implements Link {
  readonly interleaves = false;
  readonly #host: Host;
  readonly #driver: Driver;
  readonly #connection: Connection;
  #isOpen = true;

  readonly #meter: Meter;
  /** Rejects the result that is being read. */
  #giveUp: ((reason: DatabaseFailure) => void) | undefined;

  constructor(host: Host, driver: Driver, connection: Connection, maxResult: number) {
    this.#host = host;
    this.#driver = driver;
    this.#connection = connection;
    const gone = () => this.#isOpen = false;
    connection.on("error", gone);
    connection.on("end", gone);
    this.#meter = new Meter(maxResult, (reason) => {
      this.#isOpen = false;
      connection.destroy();
      this.#giveUp?.(reason);
    });
    (connection as DriverConnection).stream.on("data", (chunk: Uint8Array) => this.#meter.take(chunk.length));
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  begin({ isolation, readOnly }: TransactionOptions): readonly string[] {
    const start = readOnly ? "START TRANSACTION READ ONLY" : "START TRANSACTION";
    return isolation === undefined ? [start] : [`SET TRANSACTION ${standardBegin({ isolation })}`, start];
  }

  async run(statement: Statement): Promise<Outcome> {
    const send = await this.#prepare(statement);
    return await this.#meter.during(() => this.#outcomeOf(send));
  }

  #outcomeOf(send: (done: Callback) => void): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      const done = (error: unknown, result: unknown, fields: unknown) => {
        if (error) return reject(this.#failure(error));
        try {
          resolve(this.#outcome(result as DriverResult | DriverResult[], fields as Fields | Fields[]));
        } catch (cause) {
          reject(cause);
        }
      };
      send(done);
    });
  }

  async stream(statement: Statement): Promise<RowSource> {
    const send = await this.#prepare(statement);
    const stream = new RowStream(
      this.#connection,
      send(),
      (fields) => this.#rowMaker(fields),
      (error) => this.#failure(error),
    );
    await stream.start();
    return stream;
  }

  async close(): Promise<void> {
    if (!this.#isOpen) return this.#connection.destroy();
    this.#isOpen = false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, CLOSE_TIMEOUT);
      this.#connection.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#connection.destroy();
  }

  /**
   * Makes ready to send a statement. One with parameters is prepared on the server: nothing is ever put into the text
   * of the SQL.
   */
  async #prepare({ sql, parameters }: Statement): Promise<(done?: Callback) => Query> {
    if (parameters.length === 0) return (done) => this.#connection.query({ sql, rowsAsArray: true }, done);
    const values = parameters.map((value) => encode(this.#driver, value));
    const statement = await new Promise<PreparedStatement>((resolve, reject) => {
      this.#connection.prepare(sql, (error, prepared) => {
        if (error) reject(this.#failure(error));
        else resolve(prepared as PreparedStatement);
      });
    });
    // The driver would send another number of them too, and the server read what it likes
    if (statement.parameters.length !== values.length) {
      throw wrongCount(statement.parameters.length, values.length);
    }
    return (done) => statement.execute(values, done);
  }

  #outcome(result: DriverResult | DriverResult[], fields: Fields | Fields[]): Outcome {
    const several = Array.isArray(fields) &&
      (fields[0] === undefined ? fields.length > 0 : Array.isArray(fields[0]));
    const results = (several ? result : [result]) as DriverResult[];
    const columns = (several ? fields : [fields]) as Fields[];
    const last = columns.findLastIndex((each) => each !== undefined);
    const maker = last < 0 ? undefined : this.#rowMaker(columns[last] ?? []);
    const rows = results[last];
    return {
      rows: maker !== undefined && Array.isArray(rows) ? rows.map((row) => maker.make(row)) : [],
      affected: results.reduce((sum, each) => sum + ("affectedRows" in each ? each.affectedRows : 0), 0),
    };
  }

  #rowMaker(columns: readonly DriverColumn[]): RowMaker<DriverValue> {
    return new RowMaker(
      this.#host,
      columns.map(({ name }) => name),
      columns.map((column) => decoderOf(this.#host, column)),
    );
  }

  #failure(error: unknown): DatabaseFailure {
    const failure = statementFailure(error, this.#isOpen);
    if (failure.lost) this.#isOpen = false;
    return failure;
  }
}

type Callback = (error: unknown, result: unknown, fields: unknown) => void;

/** The driver's types leave the description of the placeholders out. */
type PreparedStatement = PrepareStatementInfo & { readonly parameters: readonly unknown[] };

type Fields = readonly DriverColumn[] | undefined;

function encode(driver: Driver, value: LuaValue): unknown {
  if (value === undefined) return null;
  if (typeof value === "boolean") return value;
  if (isInteger(value)) return driver.TypedParameter.LONGLONG(BigInt(String(value)));
  if (isNumber(value)) return toDouble(value);
  if (isTable(value)) return toText(jsonOf(value as LuaTable));
  const bytes = value as string;
  // What is no text goes as a BLOB, in which the server converts nothing
  return toTextStrict(bytes) ?? Buffer.from(bytes, "latin1");
}
