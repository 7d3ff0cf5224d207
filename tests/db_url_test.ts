/** How URLs of databases are read. */
import assert from "node:assert/strict";
import { parseDatabaseUrl } from "../builtins/db/url.ts";
import { readSettings } from "../builtins/db/settings.ts";
import { FixedEnvironment } from "../runtime/environment.ts";

const NOTHING = new FixedEnvironment({});

Deno.test("credentials are percent-decoded", () => {
  const url = parseDatabaseUrl("postgres://us%40er:p%40ss%2Fw%3Frd%231@db.example:5433/my%20db");
  assert.equal(url.user, "us@er");
  assert.equal(url.password, "p@ss/w?rd#1");
  assert.equal(url.host, "db.example");
  assert.equal(url.port, 5433);
  assert.equal(url.name, "my db");
});

Deno.test("a password with @ / ? # as they are is understood", () => {
  for (
    const password of [
      "p@ss",
      "p/ss",
      "p?ss",
      "p#ss",
      "@/?#:",
      "100%",
      "p@ss/w?rd#1",
      "p@ss/word",
      "p@ss?word",
    ]
  ) {
    const url = parseDatabaseUrl(`mysql://user:${password}@host:3306/name?ssl-mode=disabled`);
    assert.equal(url.password, password);
    assert.equal(url.host, "host");
    assert.equal(url.name, "name");
    assert.equal(url.query.get("ssl-mode"), "disabled");
  }
});

Deno.test("an @ in the query is no password's", () => {
  const url = parseDatabaseUrl("postgres://user:secret@host/name?application_name=me@home");
  assert.equal(url.password, "secret");
  assert.equal(url.query.get("application_name"), "me@home");
});

Deno.test("hosts may be IPv6 addresses or folders of sockets", () => {
  assert.equal(parseDatabaseUrl("postgres://[::1]:5433/x").host, "::1");
  assert.equal(parseDatabaseUrl("postgres://u@%2Frun%2Fpg/x").host, "/run/pg");
});

Deno.test("SQLite's URLs name files", () => {
  const path = (url: string) => parseDatabaseUrl(url).name;
  assert.equal(path("sqlite:///abs/a.db"), "/abs/a.db");
  assert.equal(path("sqlite://rel/a.db?mode=rwc"), "rel/a.db");
  assert.equal(path("sqlite:a%20b.db"), "a b.db");
  assert.equal(path("sqlite::memory:"), ":memory:");
  assert.equal(path("sqlite://:memory:"), ":memory:");
});

Deno.test("no message shows a part of a URL that cannot be read", () => {
  for (
    const url of [
      "postgres://user:hunter2@ho st/x",
      "oracle://user:hunter2@host/x",
      "user:hunter2@host",
      "postgres:user:hunter2@host",
      "mysql://user:hunter2@host:99999/x",
    ]
  ) {
    assert.throws(() => parseDatabaseUrl(url), (error: Error) => !error.message.includes("hunter2"));
  }
});

Deno.test("options of the call win over those of the URL", () => {
  const { settings } = readSettings("postgres://h/x?max_connections=2", { max_connections: 3 }, NOTHING);
  assert.equal(settings.maxConnections, 3);
});

Deno.test("what the URL leaves open comes from libpq's variables, for PostgreSQL only", () => {
  const environment = new FixedEnvironment({
    PGUSER: "ops",
    PGPASSWORD: "s",
    PGHOST: "pg",
    PGSSLMODE: "require",
  });
  const postgres = readSettings("postgres:///x", {}, environment).settings;
  assert.ok(postgres.kind === "postgres");
  assert.deepEqual([postgres.user, postgres.password, postgres.host], ["ops", "s", "pg"]);
  assert.equal(postgres.tls.mode, "require");
  const mysql = readSettings("mysql:///x", {}, environment).settings;
  assert.ok(mysql.kind === "mysql");
  assert.deepEqual([mysql.user, mysql.password, mysql.host], ["root", "", "localhost"]);
});

Deno.test("parameters that nobody knows are told", () => {
  const { notices } = readSettings("postgres://h/x?schema=public&sslmode=disable", {}, NOTHING);
  assert.deepEqual(notices, ["the URL's parameter 'schema' is ignored: it is not known"]);
});

Deno.test("a sslmode with a CA verifies, as in libpq", () => {
  const mode = (query: string) => {
    const { settings } = readSettings(`postgres://h/x?${query}`, {}, NOTHING);
    return settings.kind === "sqlite" ? undefined : settings.tls.mode;
  };
  assert.equal(mode("sslmode=require"), "require");
  assert.equal(mode("sslmode=require&sslrootcert=ca.pem"), "verify-ca");
  assert.equal(mode("ssl-mode=VERIFY_IDENTITY"), "verify-full");
  assert.equal(mode(""), "prefer");
  assert.equal(mode("host=/run/postgresql"), "disable");
});

Deno.test("settings that make no sense are refused", () => {
  const refuse = (url: string, message: RegExp) =>
    assert.throws(() => readSettings(url, {}, NOTHING), message);
  refuse("postgres://h/x?sslmode=maybe", /'sslmode' must be disable, prefer, .*: current value is "maybe"/);
  refuse(
    "postgres://h/x?connect_timeout=soon",
    /'connect_timeout' must be a number: current value is "soon"/,
  );
  refuse("postgres://h/x?connect_timeout=-1", /must be seconds above 0/);
  refuse("postgres://h/x?max_connections=0", /must be a whole number from 1 to 1000/);
  refuse("postgres://h/x?prepare=maybe", /'prepare' must be true or false/);
  refuse("sqlite://x.db?mode=create", /'mode' must be "ro", "rw", "rwc" or "memory"/);
  refuse("sqlite://", /names no file/);
});
