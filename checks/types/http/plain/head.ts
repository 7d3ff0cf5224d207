/** The head of an HTTP/1.1 response (RFC 9112): status, header lines, and how its body is delimited. */
import type { HeaderLines } from "../arrival.ts";

/** Where the body of a response ends (RFC 9112, section 6.3). */
export type Framing =
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  /** With the connection. */
  | { readonly kind: "end" };

/** What comes before the body of a response. */
export interface Head {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly framing: Framing;
  /** Whether the server keeps the connection open behind the body. */
  readonly keepsOpen: boolean;
}

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/;
/** A token of RFC 9110, section 5.6.2. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const START = new TextEncoder().encode("HTTP/1.");

/** Whether bytes can be the beginning of a response: other protocols need not send a line. */
export function startsLikeHttp(bytes: Uint8Array): boolean {
  return START.every((byte, index) => index >= bytes.length || bytes[index] === byte);
}

/**
 * Reads the head of a response.
 *
 * @param text All of it, a character each byte, without the empty line at its end
 * @param isHead Whether it answers a HEAD request
 * @throws {Error} When it is no HTTP/1 response. Texts are those that `fetch` has for the same
 */
export function parseHead(text: string, isHead: boolean): Head {
  const [first = "", ...lines] = text.split("\n").map((line) =>
    line.endsWith("\r") ? line.slice(0, -1) : line
  );
  const [, minor, digits = ""] = STATUS_LINE.exec(first) ?? [];
  if (minor === undefined) {
    const isHttp = first.startsWith("HTTP/1.");
    throw new Error(isHttp ? "invalid HTTP status-code parsed" : "invalid HTTP version parsed");
  }
  const headers = new Lines(lines);
  const status = Number(digits);
  const hasNoBody = isHead || status < 200 || status === 204 || status === 304;
  const framing: Framing = hasNoBody ? { kind: "length", length: 0 } : framingOf(headers, minor);
  const connection = headers.get("connection");
  const keepsOpen = minor === "1" && status >= 200 &&
    (connection === null || !/\bclose\b/i.test(connection)) &&
    // Who sends both may mean another end than who reads
    !(framing.kind === "chunked" && headers.has("content-length"));
  return { status, headers, framing, keepsOpen };
}

function framingOf(headers: Lines, minor: string): Framing {
  const coding = headers.get("transfer-encoding");
  if (coding !== null) {
    if (minor === "0") throw new Error("unexpected transfer-encoding parsed");
    return { kind: /(?:^|[, \t])chunked$/i.test(coding) ? "chunked" : "end" };
  }
  const announced = headers.get("content-length");
  if (announced === null) return { kind: "end" };
  const [length = "", ...others] = announced.split(",").map(trim);
  if (!/^\d{1,15}$/.test(length) || others.some((other) => other !== length)) {
    throw new Error("invalid content-length parsed");
  }
  return { kind: "length", length: Number(length) };
}

/** Few lines are ever asked for: they are kept as they came. */
class Lines implements HeaderLines {
  readonly #lines: readonly (readonly [string, string])[];

  /** @throws {Error} When one is no header line */
  constructor(lines: readonly string[]) {
    this.#lines = lines.map((line) => {
      const colon = line.indexOf(":");
      const name = line.slice(0, Math.max(0, colon));
      if (!NAME.test(name) || /[\r\0]/.test(line)) throw new Error("invalid HTTP header parsed");
      return [name.toLowerCase(), trim(line.slice(colon + 1))];
    });
  }

  get(name: string): string | null {
    const wanted = name.toLowerCase();
    let found: string | null = null;
    for (const [other, value] of this.#lines) {
      if (other === wanted) found = found === null ? value : `${found}, ${value}`;
    }
    return found;
  }

  has(name: string): boolean {
    return this.get(name) !== null;
  }
}

/** Without the spaces and tabs around it. A pattern takes time that grows with their square. */
function trim(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}
