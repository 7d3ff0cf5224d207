/** How checks reach a server over HTTP: headers, credentials and certificates. Of all types that do. */
import { describeSystemError } from "../../../runtime/seam/error.ts";
import type { Grants } from "../../../runtime/permissions.ts";
import { flag, text } from "../../schema/scalars.ts";
import { mapOf, optional, type Reader, reader, record, required } from "../../schema/schema.ts";
import { readFile } from "../../text/file.ts";

/** `auth:`. */
export type Auth =
  | { readonly bearer: string }
  | { readonly basic: { readonly username: string; readonly password: string } };

const readAuth = record({
  bearer: optional(text(), "A token, sent as Authorization: Bearer …"),
  basic: optional(
    record({
      username: required(text(), "The user"),
      password: required(text(), "The password"),
    }),
    "A user and a password, sent as Authorization: Basic …",
  ),
});

function auth(): Reader<Auth> {
  return reader(readAuth.schema, (node, problems, key) => {
    const given = readAuth(node, problems, `'${key}'`);
    if (given === undefined) return undefined;
    const { bearer, basic } = given;
    if (bearer !== undefined && basic === undefined) return { bearer };
    if (basic !== undefined && bearer === undefined) return { basic };
    problems.add(node.at, `'${key}' must have one of bearer and basic`);
    return undefined;
  });
}

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

function headerValue(): Reader<string> {
  return reader({ type: ["string", "number", "boolean"] }, (node, problems, key) => {
    const value = "text" in node && node.kind !== "null" ? node.text : undefined;
    if (value === undefined) return text()(node, problems, key);
    if (!/[\0\r\n]/.test(value)) return value;
    problems.add(node.at, `'${key}' has a line break or a zero byte, which a header cannot have`);
    return undefined;
  });
}

/** Reads header lines. */
export function headers(): Reader<Record<string, string>> {
  return mapOf(headerValue(), (name) => TOKEN.test(name) ? undefined : `'${name}' is no name of a header`);
}

/** The keys of certificates. */
export const tlsKeys = {
  ca: optional(text(), "The file of a CA that is trusted beside those of the system, PEM"),
  cert: optional(text(), "The file of the client's own certificate, PEM"),
  key: optional(text(), "The file of the key of 'cert', PEM"),
  insecure: optional(flag(), "Whether to take any certificate of the server. Default: false"),
};

/** The keys that types of checks over HTTP share. */
export const connectionKeys = {
  headers: optional(headers(), "Header lines by name"),
  auth: optional(auth(), "{bearer: TOKEN} or {basic: {username, password}}"),
  ...tlsKeys,
};

/** What was read of certificates: PEM, or why there is none. */
export type LoadedTls = { readonly ca?: string; readonly cert?: string; readonly key?: string } | {
  readonly problem: string;
};

interface TlsFiles {
  ca?: string;
  cert?: string;
  key?: string;
}

/** Reads the files of certificates, while that is still permitted. */
export function loadTls({ ca, cert, key }: TlsFiles): { readonly tls?: LoadedTls } {
  if (ca === undefined && cert === undefined && key === undefined) return {};
  if ((cert === undefined) !== (key === undefined)) {
    return { tls: { problem: "'cert' and 'key' are needed together" } };
  }
  const loaded: TlsFiles = {};
  for (const [name, path] of Object.entries({ ca, cert, key }) as [keyof TlsFiles, string | undefined][]) {
    if (path === undefined) continue;
    try {
      loaded[name] = new TextDecoder().decode(readFile(path));
    } catch (error) {
      return { tls: { problem: `cannot read '${name}' "${path}": ${describeSystemError(error)}` } };
    }
  }
  return { tls: loaded };
}

/** What node's TLS must be allowed to find the CAs that it trusts; `fetch` need not. */
export const LISTS_ROOTS = { sys: ["ca"] } as const satisfies Partial<Grants>;

interface SecretSettings {
  url?: string;
  headers?: Readonly<Record<string, string>>;
  auth?: Auth;
}

/** Headers whose values are secrets by their names. */
const SECRET_HEADER = /^(?:authorization|proxy-authorization|cookie)$|token|secret|api-?key|password/i;

/** What of the settings of a connection no output may show. */
export function secretsOf({ url, headers = {}, auth }: SecretSettings): string[] {
  const secrets: string[] = [];
  if (url !== undefined) secrets.push(...passwordsOf(url));
  for (const [name, value] of Object.entries(headers)) {
    if (SECRET_HEADER.test(name)) secrets.push(value, value.replace(/^\S+\s+/, ""));
  }
  if (auth !== undefined) secrets.push("bearer" in auth ? auth.bearer : auth.basic.password);
  // What is captured is kept secret where it is captured
  return secrets.filter((secret) => !secret.includes("{{"));
}

/** The password of a URL, as it stands there and as it is meant. */
export function passwordsOf(url: string): string[] {
  const password = /^\s*[a-z][\w+.-]*:\/\/[^/?#:@]*:(.*)@/is.exec(url)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password];
  }
}

/** The value of the Authorization header. */
export function authorization(auth: Auth): string {
  if ("bearer" in auth) return `Bearer ${auth.bearer}`;
  const { username, password } = auth.basic;
  return `Basic ${new TextEncoder().encode(`${username}:${password}`).toBase64()}`;
}
