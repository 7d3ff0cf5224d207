/** `type: tls`: looks at the certificate of a server, or at certificates in files. */
import { flag, integer, text, texts } from "../../schema/scalars.ts";
import { optional } from "../../schema/schema.ts";
import { host, netOf, port } from "../../schema/url.ts";
import { LISTS_ROOTS, type LoadedTls, loadTls } from "../http/connection.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

const keys = {
  host: optional(host(), "The server; or else 'files'"),
  port: optional(port(), "Its port. Default: 443"),
  server_name: optional(text(), "The name to ask for (SNI). Default: the host"),
  ca: optional(text(), "The file of a CA that is trusted beside those of the system, PEM"),
  cert: optional(text(), "The file of the client's own certificate, PEM"),
  key: optional(text(), "The file of the key of 'cert', PEM"),
  files: optional(texts(), "Files of certificates, PEM, such as those of mounted secrets; each must be so"),
};

const expect = {
  valid: optional(
    flag(),
    "Whether the chain must lead to a trusted CA and the name must fit. Default: true",
  ),
  days_left: optional(integer(0), "How many days the certificate must be valid yet. Default: 0"),
  names: optional(texts(), "Names that the certificate must be for"),
  issuer: optional(text(), "What the name of the issuer contains, such as Let's Encrypt"),
};

/** What the probe gets. */
export type TlsSettings = SettingsOf<typeof keys, typeof expect, { readonly tls?: LoadedTls }>;

const PORT = 443;

/** The check type `tls`. */
export const tls = defineCheckType({
  name: "tls",
  doc: "Looks at the certificate of a server, or at certificates in files",
  keys,
  expect,
  timeout: 10_000,
  needs: ({ host, port = PORT, files }) => ({
    ...(host === undefined ? {} : { net: netOf(host, port), ...LISTS_ROOTS }),
    // Read again for each attempt: certificates are renewed
    ...(files === undefined ? {} : { read: files }),
  }),
  load: loadTls,
  parts: ({ host }) => host === undefined ? [] : ["roots"],
  probe: async (parts) => (await import("./probe.ts")).loadProbe(parts),
});
