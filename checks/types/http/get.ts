/** The one request that checks make: GET, bounded in time, redirects and size. */
import { shownUrl } from "../../../builtins/http/shown_url.ts";
import { describeTransportError } from "../../../builtins/http/transport_error.ts";
import { describeError } from "../../../runtime/seam/error.ts";
import { VERSION } from "../../../runtime/seam/version.ts";
import { failed, type Outcome } from "../type.ts";

const MAX_REDIRECTS = 10;
/** Bytes of a body. */
const MAX_BODY = 16 * 1024 * 1024;
/** A body that nobody wants is read up to this size, so that its connection can be used again. Bytes. */
const MAX_DRAINED = 64 * 1024;

/** A list is what fetch takes over with the least work. */
const HEADERS: [string, string][] = [["user-agent", `assay/${VERSION}`], ["accept-encoding", "identity"]];
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** How a server comes to be trusted: checks have no certificates of their own. */
const CA_HINT = "add its CA to the certificates of the system, or name it in SSL_CERT_FILE";

/** Why there is no answer, in a few words: `connection refused`. */
export class TransportError extends Error {
  override readonly name = "TransportError";
}

/** How {@link get} makes its request. */
export interface GetOptions {
  /** @default true */
  followRedirects?: boolean;
  /** Whether the body is wanted. @default true */
  body?: boolean;
  signal: AbortSignal;
}

/** What a check sees of a response. */
export interface Answer {
  status: number;
  /** As UTF-8, invalid sequences replaced; empty when it is not wanted. */
  body: string;
}

/** @throws {TransportError} When there is no answer */
export async function get(url: string, options: GetOptions): Promise<Answer> {
  const { followRedirects = true, body = true, signal } = options;
  let target = url;
  try {
    let response = await request(url, signal);
    if (followRedirects && REDIRECTS.has(response.status)) {
      response = await follow(url, response, signal, (next) => target = next);
    }
    return { status: response.status, body: body ? await readBody(response) : await discard(response) };
  } catch (error) {
    if (error instanceof TransportError) throw error;
    if (signal.aborted) throw new TransportError(describeError(signal.reason), { cause: error });
    throw new TransportError(describeTransportError(error, new URL(target), CA_HINT), { cause: error });
  }
}

function request(url: string, signal: AbortSignal): Promise<Response> {
  return fetch(url, { headers: HEADERS, redirect: "manual", signal });
}

/** The response behind redirects: Deno's own limit is another and is not told apart from other failures. */
async function follow(
  url: string,
  first: Response,
  signal: AbortSignal,
  onRedirect: (url: string) => void,
): Promise<Response> {
  let response = first;
  let target = url;
  for (let redirects = 1; REDIRECTS.has(response.status); redirects++) {
    const location = response.headers.get("location");
    if (location === null) break;
    await discard(response);
    if (redirects > MAX_REDIRECTS) throw new TransportError(`more than ${MAX_REDIRECTS} redirects`);
    const next = URL.canParse(location, target) ? new URL(location, target) : undefined;
    if (next === undefined || !/^https?:$/.test(next.protocol)) {
      throw new TransportError("redirected to what is no http:// or https:// URL");
    }
    target = next.href;
    onRedirect(target);
    response = await request(target, signal);
  }
  return response;
}

async function readBody(response: Response): Promise<string> {
  const length = lengthOf(response);
  if (length > MAX_BODY) {
    await response.body?.cancel();
    throw tooLarge();
  }
  if (length >= 0 || response.body === null) return await response.text();
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of response.body) {
    size += chunk.length;
    // Leaving the loop cancels the rest
    if (size > MAX_BODY) throw tooLarge();
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

async function discard(response: Response): Promise<""> {
  const length = lengthOf(response);
  if (length >= 0 && length <= MAX_DRAINED) await response.text();
  else await response.body?.cancel();
  return "";
}

/** The length of the body, −1 when its end is not announced. */
function lengthOf({ headers }: Response): number {
  const length = headers.get("content-length");
  return length === null || headers.has("content-encoding") ? -1 : Number(length);
}

function tooLarge(): TransportError {
  return new TransportError(`the body is larger than ${MAX_BODY / 1024 / 1024} MiB`);
}

/** What a check fails with that got no answer. @throws The error when it is none of `get` */
export function transportFailure(url: string, error: unknown): Outcome {
  if (!(error instanceof TransportError)) throw error;
  return failed(`HTTP GET ${shownUrl(url)}: ${error.message}`);
}
