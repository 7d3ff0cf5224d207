/** Tries a check of type `tls`. */
import type { PeerCertificate, TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { defaultRoots } from "../../../builtins/http/roots.ts";
import { admit } from "../../../runtime/seam/confinement.ts";
import { describeError, describeSystemError } from "../../../runtime/seam/error.ts";
import { addressOf, describeConnectFailure } from "../common/socket.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import { type Certificate, certificatesIn, judge, ofPeer } from "./certificate.ts";
import type { TlsSettings } from "./type.ts";

const PORT = 443;
/** Bytes of a file of certificates. */
const MAX_FILE = 1024 * 1024;

/** Prepares what checks of the run need. */
export function loadProbe(parts: ReadonlySet<Part>): Probe<TlsSettings> {
  if (parts.has("roots")) defaultRoots();
  return attempt;
}

/** Looks at the server's certificate and at those in files. */
async function attempt(settings: TlsSettings, { signal }: ProbeContext): Promise<Outcome> {
  const { host, files = [], expect = {} } = settings;
  if (host === undefined && files.length === 0) {
    return failed("'host' or 'files' is missing: there is nothing to look at");
  }
  for (const file of files) {
    const problem = await judgeFile(file, expect);
    if (problem !== undefined) return failed(`${file}: ${problem}`);
  }
  return host === undefined ? PASSED : await judgeServer(host, settings, signal);
}

async function judgeFile(
  path: string,
  expected: NonNullable<TlsSettings["expect"]>,
): Promise<string | undefined> {
  let certificates: readonly Certificate[];
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_FILE) return `the file is larger than ${MAX_FILE / 1024} KiB`;
    certificates = certificatesIn(await Deno.readTextFile(path));
  } catch (error) {
    return `cannot be read: ${describeSystemError(error)}`;
  }
  const [own, ...chain] = certificates;
  if (own === undefined) return "there is no certificate in it";
  return judge(own, expected) ??
    chain.map((issuer) => judge(issuer, { days_left: expected.days_left ?? 0 })).find((problem) =>
      problem !== undefined
    );
}

async function judgeServer(host: string, settings: TlsSettings, signal: AbortSignal): Promise<Outcome> {
  const { port = PORT, tls = {}, expect = {} } = settings;
  if ("problem" in tls) return failed(tls.problem);
  const where = addressOf(host, port);
  let socket: TLSSocket | undefined;
  try {
    await admit(host, port, signal);
    const connected = await handshake(host, port, settings, signal, (opened) => socket = opened);
    const certificate = ofPeer(connected.certificate);
    if (certificate === undefined) return failed(`${where} shows no certificate`);
    if ((expect.valid ?? true) && connected.problem !== undefined) {
      // An expired certificate is more clearly told by its date
      return failed(`${where}: ${judge(certificate, { days_left: 0 }) ?? connected.problem}`);
    }
    const problem = judge(certificate, expect);
    return problem === undefined ? PASSED : failed(`${where}: ${problem}`);
  } catch (error) {
    if (signal.aborted) return failed(`${where}: ${describeError(signal.reason)}`);
    return failed(`${where}: ${describeHandshake(error, signal)}`);
  } finally {
    socket?.destroy();
  }
}

interface Handshake {
  readonly certificate: PeerCertificate;
  /** Why the chain is not trusted. */
  readonly problem: string | undefined;
}

function handshake(
  host: string,
  port: number,
  { server_name: name = host, tls = {} }: TlsSettings,
  signal: AbortSignal,
  onOpen: (socket: TLSSocket) => void,
): Promise<Handshake> {
  const { ca, cert, key } = "problem" in tls ? {} : tls;
  const { promise, resolve, reject } = Promise.withResolvers<Handshake>();
  const options = {
    host,
    port,
    // An address is no name to ask for: RFC 6066, section 3
    ...(/^[\d.]+$|:/.test(name) ? {} : { servername: name }),
    ca: [...defaultRoots(), ...(ca === undefined ? [] : [ca])],
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
  };
  // A chain that is not trusted ends a connection that checks it: the certificate is looked at without
  const socket = connect({ ...options, rejectUnauthorized: false });
  onOpen(socket);
  signal.addEventListener("abort", () => socket.destroy(signal.reason as Error), { once: true });
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("closed the connection within the TLS handshake")));
  socket.once("secureConnect", () => {
    const error: unknown = socket.authorizationError;
    resolve({
      certificate: socket.getPeerCertificate(true),
      problem: socket.authorized ? undefined : describeChain(error),
    });
  });
  return promise;
}

function describeChain(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error ?? "the chain is not valid");
  if (/SELF_SIGNED|self.signed/i.test(text)) {
    return `the certificate is self-signed and not trusted (${text})`;
  }
  if (/UNABLE_TO|UnknownIssuer|unable to/i.test(text)) {
    return `the certificate is not trusted: unknown issuer, or an intermediate certificate is missing (${text})`;
  }
  if (/ALTNAME|altname|NotValidForName/i.test(text)) return `the certificate is for another name (${text})`;
  return `the certificate is not valid (${text})`;
}

function describeHandshake(error: unknown, signal: AbortSignal): string {
  const text = describeError(error);
  if (/InvalidContentType|wrong version|tls handshake eof|corrupt message/i.test(text)) {
    return `the server does not speak TLS (${text})`;
  }
  if (/before secure TLS connection|socket hang up/i.test(text)) {
    return "closed the connection within the TLS handshake";
  }
  return describeConnectFailure(error, signal);
}
