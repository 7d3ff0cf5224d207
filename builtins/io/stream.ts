/** Where the bytes of an open file come from and go to, below all buffering. */
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import { writeAll } from "../../runtime/seam/write.ts";
import type { LuaResult, MaybePromise } from "../../runtime/seam/value.ts";
import { ERRNO, IoFailure } from "./failure.ts";

const CHUNK = 64 * 1024;

/** Where `seek` counts from. */
export type Whence = "set" | "cur" | "end";

/** An open file, pipe, device or standard stream. Bytes are in Lua's form. */
export interface ByteStream {
  readonly readable: boolean;
  readonly writable: boolean;
  /** Whether small writes are gathered until the script waits. */
  readonly gathers: boolean;
  /** Whether the stream outlives `close`, as the standard ones do. @default false */
  readonly permanent?: boolean;
  /** The next bytes; empty at the end. */
  read(): MaybePromise<string>;
  write(bytes: string): MaybePromise<void>;
  /** Hands bytes on that the stream itself holds back. */
  flush(): void;
  /** @returns the new position, from the start */
  seek(offset: number, whence: Whence): number;
  /** @returns what `file:close` gives */
  close(): MaybePromise<LuaResult>;
}

/** A stream that knows no positions. */
export function refuseSeek(): never {
  throw new IoFailure("Illegal seek", ERRNO.illegalSeek);
}

const WHENCE: Readonly<Record<Whence, Deno.SeekMode>> = {
  set: Deno.SeekMode.Start,
  cur: Deno.SeekMode.Current,
  end: Deno.SeekMode.End,
};

/** How a file is opened: `r`, `w`, `a`, each with or without `+`. */
export interface OpenMode {
  readonly read: boolean;
  readonly write: boolean;
  readonly options: Deno.OpenOptions;
}

/** Reads a mode as of `fopen`; `undefined` when it is none. */
export function parseMode(mode: string): OpenMode | undefined {
  const [, kind, plus] = /^([rwa])(\+?)b*$/.exec(mode) ?? [];
  if (kind === undefined) return undefined;
  const read = kind === "r" || plus === "+";
  const write = kind !== "r" || plus === "+";
  const options: Deno.OpenOptions = { read, write };
  if (kind === "w") Object.assign(options, { create: true, truncate: true });
  if (kind === "a") Object.assign(options, { create: true, append: true });
  return { read, write, options };
}

/**
 * Opens a file. Regular files are used synchronously, pipes and devices never stall the process.
 *
 * @param path Text
 */
export function openStream(path: string, mode: OpenMode): MaybePromise<ByteStream> {
  if (isRegular(path)) return new FileStream(Deno.openSync(path, mode.options), mode);
  return Deno.open(path, mode.options).then((file) => new DeviceStream(file, mode));
}

/** A file that does not exist yet will be a regular one, should opening make it. */
function isRegular(path: string): boolean {
  try {
    const { isFile, isDirectory } = Deno.statSync(path);
    return isFile || isDirectory;
  } catch {
    return true;
  }
}

/** A regular file. */
export class FileStream implements ByteStream {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly gathers = true;
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile, mode: OpenMode) {
    this.#file = file;
    this.readable = mode.read;
    this.writable = mode.write;
  }

  read(): string {
    const chunk = new Uint8Array(CHUNK);
    const count = this.#file.readSync(chunk);
    return count === null ? "" : fromBytes(chunk.subarray(0, count));
  }

  write(bytes: string): void {
    writeAll(this.#file, toBytes(bytes));
  }

  flush(): void {}

  seek(offset: number, whence: Whence): number {
    return this.#file.seekSync(offset, WHENCE[whence]);
  }

  close(): boolean {
    this.#file.close();
    return true;
  }
}

/** A named pipe, a terminal or another device. */
class DeviceStream implements ByteStream {
  readonly readable: boolean;
  readonly writable: boolean;
  readonly gathers = false;
  readonly flush = (): void => {};
  readonly seek = refuseSeek;
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile, mode: OpenMode) {
    this.#file = file;
    this.readable = mode.read;
    this.writable = mode.write;
  }

  async read(): Promise<string> {
    const chunk = new Uint8Array(CHUNK);
    const count = await this.#file.read(chunk);
    return count === null ? "" : fromBytes(chunk.subarray(0, count));
  }

  async write(bytes: string): Promise<void> {
    let rest = toBytes(bytes);
    while (rest.length > 0) rest = rest.subarray(await this.#file.write(rest));
  }

  close(): boolean {
    this.#file.close();
    return true;
  }
}
