/** `http.client`: an object with settings and certificates of its own for all its requests. */
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import { LuaUserdata } from "../../runtime/seam/value.ts";
import { type ClientDefaults, DEFAULT_TIMEOUT, timeoutOf } from "./request.ts";
import { trustSystemStore } from "../../runtime/seam/certificates.ts";
import { type Connection, openConnection, standardConnection } from "./wire.ts";

/** The options of `http.client`. */
export interface ClientOptions {
  /** Seconds for each request. @default 30 */
  readonly timeout?: number;
  /** @default true */
  readonly follow_redirects?: boolean;
  /** A PEM file whose certificates are trusted beside the usual ones. */
  readonly ca_cert_file?: string;
  /** The same as text. */
  readonly ca_cert?: string;
}

const NAME = "http.client";

/** What the functions of the table `http` use. */
export const STANDARD_DEFAULTS: ClientDefaults = { timeout: DEFAULT_TIMEOUT, followRedirects: true };

/** A client that a script holds. */
export class HttpClient extends LuaUserdata {
  readonly #defaults: ClientDefaults;
  readonly #connection: Connection | undefined;

  /** @throws {ScriptError} When a certificate cannot be read or the timeout is no length of time */
  constructor({ timeout = DEFAULT_TIMEOUT, follow_redirects, ca_cert_file, ca_cert }: ClientOptions) {
    super();
    timeoutOf(NAME, timeout);
    this.#defaults = { timeout, followRedirects: follow_redirects ?? true };
    const certificates: string[] = [];
    if (ca_cert_file !== undefined) {
      const path = toText(ca_cert_file);
      certificates.push(checkPem(readCertificate(path), `CA cert file "${path}"`));
    }
    if (ca_cert !== undefined) certificates.push(checkPem(ca_cert, "ca_cert"));
    if (certificates.length > 0) this.#connection = connect(certificates);
  }

  get defaults(): ClientDefaults {
    return this.#defaults;
  }

  get connection(): Connection {
    return this.#connection ?? standardConnection();
  }
}

function readCertificate(path: string): string {
  try {
    return fromText(Deno.readTextFileSync(path));
  } catch (error) {
    throw new ScriptError(`${NAME}: failed to read CA cert file "${path}": ${describeSystemError(error)}`, {
      cause: error,
    });
  }
}

function checkPem(text: string, what: string): string {
  if (!/-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/.test(text)) {
    throw new ScriptError(`${NAME}: invalid PEM in ${what}: no BEGIN CERTIFICATE … END CERTIFICATE block`);
  }
  return text;
}

function connect(certificates: readonly string[]): Connection {
  try {
    trustSystemStore();
    return openConnection(certificates);
  } catch (error) {
    throw new ScriptError(`${NAME}: invalid PEM: a certificate cannot be decoded`, { cause: error });
  }
}
