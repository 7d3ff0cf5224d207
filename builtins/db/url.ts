/** Connection URLs: `postgres://user:password@host:5432/database?sslmode=require` and their like. */
import { DatabaseFailure } from "./failure.ts";

/** A URL in parts, percent-decoded. */
export interface DatabaseUrl {
  readonly kind: "postgres" | "mysql" | "sqlite";
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  /** The database, or the path of the file. */
  readonly name: string;
  readonly query: ReadonlyMap<string, string>;
}

const SCHEMES: Readonly<Record<string, DatabaseUrl["kind"]>> = {
  postgres: "postgres",
  postgresql: "postgres",
  mysql: "mysql",
  mariadb: "mysql",
  sqlite: "sqlite",
};

const HOST = String.raw`\[[\da-fA-F:.]+\]|[^:/?#@[\]\s]*`;

/** Pairs of names and values; an `@` belongs into values only. */
const QUERY = String.raw`(?:[\w.%-]+=[^&#]*(?:&|$))*`;
const REST = String.raw`(${HOST})(?::(\d+))?(?:/([^?#@]*))?(?:\?(${QUERY}))?$`;

/** With what must be percent-encoded encoded. */
const STRICT = new RegExp(String.raw`^(?:([^/?#]*)@)?${REST}`, "s");

/** With a password that has `/ ? # @` as they are: credentials reach to the last `@`. */
const TOLERANT = new RegExp(String.raw`^(?:(.*)@)?${REST}`, "s");

/**
 * Reads a URL. Messages of errors never show any of it but the scheme: it may hold a password.
 *
 * @throws {DatabaseFailure}
 */
export function parseDatabaseUrl(url: string): DatabaseUrl {
  const [, scheme = "", rest = ""] = /^([a-z][a-z\d+.-]*):(.*)$/is.exec(url) ?? [];
  const kind = SCHEMES[scheme.toLowerCase()];
  if (kind === undefined) {
    const what = scheme === "" ? "the URL has no scheme" : `unsupported scheme "${scheme}"`;
    throw new DatabaseFailure(`${what}: use postgres://, mysql:// or sqlite://`);
  }
  if (kind === "sqlite") return parseFileUrl(rest);
  if (!rest.startsWith("//")) throw new DatabaseFailure(`the URL must begin with ${scheme}://`);
  const match = split(rest.slice(2));
  if (match === null) {
    throw new DatabaseFailure(
      `the URL cannot be read: write ${scheme}://user:password@host:port/database, with special characters ` +
        "percent-encoded",
    );
  }
  const [, credentials, host = "", port, name = "", query] = match;
  return {
    kind,
    ...parseCredentials(credentials),
    host: host === "" ? undefined : decode(host.replace(/^\[(.*)\]$/, "$1")),
    port: port === undefined ? undefined : parsePort(port),
    name: decode(name),
    query: parseQuery(query),
  };
}

function split(text: string): RegExpExecArray | null {
  const strict = STRICT.exec(text);
  // No host, but another "@" behind it: the first one belongs to the password
  const isCutShort = strict !== null && strict[1] !== undefined && strict[2] === "" &&
    text.indexOf("@", strict[1].length + 1) >= 0;
  return isCutShort ? TOLERANT.exec(text) : strict ?? TOLERANT.exec(text);
}

/** `sqlite:///abs`, `sqlite://rel`, `sqlite:rel`, `sqlite::memory:`. */
function parseFileUrl(rest: string): DatabaseUrl {
  const [, path = "", query] = /^(?:\/\/)?([^?]*)(?:\?(.*))?$/s.exec(rest) ?? [];
  return { kind: "sqlite", name: decode(path), query: parseQuery(query) };
}

function parseCredentials(text: string | undefined): Pick<DatabaseUrl, "user" | "password"> {
  if (text === undefined) return {};
  const colon = text.indexOf(":");
  if (colon < 0) return { user: decode(text) };
  return { user: decode(text.slice(0, colon)), password: decode(text.slice(colon + 1)) };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (port < 1 || port > 65535) throw new DatabaseFailure("the port must be between 1 and 65535");
  return port;
}

function parseQuery(text: string | undefined): Map<string, string> {
  const query = new Map<string, string>();
  for (const pair of text?.split("&") ?? []) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = equals < 0 ? pair : pair.slice(0, equals);
    query.set(decode(name), equals < 0 ? "" : decode(pair.slice(equals + 1)));
  }
  return query;
}

/** A `%` that begins no escape is meant as it is: passwords are pasted in. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
