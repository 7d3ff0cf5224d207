/** `type: sql`: runs a query and looks at its rows. PostgreSQL, MySQL or MariaDB, SQLite. */
import { DatabaseFailure } from "../../../builtins/db/failure.ts";
import { readSettings } from "../../../builtins/db/settings.ts";
import { FixedEnvironment } from "../../../runtime/environment.ts";
import type { Grants } from "../../../runtime/permissions.ts";
import { anyValue, type JsonValue } from "../../schema/any.ts";
import { expression } from "../../schema/expression.ts";
import { integer, text } from "../../schema/scalars.ts";
import { list, mapOf, optional, type Reader, reader, required } from "../../schema/schema.ts";
import { netOf } from "../../schema/url.ts";
import { passwordsOf } from "../http/connection.ts";
import { defineCheckType, type Part, type SettingsOf } from "../type.ts";

const keys = {
  url: required(databaseUrl(), "postgres://user:password@host/database, mysql://… or sqlite:///path"),
  query: required(text(), "The SQL"),
  parameters: optional(list(scalar()), "Values of the placeholders: $1 of PostgreSQL and SQLite, ? of MySQL"),
};

const expect = {
  rows: optional(integer(0), "How many rows there must be"),
  min_rows: optional(integer(0), "How many at least"),
  max_rows: optional(integer(0), "How many at most"),
  value: optional(scalar(), "The first column of the first row"),
  row: optional(mapOf(scalar()), "Columns of the first row, by name"),
  json: optional(
    list(expression()),
    "Expressions about the list of rows, such as .[0].lag < 5 or . length >= 2",
  ),
};

/** A value without parts. */
export type Scalar = string | number | boolean | null;

function scalar(): Reader<Scalar> {
  const any = anyValue();
  const schema = { type: ["string", "number", "boolean", "null"] };
  return reader<Scalar>(schema, (node, problems, key) => {
    const value: JsonValue | undefined = any(node, problems, key);
    if (value === undefined || value === null || typeof value !== "object") return value;
    problems.add(node.at, `'${key}' must be a single value`);
    return undefined;
  });
}

function databaseUrl(): Reader<string> {
  return reader({ type: "string", minLength: 1 }, (node, problems, key) => {
    const value = text()(node, problems, key);
    if (value === undefined || value.includes("{{")) return value;
    try {
      settingsOf(value);
      return value;
    } catch (error) {
      if (!(error instanceof DatabaseFailure)) throw error;
      problems.add(node.at, `'${key}': ${error.message}`);
      return undefined;
    }
  });
}

/** So much longer than a check lasts may its connecting and its query. Seconds. */
const GRACE = 0.5;

/** The longest that databases are told to take. Seconds. */
const MAX_LIMIT = 1_000_000;

/** What a URL says; the variables of libpq are not for checks. @throws {DatabaseFailure} */
export function settingsOf(url: string, seconds?: number) {
  const limit = seconds === undefined ? undefined : Math.min(seconds + GRACE, MAX_LIMIT);
  return readSettings(url, {
    max_connections: 1,
    max_result: 16 * 1024 * 1024,
    // The check's own timeout comes first; the server ends what nobody waits for any more
    ...(limit === undefined ? {} : { connect_timeout: limit, statement_timeout: limit }),
  }, new FixedEnvironment({})).settings;
}

function needs({ url }: { url: string }): Partial<Grants> {
  // What is captured is not known yet
  if (url.includes("{{")) return {};
  const settings = settingsOf(url);
  if (settings.kind === "sqlite") {
    if (settings.path === ":memory:") return {};
    // What SQLite writes beside its file, such as its log
    const files = ["", "-wal", "-shm", "-journal"].map((suffix) => settings.path + suffix);
    return settings.mode === "ro" ? { read: files } : { read: files, write: files };
  }
  const { tls: { rootCertificate, certificate, key }, host, port, socket } = settings;
  const read = [rootCertificate, certificate, key].filter((file) => file !== undefined && file !== "system");
  return {
    ...(socket === undefined ? { net: netOf(host, port) } : {}),
    ...(read.length === 0 ? {} : { read: read as string[] }),
  };
}

function partOf(url: string): Part[] {
  return url.includes("{{") ? ["postgres", "mysql", "sqlite"] : [settingsOf(url).kind];
}

/** What the probe gets. */
export type SqlSettings = SettingsOf<typeof keys, typeof expect>;

/** The check type `sql`. */
export const sql = defineCheckType({
  name: "sql",
  doc: "Runs a query on PostgreSQL, MySQL or SQLite and looks at the rows",
  keys,
  expect,
  needs,
  secrets: ({ url }) => url.includes("{{") ? [] : passwordsOf(url),
  parts: ({ url, expect = {} }) => [
    ...partOf(url),
    ...(expect.json?.some((text) => text.includes("matches")) ? ["regex"] satisfies Part[] : []),
  ],
  probe: async (parts) => await (await import("./probe.ts")).loadProbe(parts),
});
