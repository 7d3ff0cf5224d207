/**
 * What confined workers do before Deno looks at their permissions. Deno compares paths and host names as they are
 * written: a link inside an allowed folder may lead out of it, and a name may resolve to this machine. So paths are
 * resolved and addresses looked at first; the decision stays Deno's. In a process that is not confined all of this is
 * idle.
 */

/** Symbolic links in a row that lead nowhere are followed so often. */
const MAX_LINKS = 40;
/** How long the address of a name is taken to stay the same. Milliseconds. */
const ADDRESS_TTL = 1000;

let isConfined = false;
let folder = "/";
/** The functions of Deno as they were. */
const { realPathSync, lstatSync, readLinkSync, connect } = Deno;

/** What was last found of each `host:port`, and when. */
const lookups = new Map<string, { readonly time: number; readonly address: Promise<string | undefined> }>();
/** So many names are kept. */
const MAX_LOOKUPS = 1000;

/** From now on paths and addresses are looked at. @param workingFolder What relative paths are relative to */
export function beginConfinement(workingFolder: string): void {
  isConfined = true;
  folder = workingFolder;
  hideVariables();
  guardPaths();
  guardConnections();
}

/**
 * Where a path really leads: all links resolved, the parts that do not exist yet as they are. `..` is taken off before,
 * as Deno does it, so that nothing is left of it that the system would understand in another way than Deno's check.
 *
 * @param follow Whether a link at its very end is followed too. @default true
 */
export function realPathOf(path: string, follow = true): string {
  if (!isConfined || path === "") return path;
  return resolve(normalised(path.startsWith("/") ? path : `${folder}/${path}`), follow, 0);
}

/** Without `.`, `..` and slashes that say nothing. */
function normalised(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
}

/** @param path Absolute and normalised */
function resolve(path: string, follow: boolean, links: number): string {
  if (path === "/") return path;
  const at = path.lastIndexOf("/");
  const parent = path.slice(0, at) || "/";
  const name = path.slice(at + 1);
  if (!follow) return join(resolve(parent, true, links), name);
  try {
    return realPathSync(path);
  } catch (error) {
    // Deno denies it, or the operation says what is wrong
    if (!(error instanceof Deno.errors.NotFound)) return path;
  }
  const target = linkAt(path);
  const realParent = resolve(parent, true, links);
  if (target === undefined) return join(realParent, name);
  if (links >= MAX_LINKS) return path;
  return resolve(normalised(target.startsWith("/") ? target : join(realParent, target)), true, links + 1);
}

/** Where a link leads that leads to nothing; undefined where there is no link. */
function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymlink ? readLinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}

function join(parent: string, name: string): string {
  return parent.endsWith("/") ? parent + name : `${parent}/${name}`;
}

type Operation = (this: unknown, ...args: unknown[]) => unknown;

/** Which operations take a path, and whether they follow a link at its end. */
const OPERATIONS: readonly { names: readonly string[]; paths: 1 | 2; follow: boolean }[] = [
  {
    names: ["open", "create", "readFile", "readTextFile", "stat", "readDir", "writeFile", "writeTextFile"],
    paths: 1,
    follow: true,
  },
  { names: ["truncate", "chmod", "chown", "utime", "realPath"], paths: 1, follow: true },
  { names: ["copyFile"], paths: 2, follow: true },
  { names: ["lstat", "remove", "readLink", "mkdir"], paths: 1, follow: false },
  { names: ["rename", "link"], paths: 2, follow: false },
];

/** Packages ask for variables of theirs wherever they run: there are none. */
function hideVariables(): void {
  const { process } = globalThis as unknown as { process?: { env: Record<string, string> } };
  if (process !== undefined) process.env = {};
}

function guardPaths(): void {
  const deno = Deno as unknown as Record<string, Operation>;
  for (const { names, paths, follow } of OPERATIONS) {
    for (const name of names.flatMap((name) => [name, `${name}Sync`])) {
      const original = deno[name];
      if (original === undefined) continue;
      deno[name] = (...args) => {
        const real = args.map((arg, index) =>
          index < paths && typeof arg === "string" ? realPathOf(arg, follow) : arg
        );
        return original(...real);
      };
    }
  }
}

/**
 * Looks where a name leads before a connection is made. A name other than `localhost` that leads to this machine or to
 * its link (such as the metadata service of a cloud) needs that address to be allowed too.
 *
 * @throws {Deno.errors.NotCapable} When it is not
 * @throws {unknown} The signal's reason
 */
export async function admit(hostname: string, port: number, signal?: AbortSignal): Promise<void> {
  if (!isConfined || isAddress(hostname) || isLocalName(hostname)) return;
  const address = await unlessAborted(lookUp(hostname, port), signal);
  if (address !== undefined) requireAddress(address, port, hostname);
}

/** The address that connections to a name are made to; undefined where none can be made, which whoever wants it says. */
function lookUp(hostname: string, port: number): Promise<string | undefined> {
  const key = `${hostname}:${port}`;
  const known = lookups.get(key);
  if (known !== undefined && performance.now() - known.time < ADDRESS_TTL) return known.address;
  const address = addressOf(hostname, port);
  if (lookups.size >= MAX_LOOKUPS) lookups.clear();
  lookups.set(key, { time: performance.now(), address });
  return address;
}

async function addressOf(hostname: string, port: number): Promise<string | undefined> {
  try {
    const connection = await connect({ hostname, port });
    connection.close();
    return (connection.remoteAddr as Deno.NetAddr).hostname;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return await promise;
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stop = () => reject(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

function requireAddress(address: string, port: number, hostname: string): void {
  if (!isSpecial(address) || isAddress(hostname) || isLocalName(hostname)) return;
  const target = address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
  if (Deno.permissions.querySync({ name: "net", host: target }).state === "granted") return;
  // In the words of Deno, which are put in ours in one place
  throw new Deno.errors.NotCapable(`Requires net access to "${target}", run again with the --allow-net flag`);
}

function isLocalName(hostname: string): boolean {
  return /^(?:.*\.)?localhost\.?$/i.test(hostname);
}

function isAddress(hostname: string): boolean {
  return /^[\d.]+$/.test(hostname) || hostname.includes(":");
}

/** Whether an address is this machine's own or that of its link: loopback, link-local, unspecified. */
function isSpecial(address: string): boolean {
  const ip = address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, "");
  return /^(?:127\.|169\.254\.|0\.)/.test(ip) || /^(?:::1?|fe[89ab].*)$/.test(ip);
}

function guardConnections(): void {
  const { fetch } = globalThis;
  globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    await admit(
      url.hostname.replace(/^\[|\]$/g, ""),
      Number(url.port) || (url.protocol === "https:" ? 443 : 80),
      init?.signal ?? undefined,
    );
    return await fetch(input, init);
  };
  const { serve } = Deno;
  // A socket's file is made where its path leads
  Deno.serve = ((options: Deno.ServeUnixOptions, handler: Deno.ServeHandler<Deno.UnixAddr>) =>
    serve(
      options.path === undefined ? options : { ...options, path: realPathOf(options.path) },
      handler,
    )) as typeof Deno.serve;
  const deno = Deno as unknown as Record<string, Operation>;
  for (const name of ["connect", "connectTls"]) {
    const original = deno[name];
    if (original === undefined) continue;
    deno[name] = async (...args) => {
      const [options] = args as [{ hostname?: string; port: number; transport?: string; path?: string }];
      if (options.transport === "unix") {
        return await original({ ...options, path: realPathOf(options.path ?? "") });
      }
      const made = await original(...args) as Deno.TcpConn;
      try {
        requireAddress(made.remoteAddr.hostname, options.port, options.hostname ?? "127.0.0.1");
        return made;
      } catch (error) {
        made.close();
        throw error;
      }
    };
  }
}
