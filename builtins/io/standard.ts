/** The standard streams of the process. */
import type { Host, Output } from "../../runtime/seam/host.ts";
import { fromBytes, toBytes } from "../../runtime/seam/text.ts";
import { writeAll } from "../../runtime/seam/write.ts";
import type { LuaResult } from "../../runtime/seam/value.ts";
import type { LuaFile } from "./file.ts";
import { newFile } from "./methods.ts";
import { type ByteStream, refuseSeek } from "./stream.ts";

const CHUNK = 64 * 1024;

/** What a standard stream answers to `close`, as in Lua. */
const NOT_CLOSED: LuaResult = [undefined, "cannot close standard file"];

class StandardInput implements ByteStream {
  readonly readable = true;
  readonly writable = false;
  readonly gathers = false;
  readonly permanent = true;
  readonly seek = refuseSeek;

  async read(): Promise<string> {
    const chunk = new Uint8Array(CHUNK);
    const count = await Deno.stdin.read(chunk);
    return count === null ? "" : fromBytes(chunk.subarray(0, count));
  }

  write(): void {}

  flush(): void {}

  close(): LuaResult {
    return NOT_CLOSED;
  }
}

/** The buffer that `print` writes to as well. */
class StandardOutputStream implements ByteStream {
  readonly readable = false;
  readonly writable = true;
  readonly gathers = false;
  readonly permanent = true;
  readonly seek = refuseSeek;

  constructor(protected readonly output: Output) {}

  read(): string {
    return "";
  }

  write(bytes: string): void {
    this.output.write(bytes);
  }

  flush(): void {
    this.output.flush();
  }

  close(): LuaResult {
    this.flush();
    return NOT_CLOSED;
  }
}

/** Not buffered; what was printed before comes before. */
class StandardError extends StandardOutputStream {
  override write(bytes: string): void {
    this.output.flush();
    writeAll(Deno.stderr, toBytes(bytes));
  }
}

/** The files that `io.read` and its like use, which scripts can exchange, and the three that stay. */
export interface StandardFiles {
  readonly stdin: LuaFile;
  readonly stdout: LuaFile;
  readonly stderr: LuaFile;
  input: LuaFile;
  output: LuaFile;
}

const FILES = Symbol("standard files");

/** The standard files of a VM: the same ones each time. */
export function standardFiles(host: Host): StandardFiles {
  return host.state(FILES, () => {
    const stdin = newFile(host, new StandardInput());
    const stdout = newFile(host, new StandardOutputStream(host.output));
    const stderr = newFile(host, new StandardError(host.output));
    return { stdin, stdout, stderr, input: stdin, output: stdout };
  });
}
