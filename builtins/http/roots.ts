/** The certificates that are trusted without being named, for connections that node's TLS makes. */
import { getCACertificates } from "node:tls";

let roots: readonly string[] | undefined;

/** PEM. Where permissions are given up it must be called before: to list them takes permissions of its own. */
export function defaultRoots(): readonly string[] {
  return roots ??= getCACertificates("default");
}

/** Whether {@link defaultRoots} has been called. Where it has, TLS need not list them itself, nor be permitted to. */
export function hasRoots(): boolean {
  return roots !== undefined;
}
