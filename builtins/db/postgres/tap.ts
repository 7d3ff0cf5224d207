/**
 * Listens to what a PostgreSQL server sends, for what the driver does not tell: how many rows each of several
 * statements has changed, and the last words of a connection. After "Message Formats" in PostgreSQL's manual.
 */
import type { Meter } from "../meter.ts";

const COMMAND_COMPLETE = "C".charCodeAt(0);
const READY_FOR_QUERY = "Z".charCodeAt(0);
const ERROR_RESPONSE = "E".charCodeAt(0);

/** A type and a length, which counts itself but not the type. */
const HEADER = 5;

/** Messages that are of interest are short; of a longer one no more than this is kept. */
const MAX_KEPT = 64 * 1024;

const decoder = new TextDecoder();

/** Follows the messages of one connection. */
export class Tap {
  /** Rows that the statements of the last query have affected, all together. */
  affected = 0;
  /** The message of an error after which nothing has come. */
  lastError: string | undefined;
  #sum = 0;
  /** The start of a message that has not arrived whole, where it is of interest or has no whole header. */
  #rest = new Uint8Array(0);
  /** Bytes of a message of no interest that have yet to arrive. */
  #skip = 0;

  constructor(private readonly meter: Meter) {}

  take(chunk: Uint8Array): void {
    this.meter.take(chunk.length);
    let bytes = chunk;
    if (this.#skip > 0) {
      const skipped = Math.min(this.#skip, bytes.length);
      this.#skip -= skipped;
      bytes = bytes.subarray(skipped);
    }
    if (bytes.length === 0) return;
    if (this.#rest.length > 0) bytes = joined(this.#rest, bytes);
    this.#rest = bytes.slice(this.#messages(bytes));
  }

  /** @returns where the first message starts that has not arrived whole */
  #messages(bytes: Uint8Array): number {
    let start = 0;
    while (start + HEADER <= bytes.length) {
      const type = bytes[start];
      const end = start + 1 + lengthAt(bytes, start + 1);
      const isWanted = type === COMMAND_COMPLETE || type === READY_FOR_QUERY || type === ERROR_RESPONSE;
      if (end > bytes.length) {
        if (isWanted && end - start <= MAX_KEPT) return start;
        this.#skip = end - bytes.length;
        return bytes.length;
      }
      if (isWanted) this.#message(type, bytes.subarray(start + HEADER, end));
      start = end;
    }
    return start;
  }

  #message(type: number, body: Uint8Array): void {
    if (type === READY_FOR_QUERY) {
      this.affected = this.#sum;
      this.#sum = 0;
      this.lastError = undefined;
    } else if (type === COMMAND_COMPLETE) {
      // Such as "INSERT 0 5", and "CREATE TABLE"; a zero byte ends it
      this.#sum += Number(/ (\d+)\0$/.exec(decoder.decode(body))?.[1] ?? 0);
    } else {
      // Fields, each a letter and a text with a zero byte at its end; M is the message
      const fields = decoder.decode(body).split("\0");
      this.lastError = fields.find((field) => field.startsWith("M"))?.slice(1);
    }
  }
}

/** A length of the protocol: 32 bits, the highest byte first. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + 4);
  // At least its own length: a server that says otherwise must not keep us here for ever
  return Math.max(4, ((a << 24) | (b << 16) | (c << 8) | d) >>> 0);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
