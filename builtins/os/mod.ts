import { defineGlobal, fn } from "../../runtime/seam/declare.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { any, Mismatch, number, optional, type Param, string, table } from "../../runtime/seam/params.ts";
import { toInteger } from "../../runtime/seam/number.ts";
import { fromText, toText } from "../../runtime/seam/text.ts";
import { floatFromNumber, isNumber } from "../../runtime/seam/value.ts";
import { getVariable } from "../env.ts";
import { attempt, orRaise } from "../io/operations.ts";
import { path } from "../path.ts";
import { scratchFolder } from "../scratch.ts";
import { startShell } from "./shell.ts";
import { dateOf, timeOf } from "./time.ts";

/** An offset of more than a day is a mistake. */
const MAX_OFFSET_HOURS = 24;

const CATEGORIES = new Set(["all", "collate", "ctype", "monetary", "numeric", "time"]);

/** The one locale, under its names. */
const LOCALES = new Set(["", "C", "POSIX"]);

/** What a process ends with: `true` is 0, `false` is 1. */
const status: Param<number> = {
  name: "code",
  type: "integer|boolean",
  optional: true,
  read(value) {
    if (value === undefined || value === true) return 0;
    if (value === false) return 1;
    const code = isNumber(value) ? toInteger(value) : undefined;
    if (typeof code !== "number") throw new Mismatch("integer");
    // As much as a parent process is told
    return ((code % 256) + 256) % 256;
  },
};

export default defineGlobal({
  name: "os",
  doc: "Time, the machine and the process, as in Lua, with dates in UTC",
  isStandard: true,
  functions: {
    time: fn({
      params: [optional(table("fields", "{year, month, day, hour?, min?, sec?}"))],
      returns: "integer",
      doc: "Seconds since 1970-01-01 UTC, now or at the time of the fields, which are normalised",
      run: (_host, fields) => timeOf(fields),
    }),
    date: fn({
      params: [
        optional(string("format"), "%c"),
        optional(any("time", "integer")),
        optional(number("tz_hours"), 0),
      ],
      returns: "string|table",
      doc: "A time by a format of strftime, or its fields with *t, in UTC or so many hours ahead of it",
      run: (host, format, time, offset) => {
        if (!(Math.abs(offset) <= MAX_OFFSET_HOURS)) {
          throw new ScriptError(
            `os.date: tz_hours must be between -24 and 24: current value is ${offset}`,
          );
        }
        return dateOf(host, format, time, offset);
      },
    }),
    clock: fn({
      params: [],
      returns: "number",
      doc: "Seconds since the process started, by the clock on the wall",
      run: () => floatFromNumber(performance.now() / 1000),
    }),
    difftime: fn({
      params: [number("later"), optional(number("earlier"), 0)],
      returns: "number",
      doc: "The seconds between two times",
      run: (_host, later, earlier) => floatFromNumber(later - earlier),
    }),
    getenv: getVariable,
    exit: fn({
      params: [status, optional(any("close"))],
      returns: "never",
      doc: "End the process with a status: true (the default) is 0, false is 1",
      effect: "write",
      run: (host, code) => host.exit(code),
    }),
    remove: fn({
      params: [path()],
      returns: "true|nil, string, integer",
      doc: "Remove a file or an empty directory",
      permission: "write",
      effect: "write",
      run: (_host, name) =>
        attempt(() => {
          Deno.removeSync(name);
          return true;
        }, name),
    }),
    rename: fn({
      params: [path("from"), path("to")],
      returns: "true|nil, string, integer",
      doc: "Rename a file or a directory",
      permission: "write",
      effect: "write",
      run: (_host, from, to) =>
        attempt(() => {
          Deno.renameSync(from, to);
          return true;
        }, from),
    }),
    tmpname: fn({
      params: [],
      returns: "string",
      doc: "The name of a new empty temporary file",
      permission: "write",
      effect: "write",
      run: (host) => {
        const dir = scratchFolder(host);
        return orRaise(() => fromText(Deno.makeTempFileSync({ dir, prefix: "lua_" })), `os.tmpname: ${dir}`);
      },
    }),
    execute: fn({
      params: [optional(string("command"))],
      returns: "true|nil, string, integer",
      doc: "Run a shell command: true or nil, how it ended (exit, signal), its status",
      permission: "run",
      effect: "write",
      run: (host, command) =>
        command === undefined || attempt(() => {
          const { ended, end } = startShell(host, "os.execute", command);
          host.onCancel(end);
          return ended();
        }),
    }),
    setlocale: fn({
      params: [optional(string("locale")), optional(string("category"), "all")],
      returns: "string|nil",
      doc: 'The locale, which is always "C"',
      run: (_host, locale, category) => {
        if (!CATEGORIES.has(category)) {
          throw new ScriptError(`bad argument #2 to 'setlocale' (invalid option '${toText(category)}')`);
        }
        return locale === undefined || LOCALES.has(locale) ? "C" : undefined;
      },
    }),
    hostname: fn({
      params: [],
      returns: "string",
      doc: "The name of the machine",
      permission: "sys",
      run: () => orRaise(() => fromText(Deno.hostname()), "os.hostname"),
    }),
    arch: fn({
      params: [],
      returns: '"x86_64"|"aarch64"',
      doc: "The processor's architecture",
      run: () => Deno.build.arch,
    }),
    platform: fn({
      params: [],
      returns: '"linux"|"macos"',
      doc: "The operating system",
      run: () => Deno.build.os === "darwin" ? "macos" : Deno.build.os,
    }),
  },
});
