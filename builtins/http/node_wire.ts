/**
 * Requests that `fetch` does not make: GET and HEAD with a body, TRACE, the ports it keeps browsers from, and
 * those to servers whose certificate is not checked.
 */
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { createBrotliDecompress, createGunzip } from "node:zlib";
import { findRoute } from "./dial.ts";
import type { HeaderLine } from "./headers.ts";
import type { HttpRequest } from "./request.ts";
import type { Settings } from "./settings.ts";
import type { Reply } from "./wire.ts";

/** Sends a request. Rejects with what the connection failed with, or the signal's reason. */
export async function sendByNode(
  { method, url, lines, body }: HttpRequest,
  settings: Settings,
  signal: AbortSignal,
): Promise<Reply> {
  signal.throwIfAborted();
  const route = await findRoute(url, settings, signal);
  const headers: Record<string, string | string[]> = {
    host: url.host,
    ...route.headers,
    ...grouped(lines),
    ...(body === undefined ? {} : { "content-length": String(body.length) }),
  };
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const outgoing = route.request({ ...route.options, method, headers }, (incoming) => {
    const stop = () => incoming.destroy(signal.reason as Error);
    signal.addEventListener("abort", stop);
    resolve(toReply(incoming, () => signal.removeEventListener("abort", stop)));
  });
  const stop = () => outgoing.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop);
  outgoing.on("close", () => signal.removeEventListener("abort", stop));
  outgoing.on("error", reject);
  if (body === undefined) outgoing.end();
  else outgoing.end(body);
  return await promise;
}

/** node:http takes repeated lines as an array under one name. */
export function grouped(lines: readonly HeaderLine[]): Record<string, string | string[]> {
  const groups = new Map<string, string | string[]>();
  for (const [name, value] of lines) {
    const key = name.toLowerCase();
    const before = groups.get(key);
    groups.set(key, before === undefined ? value : [before, value].flat());
  }
  return Object.fromEntries(groups);
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

/** Undoes the compression of a body as `fetch` does. */
export function decoded(
  body: ReadableStream<Uint8Array>,
  encoding: "gzip" | "br",
): ReadableStream<Uint8Array> {
  const decoder = encoding === "gzip" ? createGunzip() : createBrotliDecompress();
  const packed = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  packed.on("error", (error) => decoder.destroy(error));
  return Readable.toWeb(packed.pipe(decoder)) as ReadableStream<Uint8Array>;
}
