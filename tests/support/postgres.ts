/** PostgreSQL for tests: the server that `ASSAY_TEST_POSTGRES_URL` names, or one of their own. */
import { type DatabaseServer, findProgram, type ServerKind, withServer } from "./database_server.ts";

export const PASSWORD = "p@ss/w?rd#1";
const VARIABLE = "ASSAY_TEST_POSTGRES_URL";

/** Where Debian has the server's programs. */
async function folders(): Promise<string[]> {
  const found: string[] = [];
  try {
    for await (const { name } of Deno.readDir("/usr/lib/postgresql")) found.push(name);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return found.sort((a, b) => Number(b) - Number(a)).map((name) => `/usr/lib/postgresql/${name}/bin`);
}

/** A server with TLS, a user `assay` with {@link PASSWORD}, and an empty database. */
function kindOf(postgres: string, initdb: string): ServerKind {
  return {
    name: "PostgreSQL",
    account: "postgres",
    async prepare({ folder }, run) {
      await Deno.writeTextFile(`${folder}/password`, PASSWORD);
      await Deno.chmod(`${folder}/password`, 0o644);
      await run(
        initdb,
        ...["--pgdata", `${folder}/data`, "--username", "assay", "--pwfile", `${folder}/password`],
        ...["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"],
      );
    },
    command: ({ folder, port, cert, key, ca }) => [
      postgres,
      ...["-D", `${folder}/data`, "-p", String(port), "-k", folder, "-h", "127.0.0.1", "-F"],
      ...["-c", "ssl=on", "-c", `ssl_cert_file=${cert}`, "-c", `ssl_key_file=${key}`],
      ...["-c", `ssl_ca_file=${ca}`],
    ],
    // The end of the main process alone would leave the others behind
    crash: "SIGQUIT",
    ready: /ready to accept connections/,
  };
}

/** The URL of a server's database. @param query Behind the `?` */
export function postgresUrl({ port }: Pick<DatabaseServer, "port">, query = "", host = "127.0.0.1"): string {
  return `postgres://assay:${encodeURIComponent(PASSWORD)}@${host}:${port}/postgres${query && `?${query}`}`;
}

/** A server of the test's own, to be killed at will; says so where there is none. */
export async function postgresTest(
  name: string,
  body: (t: Deno.TestContext, server: DatabaseServer) => Promise<void>,
): Promise<void> {
  const kind = await installed();
  if (kind === undefined) skip(name, "install the Debian package postgresql");
  else Deno.test(name, (t) => withServer(kind, (server) => body(t, server)));
}

/** A test that needs no more than the URL of an empty database. */
export async function postgresUrlTest(
  name: string,
  body: (t: Deno.TestContext, url: string) => Promise<void>,
): Promise<void> {
  const url = Deno.env.get(VARIABLE);
  const kind = await installed();
  if (url !== undefined) Deno.test(name, (t) => body(t, url));
  else if (kind === undefined) skip(name, `set ${VARIABLE} or install the Debian package postgresql`);
  else Deno.test(name, (t) => withServer(kind, (server) => body(t, postgresUrl(server))));
}

/** Runs `body` beside a server of its own. @returns Whether there is one to run */
export async function withPostgres(body: (server: DatabaseServer) => Promise<void>): Promise<boolean> {
  const kind = await installed();
  if (kind !== undefined) await withServer(kind, body);
  return kind !== undefined;
}

async function installed(): Promise<ServerKind | undefined> {
  const places = await folders();
  const postgres = await findProgram("postgres", places);
  const initdb = await findProgram("initdb", places);
  return postgres === undefined || initdb === undefined ? undefined : kindOf(postgres, initdb);
}

function skip(name: string, advice: string): void {
  console.warn(`skipped: no PostgreSQL (${advice})`);
  Deno.test({ name: `${name} (skipped: no PostgreSQL: ${advice})`, ignore: true, fn() {} });
}
