/** TCP connections of checks. */
import { describeError } from "../../../runtime/seam/error.ts";

/** Why there is no connection, in words for an operator. */
export class ConnectError extends Error {
  override readonly name = "ConnectError";
}

/** Connects; closed when the signal is aborted. @throws {ConnectError} When there is no connection */
export async function connectTcp(hostname: string, port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  const connecting = Deno.connect({ hostname, port });
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const connection = await Promise.race([connecting, aborted]);
    signal.addEventListener("abort", () => closeQuietly(connection), { once: true });
    return connection;
  } catch (error) {
    // A connection that comes too late
    connecting.then(closeQuietly, () => {});
    const where = addressOf(hostname, port);
    throw new ConnectError(`cannot connect to ${where}: ${describeConnectFailure(error, signal)}`, {
      cause: error,
    });
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** `host:port`, with brackets around an address of IPv6. */
export function addressOf(hostname: string, port: number): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/** What a failed connection says, whether it is one of Deno or of node. */
export function describeConnectFailure(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return describeError(signal.reason);
  const text = describeError(error);
  if (/ECONNREFUSED|Connection refused/i.test(text)) return "connection refused: nothing listens there";
  if (/ENOTFOUND|EAI_AGAIN|failed to lookup/i.test(text)) return "the host name cannot be resolved";
  if (/EHOSTUNREACH|ENETUNREACH|unreachable/i.test(text)) return "the host is unreachable";
  if (/EPIPE|ECONNRESET|Broken pipe|reset by peer/i.test(text)) return "the server closed the connection";
  return text;
}

/** Closes what may be closed already. */
export function closeQuietly(connection: { close(): void }): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
