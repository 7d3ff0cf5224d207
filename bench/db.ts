/** Rows a second by db.query against the bare drivers, in one process, of the same statement. */
import { DatabaseSync } from "node:sqlite";
import mysql from "mysql2";
import postgres from "postgres";
import { loadEngine } from "../runtime/engines.ts";
import { FixedEnvironment } from "../runtime/environment.ts";
import { createLogger } from "../runtime/log.ts";
import { Session } from "../runtime/session.ts";
import type { DatabaseServer } from "../tests/support/database_server.ts";
import { mysqlUrl, withMariadb } from "../tests/support/mariadb.ts";
import { PASSWORD, postgresUrl, withPostgres } from "../tests/support/postgres.ts";
import { type Measurement, median } from "./measurement.ts";

const ROWS = 50_000;
const WARM_UP = 3;
const ROUNDS = 9;
const TARGET = "≥ 0.6";

/** Runs the statement and gives the number of rows. */
type Run = () => Promise<number>;

/** PostgreSQL: integers, text, floats, booleans and times. */
export async function postgresBench(): Promise<Measurement> {
  const sql = `SELECT i AS id, 'name ' || i AS name, i * 1.5::float8 AS score, i % 2 = 0 AS even,
    timestamp '2024-01-01' + i * interval '1 second' AS at FROM generate_series(1, ${ROWS}) i`;
  return await onServer("PostgreSQL", withPostgres, async (server) => {
    const bare = postgres({
      host: "127.0.0.1",
      port: server.port,
      user: "assay",
      password: PASSWORD,
      database: "postgres",
      max: 1,
    });
    const result = await compare(
      "PostgreSQL",
      postgresUrl(server, "sslmode=disable"),
      sql,
      async () => (await bare.unsafe(sql)).length,
    );
    await bare.end();
    return result;
  });
}

/** MariaDB: integers, text, floats and times. */
export async function mysqlBench(): Promise<Measurement> {
  const sql = `SELECT seq AS id, CONCAT('name ', seq) AS name, seq * 1.5e0 AS score, seq % 2 AS even,
    TIMESTAMP '2024-01-01 00:00:00' + INTERVAL seq SECOND AS at FROM seq_1_to_${ROWS}`;
  return await onServer("MariaDB", withMariadb, async (server) => {
    const bare = mysql.createConnection({
      host: "127.0.0.1",
      port: server.port,
      user: "assay",
      password: PASSWORD,
      database: "assay_test",
    });
    const result = await compare(
      "MariaDB",
      mysqlUrl(server, "sslmode=disable"),
      sql,
      () =>
        new Promise((resolve, reject) =>
          bare.query<mysql.RowDataPacket[]>(
            sql,
            (error, rows) => error ? reject(error) : resolve(rows.length),
          )
        ),
    );
    bare.destroy();
    return result;
  });
}

/** SQLite: integers, text, floats and times. */
export async function sqliteBench(): Promise<Measurement> {
  const sql = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ${ROWS})
    SELECT i AS id, 'name ' || i AS name, i * 1.5 AS score, i % 2 AS even,
    '2024-01-01 00:00:0' || i % 10 AS at FROM n`;
  const bare = new DatabaseSync(":memory:");
  const result = await compare(
    "SQLite",
    "sqlite::memory:",
    sql,
    () => Promise.resolve(bare.prepare(sql).all().length),
  );
  bare.close();
  return result;
}

async function compare(name: string, url: string, sql: string, bare: Run): Promise<Measurement> {
  const host = new Session({
    engine: await loadEngine(),
    log: createLogger({ level: "error", colour: false, now: () => 0, write() {} }),
    output: { write() {}, flush() {} },
    environment: new FixedEnvironment({}),
    memory: Infinity,
  });
  await host.run(`c = db.connect(${JSON.stringify(url)}) db.sql = [==[${sql}]==]`, "bench.lua");
  const query = host.vm.load("return #db.query(c, db.sql)", "bench.lua");
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    const own = await timed(async () => Number((await host.call(query))[0]));
    const base = await timed(bare);
    if (round < WARM_UP) continue;
    ours.push(own);
    theirs.push(base);
  }
  await host.run("db.close(c)", "bench.lua");
  const [own, base] = [median(ours), median(theirs)];
  return {
    name: `db.query of ${ROWS.toLocaleString("en")} rows with 5 columns from ${name} ÷ bare driver, rows/s`,
    ratio: base / own,
    target: TARGET,
    detail: `${rate(own)} rows/s (${own.toFixed(1)} ms) ÷ ${rate(base)} rows/s (${base.toFixed(1)} ms)`,
  };
}

async function timed(run: Run): Promise<number> {
  const start = performance.now();
  const rows = await run();
  const time = performance.now() - start;
  if (rows !== ROWS) throw new Error(`${rows} rows instead of ${ROWS}`);
  return time;
}

function rate(milliseconds: number): string {
  return `${(ROWS / milliseconds).toFixed(0)}k`;
}

/** A figure that cannot be taken is told as such. */
async function onServer(
  name: string,
  withServer: (body: (server: DatabaseServer) => Promise<void>) => Promise<boolean>,
  body: (server: DatabaseServer) => Promise<Measurement>,
): Promise<Measurement> {
  let result: Measurement = {
    name: `db.query from ${name} ÷ bare driver, rows/s`,
    ratio: NaN,
    target: TARGET,
    detail: `skipped: no ${name}`,
  };
  await withServer(async (server) => {
    result = await body(server);
  });
  return result;
}
