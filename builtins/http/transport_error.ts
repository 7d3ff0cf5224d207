/** Why a request could not be made, in words for an operator. */
import { describeError } from "../../runtime/seam/error.ts";

/**
 * The cause of a failed request. Deno and its TLS library give text only, so that the text decides: what is not
 * known here is shown as it is, without the prefixes that repeat the URL.
 *
 * @param caHint What helps when a certificate's issuer is unknown
 */
export function describeTransportError(
  error: unknown,
  url: URL,
  caHint = "give its CA to http.client with ca_cert_file or ca_cert",
): string {
  const text = innermostText(error);
  const port = url.port || (/^(?:https|wss):$/.test(url.protocol) ? "443" : "80");
  const server = `${url.hostname}:${port}`;
  if (/dns error|ENOTFOUND|EAI_AGAIN|failed to lookup address/i.test(text)) {
    return `the host name ${url.hostname} cannot be resolved (DNS: ${afterColon(text)})`;
  }
  if (/Connection refused|ECONNREFUSED/i.test(text)) {
    return `connection refused: nothing listens on ${server}`;
  }
  if (/unreachable|EHOSTUNREACH|ENETUNREACH/i.test(text)) {
    return `${server} is unreachable (${afterColon(text)})`;
  }
  if (/timed out|ETIMEDOUT/i.test(text)) return `no connection to ${server} (${afterColon(text)})`;
  return describeCertificate(text, url, caHint) ?? describeProtocol(text, server, url.protocol) ?? text;
}

function describeCertificate(text: string, url: URL, caHint: string): string | undefined {
  const reason = /invalid peer certificate: (.*)$/s.exec(text)?.[1] ?? nodeCertificateReason(text);
  if (reason === undefined) return undefined;
  if (/UnknownIssuer|CaUsedAsEndEntity|self.signed|unable to (?:get|verify)/i.test(reason)) {
    return `the certificate of ${url.hostname} is not trusted: unknown issuer (${caHint})`;
  }
  if (/Expired/i.test(reason)) return `the certificate of ${url.hostname} has expired (${reason})`;
  if (/NotValidYet|not valid yet/i.test(reason)) {
    return `the certificate of ${url.hostname} is not valid yet (${reason})`;
  }
  if (/not valid for name|NotValidForName|altname/i.test(reason)) {
    return `the certificate of ${url.hostname} is for another name (${reason})`;
  }
  return `the certificate of ${url.hostname} is not valid (${reason})`;
}

function nodeCertificateReason(text: string): string | undefined {
  return /certificate|altname/i.test(text) ? text : undefined;
}

function describeProtocol(text: string, server: string, protocol: string): string | undefined {
  const scheme = /^ws/.test(protocol) ? "ws" : "http";
  if (/connection closed before message completed|socket hang up/i.test(text)) {
    return `${server} closed the connection without an answer`;
  }
  if (/before secure TLS connection/i.test(text)) {
    return `${server} closed the connection within the TLS handshake`;
  }
  if (/Connection reset|ECONNRESET/i.test(text)) return `${server} reset the connection`;
  if (/error reading a body|^aborted$/.test(text)) return `${server} broke off within the body`;
  if (
    /incorrect (?:header|data|length) check|unexpected end of file|corrupt deflate|invalid gzip/i.test(text)
  ) {
    return `${server} sent a body that cannot be decompressed (${text})`;
  }
  if (/header overflow|message head is too large/i.test(text)) {
    return `${server} sent more header lines than a client takes (${text})`;
  }
  const blocked = /Requests to port (\d+) are blocked/.exec(text);
  if (blocked !== null) {
    return `port ${blocked[1]} is closed to HTTP clients (list of bad ports in the Fetch standard)`;
  }
  if (/InvalidContentType|tls handshake eof/i.test(text)) {
    return `${server} does not speak TLS: is the URL to begin with ${scheme}:// (${text})`;
  }
  if (/invalid HTTP (?:version|status-code) parsed|Parse Error: Expected HTTP/i.test(text)) {
    return `${server} does not answer in HTTP/1.1: is the URL to begin with ${scheme}s:// (${text})`;
  }
  return undefined;
}

/** The message of the first cause, without what names the request. */
export function innermostText(error: unknown): string {
  let inner = error;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return describeError(inner).replace(/^error sending request .*?: client error \([A-Za-z]+\): /s, "");
}

function afterColon(text: string): string {
  return text.slice(text.lastIndexOf(": ") + 1).trim();
}
