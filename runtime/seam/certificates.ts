/** Which certificates TLS trusts. */

/**
 * Lets TLS trust the certificates of the system (`SSL_CERT_FILE` too) beside the built-in roots: operators put
 * the CA of their company there. Deno reads the variable when it first needs a root certificate.
 */
export function trustSystemStore(): void {
  try {
    if (Deno.env.get("DENO_TLS_CA_STORE") === undefined) Deno.env.set("DENO_TLS_CA_STORE", "mozilla,system");
  } catch (error) {
    // A mode without the environment has the built-in roots
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
  }
}
