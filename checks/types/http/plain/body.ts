/** The bodies of HTTP/1.1 responses (RFC 9112, sections 6 and 7). */
import { ConnectionEnded, type PlainConnection } from "./connection.ts";
import type { Framing } from "./head.ts";

/** Bytes of the lines behind the last chunk. */
const MAX_TRAILERS = 64 * 1024;

/**
 * Reads a body to its end.
 *
 * @returns Nothing when it is longer than `limit` bytes: the connection is then of no use
 * @throws {ConnectionEnded | Error} When the connection ends within it, or it is not what it must be
 */
export async function readBody(
  connection: PlainConnection,
  framing: Framing,
  limit: number,
): Promise<Uint8Array | undefined> {
  const body = new Body(connection, limit);
  switch (framing.kind) {
    case "length":
      return await body.take(framing.length) ? body.bytes : undefined;
    case "end":
      return await body.takeRest() ? body.bytes : undefined;
    case "chunked":
      return await takeChunks(connection, body) ? body.bytes : undefined;
  }
}

async function takeChunks(connection: PlainConnection, body: Body): Promise<boolean> {
  for (;;) {
    const size = sizeOf(await connection.takeLine());
    if (size === 0) break;
    if (!await body.take(size)) return false;
    if (await connection.takeLine() !== "") throw new Error("Invalid chunk end CR");
  }
  let trailers = 0;
  for (let line = await connection.takeLine(); line !== ""; line = await connection.takeLine()) {
    trailers += line.length;
    if (trailers > MAX_TRAILERS) throw new Error("message head is too large");
  }
  return true;
}

function sizeOf(line: string): number {
  const [, digits] = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?$/.exec(line) ?? [];
  if (digits === undefined) throw new Error("Invalid chunk size line");
  return parseInt(digits, 16);
}

/** What has been taken of a body, whatever the sizes of the pieces that it comes in. */
class Body {
  readonly #connection: PlainConnection;
  readonly #limit: number;
  #buffer = new Uint8Array();
  #size = 0;

  constructor(connection: PlainConnection, limit: number) {
    this.#connection = connection;
    this.#limit = limit;
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#size);
  }

  /** @returns whether there is room for so many bytes */
  async take(length: number): Promise<boolean> {
    if (length > this.#limit - this.#size) return false;
    for (let left = length; left > 0;) {
      const piece = await this.#connection.take(left);
      if (piece.length === 0) throw new ConnectionEnded();
      this.#add(piece);
      left -= piece.length;
    }
    return true;
  }

  /** Takes what comes until the connection ends. @returns whether there is room for it */
  async takeRest(): Promise<boolean> {
    for (;;) {
      const piece = await this.#connection.take(Infinity);
      if (piece.length === 0) return true;
      if (piece.length > this.#limit - this.#size) return false;
      this.#add(piece);
    }
  }

  #add(piece: Uint8Array): void {
    const size = this.#size + piece.length;
    if (size > this.#buffer.length) {
      const larger = new Uint8Array(this.#size === 0 ? size : 2 * size);
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(piece, this.#size);
    this.#size = size;
  }
}
