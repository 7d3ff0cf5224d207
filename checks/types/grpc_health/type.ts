/** `type: grpc_health`: asks a server with the gRPC health checking protocol, `grpc.health.v1.Health/Check`. */
import { flag, text, word } from "../../schema/scalars.ts";
import { mapOf, optional, required } from "../../schema/schema.ts";
import { host, netOf, port } from "../../schema/url.ts";
import { LISTS_ROOTS, type LoadedTls, loadTls, secretsOf, tlsKeys } from "../http/connection.ts";
import { defineCheckType, type SettingsOf } from "../type.ts";

/** https://github.com/grpc/grpc/blob/master/doc/health-checking.md; the position is the number on the wire. */
export const STATUSES = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"] as const;

const keys = {
  host: required(host(), "The server"),
  port: required(port(), "Its port"),
  service: optional(text(), "The service, such as my.package.Service. Default: the server as a whole"),
  tls: optional(flag(), "Whether to use TLS. Default: true where 'ca', 'cert' or 'insecure' is given"),
  ...tlsKeys,
  metadata: optional(mapOf(text()), "Metadata to send, such as authorization"),
};

const expect = {
  status: optional(word(...STATUSES), "The status. Default: SERVING"),
};

/** What the probe gets. */
export type GrpcSettings = SettingsOf<typeof keys, typeof expect, { readonly certificates?: LoadedTls }>;

/** Whether a check uses TLS. */
export function isSecure(
  { tls, ca, cert, insecure = false }: Pick<GrpcSettings, "tls" | "ca" | "cert" | "insecure">,
): boolean {
  return tls ?? (insecure || ca !== undefined || cert !== undefined);
}

/** The check type `grpc_health`. */
export const grpcHealth = defineCheckType({
  name: "grpc_health",
  doc: "Asks a gRPC server for its health",
  keys,
  expect,
  timeout: 10_000,
  needs: (settings) => ({
    net: netOf(settings.host, settings.port),
    ...(isSecure(settings) ? LISTS_ROOTS : {}),
  }),
  secrets: ({ metadata }) => secretsOf(metadata === undefined ? {} : { headers: metadata }),
  load(settings) {
    const { tls: certificates } = loadTls(settings);
    return certificates === undefined ? {} : { certificates };
  },
  parts: (settings) => isSecure(settings) ? ["roots"] : [],
  probe: async (parts) => (await import("./probe.ts")).loadProbe(parts),
});
