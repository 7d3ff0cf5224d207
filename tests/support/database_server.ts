/** Database servers of a test's own, in a temporary folder, that a test can kill and start again. */
import { withFolder } from "./assay.ts";
import { type Authority, makeAuthority } from "./certificates.ts";

/** How long a server may take to start, in milliseconds. */
const START_TIMEOUT = 60_000;

/** A running server. */
export interface DatabaseServer {
  readonly port: number;
  /** The folder of its Unix socket. */
  readonly folder: string;
  /** The CA that has signed its certificate for `localhost` and 127.0.0.1. */
  readonly authority: Authority;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Gives it a certificate for other names, which counts from its next start. */
  rename(names: string): Promise<void>;
  /** Makes a certificate that its CA has signed for a client. @returns the files */
  clientCertificate(): Promise<{ cert: string; key: string }>;
}

/** How a kind of server is set up and started. */
export interface ServerKind {
  readonly name: string;
  /** The account that it runs as where the tests run as root, which servers refuse. */
  readonly account: string;
  /** Makes its files. `run` runs a program as the account. */
  prepare(place: ServerPlace, run: (program: string, ...args: string[]) => Promise<void>): Promise<void>;
  /** The program and its arguments. */
  command(place: ServerPlace): [string, ...string[]];
  /** What ends it at once. */
  readonly crash: Deno.Signal;
  /** What it writes on standard error when it is ready. */
  readonly ready: RegExp;
}

/** Where a server has its files. */
export interface ServerPlace {
  readonly folder: string;
  readonly port: number;
  readonly cert: string;
  readonly key: string;
  /** The certificate of the CA whose clients are known. */
  readonly ca: string;
}

interface Account {
  uid: number;
  gid: number;
}

/** Runs `body` beside a server, which is ended afterwards. */
export async function withServer(
  kind: ServerKind,
  body: (server: DatabaseServer) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const account = await accountOf(kind.account);
    const authority = await makeAuthority(folder);
    const { cert, key } = await authority.issue("DNS:localhost,IP:127.0.0.1", 2);
    const files = { cert: `${folder}/cert.pem`, key: `${folder}/key.pem`, ca: authority.file };
    const place = { folder, port: freePort(), ...files };
    await Deno.writeTextFile(place.cert, cert);
    await Deno.writeTextFile(place.key, key, { mode: 0o600 });
    if (account !== undefined) await giveTo(folder, account);
    await kind.prepare(place, (program, ...args) => run(program, args, folder, account));
    let running = await start(kind, place, account);
    try {
      await body({
        ...place,
        authority,
        kill: () => end(running, kind.crash),
        async start() {
          running = await start(kind, place, account);
        },
        async clientCertificate() {
          const files = { cert: `${folder}/client.pem`, key: `${folder}/client.key` };
          const client = await authority.issue("DNS:client", 2);
          await Deno.writeTextFile(files.cert, client.cert);
          await Deno.writeTextFile(files.key, client.key);
          return files;
        },
        async rename(names) {
          const other = await authority.issue(names, 2);
          await Deno.writeTextFile(place.cert, other.cert);
          await Deno.writeTextFile(place.key, other.key);
        },
      });
    } finally {
      await end(running, kind.crash);
    }
  });
}

/** A program that may stand outside the PATH; undefined where it is not installed. */
export async function findProgram(name: string, folders: readonly string[]): Promise<string | undefined> {
  const path = Deno.env.get("PATH")?.split(":") ?? [];
  for (const folder of [...folders, ...path]) {
    const file = `${folder}/${name}`;
    if (await Deno.stat(file).then(({ isFile }) => isFile, () => false)) return file;
  }
  return undefined;
}

/** Undefined where the tests do not run as root: then servers run as who the tests run as. */
async function accountOf(name: string): Promise<Account | undefined> {
  if (Deno.uid() !== 0) return undefined;
  const passwd = await Deno.readTextFile("/etc/passwd");
  const find = (user: string) => new RegExp(`^${user}:[^:]*:(\\d+):(\\d+):`, "m").exec(passwd);
  const [, uid, gid] = find(name) ?? find("nobody") ?? [];
  if (uid === undefined || gid === undefined) throw new Error(`There is no account '${name}' nor 'nobody'`);
  return { uid: Number(uid), gid: Number(gid) };
}

async function giveTo(folder: string, { uid, gid }: Account): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) await Deno.chown(`${folder}/${name}`, uid, gid);
  await Deno.chown(folder, uid, gid);
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

function command(program: string, args: readonly string[], cwd: string, account: Account | undefined) {
  const env = { LC_ALL: "C.UTF-8", HOME: cwd };
  return new Deno.Command(program, {
    args: [...args],
    cwd,
    env,
    ...account,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  });
}

async function run(program: string, args: readonly string[], cwd: string, account: Account | undefined) {
  const { success, stderr } = await command(program, args, cwd, account).output();
  if (!success) throw new Error(`${program} failed: ${new TextDecoder().decode(stderr)}`);
}

async function start(
  kind: ServerKind,
  place: ServerPlace,
  account: Account | undefined,
): Promise<Deno.ChildProcess> {
  const [program, ...args] = kind.command(place);
  const child = command(program, args, place.folder, account).spawn();
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new Error(`${kind.name} does not start within ${START_TIMEOUT / 1000} s`)),
    START_TIMEOUT,
  );
  follow(child.stderr, kind.ready, resolve).then(
    (text) => reject(new Error(`${kind.name} has ended: ${text}`)),
    reject,
  );
  try {
    await ready;
    return child;
  } catch (error) {
    await end(child, kind.crash);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a stream to its end, as a full pipe would stop the server. @returns what stood in it at first */
async function follow(stream: ReadableStream<Uint8Array>, ready: RegExp, then: () => void): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let found = false;
  for await (const chunk of stream) {
    if (found) continue;
    text += decoder.decode(chunk, { stream: true });
    found = ready.test(text);
    if (found) then();
  }
  return text;
}

async function end(child: Deno.ChildProcess, signal: Deno.Signal): Promise<void> {
  try {
    child.kill(signal);
  } catch (error) {
    // It has ended already
    if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
  }
  await child.status;
}
