/** WebSocket frames on the wire: RFC 6455, section 5. */

/** What a frame is: RFC 6455, section 11.8. */
export const Opcode = {
  CONTINUATION: 0x0,
  TEXT: 0x1,
  BINARY: 0x2,
  CLOSE: 0x8,
  PING: 0x9,
  PONG: 0xa,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(Opcode));

/** A control frame has no more. Bytes. */
export const MAX_CONTROL = 125;

const FIN = 0x80;
const RESERVED_BITS = 0x70;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

/** The other side has broken the protocol; `code` is what the close frame tells it. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";

  constructor(readonly code: 1002 | 1007 | 1009, message: string) {
    super(message);
  }
}

/** What a message beyond the limit is answered with. @param limit Bytes */
export function tooLarge(limit: number): ProtocolError {
  return new ProtocolError(1009, `a message is larger than ${limit} bytes: raise max_message`);
}

/** A whole message or control frame as a client sends it: masked with bytes that nobody can foresee. */
export function encodeFrame(opcode: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const { length } = payload;
  const extended = length < LENGTH_16 ? 0 : length < 0x10000 ? 2 : 8;
  const start = 2 + extended + 4;
  const frame = new Uint8Array(start + length);
  const view = new DataView(frame.buffer);
  frame[0] = FIN | opcode;
  frame[1] = MASKED | (extended === 0 ? length : extended === 2 ? LENGTH_16 : LENGTH_64);
  if (extended === 2) view.setUint16(2, length);
  if (extended === 8) view.setBigUint64(2, BigInt(length));
  const mask = crypto.getRandomValues(frame.subarray(start - 4, start));
  for (let i = 0; i < length; i++) frame[start + i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return frame;
}

/** Takes a server's bytes in pieces of any size and gives whole frames. */
export class FrameReader {
  readonly #limit: number;
  #chunks: Uint8Array[] = [];
  #available = 0;

  /** @param limit The most bytes that a frame may have */
  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#available += chunk.length;
  }

  /**
   * The next frame, undefined until all of it is there.
   *
   * @throws {ProtocolError} When the bytes are no frame of a server, or one that is too large
   */
  next(): Frame | undefined {
    const head = this.#peek(Math.min(this.#available, 10));
    const [first, second] = head;
    if (first === undefined || second === undefined) return undefined;
    const opcode = checkHead(first, second);
    const short = second & 0x7f;
    const extended = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0;
    if (head.length < 2 + extended) return undefined;
    const length = payloadLength(head, short);
    if (length > this.#limit) throw tooLarge(this.#limit);
    if (this.#available < 2 + extended + length) return undefined;
    this.#take(2 + extended);
    return { final: (first & FIN) !== 0, opcode, payload: this.#take(length) };
  }

  #peek(length: number): Uint8Array {
    const [first] = this.#chunks;
    if (first === undefined) return new Uint8Array();
    if (first.length < length) this.#chunks = [joined(this.#chunks)];
    return (this.#chunks[0] ?? first).subarray(0, length);
  }

  #take(length: number): Uint8Array {
    const parts: Uint8Array[] = [];
    let missing = length;
    while (missing > 0) {
      const chunk = this.#chunks[0];
      if (chunk === undefined) break;
      parts.push(chunk.subarray(0, missing));
      if (chunk.length > missing) this.#chunks[0] = chunk.subarray(missing);
      else this.#chunks.shift();
      missing -= Math.min(chunk.length, missing);
    }
    this.#available -= length;
    return joined(parts);
  }
}

function checkHead(first: number, second: number): number {
  const opcode = first & 0x0f;
  if ((first & RESERVED_BITS) !== 0) {
    throw new ProtocolError(1002, "a frame uses an extension that was not agreed on");
  }
  if (!KNOWN.has(opcode)) throw new ProtocolError(1002, `a frame is of the unknown kind ${opcode}`);
  if ((second & MASKED) !== 0) throw new ProtocolError(1002, "a frame of the server is masked");
  if (opcode >= Opcode.CLOSE && ((first & FIN) === 0 || (second & 0x7f) > MAX_CONTROL)) {
    throw new ProtocolError(1002, "a control frame is too long or in pieces");
  }
  return opcode;
}

function payloadLength(head: Uint8Array, short: number): number {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  if (short === LENGTH_16) return view.getUint16(2);
  return short === LENGTH_64 ? Number(view.getBigUint64(2)) : short;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
