/** A request with the redirects that its server asks for. */
import type { HeaderLine } from "./headers.ts";
import type { Deadline } from "./deadline.ts";
import type { HttpRequest } from "./request.ts";
import { describeConnectionError } from "./connection_error.ts";
import { shownUrl } from "./shown_url.ts";
import { requestFailure, withoutSecrets } from "./url.ts";
import { type Connection, type Reply, send } from "./wire.ts";

const MAX_REDIRECTS = 10;

/** Statuses that say where to go instead: RFC 9110, section 15.4. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** What a request and its redirects led to. */
export interface Exchange {
  readonly reply: Reply;
  /** Where the response came from. */
  readonly url: URL;
}

/**
 * Sends a request and follows up to ten redirects. Credentials go to the first host only.
 *
 * @throws {ScriptError} When no response comes
 */
export async function exchange(
  request: HttpRequest,
  connection: Connection,
  deadline: Deadline,
): Promise<Exchange> {
  let current = request;
  for (let redirects = 0;; redirects++) {
    const reply = await sendOnce(current, connection, deadline);
    const location = REDIRECTS.has(reply.status) ? reply.headers.get("location") : null;
    if (location === null || !request.followRedirects) return { reply, url: current.url };
    await reply.body?.cancel().catch(() => {});
    const next = redirected(current, reply.status, location);
    if (redirects === MAX_REDIRECTS) {
      throw requestFailure(
        request.functionName,
        shownUrl(request.url.href),
        `too many redirects: gave up after ${MAX_REDIRECTS}, the next would go to ${shownUrl(next.url.href)}`,
      );
    }
    current = next;
  }
}

async function sendOnce(request: HttpRequest, connection: Connection, deadline: Deadline): Promise<Reply> {
  try {
    return await send(request, connection, deadline.signal);
  } catch (error) {
    const reason = deadline.expired
      ? deadline.message
      : describeConnectionError(error, request.url, connection.settings);
    throw requestFailure(request.functionName, shownUrl(request.url.href), reason, {
      cause: error,
      transient: true,
    });
  }
}

function redirected(request: HttpRequest, status: number, location: string): HttpRequest {
  const url = URL.parse(location, request.url);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
    throw requestFailure(
      request.functionName,
      shownUrl(request.url.href),
      `redirected (status ${status}) to what is no http or https URL`,
    );
  }
  url.hash = "";
  url.username = "";
  url.password = "";
  const lines = url.origin === request.url.origin ? request.lines : withoutSecrets(request.lines);
  if (!becomesGet(status, request.method)) return { ...request, url, lines };
  return { ...request, url, method: "GET", body: undefined, lines: withoutContent(lines) };
}

/** As browsers do: a POST that moved becomes a GET, and "see other" means GET whatever was sent. */
function becomesGet(status: number, method: string): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function withoutContent(lines: readonly HeaderLine[]): HeaderLine[] {
  return lines.filter(([name]) => !/^content-/i.test(name));
}
