/** sql checks, on real servers and files. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { CheckResult } from "../checks/run/result.ts";
import { Secrets } from "../checks/values/secrets.ts";
import { assay, withFolder } from "./support/assay.ts";
import { errorOf, runFile } from "./support/checks.ts";
import { mariadbTest, mysqlUrl } from "./support/mariadb.ts";
import { postgresTest, postgresUrl } from "./support/postgres.ts";

/** The error of a check, made in a confined worker as users have it. */
async function confined(check: string): Promise<string | undefined> {
  return await withFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/checks.yaml`, `{retries: 0, checks: [{name: it, ${check}}]}`);
    const { stdout } = await assay(["checks.yaml"], { cwd: folder });
    return (JSON.parse(stdout) as { results: CheckResult[] }).results[0]?.error;
  });
}

const memory = (query: string, expect = "") =>
  errorOf(`type: sql, url: 'sqlite::memory:', query: "${query}", expect: {${expect}}`);

Deno.test("rows are counted", async () => {
  const two = "SELECT 1 AS n UNION SELECT 2";
  assert.equal(await memory(two), undefined);
  assert.equal(await memory(two, "rows: 2, min_rows: 1, max_rows: 2"), undefined);
  assert.equal(await memory(two, "rows: 1"), "expected 1 rows, got 2");
  assert.equal(await memory(two, "min_rows: 3"), "expected at least 3 rows, got 2");
  assert.equal(await memory(two, "max_rows: 1"), "expected at most 1 rows, got 2");
});

Deno.test("values are compared by what they mean", async () => {
  assert.equal(
    await memory("SELECT 9007199254740993 AS n", "json: ['.[0].n == 9007199254740993']"),
    undefined,
  );
  assert.equal(await memory("SELECT 'a' AS t", "value: a"), undefined);
  assert.equal(await memory("SELECT NULL AS t", "value: null"), undefined);
  assert.equal(await memory("SELECT 1 AS t", "value: true"), undefined);
  assert.equal(await memory("SELECT 5 AS n", "value: 6"), "expected 6, got 5");
  assert.equal(await memory("SELECT NULL AS n", "value: 6"), "expected 6, got NULL");
  assert.equal(await memory("SELECT 1 AS a, 'x' AS b", "row: {a: 1, b: x}"), undefined);
  assert.equal(await memory("SELECT 1 AS a, 'x' AS b", "row: {b: z}"), 'expected b "z", got "x"');
  assert.match(await memory("SELECT 1 AS a, 2 AS b", "value: 1") ?? "", /needs a query of one column/);
  assert.equal(await memory("SELECT 1 WHERE 0", "value: 1"), "the query gave no rows");
  assert.equal(
    await memory("SELECT 7 AS lag", "json: ['.[0].lag < 5']"),
    "JSON expression failed: .[0].lag < 5 (actual value: 7)",
  );
});

Deno.test("parameters take the place of their marks", async () => {
  const check =
    "type: sql, url: 'sqlite::memory:', query: 'SELECT ? AS a, ? AS b, ? AS c', parameters: [x, 5, 1.5]";
  assert.equal(await errorOf(`${check}, expect: {row: {a: x, b: 5, c: 1.5}}`), undefined);
});

Deno.test("errors of the database are told", async () => {
  assert.match(await memory("SELEC 1") ?? "", /near "SELEC": syntax error/);
  assert.match(
    await errorOf("type: sql, url: 'sqlite:///nowhere/x.db', query: 'SELECT 1'") ?? "",
    /^cannot open "\/nowhere\/x.db": there is no such file/,
  );
  await assert.rejects(
    () => errorOf("type: sql, url: 'oracle://x', query: 'SELECT 1'"),
    /'url': unsupported scheme "oracle": use postgres/,
  );
});

Deno.test("a SQLite file is read in the confined worker, and no other", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/data.db`;
    using database = new DatabaseSync(path);
    database.exec("CREATE TABLE t (n); INSERT INTO t VALUES (3)");
    const check = (query: string) =>
      confined(`type: sql, url: 'sqlite://${path}?mode=ro', query: "${query}", expect: {value: 3}`);
    assert.equal(await check("SELECT n FROM t"), undefined);
    assert.ok(await check(`ATTACH '${folder}/other.db' AS o`) !== undefined);
    assert.equal(await Deno.stat(`${folder}/other.db`).then(() => true, () => false), false);
  });
});

await postgresTest("sql checks on PostgreSQL", async (t, server) => {
  const check = (query: string, rest = "", url = postgresUrl(server)) =>
    `type: sql, url: '${url}', query: "${query}", ${rest}`;
  await t.step("values of all kinds", async () => {
    const query = "SELECT 1 AS i, 1.50::numeric AS d, true AS b, 'x' AS t, NULL AS z";
    assert.equal(
      await errorOf(check(query, "expect: {row: {i: 1, d: 1.5, b: true, t: x, z: null}}")),
      undefined,
    );
  });
  await t.step("in the confined worker", async () => {
    assert.equal(
      await confined(check("SELECT count(*) FROM pg_database", "expect: {min_rows: 1}")),
      undefined,
    );
  });
  await t.step("a query that takes too long is given up, and ends on the server", async () => {
    const error = await errorOf(check("SELECT pg_sleep(60)", "timeout: 300ms"));
    assert.equal(error, "timed out after 0.3s: the query did not end");
    const running =
      "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'";
    const gone = await runFile(
      `{retries: 50, backoff: {initial: 100ms, factor: 1}, checks: [{name: a, ${
        check(running, "expect: {value: 0}")
      }}]}`,
    );
    assert.equal(gone.report.results[0]?.error, undefined);
  });
  await t.step("a wrong password is told and not shown", async () => {
    const secrets = new Secrets();
    const url = postgresUrl(server).replace(/:[^:@]*@/, ":wrong-secret@");
    const { report } = await runFile(
      `{retries: 0, checks: [{name: a, ${check("SELECT 'wrong-secret'", "", url)}}]}`,
      {
        secrets,
      },
    );
    assert.match(report.results[0]?.error ?? "", /password authentication failed/);
    assert.doesNotMatch(JSON.stringify(report), /wrong-secret/);
  });
});

await mariadbTest("sql checks on MariaDB", async (t, server) => {
  const check = (query: string, rest = "") =>
    `type: sql, url: '${mysqlUrl(server)}', query: "${query}", ${rest}`;
  await t.step("values of all kinds", async () => {
    const query = "SELECT 1 AS i, 1.50 AS d, true AS b, 'x' AS t, NULL AS z";
    assert.equal(
      await errorOf(check(query, "expect: {row: {i: 1, d: 1.5, b: true, t: x, z: null}}")),
      undefined,
    );
  });
  await t.step("in the confined worker", async () => {
    assert.equal(await confined(check("SELECT 5 AS n", "expect: {value: 5}")), undefined);
  });
  await t.step("a query that takes too long is given up", async () => {
    assert.equal(
      await errorOf(check("SELECT SLEEP(60)", "timeout: 300ms")),
      "timed out after 0.3s: the query did not end",
    );
  });
});
