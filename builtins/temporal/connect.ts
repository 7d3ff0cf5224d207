/** Connections to Temporal frontends. */
import type { Connection } from "./library.d.ts";
import { readSettings } from "../http/settings.ts";
import { onAbort } from "../../runtime/seam/abort.ts";
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { boolean, number, options, type ParamValues, string } from "../../runtime/seam/params.ts";
import { toText } from "../../runtime/seam/text.ts";
import { type Address, parseAddress, showAddress } from "./address.ts";
import { TemporalClient } from "./client.ts";
import { describeRequestError, TemporalFailure } from "./failure.ts";

/** What `temporal.connect` and `temporal.start` take. Certificates are PEM. */
export const connectionFields = {
  url: string,
  namespace: string,
  api_key: string,
  identity: string,
  tls: boolean,
  server_name: string,
  ca_cert: string,
  ca_cert_file: string,
  cert: string,
  cert_file: string,
  key: string,
  key_file: string,
  connect_timeout: number,
  timeout: number,
} as const;

const connectionOptions = options("opts", connectionFields);

export type ConnectionOptions = ParamValues<[typeof connectionOptions]>[0];

/** Seconds. */
const CONNECT_TIMEOUT = 10;
const REQUEST_TIMEOUT = 30;

/**
 * Requests are made again by the client. The library would do so even when the connection is closed, which ends the
 * process; gRPC would do so at once and for ever while Deno has not told it yet that a connection is lost.
 */
const ONE_ATTEMPT: { interceptors: never[]; channelArgs: Record<string, number> } = {
  interceptors: [],
  channelArgs: { "grpc.enable_retries": 0 },
};

/** Connects, and asks the server who it is. */
export async function connect(
  host: Host,
  operation: string,
  given: ConnectionOptions,
): Promise<TemporalClient> {
  const settings = read(operation, given);
  const { Connection } = await import("./library.js");
  const { address, connectTimeout } = settings;
  const connection = Connection.lazy({
    address: showAddress(address),
    tls: settings.tls,
    connectTimeout: connectTimeout * 1000,
    ...ONE_ATTEMPT,
    ...(settings.apiKey === undefined ? {} : { apiKey: settings.apiKey }),
  });
  try {
    await untilConnected(host, connection, settings);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return new TemporalClient(host, connection, {
    namespace: settings.namespace,
    identity: settings.identity,
    timeout: settings.timeout,
  });
}

interface Settings {
  address: Address;
  namespace: string;
  identity: string;
  apiKey: string | undefined;
  tls: false | TlsSettings;
  connectTimeout: number;
  timeout: number;
}

interface TlsSettings {
  serverNameOverride?: string;
  serverRootCACertificate?: Uint8Array;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}

function read(operation: string, given: ConnectionOptions): Settings {
  const fail = (reason: string) => new ScriptError(`temporal ${operation}: ${reason}`);
  if (given.url === undefined) throw fail("url is required: the frontend's host:port");
  const url = toText(given.url);
  const address = parseAddress(url);
  if (address === undefined) throw fail(`invalid temporal URL: "${url}" is no host:port`);
  const namespace = toText(given.namespace ?? "default");
  if (namespace === "") throw fail("namespace must not be empty");
  const identity = toText(given.identity ?? `assay-client@${namespace}`);
  if (identity === "") throw fail("identity must not be empty");
  const apiKey = given.api_key;
  // gRPC's own error would show it
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw fail("api_key must consist of visible ASCII characters");
  }
  const tls = readTls(operation, given);
  const wanted = given.tls ?? address.tls ?? (apiKey !== undefined || Object.keys(tls).length > 0);
  return {
    address,
    namespace,
    identity,
    apiKey,
    tls: wanted && tls,
    connectTimeout: seconds(operation, "connect_timeout", given.connect_timeout ?? CONNECT_TIMEOUT),
    timeout: seconds(operation, "timeout", given.timeout ?? REQUEST_TIMEOUT),
  };
}

function readTls(operation: string, given: ConnectionOptions): TlsSettings {
  const encoder = new TextEncoder();
  const { caCerts, identity } = readSettings(`temporal ${operation}`, given);
  const tls: TlsSettings = {};
  if (given.server_name !== undefined) tls.serverNameOverride = toText(given.server_name);
  if (caCerts.length > 0) tls.serverRootCACertificate = encoder.encode(caCerts.join("\n"));
  if (identity !== undefined) {
    tls.clientCertPair = { crt: encoder.encode(identity.cert), key: encoder.encode(identity.key) };
  }
  return tls;
}

/** The most that a timer of the platform takes. */
const MAX_SECONDS = 2 ** 31 / 1000 - 1;

/** @throws {ScriptError} When it is no time to wait */
export function seconds(operation: string, name: string, value: number): number {
  if (value > 0 && value <= MAX_SECONDS) return value;
  throw new ScriptError(
    `temporal ${operation}: ${name} must be above 0 and at most ${
      Math.floor(MAX_SECONDS)
    } seconds: current value is ${value}`,
  );
}

async function untilConnected(host: Host, connection: Connection, settings: Settings): Promise<void> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const release = onAbort(host.signal, () => reject(host.signal.reason));
  // gRPC would try again and again, and not say why
  const abort = new AbortController();
  const reached = isProxied()
    ? undefined
    : reach(settings.address, abort.signal).catch((error) => reject(error));
  try {
    await Promise.race([
      connection.withAbortSignal(abort.signal, () => connection.ensureConnected()),
      stopped,
    ]);
  } catch (error) {
    if (host.signal.aborted || error instanceof TemporalFailure) throw error;
    throw new TemporalFailure(await explain(error, settings), { cause: error });
  } finally {
    release();
    abort.abort();
    await reached;
  }
}

/** Whether gRPC goes through a proxy: then the server may not be reached otherwise. */
function isProxied(): boolean {
  return ["grpc_proxy", "https_proxy", "http_proxy"].some((name) => {
    try {
      return (Deno.env.get(name) ?? "") !== "";
    } catch (error) {
      // A mode without the environment has no proxies
      if (error instanceof Deno.errors.NotCapable) return false;
      throw error;
    }
  });
}

async function reach(address: Address, signal: AbortSignal): Promise<void> {
  try {
    (await Deno.connect({ hostname: address.host, port: address.port, signal })).close();
  } catch (cause) {
    throw new TemporalFailure(`cannot reach "${showAddress(address)}": ${describeSystemError(cause)}`, {
      cause,
    });
  }
}

async function explain(error: unknown, { address, connectTimeout, tls }: Settings): Promise<string> {
  const where = `cannot connect to "${showAddress(address)}"`;
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause !== undefined) return `${where}: ${describeRequestError(cause)}`;
  const reason = tls === false ? undefined : await handshakeError(address, tls);
  return reason === undefined
    ? `${where}: no Temporal server answered within ${connectTimeout} s`
    : `${where}: ${reason}`;
}

/** What gRPC does not tell: why a connection with TLS has not come about. */
async function handshakeError({ host, port }: Address, tls: TlsSettings): Promise<string | undefined> {
  const ca = tls.serverRootCACertificate;
  try {
    const plain = await Deno.connect({ hostname: host, port });
    const connection = await Deno.startTls(plain, {
      hostname: tls.serverNameOverride ?? host,
      alpnProtocols: ["h2"],
      ...(ca === undefined ? {} : { caCerts: [new TextDecoder().decode(ca)] }),
    });
    const timer = setTimeout(() => connection.close(), 2000);
    try {
      await connection.handshake();
      return undefined;
    } finally {
      clearTimeout(timer);
      connection.close();
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
