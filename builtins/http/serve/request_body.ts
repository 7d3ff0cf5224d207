/** The bodies of requests: bounded in length and in time. */
import { fromBytes } from "../../../runtime/seam/text.ts";
import type { Limits } from "./options.ts";

/** Why a body has not been read. */
export type BodyFailure = "too large" | "too slow";

/** The longest announced body for which room is made at once. */
const ROOM = 64 * 1024;

/**
 * Reads a whole body.
 *
 * @returns The bytes as a Lua string, or what has been wrong with it
 * @throws What the connection breaks off with
 */
export async function readBody(
  request: Request,
  { body: limit, readTime }: Limits,
): Promise<{ bytes: string } | BodyFailure> {
  if (request.body === null) return { bytes: "" };
  const announced = Number(request.headers.get("content-length") ?? NaN);
  if (announced > limit) return "too large";
  const reader = request.body.getReader();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    reader.cancel().catch(() => {});
  }, readTime);
  try {
    const bytes = new Bytes(announced <= ROOM ? announced : 0);
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (bytes.length + part.value.length > limit) {
        reader.cancel().catch(() => {});
        return "too large";
      }
      bytes.add(part.value);
    }
    return isLate ? "too slow" : { bytes: fromBytes(bytes.all()) };
  } finally {
    clearTimeout(timer);
  }
}

/** Bytes that come in pieces, however small: they take no more than twice their room. */
class Bytes {
  #room: Uint8Array;
  #length = 0;

  constructor(room: number) {
    this.#room = new Uint8Array(room);
  }

  get length(): number {
    return this.#length;
  }

  add(piece: Uint8Array): void {
    const end = this.#length + piece.length;
    if (this.#length === 0 && this.#room.length < end) this.#room = piece;
    else {
      if (end > this.#room.length) this.#grow(end);
      this.#room.set(piece, this.#length);
    }
    this.#length = end;
  }

  all(): Uint8Array {
    return this.#room.subarray(0, this.#length);
  }

  #grow(least: number): void {
    const room = new Uint8Array(Math.max(least, this.#room.length * 2));
    room.set(this.all());
    this.#room = room;
  }
}
