/** `http.client`: an object with settings and certificates of its own for all its requests. */
import { describeError, ScriptError } from "../../runtime/seam/error.ts";
import { boolean, number, options, type ParamValues, table } from "../../runtime/seam/params.ts";
import { LuaUserdata } from "../../runtime/seam/value.ts";
import { authorizationOf } from "./authorization.ts";
import { hasHeader } from "./headers.ts";
import { type ClientDefaults, DEFAULT_TIMEOUT, requestLines, timeoutOf } from "./request.ts";
import { NO_RETRY, retry, retryPolicy } from "./retry.ts";
import { readSettings, settingsFields } from "./settings.ts";
import { Connection, standardConnection } from "./wire.ts";

const NAME = "http.client";

/** The options of `http.client`: those of its connections, and what its requests have unless they say otherwise. */
export const clientOptions = options("opts", {
  timeout: number,
  follow_redirects: boolean,
  headers: table,
  auth: table,
  retry,
  ...settingsFields,
});

type ClientOptions = ParamValues<[typeof clientOptions]>[0];

/** What the functions of the table `http` use. */
export const STANDARD_DEFAULTS: ClientDefaults = {
  timeout: DEFAULT_TIMEOUT,
  followRedirects: true,
  retry: NO_RETRY,
  lines: [],
};

/** A client that a script holds. */
export class HttpClient extends LuaUserdata {
  readonly #defaults: ClientDefaults;
  readonly #connection: Connection | undefined;

  /** @throws {ScriptError} When a certificate cannot be read or an option is not what it should be */
  constructor(given: ClientOptions) {
    super();
    const { timeout = DEFAULT_TIMEOUT, follow_redirects = true, headers, auth } = given;
    timeoutOf(NAME, timeout);
    const lines = headers === undefined ? [] : requestLines(NAME, headers);
    if (auth !== undefined && !hasHeader(lines, "authorization")) {
      lines.push(["authorization", authorizationOf(NAME, auth)]);
    }
    this.#defaults = {
      timeout,
      followRedirects: follow_redirects,
      lines,
      retry: given.retry === undefined ? NO_RETRY : retryPolicy(NAME, given.retry),
    };
    const ownConnections = Object.keys(settingsFields).some((name) => Object.hasOwn(given, name));
    if (ownConnections) this.#connection = connect(given);
  }

  get defaults(): ClientDefaults {
    return this.#defaults;
  }

  get connection(): Connection {
    return this.#connection ?? standardConnection();
  }
}

function connect(given: ClientOptions): Connection {
  const settings = readSettings(NAME, given);
  try {
    return new Connection(settings);
  } catch (error) {
    if (error instanceof ScriptError || error instanceof Deno.errors.NotCapable) throw error;
    throw new ScriptError(
      settings.identity === undefined
        ? `${NAME}: invalid PEM: a certificate cannot be decoded`
        : `${NAME}: invalid PEM: a certificate or key cannot be decoded, or they do not belong together (${
          describeError(error)
        })`,
      { cause: error },
    );
  }
}
