/** How connections to MariaDB are made, lost and made again. */
import assert from "node:assert/strict";
import { makeAuthority } from "./support/certificates.ts";
import type { DatabaseServer } from "./support/database_server.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { mariadbTest, mysqlUrl } from "./support/mariadb.ts";
import { PASSWORD } from "./support/postgres.ts";

const connect = (url: string, then: string) => `local c = db.connect(${JSON.stringify(url)}) ${then}`;

async function isEncrypted(url: string): Promise<boolean> {
  const [cipher] = await runLua(connect(url, `return db.query(c, "SHOW STATUS LIKE 'Ssl_cipher'")[1].Value`));
  return cipher !== "";
}

await mariadbTest("connections to MariaDB", async (t, server) => {
  await t.step("TLS is used where the server has it, and not where it is disabled", async () => {
    assert.equal(await isEncrypted(mysqlUrl(server)), true);
    assert.equal(await isEncrypted(mysqlUrl(server, "ssl-mode=DISABLED")), false);
    assert.equal(await isEncrypted(mysqlUrl(server, "sslmode=require")), true);
  });

  await t.step("verify-ca and verify-full accept the right certificate", async () => {
    const ca = `ssl-ca=${server.authority.file}`;
    assert.equal(await isEncrypted(mysqlUrl(server, `ssl-mode=VERIFY_CA&${ca}`)), true);
    assert.equal(await isEncrypted(mysqlUrl(server, `ssl-mode=VERIFY_IDENTITY&${ca}`, "localhost")), true);
  });

  await t.step("a certificate of another CA is refused", async () => {
    const folder = await Deno.makeTempDir();
    const { file } = await makeAuthority(folder);
    for (const mode of ["verify-ca", "verify-full"]) {
      const url = mysqlUrl(server, `sslmode=${mode}&sslrootcert=${file}`, "localhost");
      const message = await luaError(connect(url, ""));
      assert.match(message, /db\.connect: cannot connect to MySQL at localhost:\d+: .*certificate/i);
    }
    await Deno.remove(folder, { recursive: true });
  });

  await t.step("a client's certificate is shown to the server", async () => {
    const { cert, key } = await server.clientCertificate();
    await runLua(connect(
      mysqlUrl(server),
      `db.execute(c, "CREATE USER certified@'%' IDENTIFIED BY 'x' REQUIRE X509")`,
    ));
    const url = `mysql://certified:x@127.0.0.1:${server.port}/?sslmode=require`;
    assert.match(await luaError(connect(url, "")), /Access denied/);
    assert.equal(await isEncrypted(`${url}&sslcert=${cert}&sslkey=${key}`), true);
  });

  await t.step("a Unix socket", async () => {
    const url = `mysql://assay:${encodeURIComponent(PASSWORD)}@localhost/assay_test`;
    for (const query of [`host=${server.folder}/mysql.sock`, `socket=${server.folder}/mysql.sock`]) {
      const [one] = await runLua(connect(`${url}?${query}`, "return db.query(c, 'SELECT 1 AS x')[1].x"));
      assert.equal(one, 1);
    }
  });

  await t.step("a wrong password is told without showing it", async () => {
    const url = mysqlUrl(server).replace(encodeURIComponent(PASSWORD), "hunter2");
    const message = await luaError(connect(url, ""));
    assert.match(message, /Access denied for user 'assay'@.* \(SQLSTATE 28000, error 1045\)/);
    assert.ok(!message.includes("hunter2"));
  });

  await t.step("a database that is not there is told", async () => {
    const message = await luaError(connect(mysqlUrl(server).replace("/assay_test", "/none"), ""));
    assert.match(message, /Unknown database 'none' \(SQLSTATE 42000, error 1049\)/);
  });

  await t.step("a port where nothing listens is told", async () => {
    const message = await luaError(connect("mysql://u:hunter2@127.0.0.1:1/x", ""));
    assert.match(message, /cannot connect to MySQL at 127\.0\.0\.1:1: connection refused/);
  });

  await t.step("a lost connection is one error, and the next call connects again", () => lost(server));

  await t.step(
    "a certificate for another host is refused by verify-full, and taken by verify-ca",
    async () => {
      await renamed(server);
      const ca = `sslrootcert=${server.authority.file}`;
      assert.equal(await isEncrypted(mysqlUrl(server, `sslmode=verify-ca&${ca}`, "localhost")), true);
      const message = await luaError(connect(mysqlUrl(server, `sslmode=verify-full&${ca}`, "localhost"), ""));
      assert.match(message, /cannot connect to MySQL at localhost:\d+: .*certificate/i);
    },
  );

  await t.step("verify-full refuses an address, which the driver would not compare", async () => {
    const url = mysqlUrl(server, `sslmode=verify-full&sslrootcert=${server.authority.file}`);
    assert.match(await luaError(connect(url, "")), /sslmode=verify-full needs the name of the host/);
  });
});

await mariadbTest("MariaDB without TLS", async (_t, server) => {
  assert.equal(await isEncrypted(mysqlUrl(server)), false);
  const message = await luaError(connect(mysqlUrl(server, "sslmode=require"), ""));
  assert.match(message, /the server has no TLS: use sslmode=disable/);
}, { tls: false });

Deno.test("a MySQL server that says nothing is given up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const url = `mysql://u@127.0.0.1:${listener.addr.port}/x?connect_timeout=0.1`;
  assert.match(await luaError(connect(url, "")), /: no connection within 0\.1 s/);
  (await accepted).close();
  listener.close();
});

/** Starts the server with a certificate for another name. */
async function renamed(server: DatabaseServer): Promise<void> {
  await server.rename("DNS:db.example");
  await server.kill();
  await server.start();
}

async function lost(server: DatabaseServer): Promise<void> {
  const { session } = await testSession();
  const run = (code: string) => session.run(code, "test.lua");
  await run(`c = db.connect(${JSON.stringify(mysqlUrl(server))})`);
  const answer = run(`return pcall(db.query, c, "SELECT SLEEP(60)")`);
  await runLua(connect(
    mysqlUrl(server),
    `while #db.query(c, "SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep'") == 0 do end`,
  ));
  await server.kill();
  const [ok, problem] = await answer;
  assert.equal(ok, false);
  assert.match(
    String(problem),
    /db\.query: the connection to the database was lost: .*; the next call connects again/,
  );
  const [, refused] = await run(`return pcall(db.query, c, "SELECT 1 AS x")`);
  assert.match(String(refused), /db\.query: cannot connect to MySQL at .*: connection refused/);
  await server.start();
  assert.deepEqual(await run(`return db.query(c, "SELECT 1 AS x")[1].x`), [1]);
  // Where the server ends it while nobody uses it, nobody notices
  await run(`
    local id = db.query(c, "SELECT CONNECTION_ID() AS id")[1].id
    other = db.connect(${JSON.stringify(mysqlUrl(server))})
    db.execute(other, "KILL " .. id)
    while #db.query(other, "SELECT 1 FROM information_schema.processlist WHERE id = ?", { id }) > 0 do end`);
  const [first, second] = await run(
    `local _ = pcall(db.query, c, "SELECT 1") return pcall(function() return db.query(c, "SELECT 2 AS x")[1].x end)`,
  );
  assert.deepEqual([first, second], [true, 2]);
}
