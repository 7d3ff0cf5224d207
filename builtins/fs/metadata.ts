/** What is known of a file beside its content. */
import type { Host } from "../../runtime/seam/host.ts";
import { Mismatch, type Param } from "../../runtime/seam/params.ts";
import { toInteger } from "../../runtime/seam/number.ts";
import { floatFromNumber, isNumber, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";

/** The kinds of entries. Pipes, sockets and devices are `other`. */
export type EntryType = "file" | "directory" | "symlink" | "other";

/** The bits of a mode that permissions are. */
const PERMISSIONS = 0o7777;

/** A link is told as one where the information is not of what it leads to. */
export function typeOfEntry(entry: Pick<Deno.FileInfo, "isFile" | "isDirectory" | "isSymlink">): EntryType {
  if (entry.isSymlink) return "symlink";
  if (entry.isDirectory) return "directory";
  return entry.isFile ? "file" : "other";
}

/** The table of `fs.stat`: of what a link leads to, and whether the path is one. */
export function describeFile(host: Host, path: string): LuaTable {
  const info = Deno.statSync(path);
  const { isSymlink } = Deno.lstatSync(path);
  return host.vm.newRecord({
    size: info.size,
    type: typeOfEntry(info),
    is_file: info.isFile,
    is_dir: info.isDirectory,
    is_symlink: isSymlink,
    modified: unixTime(info.mtime),
    created: unixTime(info.birthtime),
    permissions: info.mode === null ? undefined : (info.mode & PERMISSIONS).toString(8).padStart(3, "0"),
  });
}

function unixTime(date: Date | null): LuaValue {
  return date === null ? undefined : floatFromNumber(date.getTime() / 1000);
}

/** What a path leads to; `undefined` where it leads nowhere, as a link may. */
export function target(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return undefined;
  }
}

/** Permissions: a string is octal, a number is the bits themselves. */
export const mode: Param<number> = {
  name: "mode",
  type: "string|integer",
  optional: false,
  read(value) {
    const bits = typeof value === "string"
      ? parseOctal(value)
      : isNumber(value)
      ? toInteger(value)
      : undefined;
    if (typeof value !== "string" && !isNumber(value)) throw new Mismatch("string or integer");
    if (typeof bits === "number" && bits >= 0 && bits <= PERMISSIONS) return bits;
    throw new Mismatch(
      "file mode",
      `mode must be an octal string such as "755" or the bits as a number, at most octal 7777: ` +
        `current value is ${typeof value === "string" ? `"${value}"` : String(value)}`,
    );
  },
};

function parseOctal(text: string): number | undefined {
  return /^(?:0o)?[0-7]+$/.test(text) ? Number.parseInt(text.replace("0o", ""), 8) : undefined;
}
