/** Buffering over a stream, both ways. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { LuaResult, MaybePromise } from "../../runtime/seam/value.ts";
import { ERRNO, IoFailure } from "./failure.ts";
import type { ByteStream, Whence } from "./stream.ts";

/** Gathered bytes beyond this are written at once. */
const GATHER = 32 * 1024;

/** The most that one read gives, in bytes: what a string of the platform holds, with room to spare. */
const MAX_READ = 256 * 1024 * 1024;

/** When written bytes go to the stream: when the script waits, with each line, or at once. */
export type Buffering = "full" | "line" | "no";

/** Steps of a read: each yields while it needs more bytes, and is told whether there were any. */
export type Steps<T> = Generator<MaybePromise<boolean>, T, boolean>;

/** What the channels of the process still have to write, whoever ends it. */
const unwritten = new Set<Channel>();
let listening = false;

function flushAll(): void {
  for (const channel of [...unwritten]) channel.flushQuietly();
}

/** An open file with its buffers. Reads that wait are done one after the other. */
export class Channel {
  buffering: Buffering = "full";
  readonly #stream: ByteStream;
  #read = "";
  #position = 0;
  #written = "";
  #failure: { error: unknown } | undefined;
  #busy: Promise<unknown> | undefined;

  constructor(stream: ByteStream) {
    this.#stream = stream;
  }

  /** See `ByteStream`. */
  get permanent(): boolean {
    return this.#stream.permanent ?? false;
  }

  /** Runs a read to its end; at once when nothing in it waits. */
  read<T>(start: () => Steps<T>): MaybePromise<T> {
    if (!this.#stream.readable) throw new IoFailure("Bad file descriptor", ERRNO.badDescriptor);
    if (this.#busy !== undefined) return this.#busy.then(() => this.read(start));
    this.flush();
    return this.#untilDone(driveSteps(start()));
  }

  /** Lets other uses of the file wait until this one is done. */
  #untilDone<T>(result: MaybePromise<T>): MaybePromise<T> {
    if (!(result instanceof Promise)) return result;
    const busy = result.then(() => {}, () => {}).finally(() => {
      if (this.#busy === busy) this.#busy = undefined;
    });
    this.#busy = busy;
    return result;
  }

  /** The byte at the read position, if it has been fetched. */
  peek(): string | undefined {
    return this.#read[this.#position];
  }

  /** How many bytes from the read position on have been fetched. */
  get available(): number {
    return this.#read.length - this.#position;
  }

  /** The distance of `byte` from the read position, −1 when it has not been fetched. */
  find(byte: string): number {
    const index = this.#read.indexOf(byte, this.#position);
    return index < 0 ? -1 : index - this.#position;
  }

  /** Takes fetched bytes. */
  take(count: number): string {
    const start = this.#position;
    this.#position = Math.min(start + count, this.#read.length);
    return this.#read.slice(start, this.#position);
  }

  /** Fetches more bytes behind those that are there; false at the end of the file. */
  fill(): MaybePromise<boolean> {
    const chunk = this.#stream.read();
    return chunk instanceof Promise ? chunk.then((bytes) => this.#append(bytes)) : this.#append(chunk);
  }

  #append(bytes: string): boolean {
    this.#read = this.#read.slice(this.#position) + bytes;
    this.#position = 0;
    return bytes !== "";
  }

  /** Writes, or keeps for the next flush. */
  write(bytes: string): MaybePromise<void> {
    this.#raiseFailure();
    if (!this.#stream.writable) throw new IoFailure("Bad file descriptor", ERRNO.badDescriptor);
    this.#forgetFetched();
    if (!this.#stream.gathers) return this.#writeThrough(bytes);
    if (this.#written === "" && bytes !== "") this.#writeSoon();
    this.#written += bytes;
    const now = this.buffering === "no" || this.#written.length >= GATHER ||
      (this.buffering === "line" && bytes.includes("\n"));
    if (now) this.#writeGathered();
  }

  #writeThrough(bytes: string): MaybePromise<void> {
    if (this.#busy !== undefined) return this.#busy.then(() => this.#writeThrough(bytes));
    return this.#untilDone(this.#stream.write(bytes));
  }

  #writeSoon(): void {
    if (!listening) globalThis.addEventListener("unload", flushAll);
    listening = true;
    unwritten.add(this);
    queueMicrotask(() => this.flushQuietly());
  }

  /** Where writing fails with nobody to tell, the next use of the file tells it. */
  flushQuietly(): void {
    try {
      this.#writeGathered();
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #writeGathered(): void {
    const bytes = this.#written;
    this.#written = "";
    unwritten.delete(this);
    if (bytes !== "") void this.#stream.write(bytes);
  }

  #raiseFailure(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.error;
  }

  /** Puts the stream's position where the script believes it to be. */
  #forgetFetched(): void {
    const ahead = this.available;
    this.#read = "";
    this.#position = 0;
    if (ahead > 0 && this.#stream.gathers) this.#stream.seek(-ahead, "cur");
  }

  flush(): void {
    this.#raiseFailure();
    this.#writeGathered();
    this.#stream.flush();
  }

  /** @returns the new position, from the start */
  seek(offset: number, whence: Whence): number {
    this.flush();
    this.#forgetFetched();
    return this.#stream.seek(offset, whence);
  }

  close(): MaybePromise<LuaResult> {
    let failure: { error: unknown } | undefined;
    try {
      this.flush();
    } catch (error) {
      failure = { error };
    }
    const result = this.#stream.close();
    if (failure !== undefined) throw failure.error;
    return result;
  }
}

function driveSteps<T>(steps: Steps<T>): MaybePromise<T> {
  let step = steps.next();
  while (!step.done) {
    if (step.value instanceof Promise) return driveWaiting(steps, step.value);
    step = steps.next(step.value);
  }
  return step.value;
}

async function driveWaiting<T>(steps: Steps<T>, first: Promise<boolean>): Promise<T> {
  let step = steps.next(await first);
  while (!step.done) step = steps.next(await step.value);
  return step.value;
}

/** Refuses to gather more than a string can hold. */
export function checkLength(length: number): void {
  if (length > MAX_READ) {
    throw new ScriptError(
      `cannot read more than ${MAX_READ / 1024 / 1024} MiB at once: read the file in lines or blocks`,
    );
  }
}
