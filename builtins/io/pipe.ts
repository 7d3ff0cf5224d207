/** Pipes to and from other processes. */
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import type { LuaResult, MaybePromise } from "../../runtime/seam/value.ts";
import { type ByteStream, refuseSeek } from "./stream.ts";

/** What closing a pipe gives, once it is closed. */
export type Closed = () => MaybePromise<LuaResult>;

/** What a process prints. */
export class OutputPipe implements ByteStream {
  readonly readable = true;
  readonly writable = false;
  readonly gathers = false;
  readonly seek = refuseSeek;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #closed: Closed;

  constructor(stream: ReadableStream<Uint8Array>, closed: Closed) {
    this.#reader = stream.getReader();
    this.#closed = closed;
  }

  async read(): Promise<string> {
    const { value } = await this.#reader.read();
    return value === undefined ? "" : fromBytes(value);
  }

  write(): void {}

  flush(): void {}

  async close(): Promise<LuaResult> {
    await this.#reader.cancel();
    return await this.#closed();
  }
}

/** What a process is fed. */
export class InputPipe implements ByteStream {
  readonly readable = false;
  readonly writable = true;
  readonly gathers = false;
  readonly seek = refuseSeek;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #closed: Closed;

  constructor(stream: WritableStream<Uint8Array>, closed: Closed) {
    this.#writer = stream.getWriter();
    this.#closed = closed;
    // A process that ends early is told by the next write
    this.#writer.closed.catch(() => {});
  }

  read(): string {
    return "";
  }

  async write(bytes: string): Promise<void> {
    await this.#writer.write(toBytes(bytes));
  }

  flush(): void {}

  async close(): Promise<LuaResult> {
    try {
      await this.#writer.close();
    } catch {
      // The process has ended without reading everything: its status tells how
    }
    return await this.#closed();
  }
}
