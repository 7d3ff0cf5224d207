/** Pipes to and from commands. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import type { LuaResult } from "../../runtime/seam/value.ts";
import { type ShellProcess, startShell } from "../os/shell.ts";
import { type ByteStream, refuseSeek } from "./stream.ts";

/** Starts a command whose output is read (`r`) or whose input is written (`w`). */
export function openPipe(host: Host, command: string, mode: "r" | "w"): ByteStream {
  return mode === "r"
    ? new OutputPipe(startShell(host, "io.popen", command, { stdout: "piped" }))
    : new InputPipe(startShell(host, "io.popen", command, { stdin: "piped" }));
}

/** What a command prints. */
class OutputPipe implements ByteStream {
  readonly readable = true;
  readonly writable = false;
  readonly gathers = false;
  readonly seek = refuseSeek;
  readonly #process: ShellProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(process: ShellProcess) {
    this.#process = process;
    this.#reader = process.child.stdout.getReader();
  }

  async read(): Promise<string> {
    const { value } = await this.#reader.read();
    return value === undefined ? "" : fromBytes(value);
  }

  write(): void {}

  flush(): void {}

  async close(): Promise<LuaResult> {
    await this.#reader.cancel();
    return await this.#process.ended();
  }
}

/** What a command is fed. */
class InputPipe implements ByteStream {
  readonly readable = false;
  readonly writable = true;
  readonly gathers = false;
  readonly seek = refuseSeek;
  readonly #process: ShellProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;

  constructor(process: ShellProcess) {
    this.#process = process;
    this.#writer = process.child.stdin.getWriter();
    // A command that ends early is told by the next write
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
      // The command has ended without reading everything: its status tells how
    }
    return await this.#process.ended();
  }
}
