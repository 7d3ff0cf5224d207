/** The options of node's TLS sockets for the TLS modes of databases. */
import { trustSystemStore } from "../../runtime/seam/certificates.ts";
import { describeSystemError } from "../../runtime/seam/error.ts";
import { DatabaseFailure } from "./failure.ts";
import type { TlsSettings } from "./settings.ts";

/** What both drivers hand on to `tls.connect`. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized: boolean;
}

/**
 * Reads the certificates of a connection.
 *
 * @returns Undefined when TLS is off
 * @throws {DatabaseFailure} When one cannot be read
 */
export async function tlsOptions(tls: TlsSettings): Promise<TlsOptions | undefined> {
  if (tls.mode === "disable") return undefined;
  if ((tls.certificate === undefined) !== (tls.key === undefined)) {
    throw new DatabaseFailure("'sslcert' and 'sslkey' are needed together");
  }
  const verifies = tls.mode === "verify-ca" || tls.mode === "verify-full";
  if (verifies) trustSystemStore();
  return {
    rejectUnauthorized: verifies,
    ...await file("ca", "sslrootcert", tls.rootCertificate),
    ...await file("cert", "sslcert", tls.certificate),
    ...await file("key", "sslkey", tls.key),
  };
}

async function file(
  option: "ca" | "cert" | "key",
  name: string,
  path: string | undefined,
): Promise<Partial<TlsOptions>> {
  // "system" is libpq's name for the usual certificate authorities
  if (path === undefined || (option === "ca" && path === "system")) return {};
  try {
    return { [option]: await Deno.readTextFile(path) };
  } catch (error) {
    throw new DatabaseFailure(`cannot read ${name} "${path}": ${describeSystemError(error)}`, {
      cause: error,
    });
  }
}
