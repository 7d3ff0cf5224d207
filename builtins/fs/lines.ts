/** Files line by line, and changes in place. */
import { bindFunction, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any } from "../../runtime/seam/params.ts";
import {
  isTable,
  type LuaResult,
  LuaUserdata,
  type LuaValue,
  type MaybePromise,
} from "../../runtime/seam/value.ts";
import { Channel } from "../io/channel.ts";
import { readLine } from "../io/formats.ts";
import { type ByteStream, openStream, parseMode } from "../io/stream.ts";
import { readContent, writeContent } from "./content.ts";
import { onPath } from "./failure.ts";

// deno-lint-ignore no-non-null-assertion -- this is a mode
const READ = parseMode("r")!;
const METATABLE = Symbol("fs.lines");

/** Closes the files of loops that were left early, where the language does not. */
const abandoned = new FinalizationRegistry<Channel>((channel) => void channel.close());

/** An open file on its way through a `for` loop. */
class Lines extends LuaUserdata {
  #channel: Channel | undefined;

  constructor(host: Host, private readonly path: string, stream: ByteStream) {
    super();
    this.#channel = new Channel(stream);
    this.metatable = closingMetatable(host);
    abandoned.register(this, this.#channel, this);
  }

  next(): MaybePromise<LuaResult> {
    const channel = this.#channel;
    if (channel === undefined) return undefined;
    const line = onPath("lines: failed to read", this.path, () => channel.read(() => readLine(channel)));
    return line instanceof Promise ? line.then((text) => this.#finish(text)) : this.#finish(line);
  }

  #finish(line: string | undefined): LuaValue {
    if (line === undefined) this.close();
    return line?.endsWith("\r") ? line.slice(0, -1) : line;
  }

  close(): void {
    abandoned.unregister(this);
    void this.#channel?.close();
    this.#channel = undefined;
  }
}

/** Gives the loop's closing value what closes the file when the loop is left early. */
function closingMetatable(host: Host) {
  return host.metatable(METATABLE, () => {
    const close = fn({
      params: [any("lines")],
      returns: "nil",
      doc: "Close the file",
      run: (_host, lines) => lines instanceof Lines ? lines.close() : undefined,
    });
    return host.vm.newRecord({ __close: bindFunction(host, "fs.lines:__close", close), __metatable: false });
  });
}

/** `fs.lines`: the iterator, and what closes it. */
export function linesOf(host: Host, path: string): MaybePromise<LuaResult> {
  const iterate = (stream: ByteStream): LuaResult => {
    const lines = new Lines(host, path, stream);
    return [host.vm.newFunction("fs.lines", () => lines.next()), undefined, undefined, lines];
  };
  return onPath("lines: failed to read", path, () => {
    const stream = openStream(path, READ);
    return stream instanceof Promise ? stream.then(iterate) : iterate(stream);
  });
}

/** `fs.sub_in_file`: `string.gsub` over a file's content. @returns the number of matches */
export async function substitute(
  host: Host,
  path: string,
  pattern: string,
  replacement: LuaValue,
): Promise<LuaValue> {
  const content = await onPath("sub_in_file: failed to read", path, () => readContent(path));
  const library = host.vm.globals.get("string");
  if (!isTable(library)) {
    throw new ScriptError("fs.sub_in_file: the global 'string' is not the library any more");
  }
  const [changed, count] = await host.call(library.get("gsub"), content, pattern, replacement);
  if (typeof changed === "string" && count !== 0) {
    await onPath("sub_in_file: failed to write", path, () => writeContent(path, changed));
  }
  return count;
}
