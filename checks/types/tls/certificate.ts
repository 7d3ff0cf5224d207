/** What a certificate says, and what is expected of it. */
import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";

/** A certificate in words. */
export interface Certificate {
  readonly subject: string;
  readonly issuer: string;
  readonly from: Date;
  readonly to: Date;
  /** DNS names and IP addresses. */
  readonly names: readonly string[];
}

/** What is expected of one. */
export interface ExpectedCertificate {
  readonly days_left?: number;
  readonly names?: readonly string[];
  readonly issuer?: string;
}

const DAY = 86_400_000;
const PEM =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** The certificates of a PEM file, in its order. @throws {Error} When one cannot be decoded */
export function certificatesIn(pem: string): Certificate[] {
  return Array.from(pem.matchAll(PEM), ([block]) => ofX509(new X509Certificate(block)));
}

/** What a server showed; undefined for nothing. */
export function ofPeer({ raw }: Partial<PeerCertificate>): Certificate | undefined {
  return raw === undefined ? undefined : ofX509(new X509Certificate(raw));
}

function ofX509({ subject, issuer, validFrom, validTo, subjectAltName }: X509Certificate): Certificate {
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    from: new Date(validFrom),
    to: new Date(validTo),
    names: Array.from(
      (subjectAltName ?? "").matchAll(/(?:DNS|IP Address):\s*("(?:[^"\\]|\\.)*"|[^,\s]+)/g),
      ([, name = ""]) => name.replaceAll('"', "").toLowerCase(),
    ),
  };
}

/** Node has a line for each part of a name. */
function oneLine(name: string | undefined): string {
  return (name ?? "").trim().split("\n").join(", ");
}

/** Compares a certificate. @param now Milliseconds since 1970. @returns What is wrong */
export function judge(
  { subject, issuer, from, to, names }: Certificate,
  expected: ExpectedCertificate,
  now = Date.now(),
): string | undefined {
  const { days_left: wanted = 0 } = expected;
  const of = subject === "" ? "the certificate" : `the certificate of ${subject}`;
  if (from.getTime() > now) return `${of} is not valid before ${from.toISOString()}`;
  const left = Math.floor((to.getTime() - now) / DAY);
  if (to.getTime() <= now) return `${of} has expired on ${to.toISOString()}`;
  if (left < wanted) return `expected ${wanted} days left, got ${left}: ${of} expires on ${to.toISOString()}`;
  const missing = expected.names?.find((name) => !names.some((pattern) => fits(pattern, name.toLowerCase())));
  if (missing !== undefined) {
    return `${of} is not for ${missing}: its names are ${names.join(", ") || "none"}`;
  }
  if (expected.issuer !== undefined && !issuer.includes(expected.issuer)) {
    return `expected issuer "${expected.issuer}", got "${issuer}"`;
  }
  return undefined;
}

/** A wildcard stands for one label: RFC 6125, section 6.4.3. */
function fits(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  return pattern.startsWith("*.") && !name.startsWith("*") && name.includes(".") &&
    name.slice(name.indexOf(".")) === pattern.slice(1);
}
