/** Clients of `fetch` with certificates of a check's own. */
import type { LoadedTls } from "./connection.ts";

/** Checks have few sets of certificates; the connections of the others are closed. */
const MAX_CLIENTS = 16;
const clients = new Map<string, Deno.HttpClient>();

/** The client for certificates, and for a `Host` header; undefined where the usual one does. */
export function clientFor(
  tls: LoadedTls | undefined,
  lines: readonly (readonly [string, string])[],
): Deno.HttpClient | undefined {
  const { ca, cert, key } = tls === undefined || "problem" in tls ? {} : tls;
  const hasHost = lines.some(([name]) => name.length === 4 && name.toLowerCase() === "host");
  if (ca === undefined && cert === undefined && !hasHost) return undefined;
  const name = JSON.stringify([ca, cert, key, hasHost]);
  const known = clients.get(name);
  if (known !== undefined) return known;
  const client = Deno.createHttpClient({
    allowHost: hasHost,
    ...(ca === undefined ? {} : { caCerts: [ca] }),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  });
  const [oldest] = clients.keys();
  if (clients.size >= MAX_CLIENTS && oldest !== undefined) {
    clients.get(oldest)?.close();
    clients.delete(oldest);
  }
  clients.set(name, client);
  return client;
}
