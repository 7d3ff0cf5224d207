/**
 * Requests that `fetch` refuses to send: GET and HEAD with a body, TRACE, and the ports it keeps browsers from.
 * Goes to the server directly: proxies of the environment are not used.
 */
import { type IncomingMessage, request as requestHttp, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { getCACertificates } from "node:tls";
import type { HttpRequest } from "./request.ts";
import type { Reply } from "./wire.ts";

/** Sends a request. Rejects with what the connection failed with, or the signal's reason. */
export function sendPlainly(
  { method, url, lines, body }: HttpRequest,
  caCerts: readonly string[],
  signal: AbortSignal,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const options: RequestOptions & { ca?: string[] } = {
      method,
      agent: false,
      headers: Object.fromEntries(grouped(lines)),
      ...(caCerts.length === 0 ? {} : { ca: [...getCACertificates("default"), ...caCerts] }),
    };
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const outgoing = send(url, options, (incoming) => {
      const stop = () => incoming.destroy(signal.reason as Error);
      signal.addEventListener("abort", stop);
      resolve(toReply(incoming, () => signal.removeEventListener("abort", stop)));
    });
    const stop = () => outgoing.destroy(signal.reason as Error);
    signal.addEventListener("abort", stop);
    outgoing.on("close", () => signal.removeEventListener("abort", stop));
    outgoing.on("error", reject);
    if (body === undefined) outgoing.end();
    else {
      outgoing.setHeader("content-length", body.length);
      outgoing.end(body);
    }
  });
}

/** node:http takes repeated lines as an array under one name. */
function grouped(lines: HttpRequest["lines"]): Map<string, string | string[]> {
  const groups = new Map<string, string | string[]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const before = groups.get(key);
    groups.set(key, before === undefined ? value : [before, value].flat());
  }
  return groups;
}

function toReply(incoming: IncomingMessage, finished: () => void): Reply {
  const headers = new Headers();
  const { rawHeaders } = incoming;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i] ?? "", rawHeaders[i + 1] ?? "");
  }
  const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await chunks.next();
      if (done !== true) return controller.enqueue(value);
      finished();
      controller.close();
    },
    cancel() {
      finished();
      incoming.destroy();
    },
  });
  return { status: incoming.statusCode ?? 0, headers, body };
}
