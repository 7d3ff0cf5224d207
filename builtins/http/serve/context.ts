/** What responses are made with. */
import type { Host } from "../../../runtime/seam/host.ts";
import type { HeaderLine } from "../headers.ts";
import type { Limits } from "./options.ts";

/** The header of a body without a type of its own. */
export const TEXT = { "content-type": "text/plain" };

/** A short answer of the server's own. */
export function plainResponse(status: number, text: string, lines: readonly HeaderLine[] = []): Response {
  return new Response(text, {
    status,
    headers: lines.length === 0 ? TEXT : [["content-type", "text/plain"], ...lines],
  });
}

/** The event streams that a server has open, each as what ends it. */
export type OpenStreams = Set<() => void>;

/** What a response may need of its server. */
export interface ResponseContext {
  readonly host: Host;
  readonly limits: Limits;
  readonly streams: OpenStreams;
}
