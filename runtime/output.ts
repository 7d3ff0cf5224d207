/** Standard output and standard error of the process. */
import { describeSystemError } from "./seam/error.ts";
import type { Output } from "./seam/host.ts";
import { toBytes } from "./seam/text.ts";
import { type SyncWriter, writeAll } from "./seam/write.ts";

const LIMIT = 32 * 1024;
/** What is printed after a pause of so many milliseconds is written at once: a long computation may follow. */
const PAUSE = 20;
const encoder = new TextEncoder();

/** What ends a process whose reader has gone, as in `assay … | head`. */
export const STATUS_BROKEN_PIPE = 141;

/** What ends a process whose output cannot be written, as on a full disk. */
const STATUS_FAILED = 1;

/**
 * Standard output. What is printed in quick succession is gathered until the script waits or ends, on a
 * terminal until the end of the line; whoever ends the process must flush.
 */
export class StandardOutput implements Output {
  readonly #writer: SyncWriter;
  readonly #byLine: boolean;
  #pending = "";
  #flushed = -Infinity;

  /** @param writer What takes the place of standard output */
  constructor(writer: SyncWriter & { isTerminal(): boolean } = Deno.stdout) {
    this.#writer = writer;
    this.#byLine = writer.isTerminal();
  }

  write(bytes: string): void {
    if (this.#pending === "") queueMicrotask(() => this.flush());
    this.#pending += bytes;
    if (this.#pending.length >= LIMIT || this.#isDue(bytes)) this.flush();
  }

  flush(): void {
    if (this.#pending === "") return;
    const bytes = toBytes(this.#pending);
    this.#pending = "";
    writeOrEnd(this.#writer, bytes);
    this.#flushed = performance.now();
  }

  #isDue(bytes: string): boolean {
    return this.#byLine ? bytes.includes("\n") : performance.now() - this.#flushed > PAUSE;
  }
}

/** Writes text to stderr, at once. */
export function writeError(text: string): void {
  writeOrEnd(Deno.stderr, encoder.encode(text));
}

/** Writes text to stdout, at once. */
export function writeText(text: string): void {
  writeOrEnd(Deno.stdout, encoder.encode(text));
}

function writeOrEnd(writer: SyncWriter, bytes: Uint8Array): void {
  try {
    writeAll(writer, bytes);
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) Deno.exit(STATUS_BROKEN_PIPE);
    // Of standard error nothing can be told, and a script need not end for its log
    if (writer === Deno.stderr) return;
    writeError(`error: cannot write to standard output: ${describeSystemError(error)}\n`);
    Deno.exit(STATUS_FAILED);
  }
}
