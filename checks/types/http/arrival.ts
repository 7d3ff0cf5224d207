/** A response as checks take it, whatever has brought it: its body is read as text or thrown away. */
import type { Reply } from "../../../builtins/http/wire.ts";

/** Header lines of a response. Names in any case; of several lines the values, with commas between. */
export type HeaderLines = Pick<Headers, "get" | "has">;

/** A response whose body has not been read. Its body must be read or discarded, once. */
export interface Arrival {
  readonly status: number;
  readonly headers: HeaderLines;
  /** The body as UTF-8, invalid sequences replaced; undefined when it is longer than `limit` bytes. */
  text(limit: number): Promise<string | undefined>;
  /** Reads a body of up to `limit` bytes whose end is known, so that its connection can be used again. */
  discard(limit: number): Promise<void>;
}

/** What `fetch` or node:http has brought. */
export class ReplyArrival implements Arrival {
  readonly status: number;
  readonly headers: HeaderLines;
  readonly #reply: Reply;

  constructor(reply: Reply) {
    this.status = reply.status;
    this.headers = reply.headers;
    this.#reply = reply;
  }

  async text(limit: number): Promise<string | undefined> {
    const { body } = this.#reply;
    const length = this.#length();
    if (length > limit) {
      await body?.cancel();
      return undefined;
    }
    if (body === null) return "";
    if (length >= 0 && this.#reply instanceof Response) return await this.#reply.text();
    const decoder = new TextDecoder();
    let text = "";
    let size = 0;
    for await (const chunk of body) {
      size += chunk.length;
      // Leaving the loop cancels the rest
      if (size > limit) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  }

  async discard(limit: number): Promise<void> {
    const length = this.#length();
    if (length >= 0 && length <= limit && this.#reply instanceof Response) await this.#reply.text();
    else await this.#reply.body?.cancel();
  }

  /** The length of the body, −1 when its end is not announced. */
  #length(): number {
    const length = this.headers.get("content-length");
    return length === null || this.headers.has("content-encoding") ? -1 : Number(length);
  }
}
