/** URLs of requests: read as browsers read them, shown without what is secret in them. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import type { HeaderLine } from "./headers.ts";
import { shownUrl } from "./shown_url.ts";

/**
 * Reads a URL by the WHATWG rules: blanks and quotes are encoded, what is encoded stays, a fragment is cut off.
 *
 * @throws {ScriptError} When it is no absolute http or https URL
 */
export function parseUrl(functionName: string, text: string): URL {
  const shown = toText(text);
  const url = URL.parse(shown);
  if (url === null) throw requestFailure(functionName, shownUrl(shown), "not an absolute URL");
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw requestFailure(
      functionName,
      shownUrl(url.href),
      `scheme "${url.protocol.slice(0, -1)}" is not supported, use http or https`,
    );
  }
  url.hash = "";
  return url;
}

/** A request that came to nothing. */
export class RequestFailure extends ScriptError {
  override readonly name = "RequestFailure";

  /** @param transient Whether the same request may succeed later */
  constructor(message: string, readonly transient: boolean, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The failure of a request as the documents word it, and why. */
export function requestFailure(
  functionName: string,
  url: string,
  reason: string,
  { transient = false, ...options }: ErrorOptions & { transient?: boolean } = {},
): RequestFailure {
  return new RequestFailure(
    `${functionName} failed: error sending request for url (${url}): ${reason}`,
    transient,
    options,
  );
}

/** Takes user and password out of a URL. @returns the value of the Authorization header they stand for */
export function credentialsOf(url: URL): string | undefined {
  const { username, password } = url;
  if (username === "" && password === "") return undefined;
  url.username = "";
  url.password = "";
  return `Basic ${btoa(`${decode(username)}:${decode(password)}`)}`;
}

function decode(part: string): string {
  try {
    return fromText(decodeURIComponent(part));
  } catch {
    return part;
  }
}

/** Header lines that prove who the client is, RFC 9110, section 11, cookies, and what products use instead. */
const CREDENTIALS =
  /^(?:authorization|cookie2?|host|proxy-authorization|www-authenticate)$|token|secret|api-?key/i;

/** The lines that another host may see. `host` goes too: it names the first one. */
export function withoutSecrets(lines: readonly HeaderLine[]): HeaderLine[] {
  return lines.filter(([name]) => !CREDENTIALS.test(name));
}
