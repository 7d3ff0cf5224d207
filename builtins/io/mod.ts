import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any, Mismatch, optional, type Param, string } from "../../runtime/seam/params.ts";
import { isNumber, type LuaResult, type MaybePromise } from "../../runtime/seam/value.ts";
import { path } from "../path.ts";
import { LuaFile, self } from "./file.ts";
import { fileObject, newFile } from "./methods.ts";
import { attempt, close, linesOf, orRaise, readFrom, writeTo } from "./operations.ts";
import { openPipe } from "./popen.ts";
import { standardFiles } from "./standard.ts";
import { FileStream, type OpenMode, openStream, parseMode } from "./stream.ts";
import { scratchFolder } from "../scratch.ts";

const fileOrName: Param<LuaFile | string | undefined> = {
  name: "file",
  type: "file|string",
  optional: true,
  read(value) {
    if (value === undefined || value instanceof LuaFile) return value;
    if (typeof value === "string" || isNumber(value)) return path().read(value);
    throw new Mismatch("file or string");
  },
};

export default defineGlobal({
  name: "io",
  doc: "Files, pipes and the standard streams, as in Lua",
  isStandard: true,
  functions: {
    open: fn({
      params: [path(), optional(string("mode"), "r")],
      returns: "file|nil, string, integer",
      doc: "Open a file: r, w, a, each also with +",
      permission: "read",
      effect: "write",
      run: (host, name, mode) => {
        const parsed = parseMode(mode);
        if (parsed === undefined) throw new ScriptError("bad argument #2 to 'open' (invalid mode)");
        return attempt(() => open(host, name, parsed), name);
      },
    }),
    close: fn({
      params: [optional(self)],
      returns: "true|nil, string, integer",
      doc: "Close a file, by default the default output",
      run: (host, file) => close(file ?? defaultFile(host, "output")),
    }),
    read: fn({
      params: [],
      variadic: true,
      returns: "string|number|nil, ...",
      doc: "Read from the default input by formats",
      permission: "read",
      run: (host, ...formats) => readFrom(defaultFile(host, "input"), formats),
    }),
    write: fn({
      params: [],
      variadic: true,
      returns: "file|nil, string, integer",
      doc: "Write strings and numbers to the default output",
      effect: "write",
      run: (host, ...values) => writeTo(defaultFile(host, "output"), values),
    }),
    lines: fn({
      params: [optional(path())],
      variadic: true,
      returns: "function, nil, nil, file",
      doc: "Iterate over the lines of a file, which is closed at its end, or of the default input",
      permission: "read",
      run: (host, name, ...formats) => {
        if (name === undefined) return linesOf(host, defaultFile(host, "input"), formats, false);
        const iterate = (file: LuaFile) => [linesOf(host, file, formats, true), undefined, undefined, file];
        const file = orRaise(() => open(host, name, READ), name);
        return file instanceof Promise ? file.then(iterate) : iterate(file);
      },
    }),
    input: fn({
      params: [fileOrName],
      returns: "file",
      doc: "The default input, after setting it to a file or the file of a name",
      permission: "read",
      run: (host, file) => exchange(host, "input", file),
    }),
    output: fn({
      params: [fileOrName],
      returns: "file",
      doc: "The default output, after setting it to a file or the file of a name",
      permission: "write",
      effect: "write",
      run: (host, file) => exchange(host, "output", file),
    }),
    popen: fn({
      params: [string("command"), optional(string("mode"), "r")],
      returns: "file|nil, string, integer",
      doc: "Start a shell command and read its output (r) or write its input (w)",
      permission: "run",
      effect: "write",
      run: (host, command, mode) => {
        if (mode !== "r" && mode !== "w") throw new ScriptError("bad argument #2 to 'popen' (invalid mode)");
        return attempt(() => newFile(host, openPipe(host, command, mode)));
      },
    }),
    tmpfile: fn({
      params: [],
      returns: "file|nil, string, integer",
      doc: "Open a new temporary file that has no name and vanishes when it is closed",
      permission: "write",
      effect: "write",
      run: (host) =>
        attempt(() => {
          const name = Deno.makeTempFileSync({ dir: scratchFolder(host), prefix: "lua_" });
          const file = Deno.openSync(name, { read: true, write: true });
          Deno.removeSync(name);
          return newFile(host, new FileStream(file, UPDATE));
        }),
    }),
    type: fn({
      params: [any("value")],
      returns: '"file"|"closed file"|nil',
      doc: "Whether a value is an open or a closed file",
      run: (_host, value) => {
        if (!(value instanceof LuaFile)) return undefined;
        return value.isOpen ? "file" : "closed file";
      },
    }),
  },
  objects: { file: fileObject },
  extend: (host, table) => {
    const { stdin, stdout, stderr } = standardFiles(host);
    table.set("stdin", stdin);
    table.set("stdout", stdout);
    table.set("stderr", stderr);
  },
});

// deno-lint-ignore no-non-null-assertion -- these are modes
const [READ, WRITE, UPDATE] = [parseMode("r")!, parseMode("w")!, parseMode("w+")!];

function open(host: Host, name: string, mode: OpenMode): MaybePromise<LuaFile> {
  const stream = openStream(name, mode);
  return stream instanceof Promise ? stream.then((opened) => newFile(host, opened)) : newFile(host, stream);
}

function defaultFile(host: Host, which: "input" | "output"): LuaFile {
  const file = standardFiles(host)[which];
  if (!file.isOpen) throw new ScriptError(`default ${which} file is closed`);
  return file;
}

function exchange(
  host: Host,
  which: "input" | "output",
  file: LuaFile | string | undefined,
): MaybePromise<LuaResult> {
  const files = standardFiles(host);
  if (file === undefined) return files[which];
  const set = (file: LuaFile) => files[which] = file;
  if (typeof file !== "string") return set(file);
  const opened = orRaise(() => open(host, file, which === "input" ? READ : WRITE), file);
  return opened instanceof Promise ? opened.then(set) : set(opened);
}
