/** The options of `http.serve`. */
import { ScriptError } from "../../../runtime/seam/error.ts";
import { boolean, integer, number, options, string } from "../../../runtime/seam/params.ts";
import { toText } from "../../../runtime/seam/text.ts";
import { bodyLimit } from "../request.ts";
import { type Identity, readIdentity } from "../settings.ts";

/** What a script gives. Lengths are bytes, times seconds. */
export interface ServeOptions {
  /** The address to listen on. @default "0.0.0.0" */
  readonly host?: string;
  /** A socket to listen on instead of a port. */
  readonly unix_socket?: string;
  /** The certificate for HTTPS, PEM, with those of its issuers behind it. */
  readonly cert?: string;
  readonly cert_file?: string;
  /** The key of `cert`, PEM. */
  readonly key?: string;
  readonly key_file?: string;
  /** The largest request body; larger ones are answered with 413. @default 64 MiB */
  readonly max_body?: number;
  /** The longest request line and header lines together; longer ones are answered with 431. @default 32 KiB */
  readonly max_header?: number;
  /** The largest message of a WebSocket. @default 64 MiB */
  readonly max_message?: number;
  /** How long a request's body may take; a slower one is answered with 408. @default 60 */
  readonly read_timeout?: number;
  /** How long a client may leave events unread before it counts as gone. @default 60 */
  readonly write_timeout?: number;
  /** How long a handler may take; a slower one is cancelled and the request answered with 503. @default for ever */
  readonly timeout?: number;
  /** How long requests may go on once the server is asked to end. @default 20 */
  readonly grace?: number;
  /** Whether each request is logged. @default false */
  readonly access_log?: boolean;
  /** Whether a client is not shown the errors of handlers, which are in the log either way. @default false */
  readonly hide_errors?: boolean;
}

/** The parameter of {@link ServeOptions}. */
export const serveOptions = options("opts", {
  host: string,
  unix_socket: string,
  cert: string,
  cert_file: string,
  key: string,
  key_file: string,
  max_body: integer,
  max_header: integer,
  max_message: integer,
  read_timeout: number,
  write_timeout: number,
  timeout: number,
  grace: number,
  access_log: boolean,
  hide_errors: boolean,
});

/** Where a server listens. */
export interface Address {
  readonly hostname: string;
  readonly port: number;
  /** Takes the place of host and port. */
  readonly unixSocket: string | undefined;
  readonly identity: Identity | undefined;
}

/** What bounds requests. Times in milliseconds. */
export interface Limits {
  readonly body: number;
  readonly header: number;
  readonly message: number;
  readonly readTime: number;
  readonly writeTime: number;
  readonly handlerTime: number | undefined;
  readonly grace: number;
}

const NAME = "http.serve";
const MIB = 1024 * 1024;

/** @throws {ScriptError} For what is no port, and certificates that cannot be read */
export function readAddress(port: number, given: ServeOptions): Address {
  if (port < 0 || port > 65535) {
    throw new ScriptError(`${NAME}: port must be between 0 and 65535: current value is ${port}`);
  }
  return {
    hostname: toText(given.host ?? "0.0.0.0"),
    port,
    unixSocket: given.unix_socket === undefined ? undefined : toText(given.unix_socket),
    identity: readIdentity(NAME, given, "server"),
  };
}

/** @throws {ScriptError} For what is no size or no length of time */
export function readLimits(given: ServeOptions): Limits {
  return {
    body: bodyLimit(NAME, given.max_body, 64 * MIB),
    header: positive("max_header", given.max_header, "bytes") ?? 32 * 1024,
    message: positive("max_message", given.max_message, "bytes") ?? 64 * MIB,
    readTime: (positive("read_timeout", given.read_timeout, "seconds") ?? 60) * 1000,
    writeTime: (positive("write_timeout", given.write_timeout, "seconds") ?? 60) * 1000,
    handlerTime: thousandfold(positive("timeout", given.timeout, "seconds")),
    grace: graceOf(given.grace) * 1000,
  };
}

function graceOf(seconds = 20): number {
  if (seconds >= 0) return seconds;
  throw new ScriptError(`${NAME}: grace must be zero or more, in seconds: current value is ${seconds}`);
}

function positive(name: string, value: number | undefined, unit: string): number | undefined {
  if (value === undefined || value > 0) return value;
  throw new ScriptError(`${NAME}: ${name} must be above zero, in ${unit}: current value is ${value}`);
}

function thousandfold(value: number | undefined): number | undefined {
  return value === undefined ? undefined : value * 1000;
}
