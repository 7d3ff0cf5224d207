/** How connections to PostgreSQL are made, lost and made again. */
import assert from "node:assert/strict";
import { assay } from "./support/assay.ts";
import type { DatabaseServer } from "./support/database_server.ts";
import { makeAuthority } from "./support/certificates.ts";
import { luaError, runLua, testSession } from "./support/lua.ts";
import { PASSWORD, postgresTest, postgresUrl } from "./support/postgres.ts";

const connect = (url: string, then: string) => `local c = db.connect(${JSON.stringify(url)}) ${then}`;
const IS_ENCRYPTED = "return db.query(c, 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()')[1].ssl";

async function isEncrypted(url: string): Promise<unknown> {
  return (await runLua(connect(url, IS_ENCRYPTED)))[0];
}

await postgresTest("connections to PostgreSQL", async (t, server) => {
  await t.step("TLS is used where the server has it, and not where it is disabled", async () => {
    assert.equal(await isEncrypted(postgresUrl(server)), true);
    assert.equal(await isEncrypted(postgresUrl(server, "sslmode=disable")), false);
    assert.equal(await isEncrypted(postgresUrl(server, "sslmode=require")), true);
  });

  await t.step("verify-ca and verify-full accept the right certificate", async () => {
    const ca = `sslrootcert=${server.authority.file}`;
    assert.equal(await isEncrypted(postgresUrl(server, `sslmode=verify-ca&${ca}`)), true);
    assert.equal(await isEncrypted(postgresUrl(server, `sslmode=verify-full&${ca}`, "localhost")), true);
    assert.equal(await isEncrypted(postgresUrl(server, `sslmode=verify-full&${ca}`)), true);
  });

  await t.step("a certificate of another CA is refused", async () => {
    const folder = await Deno.makeTempDir();
    const { file } = await makeAuthority(folder);
    for (const mode of ["verify-ca", "verify-full"]) {
      const url = postgresUrl(server, `sslmode=${mode}&sslrootcert=${file}`);
      const message = await luaError(connect(url, ""));
      assert.match(message, /db\.connect: cannot connect to PostgreSQL at 127\.0\.0\.1:\d+: .*certificate/i);
    }
    await Deno.remove(folder, { recursive: true });
  });

  await t.step("a client's certificate is shown to the server", async () => {
    const { cert, key } = await server.clientCertificate();
    await runLua(connect(
      postgresUrl(server),
      `db.execute(c, "CREATE ROLE certified LOGIN PASSWORD 'x'")
       local file = db.query(c, "SHOW hba_file")[1].hba_file
       fs.write(file, "hostssl all certified 127.0.0.1/32 scram-sha-256 clientcert=verify-ca\\n" .. fs.read(file))
       db.query(c, "SELECT pg_reload_conf()")`,
    ));
    const url = `postgres://certified:x@127.0.0.1:${server.port}/postgres?sslmode=require`;
    // The server reads its files anew a moment later
    while (await runLua(connect(url, "")).then(() => true, () => false));
    assert.match(await luaError(connect(url, "")), /certificate/);
    assert.equal(await isEncrypted(`${url}&sslcert=${cert}&sslkey=${key}`), true);
    assert.match(await luaError(connect(`${url}&sslcert=${cert}`, "")), /'sslcert' and 'sslkey' are needed/);
  });

  await t.step("a CA that cannot be read is an error", async () => {
    const message = await luaError(
      connect(postgresUrl(server, "sslmode=verify-ca&sslrootcert=/none.pem"), ""),
    );
    assert.match(message, /cannot read sslrootcert "\/none\.pem": No such file or directory/);
  });

  await t.step("a Unix socket, named by host=, or by the host itself", async () => {
    const { folder, port } = server;
    const user = `assay:${encodeURIComponent(PASSWORD)}`;
    for (
      const url of [
        `postgres://${user}@localhost:${port}/postgres?host=${folder}`,
        `postgres://${user}@${encodeURIComponent(folder)}:${port}/postgres`,
      ]
    ) {
      const [address] = await runLua(
        connect(url, "return db.query(c, 'SELECT inet_server_addr() AS a')[1].a"),
      );
      assert.equal(address, undefined);
    }
  });

  await t.step("a password is understood as it is, too", async () => {
    const url = postgresUrl(server).replace(encodeURIComponent(PASSWORD), PASSWORD);
    assert.equal(await isEncrypted(url), true);
  });

  await t.step("a wrong password is told without showing it", async () => {
    const url = postgresUrl(server).replace(encodeURIComponent(PASSWORD), "hunter2");
    const message = await luaError(connect(url, ""));
    assert.match(message, /FATAL: password authentication failed for user "assay" \(SQLSTATE 28P01\)/);
    assert.ok(!message.includes("hunter2"));
  });

  await t.step("a database that is not there is told", async () => {
    const message = await luaError(connect(postgresUrl(server).replace("/postgres", "/none"), ""));
    assert.match(message, /database "none" does not exist \(SQLSTATE 3D000\)/);
  });

  await t.step("a port where nothing listens is told", async () => {
    const message = await luaError(connect("postgres://u:hunter2@127.0.0.1:1/x", ""));
    assert.match(message, /cannot connect to PostgreSQL at 127\.0\.0\.1:1: connection refused/);
    assert.ok(!message.includes("hunter2"));
  });

  await t.step("notices are logged, and never on stdout", async () => {
    const script = `local c = db.connect(os.getenv("URL"))
      db.execute(c, "DO $$ BEGIN RAISE NOTICE 'to be seen'; RAISE WARNING 'a warning'; END $$") print("done")`;
    const { status, stdout, stderr } = await assay(["exec", "-e", script], {
      env: { URL: postgresUrl(server), RUST_LOG: "info" },
    });
    assert.deepEqual([status, stdout], [0, "done\n"]);
    assert.match(stderr, /INFO.*db: NOTICE: to be seen/);
    assert.match(stderr, /WARN.*db: WARNING: a warning/);
  });

  await t.step("a session has the name and the options that the URL says", async () => {
    const url = postgresUrl(server, "application_name=night%20job&options=-c%20search_path%3Dpg_catalog");
    const [name, path] = await runLua(
      connect(
        url,
        `return db.query(c, "SHOW application_name")[1].application_name, db.query(c, "SHOW search_path")[1].search_path`,
      ),
    );
    assert.deepEqual([name, path], ["night job", "pg_catalog"]);
  });

  await t.step("a lost connection is one error, and the next call connects again", () => lost(server));
  await t.step("a transaction whose connection is lost is over", () => lostTransaction(server));

  await t.step(
    "a certificate for another host is refused by verify-full, and taken by verify-ca",
    async () => {
      await renamed(server);
      const ca = `sslrootcert=${server.authority.file}`;
      assert.equal(await isEncrypted(postgresUrl(server, `sslmode=verify-ca&${ca}`)), true);
      for (const host of ["127.0.0.1", "localhost"]) {
        const message = await luaError(connect(postgresUrl(server, `sslmode=verify-full&${ca}`, host), ""));
        assert.match(message, /cannot connect to PostgreSQL at .*: .*certificate/i);
      }
    },
  );
});

Deno.test("a PostgreSQL server that says nothing is given up", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const url = `postgres://u@127.0.0.1:${listener.addr.port}/x?connect_timeout=0.1`;
  assert.match(await luaError(connect(url, "")), /: no connection within 0\.1 s/);
  (await accepted).close();
  listener.close();
});

Deno.test("a PostgreSQL server without TLS is refused where TLS is required, and taken where it is preferred", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(8));
      await connection.write(new TextEncoder().encode("N"));
      connection.close();
    }
  };
  const serving = serve();
  const url = (mode: string) => `postgres://u@127.0.0.1:${listener.addr.port}/x?sslmode=${mode}`;
  assert.match(await luaError(connect(url("require"), "")), /the server has no TLS: use sslmode=disable/);
  assert.match(await luaError(connect(url("verify-full"), "")), /the server has no TLS/);
  assert.doesNotMatch(await luaError(connect(url("prefer&connect_timeout=1"), "")), /TLS/);
  listener.close();
  await serving;
});

/** Starts the server with a certificate for another name. */
async function renamed(server: DatabaseServer): Promise<void> {
  await server.rename("DNS:db.example");
  await server.kill();
  await server.start();
}

const LOST = `
  local ok, problem = pcall(db.query, c, "SELECT pg_sleep(60)")
  return ok, problem`;

/** A session with a connection `c`, in which pieces of code run one after the other. */
async function connected(server: DatabaseServer) {
  const { session } = await testSession();
  await session.run(`c = db.connect(${JSON.stringify(postgresUrl(server))})`, "test.lua");
  return (code: string) => session.run(code, "test.lua");
}

/** Waits until a statement sleeps on the server. */
async function sleeping(server: DatabaseServer): Promise<void> {
  await runLua(connect(
    postgresUrl(server),
    `while #db.query(c, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == 0 do end db.close(c)`,
  ));
}

async function lost(server: DatabaseServer): Promise<void> {
  const run = await connected(server);
  const answer = run(LOST);
  await sleeping(server);
  await server.kill();
  const [ok, problem] = await answer;
  assert.equal(ok, false);
  assert.match(
    String(problem),
    /db\.query: the connection to the database was lost: .*; the next call connects again/,
  );
  const [, refused] = await run(`return pcall(db.query, c, "SELECT 1 AS x")`);
  assert.match(String(refused), /db\.query: cannot connect to PostgreSQL at .*: connection refused/);
  await server.start();
  assert.deepEqual(await run(`return db.query(c, "SELECT 1 AS x")[1].x`), [1]);
  // Where the server says why
  const [killed, reason] = await run(`
    local handle = async.spawn(function() return pcall(db.query, c, "SELECT pg_sleep(60)") end)
    while not db.query(c, "SELECT bool_or(pg_terminate_backend(pid)) AS done FROM pg_stat_activity WHERE wait_event = 'PgSleep'")[1].done do end
    return handle:await()`);
  assert.equal(killed, false);
  assert.match(String(reason), /was lost: terminating connection due to administrator command/);
  assert.deepEqual(await run(`return db.query(c, "SELECT 2 AS x")[1].x`), [2]);
}

async function lostTransaction(server: DatabaseServer): Promise<void> {
  const run = await connected(server);
  const [ok, problem] = await run(`
    return pcall(db.transaction, c, function(tx)
      local pid = db.query(tx, "SELECT pg_backend_pid() AS pid")[1].pid
      db.execute(c, "SELECT pg_terminate_backend($1)", { pid })
      pcall(db.query, tx, "SELECT 1")
      db.query(tx, "SELECT 1")
    end)`);
  assert.equal(ok, false);
  assert.match(String(problem), /the transaction is over, as its connection to the database was lost/);
  assert.deepEqual(await run(`return db.query(c, "SELECT 1 AS x")[1].x`), [1]);
}
