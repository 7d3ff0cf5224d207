/** The methods of files, and the metatable that gives them. */
import {
  bindFunction,
  fn,
  type FunctionDeclaration,
  type ObjectDeclaration,
  objectMetatable,
} from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { integer, optional, string } from "../../runtime/seam/params.ts";
import type { LuaTable } from "../../runtime/seam/value.ts";
import { type Buffering, Channel } from "./channel.ts";
import { LuaFile, self } from "./file.ts";
import { attempt, close, flush, linesOf, readFrom, writeTo } from "./operations.ts";
import type { ByteStream, Whence } from "./stream.ts";

const METATABLE = Symbol("io file");

/** What `io.open` and its like give. */
export const fileObject: ObjectDeclaration<FunctionDeclaration> = {
  doc: "An open file",
  methods: {
    close: fn({
      params: [self],
      returns: "true|nil, string, integer",
      doc: "Close the file; for io.popen wait for the command and give true or nil, how it ended, status",
      run: (_host, file) => close(file),
    }),
    flush: fn({
      params: [self],
      returns: "file",
      doc: "Write what is kept in memory",
      effect: "write",
      run: (_host, file) => flush(file),
    }),
    lines: fn({
      params: [self],
      variadic: true,
      returns: "function",
      doc: "Iterate over the file's lines, or over what the formats read; the file stays open",
      run: (host, file, ...formats) => {
        void file.channel;
        return linesOf(host, file, formats, false);
      },
    }),
    read: fn({
      params: [self],
      variadic: true,
      returns: "string|number|nil, ...",
      doc: 'Read by formats: "l" a line, "L" with its end, "n" a number, "a" the rest, a count of bytes',
      run: (_host, file, ...formats) => readFrom(file, formats),
    }),
    seek: fn({
      params: [self, optional(string("whence"), "cur"), optional(integer("offset"), 0)],
      returns: "integer|nil, string, integer",
      doc: 'Move to an offset from "set" (the start), "cur" (here) or "end" and give the position',
      run: (_host, file, whence, offset) => {
        const { channel } = file;
        if (!isWhence(whence)) {
          throw new ScriptError(`bad argument #1 to 'seek' (invalid option '${whence}')`);
        }
        return attempt(() => channel.seek(offset, whence));
      },
    }),
    setvbuf: fn({
      params: [self, string("mode"), optional(integer("size"))],
      returns: "true",
      doc: 'When writes take place: "no" at once, "line" with each line, "full" when the script waits',
      run: (_host, file, mode) => {
        const { channel } = file;
        if (!isBuffering(mode)) {
          throw new ScriptError(`bad argument #1 to 'setvbuf' (invalid option '${mode}')`);
        }
        channel.buffering = mode;
        return true;
      },
    }),
    write: fn({
      params: [self],
      variadic: true,
      returns: "file|nil, string, integer",
      doc: "Write strings and numbers",
      effect: "write",
      run: (_host, file, ...values) => writeTo(file, values),
    }),
  },
};

function isWhence(text: string): text is Whence {
  return text === "set" || text === "cur" || text === "end";
}

function isBuffering(text: string): text is Buffering {
  return text === "no" || text === "line" || text === "full";
}

/** Makes the Lua value of an open stream. */
export function newFile(host: Host, stream: ByteStream): LuaFile {
  return new LuaFile(fileMetatable(host), new Channel(stream));
}

function fileMetatable(host: Host): LuaTable {
  const metatable = objectMetatable(host, METATABLE, "FILE*", fileObject, true);
  if (metatable.get("__gc") !== undefined) return metatable;
  metatable.set("__gc", bindFunction(host, "FILE*:__gc", closeIfOpen, true));
  metatable.set("__close", bindFunction(host, "FILE*:__close", closeIfOpen, true));
  metatable.set("__tostring", bindFunction(host, "FILE*:__tostring", describe, true));
  // As in Lua, where scripts may look at it
  metatable.set("__metatable", undefined);
  return metatable;
}

const closeIfOpen = fn({
  params: [self],
  returns: "nil",
  doc: "Close the file if it is open",
  run: (_host, file) => {
    if (!file.isOpen) return undefined;
    const closed = file.release().close();
    return closed instanceof Promise ? closed.then(() => undefined) : undefined;
  },
});

const describe = fn({
  params: [self],
  returns: "string",
  doc: "What tostring shows",
  run: (_host, file) => file.isOpen ? `file (0x${file.id.toString(16).padStart(8, "0")})` : "file (closed)",
});
