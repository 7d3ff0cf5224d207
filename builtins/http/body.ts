/** Response bodies in memory, with a bound. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { fromBytes } from "../../runtime/seam/text.ts";
import type { Reply } from "./wire.ts";

/**
 * Reads a whole body, as a Lua string.
 *
 * @param limit The most bytes to take; the rest is not read
 * @throws {ScriptError} When it is larger
 */
export async function readBody(reply: Reply, limit: number): Promise<string> {
  if (reply.body === null) return "";
  const announced = Number(reply.headers.get("content-length") ?? NaN);
  if (announced > limit) {
    await reply.body.cancel().catch(() => {});
    throw tooLarge(limit);
  }
  if (reply instanceof Response && announced <= limit) return fromBytes(await reply.bytes());
  let body = "";
  for await (const chunk of reply.body) {
    if (body.length + chunk.length > limit) throw tooLarge(limit);
    body += fromBytes(chunk);
  }
  return body;
}

function tooLarge(limit: number): ScriptError {
  return new ScriptError(`larger than ${limit} bytes: raise max_body or use http.download`);
}
