/** Where a server listens: a port or a socket, with TLS or without. */
import { describeSystemError, ScriptError } from "../../../runtime/seam/error.ts";
import type { Address } from "./options.ts";

/** Answers a request. */
export type RequestHandler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/** A server of either kind. */
export interface Listener {
  /** Undefined for a socket. */
  readonly port: number | undefined;
  /** Accepts nothing more; resolves when what has been accepted has ended. */
  shutdown(): Promise<void>;
}

/**
 * Begins to listen.
 *
 * @throws {ScriptError} Where the system does not allow it, or certificate and key cannot be used
 */
export function listen(
  address: Address,
  onError: (error: unknown) => Response,
  handler: RequestHandler,
): Listener {
  const { hostname, port, unixSocket, identity } = address;
  const common = { onError, onListen() {} };
  if (unixSocket !== undefined) {
    if (identity !== undefined) {
      throw new ScriptError("http.serve: a unix_socket has no TLS: leave out cert and key");
    }
    removeStale(unixSocket);
  }
  try {
    if (unixSocket !== undefined) {
      const server = Deno.serve({ ...common, path: unixSocket }, handler);
      return { port: undefined, shutdown: () => server.shutdown().finally(() => removeFile(unixSocket)) };
    }
    const server = Deno.serve({ ...common, ...identity, hostname, port }, handler);
    return { port: server.addr.port, shutdown: () => server.shutdown() };
  } catch (error) {
    throw new ScriptError(`http.serve: ${failure(error, address)}`, { cause: error });
  }
}

function failure(error: unknown, { hostname, port, unixSocket }: Address): string {
  const reason = describeSystemError(error);
  if (error instanceof Deno.errors.InvalidData || /certificate|key|PEM|TLS/i.test(reason)) {
    return "cert and key cannot be used: they must be PEM, and belong to each other";
  }
  if (unixSocket !== undefined) return `bind failed: ${reason}: cannot listen on "${unixSocket}"`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `bind failed: ${reason}: port ${port} is in use; stop what listens there or choose another (0 picks a free one)`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `bind failed: ${reason}: ports below 1024 need root or CAP_NET_BIND_SERVICE`;
  }
  return `bind failed: ${reason}: cannot listen on ${hostname}:${port}`;
}

/** Removes a socket that a server has left behind which was killed. Whatever else is there stays. */
function removeStale(path: string): void {
  try {
    if (!Deno.lstatSync(path).isSocket) return;
  } catch {
    // Nothing there, or nothing that one may look at: listening tells
    return;
  }
  if (!isListening(path)) removeFile(path);
}

/** Whether anybody listens on a socket, as the kernel's list has it; where there is none, that is assumed. */
function isListening(path: string): boolean {
  try {
    return Deno.readTextFileSync("/proc/net/unix").split("\n").some((line) => line.endsWith(` ${path}`));
  } catch {
    return true;
  }
}

function removeFile(path: string): void {
  try {
    Deno.removeSync(path);
  } catch {
    // Somebody else has
  }
}
