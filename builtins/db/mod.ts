import { bindFunction, defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import {
  any,
  boolean,
  func,
  instance,
  number,
  optional,
  options,
  string,
  table,
} from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { connect, importDrivers } from "./connect.ts";
import { iterate } from "./each.ts";
import { named } from "./failure.ts";
import { Connection, Handle } from "./handle.ts";
import { ISOLATION_LEVELS, type IsolationLevel, type Statement } from "./link.ts";
import { readParameters, utf8 } from "./parameters.ts";
import { completeTransaction } from "./transaction.ts";

const METATABLE = Symbol("db connection");

const connection = instance("conn", "db connection", Handle);
const sqlText = string("sql");
const parameters = optional(table("params", "[any]"));

const ARGUMENTS = [
  "first argument must be a db connection",
  "second argument must be a SQL string",
  "third argument must be a table of parameters",
];
const argumentMessage = (index: number, name: string) => ARGUMENTS[index] && `${name}: ${ARGUMENTS[index]}`;

export default defineGlobal({
  name: "db",
  doc: "SQL databases: PostgreSQL, MySQL and MariaDB, SQLite",
  preload: importDrivers,
  functions: {
    connect: fn({
      params: [
        string("url"),
        options("opts", {
          max_connections: number,
          connect_timeout: number,
          acquire_timeout: number,
          statement_timeout: number,
          busy_timeout: number,
          max_result: number,
          prepare: boolean,
        }),
      ],
      returns: "conn",
      doc:
        "Connect to a database: postgres://user:password@host/db, mysql://user:password@host/db or sqlite:///file.db",
      permission: "net",
      run: (host, url, opts) =>
        named("db.connect", async () => {
          const made = await connect(host, url, opts);
          made.metatable = connectionMetatable(host);
          return made;
        }),
    }),
    query: fn({
      params: [connection, sqlText, parameters],
      returns: "[row]",
      doc: "Run a statement and give its rows: tables with the columns' names as keys",
      permission: "net",
      // Any statement can be run: the name says what it is for, not what it can do
      effect: "write",
      argumentMessage,
      run: (host, conn, sql, params) =>
        named("db.query", async () => {
          const { rows } = await conn.run(statementOf("db.query", sql, params));
          return newList(host, rows);
        }),
    }),
    execute: fn({
      params: [connection, sqlText, parameters],
      returns: "integer",
      doc: "Run a statement, or several without parameters, and give the number of affected rows",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (_host, conn, sql, params) =>
        named("db.execute", async () => (await conn.run(statementOf("db.execute", sql, params))).affected),
    }),
    each: fn({
      params: [connection, sqlText, parameters],
      returns: "iterator",
      doc: "Read rows as a for loop goes on, however many they are; leaving the loop ends the statement",
      permission: "net",
      effect: "write",
      argumentMessage,
      run: (host, conn, sql, params) =>
        named("db.each", async () => iterate(host, await conn.stream(statementOf("db.each", sql, params)))),
    }),
    transaction: fn({
      params: [
        connection,
        func("fn", "function(tx)"),
        options("opts", { isolation: string, read_only: boolean }),
      ],
      returns: "any...",
      doc:
        "Call a function with a transaction: committed when it returns, rolled back when it raises an error",
      permission: "net",
      effect: "write",
      argumentMessage: (index, name) =>
        index === 0
          ? `${name}: first argument must be a db connection`
          : index === 1
          ? `${name}: second argument must be a function`
          : undefined,
      run: (_host, conn, _fn, { isolation, read_only: readOnly }) =>
        named("db.transaction", () => conn.begin({ isolation: isolationOf(isolation), readOnly })),
    }),
    close: fn({
      params: [instance("conn", "db connection", Connection)],
      returns: "nil",
      doc: "Wait until nobody uses the connection and close it",
      permission: "net",
      argumentMessage,
      run: (_host, conn) => named("db.close", () => conn.close()),
    }),
  },
  extend: completeTransaction,
});

function statementOf(functionName: string, sql: string, params: LuaTable | undefined): Statement {
  return { sql: utf8(sql, "the SQL"), parameters: readParameters(functionName, params) };
}

function isolationOf(text: string | undefined): IsolationLevel | undefined {
  if (text === undefined) return undefined;
  const level = ISOLATION_LEVELS.find((known) => known === text.toLowerCase());
  if (level !== undefined) return level;
  throw new ScriptError(
    `db.transaction: isolation must be one of ${ISOLATION_LEVELS.map((known) => `"${known}"`).join(", ")}: ` +
      `current value is "${toText(text)}"`,
  );
}

/** `local conn <close> = db.connect(…)` closes it at the end of the block. */
function connectionMetatable(host: Host): LuaTable {
  return host.metatable(METATABLE, () => {
    const close = fn({
      params: [any("conn")],
      returns: "nil",
      doc: "Close the connection",
      run: (_host, conn) => conn instanceof Connection ? conn.close() : undefined,
    });
    return host.vm.newRecord({
      __name: "db connection",
      __close: bindFunction(host, "db connection:__close", close),
      __metatable: false,
    });
  });
}
