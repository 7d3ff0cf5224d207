/** URLs in a file of checks, and what a check that uses them must be allowed. */
import { integer } from "./scalars.ts";
import { type Reader, reader } from "./schema.ts";

const PORTS: Readonly<Record<string, string>> = {
  "http:": "80",
  "https:": "443",
  "ws:": "80",
  "wss:": "443",
  "postgres:": "5432",
  "postgresql:": "5432",
  "mysql:": "3306",
  "mariadb:": "3306",
};

/** Stands for a captured value while a file is read. */
const PLACEHOLDER = /\{\{[^{}]*\}\}/g;

/** Reads a URL of one of some schemes. @param schemes Such as `https`; the first names the URL in messages */
export function url(...schemes: readonly string[]): Reader<string> {
  const pattern = `^\\s*(?:${schemes.join("|")})://`;
  const start = new RegExp(pattern, "i");
  const shown = schemes.map((scheme) => `${scheme}://`).join(" or ");
  return reader({ type: "string", pattern: `${pattern}|\\$\\{|\\{\\{` }, (node, problems, key) => {
    const value = node.kind === "string" ? node.text : "";
    if (start.test(value) && URL.canParse(value.replaceAll(PLACEHOLDER, "x"))) return value.trim();
    problems.add(node.at, `'${key}' must be ${/^[aeiouh]/.test(shown) ? "an" : "a"} ${shown} URL`);
    return undefined;
  });
}

/** Reads an http:// or https:// URL. */
export function httpUrl(): Reader<string> {
  return url("http", "https");
}

/** `host:port` of a URL, as permissions name it. A host that is captured from an answer is not known before. */
export function hostOf(text: string): string {
  const { protocol, hostname, port } = new URL(text.replaceAll(PLACEHOLDER, "x"));
  return `${hostname}:${port || (PORTS[protocol] ?? "")}`.replace(/:$/, "");
}

/** Whether a text is the URL of a server whose host is known when a file is read. */
export function isServerUrl(text: string): boolean {
  const scheme = /^([a-z]+:)\/\/(?!\{\{)/i.exec(text)?.[1]?.toLowerCase() ?? "";
  return Object.hasOwn(PORTS, scheme) && URL.canParse(text.replaceAll(PLACEHOLDER, "x"));
}

/** Reads the name or the address of a host. */
export function host(): Reader<string> {
  return reader({ type: "string", minLength: 1 }, (node, problems, key) => {
    const value = node.kind === "string" ? node.text.replace(/^\[(.*)\]$/, "$1") : "";
    if (/^[^\s/@#?[\]]+$/.test(value.replaceAll(PLACEHOLDER, "x")) && !/^[^:]*:\d*$/.test(value)) {
      return value;
    }
    problems.add(node.at, `'${key}' must be the name or the address of a host, without a port`);
    return undefined;
  });
}

/** Reads the number of a TCP port. */
export function port(): Reader<number> {
  return integer(1, 65535);
}

/** `host:port` as permissions name it; nothing for a host that is captured from an answer. */
export function netOf(host: string, port: number): string[] {
  if (host.includes("{{")) return [];
  return [`${host.includes(":") ? `[${host}]` : host}:${port}`];
}
