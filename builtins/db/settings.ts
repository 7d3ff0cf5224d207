/** What a connection is made with: from the URL, the options of the call, and the environment. */
import { realPathOf } from "../../runtime/seam/confinement.ts";
import type { Environment } from "../../runtime/seam/host.ts";
import { visibleVariable } from "../visible_variable.ts";
import { DatabaseFailure } from "./failure.ts";
import { type DatabaseUrl, parseDatabaseUrl } from "./url.ts";

/** The options of `db.connect`, which also stand in the URL, where they are text. */
export interface ConnectOptions {
  /** The most connections at a time. @default 5 */
  readonly max_connections?: number;
  /** Seconds for connecting. @default 10 */
  readonly connect_timeout?: number;
  /** Seconds that a call waits for a connection that others use. @default 30 */
  readonly acquire_timeout?: number;
  /** Seconds after which the server ends a statement. @default what the server is set to */
  readonly statement_timeout?: number;
  /** The most bytes that a server may send for one result of `db.query`. @default 256 MiB */
  readonly max_result?: number;
  /** Seconds to wait for a lock of a SQLite file. @default 5 */
  readonly busy_timeout?: number;
  /** Whether PostgreSQL prepares statements that come again, which some poolers of connections forbid. @default true */
  readonly prepare?: boolean;
}

/** How TLS is used; the names are those of PostgreSQL's `sslmode`. */
export type TlsMode = "disable" | "prefer" | "require" | "verify-ca" | "verify-full";

/** TLS of a connection. Certificates are files, PEM. */
export interface TlsSettings {
  readonly mode: TlsMode;
  readonly rootCertificate?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/** What a pool of any database needs. Times are seconds. */
interface CommonSettings {
  readonly maxConnections: number;
  readonly acquireTimeout: number;
}

/** A server's address and what to tell it. */
export interface ServerSettings extends CommonSettings {
  readonly kind: "postgres" | "mysql";
  readonly host: string;
  readonly port: number;
  /** The Unix socket, or for PostgreSQL its folder, in place of host and port. */
  readonly socket?: string | undefined;
  readonly user: string;
  readonly password: string;
  readonly database: string | undefined;
  readonly tls: TlsSettings;
  readonly connectTimeout: number;
  readonly statementTimeout?: number | undefined;
  /** Whether statements that come again are prepared. */
  readonly prepare: boolean;
  readonly applicationName: string;
  /** Bytes. */
  readonly maxResult: number;
  /** PostgreSQL's `options`: command-line options of the session. */
  readonly startOptions?: string | undefined;
}

/** A SQLite file. */
export interface FileSettings extends CommonSettings {
  readonly kind: "sqlite";
  /** `:memory:` for none. */
  readonly path: string;
  readonly mode: "ro" | "rw" | "rwc";
  readonly busyTimeout: number;
}

export type Settings = ServerSettings | FileSettings;

/** What the URL and the options come to, and sentences about what in them has no effect. */
export interface ReadSettings {
  readonly settings: Settings;
  readonly notices: readonly string[];
}

const MEBIBYTE = 2 ** 20;
const DEFAULTS = {
  max_result: 256 * MEBIBYTE,
  max_connections: 5,
  connect_timeout: 10,
  acquire_timeout: 30,
  busy_timeout: 5,
};

/** The longest time that is taken for one, in seconds: a timer of the platform takes some 24 days. */
const MAX_SECONDS = 2_000_000;
const MAX_COUNT = { max_connections: 1000, max_result: 2 ** 40 };

/**
 * Reads the settings of a connection.
 *
 * @param environment For `PGUSER`, `PGPASSWORD`, `PGHOST` and their like
 * @throws {DatabaseFailure}
 */
export function readSettings(url: string, options: ConnectOptions, environment: Environment): ReadSettings {
  const parts = parseDatabaseUrl(url);
  const source = new Source(parts, options);
  const settings = parts.kind === "sqlite"
    ? fileSettings(parts, source)
    : serverSettings(parts, source, environment);
  const notices = source.unknown().map((name) => `the URL's parameter '${name}' is ignored: it is not known`);
  return { settings, notices };
}

/** Takes settings from the options or else from the URL, and knows what nobody has asked for. */
class Source {
  readonly #asked = new Set<string>();

  constructor(private readonly parts: DatabaseUrl, private readonly options: ConnectOptions) {}

  /** The first of some names that the URL has. */
  text(...names: string[]): string | undefined {
    for (const name of names) this.#asked.add(name);
    return names.map((name) => this.parts.query.get(name)).find((value) => value !== undefined);
  }

  seconds(
    name: Exclude<keyof ConnectOptions, "max_connections" | "max_result" | "prepare">,
  ): number | undefined {
    const value = this.#number(name);
    if (value === undefined || (value > 0 && value <= MAX_SECONDS)) return value;
    throw new DatabaseFailure(
      `'${name}' must be seconds above 0 and at most ${MAX_SECONDS}: current value is ${value}`,
    );
  }

  count(name: keyof typeof MAX_COUNT): number {
    const value = this.#number(name) ?? DEFAULTS[name];
    if (Number.isInteger(value) && value >= 1 && value <= MAX_COUNT[name]) return value;
    throw new DatabaseFailure(
      `'${name}' must be a whole number from 1 to ${MAX_COUNT[name]}: current value is ${value}`,
    );
  }

  flag(name: "prepare"): boolean {
    const text = this.text(name) ?? "true";
    if (text !== "true" && text !== "false") {
      throw new DatabaseFailure(`'${name}' must be true or false: current value is "${text}"`);
    }
    return this.options[name] ?? text === "true";
  }

  unknown(): string[] {
    return [...this.parts.query.keys()].filter((name) => !this.#asked.has(name));
  }

  #number(name: Exclude<keyof ConnectOptions, "prepare">): number | undefined {
    const text = this.text(name);
    const option = this.options[name];
    if (option !== undefined || text === undefined) return option;
    const value = Number(text);
    if (text.trim() === "" || Number.isNaN(value)) {
      throw new DatabaseFailure(`'${name}' must be a number: current value is "${text}"`);
    }
    return value;
  }
}

function fileSettings({ name }: DatabaseUrl, source: Source): FileSettings {
  const mode = source.text("mode") ?? "rw";
  const inMemory = name === ":memory:" || mode === "memory";
  if (!inMemory && mode !== "ro" && mode !== "rw" && mode !== "rwc") {
    throw new DatabaseFailure(`'mode' must be "ro", "rw", "rwc" or "memory": current value is "${mode}"`);
  }
  if (name === "" && !inMemory) throw new DatabaseFailure("the URL names no file");
  return {
    kind: "sqlite",
    path: inMemory ? ":memory:" : name,
    mode: inMemory ? "rwc" : mode as FileSettings["mode"],
    busyTimeout: source.seconds("busy_timeout") ?? DEFAULTS.busy_timeout,
    acquireTimeout: source.seconds("acquire_timeout") ?? DEFAULTS.acquire_timeout,
    maxConnections: 1,
  };
}

function serverSettings(parts: DatabaseUrl, source: Source, environment: Environment): ServerSettings {
  const postgres = parts.kind === "postgres";
  // The variables of libpq, which MySQL's own clients have no counterpart of
  const variable = (name: string) => postgres ? visibleVariable(environment, name) : undefined;
  const host = source.text("host") ?? parts.host ?? variable("PGHOST") ?? "localhost";
  const socket = source.text("socket", "unix_socket") ?? (host.startsWith("/") ? host : undefined);
  const user = source.text("user") ?? parts.user ?? variable("PGUSER") ??
    visibleVariable(environment, "USER");
  const port = Number(source.text("port") ?? parts.port ?? variable("PGPORT") ?? (postgres ? 5432 : 3306));
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new DatabaseFailure("the port must be between 1 and 65535");
  }
  const name = (source.text("dbname") ?? parts.name) || variable("PGDATABASE");
  return {
    kind: postgres ? "postgres" : "mysql",
    host,
    port,
    socket: socket === undefined ? undefined : realPathOf(socket),
    user: user ?? (postgres ? "postgres" : "root"),
    password: source.text("password") ?? parts.password ?? variable("PGPASSWORD") ?? "",
    database: name ?? (postgres ? user : undefined),
    // A socket of the same machine is not encrypted
    tls: tlsSettings(source, socket === undefined ? variable("PGSSLMODE") : "disable"),
    connectTimeout: source.seconds("connect_timeout") ?? DEFAULTS.connect_timeout,
    statementTimeout: source.seconds("statement_timeout"),
    acquireTimeout: source.seconds("acquire_timeout") ?? DEFAULTS.acquire_timeout,
    maxConnections: source.count("max_connections"),
    maxResult: source.count("max_result"),
    prepare: source.flag("prepare"),
    applicationName: source.text("application_name") ?? "assay",
    startOptions: source.text("options"),
  };
}

/** PostgreSQL's names and MySQL's for the same things. */
const TLS_MODES: Readonly<Record<string, TlsMode>> = {
  disable: "disable",
  disabled: "disable",
  allow: "prefer",
  prefer: "prefer",
  preferred: "prefer",
  require: "require",
  required: "require",
  "verify-ca": "verify-ca",
  verify_ca: "verify-ca",
  "verify-full": "verify-full",
  verify_identity: "verify-full",
};

function tlsSettings(source: Source, fallback = "prefer"): TlsSettings {
  const text = source.text("sslmode", "ssl-mode", "ssl_mode") ?? fallback;
  const mode = TLS_MODES[text.toLowerCase()];
  if (mode === undefined) {
    throw new DatabaseFailure(
      `'sslmode' must be disable, prefer, require, verify-ca or verify-full: current value is "${text}"`,
    );
  }
  const rootCertificate = source.text("sslrootcert", "ssl-ca", "ssl_ca");
  return {
    // As in libpq: who names a CA wants it to count
    mode: mode === "require" && rootCertificate !== undefined ? "verify-ca" : mode,
    rootCertificate,
    certificate: source.text("sslcert", "ssl-cert", "ssl_cert"),
    key: source.text("sslkey", "ssl-key", "ssl_key"),
  };
}
