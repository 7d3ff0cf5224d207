/** Standard output and standard error of the process. */
import type { Output } from "./seam/host.ts";
import { toBytes } from "./seam/text.ts";

const LIMIT = 32 * 1024;
const encoder = new TextEncoder();

/** What ends a process whose reader has gone, as in `assay … | head`. */
export const STATUS_BROKEN_PIPE = 141;

/** Standard output, gathered until the script waits or ends; whoever ends the process must flush. */
export class StandardOutput implements Output {
  readonly #writer: SyncWriter;
  #pending = "";

  /** @param writer What takes the place of standard output */
  constructor(writer: SyncWriter = Deno.stdout) {
    this.#writer = writer;
  }

  write(bytes: string): void {
    if (this.#pending === "") queueMicrotask(() => this.flush());
    this.#pending += bytes;
    if (this.#pending.length >= LIMIT) this.flush();
  }

  flush(): void {
    if (this.#pending === "") return;
    const bytes = toBytes(this.#pending);
    this.#pending = "";
    writeAll(this.#writer, bytes);
  }
}

/** Writes text to stderr, at once. */
export function writeError(text: string): void {
  writeAll(Deno.stderr, encoder.encode(text));
}

/** Writes text to stdout, at once. */
export function writeText(text: string): void {
  writeAll(Deno.stdout, encoder.encode(text));
}

interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

function writeAll(writer: SyncWriter, bytes: Uint8Array): void {
  let rest = bytes;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writer.writeSync(rest));
    } catch (error) {
      if (error instanceof Deno.errors.BrokenPipe) Deno.exit(STATUS_BROKEN_PIPE);
      // A full pipe that another process has made non-blocking
      if (error instanceof Deno.errors.WouldBlock) continue;
      throw error;
    }
  }
}
