/** A TCP connection that is read in lines and pieces. */

/** Bytes of all lines of a head. */
const MAX_HEAD = 256 * 1024;
/** Bytes of one line between chunks. */
const MAX_LINE = 16 * 1024;
const BUFFER = 8 * 1024;
const LF = 10;
const CR = 13;

const latin1 = new TextDecoder("latin1");

/** The server has closed a connection before all was there. */
export class ConnectionEnded extends Error {
  override readonly name = "ConnectionEnded";

  constructor() {
    super("connection closed before message completed");
  }
}

/** Reads from a connection through a buffer. */
export class PlainConnection {
  /** Since when nobody uses it. A reading of `performance.now()`. */
  idleSince = 0;
  /** How many responses have come over it. */
  responses = 0;
  readonly #conn: Deno.TcpConn;
  #buffer = new Uint8Array(BUFFER);
  #start = 0;
  #end = 0;
  /** How much of what is received has no end of a head. */
  #searched = 0;
  #isOpen = true;

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** What has been received and not been taken. Valid until something is read. */
  get received(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let rest = bytes; rest.length > 0;) rest = rest.subarray(await this.#conn.write(rest));
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#conn.close();
  }

  /**
   * Takes what stands before an empty line, and that line, from what is received.
   *
   * @returns The text, a character each byte; undefined when there is no empty line yet
   * @throws {Error} When it is too long
   */
  takeHead(): string | undefined {
    // Empty lines before it are passed over, as other clients do
    while (this.#start < this.#end && isLineBreak(this.#buffer[this.#start])) this.#start++;
    const bytes = this.received;
    for (let end = bytes.indexOf(LF, this.#searched); end >= 0; end = bytes.indexOf(LF, end + 1)) {
      const next = bytes[end + 1] === CR ? end + 2 : end + 1;
      if (bytes[next] !== LF) continue;
      this.#searched = 0;
      this.#start += next + 1;
      return latin1.decode(bytes.subarray(0, end));
    }
    if (bytes.length > MAX_HEAD) throw new Error("message head is too large");
    this.#searched = Math.max(0, bytes.length - 2);
    return undefined;
  }

  /** Takes a line. @throws {ConnectionEnded | Error} When there is no end of it */
  async takeLine(): Promise<string> {
    for (;;) {
      const end = this.received.indexOf(LF);
      if (end >= 0) {
        const line = latin1.decode(this.received.subarray(0, end));
        this.#start += end + 1;
        return line.replace(/\r$/, "");
      }
      if (this.received.length > MAX_LINE) throw new Error("Invalid chunk size line");
      if (!await this.receive()) throw new ConnectionEnded();
    }
  }

  /**
   * Takes what is received, at most `limit` bytes; receives more where nothing is. Empty at the end.
   *
   * @returns A view that is valid until something is received
   */
  async take(limit: number): Promise<Uint8Array> {
    if (this.#start === this.#end) await this.receive();
    const taken = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + limit));
    this.#start += taken.length;
    return taken;
  }

  /** Receives some bytes. @returns whether the other side goes on */
  async receive(): Promise<boolean> {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (this.#end === this.#buffer.length) this.#makeRoom();
    const count = await this.#conn.read(this.#buffer.subarray(this.#end));
    if (count === null) return false;
    this.#end += count;
    return true;
  }

  #makeRoom(): void {
    const old = this.received;
    const isCrowded = old.length > this.#buffer.length / 2;
    const buffer = isCrowded ? new Uint8Array(2 * this.#buffer.length) : this.#buffer;
    if (isCrowded) buffer.set(old);
    else buffer.copyWithin(0, this.#start, this.#end);
    [this.#buffer, this.#start, this.#end] = [buffer, 0, old.length];
  }
}

function isLineBreak(byte: number | undefined): boolean {
  return byte === CR || byte === LF;
}
