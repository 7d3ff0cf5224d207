/** MariaDB for tests. */
import { type DatabaseServer, findProgram, type ServerKind, withServer } from "./database_server.ts";
import { PASSWORD } from "./postgres.ts";

const VARIABLE = "ASSAY_TEST_MYSQL_URL";
const FOLDERS = ["/usr/sbin", "/usr/bin", "/usr/local/sbin"];

interface MariadbOptions {
  /** @default true */
  tls?: boolean;
}

/** A server with TLS, a user `assay` with {@link PASSWORD}, and an empty database `assay_test`. */
function kindOf(mariadbd: string, install: string, { tls = true }: MariadbOptions = {}): ServerKind {
  return {
    name: "MariaDB",
    account: "mysql",
    async prepare({ folder }, run) {
      await run(
        install,
        ...["--no-defaults", `--datadir=${folder}/data`, "--skip-test-db", "--skip-name-resolve"],
        "--auth-root-authentication-method=normal",
      );
      await Deno.writeTextFile(
        `${folder}/setup.sql`,
        `CREATE DATABASE IF NOT EXISTS assay_test CHARACTER SET utf8mb4;
         CREATE USER IF NOT EXISTS assay@'%' IDENTIFIED BY '${PASSWORD}';
         GRANT ALL ON *.* TO assay@'%';
         DROP USER IF EXISTS ''@'localhost';\n`,
      );
      await Deno.chmod(`${folder}/setup.sql`, 0o644);
    },
    command: ({ folder, port, cert, key, ca }) => [
      mariadbd,
      ...[
        "--no-defaults",
        `--datadir=${folder}/data`,
        `--port=${port}`,
        "--bind-address=127.0.0.1",
      ],
      ...[`--socket=${folder}/mysql.sock`, `--pid-file=${folder}/pid`, `--init-file=${folder}/setup.sql`],
      ...(tls ? [`--ssl-cert=${cert}`, `--ssl-key=${key}`, `--ssl-ca=${ca}`] : []),
      ...["--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve", "--skip-log-bin"],
    ],
    crash: "SIGKILL",
    ready: /ready for connections/,
  };
}

/** The URL of a server's database. @param query Behind the `?` */
export function mysqlUrl({ port }: Pick<DatabaseServer, "port">, query = "", host = "127.0.0.1"): string {
  return `mysql://assay:${encodeURIComponent(PASSWORD)}@${host}:${port}/assay_test${query && `?${query}`}`;
}

/** A server of the test's own, to be killed at will; says so where there is none. */
export async function mariadbTest(
  name: string,
  body: (t: Deno.TestContext, server: DatabaseServer) => Promise<void>,
  options: MariadbOptions = {},
): Promise<void> {
  const kind = await installed(options);
  if (kind === undefined) skip(name, "install the Debian package mariadb-server");
  else Deno.test(name, (t) => withServer(kind, (server) => body(t, server)));
}

/** A test that needs no more than the URL of an empty database. */
export async function mariadbUrlTest(
  name: string,
  body: (t: Deno.TestContext, url: string) => Promise<void>,
): Promise<void> {
  const url = Deno.env.get(VARIABLE);
  const kind = await installed();
  if (url !== undefined) Deno.test(name, (t) => body(t, url));
  else if (kind === undefined) skip(name, `set ${VARIABLE} or install the Debian package mariadb-server`);
  else Deno.test(name, (t) => withServer(kind, (server) => body(t, mysqlUrl(server))));
}

/** Runs `body` beside a server of its own. @returns Whether there is one to run */
export async function withMariadb(body: (server: DatabaseServer) => Promise<void>): Promise<boolean> {
  const kind = await installed();
  if (kind !== undefined) await withServer(kind, body);
  return kind !== undefined;
}

async function installed(options: MariadbOptions = {}): Promise<ServerKind | undefined> {
  const mariadbd = await findProgram("mariadbd", FOLDERS);
  const install = await findProgram("mariadb-install-db", FOLDERS);
  return mariadbd === undefined || install === undefined ? undefined : kindOf(mariadbd, install, options);
}

function skip(name: string, advice: string): void {
  console.warn(`skipped: no MariaDB (${advice})`);
  Deno.test({ name: `${name} (skipped: no MariaDB: ${advice})`, ignore: true, fn() {} });
}
