/** The address of a Temporal frontend. */

export interface Address {
  /** A name or an IP address, without brackets. */
  readonly host: string;
  readonly port: number;
  /** Whether the scheme asks for TLS; undefined without one. */
  readonly tls: boolean | undefined;
}

/** The port of Temporal's frontend. */
const DEFAULT_PORT = 7233;

const ADDRESS = /^(?:(https?|grpcs?):\/\/)?(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?\/?$/i;

/** @returns undefined when it is none: `host`, `host:port`, `[::1]:port`, each with a scheme before it or not */
export function parseAddress(text: string): Address | undefined {
  const match = ADDRESS.exec(text);
  if (match === null) return undefined;
  const [, scheme, six, name = ""] = match;
  const port = Number(match[4] ?? DEFAULT_PORT);
  if (port < 1 || port > 65535) return undefined;
  return { host: six ?? name, port, tls: scheme === undefined ? undefined : /s$/i.test(scheme) };
}

/** As gRPC and messages have it: `host:port`. */
export function showAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
