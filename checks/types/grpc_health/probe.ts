/** Tries a check of type `grpc_health`. */
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from "node:http2";
import { defaultRoots } from "../../../builtins/http/roots.ts";
import { admit } from "../../../runtime/seam/confinement.ts";
import { describeError } from "../../../runtime/seam/error.ts";
import { VERSION } from "../../../runtime/seam/version.ts";
import { addressOf, describeConnectFailure } from "../common/socket.ts";
import { failed, type Outcome, type Part, PASSED, type Probe, type ProbeContext } from "../type.ts";
import { decodeStatus, encodeRequest, MessageError } from "./message.ts";
import { type GrpcSettings, isSecure } from "./type.ts";

/** The answer has a few bytes. */
const MAX_ANSWER = 64 * 1024;

/** Names of https://grpc.github.io/grpc/core/md_doc_statuscodes.html that say more than their number. */
const CODES: Readonly<Record<string, string>> = {
  "4": "deadline exceeded",
  "5": "the server does not know the service",
  "7": "permission denied",
  "12": "the server has no health service",
  "14": "unavailable",
  "16": "unauthenticated",
};

/** Prepares what checks of the run need. */
export function loadProbe(parts: ReadonlySet<Part>): Probe<GrpcSettings> {
  if (parts.has("roots")) defaultRoots();
  return attempt;
}

/** Asks the server and compares the status. */
async function attempt(settings: GrpcSettings, { signal }: ProbeContext): Promise<Outcome> {
  const { host, port, expect = {}, certificates } = settings;
  if (certificates !== undefined && "problem" in certificates) return failed(certificates.problem);
  const where = addressOf(host, port);
  let session: ClientHttp2Session | undefined;
  try {
    await admit(host, port, signal);
    const status = await ask(settings, signal, (opened) => session = opened);
    const expected = expect.status ?? "SERVING";
    return status === expected
      ? PASSED
      : failed(`gRPC health of ${where}: expected ${expected}, got ${status}`);
  } catch (error) {
    return failed(`gRPC health of ${where}: ${describe(error, signal)}`);
  } finally {
    session?.destroy();
  }
}

function ask(
  settings: GrpcSettings,
  signal: AbortSignal,
  onOpen: (session: ClientHttp2Session) => void,
): Promise<string> {
  const { host, port, service = "", certificates = {}, insecure = false, metadata = {} } = settings;
  const { ca, cert, key } = "problem" in certificates ? {} : certificates;
  const secure = isSecure(settings);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const session = connect(`${secure ? "https" : "http"}://${addressOf(host, port)}`, {
    ...(secure ? { ca: [...defaultRoots(), ...(ca === undefined ? [] : [ca])] } : {}),
    ...(cert === undefined || key === undefined ? {} : { cert, key }),
    ...(insecure ? { rejectUnauthorized: false } : {}),
  });
  onOpen(session);
  const onAbort = () => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  session.on("error", reject);
  session.once("close", () => reject(new Error("the server closed the connection without an answer")));
  const stream = session.request({
    ...Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value])),
    ":method": "POST",
    ":path": "/grpc.health.v1.Health/Check",
    "content-type": "application/grpc",
    te: "trailers",
    "user-agent": `assay/${VERSION}`,
  });
  const chunks: Uint8Array[] = [];
  let size = 0;
  let headers: IncomingHttpHeaders = {};
  stream.on("response", (received) => headers = received);
  // Trailers may be all that comes: "trailers-only" of the protocol
  stream.on("trailers", (received) => headers = { ...headers, ...received });
  stream.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
    if (size > MAX_ANSWER) reject(new MessageError(`the answer is larger than ${MAX_ANSWER} bytes`));
    else chunks.push(chunk);
  });
  stream.on("error", reject);
  stream.on("end", () => {
    try {
      resolve(statusOf(headers, chunks));
    } catch (error) {
      reject(error);
    }
  });
  stream.end(encodeRequest(service));
  return promise.finally(() => signal.removeEventListener("abort", onAbort));
}

/** @throws {MessageError} */
function statusOf(headers: IncomingHttpHeaders, chunks: readonly Uint8Array[]): string {
  const httpStatus = Number(headers[":status"]);
  const code = String(headers["grpc-status"] ?? "");
  if (code === "" && httpStatus !== 200) {
    throw new MessageError(`HTTP status ${httpStatus}: is this a gRPC server?`);
  }
  if (code !== "" && code !== "0") {
    const said = decoded(String(headers["grpc-message"] ?? "")).slice(0, 200);
    throw new MessageError(
      `gRPC status ${code} (${CODES[code] ?? "an error"})${said === "" ? "" : `: ${said}`}`,
    );
  }
  return decodeStatus(chunks);
}

/** The protocol percent-encodes messages. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return describeError(signal.reason);
  if (error instanceof MessageError) return error.message;
  return describeConnectFailure(error, signal);
}
