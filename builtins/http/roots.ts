/** The certificates that are trusted without being named, for connections that node's TLS makes. */
import { getCACertificates } from "node:tls";

let roots: readonly string[] | undefined;

/** PEM. Where permissions are given up it must be called before: to list them takes permissions of its own. */
export function defaultRoots(): readonly string[] {
  return roots ??= getCACertificates("default");
}
