/** `db.connect`: a pool for what a URL names. */
import type { Host } from "../../runtime/seam/host.ts";
import { DatabaseFailure } from "./failure.ts";
import { Connection } from "./handle.ts";
import type { Link } from "./link.ts";
import { utf8 } from "./parameters.ts";
import { Pool } from "./pool.ts";
import { type ConnectOptions, readSettings, type Settings } from "./settings.ts";

/**
 * Connects: the first link is made at once, so that a wrong address or password is noticed here.
 *
 * @param url Bytes
 * @throws {DatabaseFailure}
 */
export async function connect(host: Host, url: string, options: ConnectOptions): Promise<Connection> {
  const { settings, notices } = readSettings(utf8(url, "the URL"), options, host.environment);
  for (const notice of notices) host.log.warn(`db.connect: ${notice}`);
  const pool = new Pool(await opener(host, settings), settings);
  pool.release(await pool.acquire());
  return new Connection(pool);
}

/** Imports the one database that is used. */
async function opener(host: Host, settings: Settings): Promise<() => Promise<Link>> {
  switch (settings.kind) {
    case "postgres": {
      const { openPostgres } = await import("./postgres/link.ts");
      return () => openPostgres(host, settings as typeof settings & { kind: "postgres" });
    }
    case "mysql": {
      const { openMysql } = await import("./mysql/link.ts");
      return () => openMysql(host, settings as typeof settings & { kind: "mysql" });
    }
    case "sqlite": {
      const { openSqlite } = await import("./sqlite/link.ts");
      return () => openSqlite(host, settings);
    }
    default:
      throw new DatabaseFailure("there is no such database");
  }
}

/** Imports all databases: which one is used is known only when the URL is. */
export async function importDrivers(): Promise<void> {
  await Promise.all([
    import("./postgres/link.ts"),
    import("postgres"),
    import("./mysql/link.ts"),
    import("mysql2"),
    import("./sqlite/link.ts"),
    import("node:sqlite"),
  ]);
}
