import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { any, integer, options, string } from "../../runtime/seam/params.ts";
import { fromText } from "../../runtime/seam/text.ts";
import type { LuaResult, MaybePromise } from "../../runtime/seam/value.ts";
import { newList } from "../json/shape.ts";
import { path } from "../path.ts";
import { scratchFolder } from "../scratch.ts";
import { readContent, writeContent } from "./content.ts";
import { fsError, onPath } from "./failure.ts";
import { list, remove, walk } from "./folder.ts";
import { glob } from "./glob.ts";
import { linesOf, substitute } from "./lines.ts";
import { describeFile, mode, target } from "./metadata.ts";
import { PatternError } from "./pattern.ts";
import { copy, rename } from "./transfer.ts";

const read = (name: string, doc: string) =>
  fn({
    params: [path()],
    returns: "string",
    doc,
    permission: "read",
    run: (_host, file) => onPath(`${name}: failed to read`, file, () => readContent(file)),
  });

const write = (name: string, doc: string, append = false) =>
  fn({
    params: [path(), string("data")],
    returns: "nil",
    doc,
    permission: "write",
    effect: "write",
    run: (_host, file, data) =>
      onPath<LuaResult>(`${name}: failed to write`, file, () => writeContent(file, data, append)),
  });

const question = (name: string, doc: string, answer: (path: string) => boolean) =>
  fn({
    params: [path()],
    returns: "boolean",
    doc,
    permission: "read",
    run: (_host, file) => onPath<LuaResult>(`${name}: failed to stat`, file, () => answer(file)),
  });

const TEMPORARY = Symbol("fs.tempdir");

export default defineGlobal({
  name: "fs",
  doc: "Files and folders",
  functions: {
    read: read("read", "The whole content of a file"),
    read_bytes: read("read_bytes", "The whole content of a file, as bytes"),
    write: write("write", "Write a file; missing folders are made"),
    write_bytes: write("write_bytes", "Write bytes to a file; missing folders are made"),
    append: write("append", "Write at the end of a file; missing folders, and the file, are made", true),
    remove: fn({
      params: [path()],
      returns: "nil",
      doc: "Remove a file, a link or a folder with everything in it",
      permission: "write",
      effect: "write",
      run: (_host, file) => onPath<LuaResult>("remove: failed to remove", file, () => remove(file)),
    }),
    list: fn({
      params: [path()],
      returns: "[{name: string, type: string}]",
      doc: "The entries of a folder; type is file, directory, symlink or other",
      permission: "read",
      run: (host, folder) => onPath<LuaResult>("list: failed to list", folder, () => list(host, folder)),
    }),
    readdir: fn({
      params: [path(), options("opts", { depth: integer })],
      returns: "[{name: string, path: string, type: string}]",
      doc: "The entries of a folder and of the folders in it, down to a depth: with 1 the folder alone",
      permission: "read",
      run: (host, folder, { depth = Infinity }) => {
        if (depth >= 0) return walk(host, folder, depth);
        throw new ScriptError(`fs.readdir: depth must be zero or more: current value is ${depth}`);
      },
    }),
    stat: fn({
      params: [path()],
      returns:
        "{size: integer, type: string, is_file: boolean, is_dir: boolean, is_symlink: boolean, modified?: number, created?: number, permissions?: string}",
      doc: "What is known of a file; links are followed",
      permission: "read",
      run: (host, file) => onPath<LuaResult>("stat: failed to stat", file, () => describeFile(host, file)),
    }),
    exists: question("exists", "Whether a path leads to something", (file) => target(file) !== undefined),
    is_file: question(
      "is_file",
      "Whether a path leads to a regular file",
      (file) => target(file)?.isFile ?? false,
    ),
    is_dir: question(
      "is_dir",
      "Whether a path leads to a folder",
      (file) => target(file)?.isDirectory ?? false,
    ),
    mkdir: fn({
      params: [path()],
      returns: "nil",
      doc: "Make a folder and those above it; one that exists is fine",
      permission: "write",
      effect: "write",
      run: (_host, folder) =>
        onPath<LuaResult>(
          "mkdir: failed to create",
          folder,
          () => Deno.mkdirSync(folder, { recursive: true }),
        ),
    }),
    copy: fn({
      params: [path("from"), path("to")],
      returns: "integer",
      doc: "Copy a file and give the number of bytes",
      permission: "write",
      effect: "write",
      run: (_host, from, to) => copy(from, to),
    }),
    rename: fn({
      params: [path("from"), path("to")],
      returns: "nil",
      doc: "Rename or move a file or a folder within a file system",
      permission: "write",
      effect: "write",
      run: (_host, from, to) => rename(from, to),
    }),
    symlink: fn({
      params: [path("target"), path("link")],
      returns: "nil",
      doc: "Make a symbolic link that leads to a target, which is seen from the link's folder",
      permission: "write",
      effect: "write",
      run: (_host, to, link) =>
        onPath<LuaResult>("symlink: failed to create", link, () => Deno.symlinkSync(to, link)),
    }),
    readlink: fn({
      params: [path()],
      returns: "string",
      doc: "The target of a symbolic link, as it is written there",
      permission: "read",
      run: (_host, link) =>
        onPath<LuaResult>("readlink: failed to read", link, () => fromText(Deno.readLinkSync(link))),
    }),
    canonicalize: fn({
      params: [path()],
      returns: "string",
      doc: "The absolute path without links, . and ..",
      permission: "read",
      run: (_host, file) =>
        onPath<LuaResult>("canonicalize: failed to resolve", file, () => fromText(Deno.realPathSync(file))),
    }),
    chmod: fn({
      params: [path(), mode],
      returns: "nil",
      doc: 'Set the permissions: an octal string such as "755", or the bits as a number',
      permission: "write",
      effect: "write",
      run: (_host, file, bits) =>
        onPath<LuaResult>("chmod: failed to change the mode of", file, () => Deno.chmodSync(file, bits)),
    }),
    glob: fn({
      params: [path("pattern")],
      returns: "[string]",
      doc: "The paths that match a pattern with *, ?, [...] and **, sorted",
      permission: "read",
      run: (host, pattern) => globOf(host, pattern),
    }),
    tempdir: fn({
      params: [],
      returns: "string",
      doc: "Make a temporary folder and give its path; it stays until it is removed",
      permission: "write",
      effect: "write",
      run: temporaryFolder,
    }),
    lines: fn({
      params: [path()],
      returns: "function",
      doc: "Iterate over the lines of a file, without their ends",
      permission: "read",
      run: linesOf,
    }),
    sub_in_file: fn({
      params: [path(), string("pattern"), any("repl", "string|table|function")],
      returns: "integer",
      doc: "Replace a Lua pattern in a file, as string.gsub does, and give the number of matches",
      permission: "write",
      effect: "write",
      run: substitute,
    }),
  },
  aliases: { metadata: "stat", temp_dir: "tempdir" },
});

async function globOf(host: Host, pattern: string): Promise<LuaResult> {
  try {
    return newList(host, (await glob(pattern)).map(fromText));
  } catch (error) {
    if (!(error instanceof PatternError)) throw fsError("glob: failed to list", pattern, error);
    throw new ScriptError(`fs.glob: invalid pattern "${pattern}": ${error.message}`, { cause: error });
  }
}

function temporaryFolder(host: Host): MaybePromise<LuaResult> {
  const counter = host.state(TEMPORARY, () => ({ next: 0 }));
  const random = crypto.getRandomValues(new Uint8Array(8)).toHex();
  const folder = `${scratchFolder(host).replace(/\/+$/, "")}/assay-${random}-${counter.next++}`;
  return onPath("tempdir: failed to create", folder, () => {
    Deno.mkdirSync(folder, { mode: 0o700 });
    return fromText(folder);
  });
}
