/** How a client reaches servers: certificates, proxy, socket. Of `http.client` and `ws.connect`. */
import { realPathOf } from "../../runtime/seam/confinement.ts";
import { describeSystemError, ScriptError } from "../../runtime/seam/error.ts";
import { boolean, string } from "../../runtime/seam/params.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import { credentialsOf } from "./url.ts";
import { shownUrl } from "./shown_url.ts";

/** The options that {@link readSettings} reads, for a declaration's `options`. */
export const settingsFields = {
  ca_cert: string,
  ca_cert_file: string,
  cert: string,
  cert_file: string,
  key: string,
  key_file: string,
  proxy: string,
  unix_socket: string,
  insecure: boolean,
} as const;

/** What a script gives. Texts are bytes. */
export interface SettingsOptions {
  /** PEM certificates that are trusted beside the usual ones. */
  readonly ca_cert?: string;
  /** The same in a file. */
  readonly ca_cert_file?: string;
  /** The client's own certificate, PEM, with those of its issuers behind it. */
  readonly cert?: string;
  readonly cert_file?: string;
  /** The key of `cert`, PEM. */
  readonly key?: string;
  readonly key_file?: string;
  /** `http://user:password@host:port`; https and socks5 too. @default what HTTP_PROXY and its like say */
  readonly proxy?: string;
  /** The path of a socket to which all requests go, whatever host their URLs name. */
  readonly unix_socket?: string;
  /** Whether any certificate of a server is taken. @default false */
  readonly insecure?: boolean;
}

/** A proxy, its credentials apart from its URL. */
export interface Proxy {
  readonly url: URL;
  /** The value of a Proxy-Authorization header. */
  readonly authorization: string | undefined;
}

/** A certificate and its key, PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** What {@link readSettings} gives. */
export interface Settings {
  readonly caCerts: readonly string[];
  readonly identity?: Identity;
  readonly proxy?: Proxy;
  readonly unixSocket?: string;
  /** Whether certificates of servers are checked. */
  readonly verify: boolean;
}

/** The settings of requests without a client of their own. */
export const STANDARD_SETTINGS: Settings = { caCerts: [], verify: true };

/** @throws {ScriptError} When a file cannot be read or an option is not what it should be */
export function readSettings(functionName: string, given: SettingsOptions): Settings {
  const caCerts: string[] = [];
  for (const part of pemParts(functionName, given, "ca_cert", "CA cert", "CERTIFICATE")) caCerts.push(part);
  const identity = readIdentity(functionName, given, "client");
  if (given.proxy !== undefined && given.unix_socket !== undefined) {
    throw new ScriptError(`${functionName}: give either proxy or unix_socket, not both`);
  }
  if (given.unix_socket === "") throw new ScriptError(`${functionName}: unix_socket must be a path`);
  return {
    caCerts,
    verify: !(given.insecure ?? false),
    ...(identity === undefined ? {} : { identity }),
    ...(given.proxy === undefined
      ? {}
      : { proxy: parseProxy(`${functionName}: proxy`, toText(given.proxy)) }),
    ...(given.unix_socket === undefined ? {} : { unixSocket: realPathOf(toText(given.unix_socket)) }),
  };
}

/**
 * The certificate and the key of `cert`, `cert_file`, `key` and `key_file`.
 *
 * @param what Whose certificate it is, for messages
 * @throws {ScriptError} When one is missing or cannot be read
 */
export function readIdentity(
  functionName: string,
  given: SettingsOptions,
  what: "client" | "server",
): Identity | undefined {
  const [cert] = pemParts(functionName, given, "cert", `${what} cert`, "CERTIFICATE");
  const [key] = pemParts(functionName, given, "key", "key", "(?:[A-Z]+ )?PRIVATE KEY");
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const missing = cert === undefined ? "cert or cert_file" : "key or key_file";
    throw new ScriptError(
      `${functionName}: a ${what} certificate needs its key and a key its cert: give ${missing}`,
    );
  }
  return { cert, key };
}

/** The texts of an option that may be given as text and as a file. */
function pemParts(
  functionName: string,
  given: SettingsOptions,
  option: "ca_cert" | "cert" | "key",
  what: string,
  label: string,
): string[] {
  const parts: string[] = [];
  const path = given[`${option}_file`];
  if (path !== undefined) {
    const file = toText(path);
    parts.push(checkPem(functionName, readFile(functionName, what, file), `${what} file "${file}"`, label));
  }
  const text = given[option];
  if (text !== undefined) parts.push(checkPem(functionName, text, option, label));
  if (option !== "ca_cert" && parts.length > 1) {
    throw new ScriptError(`${functionName}: give either ${option} or ${option}_file, not both`);
  }
  return parts;
}

function readFile(functionName: string, what: string, path: string): string {
  try {
    return fromText(Deno.readTextFileSync(path));
  } catch (error) {
    throw new ScriptError(
      `${functionName}: failed to read ${what} file "${path}": ${describeSystemError(error)}`,
      { cause: error },
    );
  }
}

function checkPem(functionName: string, text: string, what: string, label: string): string {
  if (new RegExp(`-----BEGIN ${label}-----[\\s\\S]+-----END ${label}-----`).test(text)) return text;
  const shown = label.endsWith("KEY") ? "PRIVATE KEY" : label;
  throw new ScriptError(`${functionName}: invalid PEM in ${what}: no BEGIN ${shown} … END ${shown} block`);
}

const PROXY_SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "socks5:", "socks5h:"]);

/** @param what What messages call it. @throws {ScriptError} When it is no URL of a proxy */
export function parseProxy(what: string, text: string): Proxy {
  const url = URL.parse(/^[a-z0-9+.-]+:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || url.hostname === "" || !PROXY_SCHEMES.has(url.protocol)) {
    throw new ScriptError(
      `${what} must be a URL such as http://proxy:3128 (http, https, socks5): current value is ${
        shownUrl(text)
      }`,
    );
  }
  const authorization = credentialsOf(url);
  return { url, authorization };
}

/** Whether a `Proxy` takes requests in HTTP, as all but socks5 do. */
export function speaksHttp({ url }: Proxy): boolean {
  return url.protocol === "http:" || url.protocol === "https:";
}
