/** What the methods of files and the functions of `io` do. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import {
  isNumber,
  type LuaFunction,
  type LuaResult,
  type LuaValue,
  type MaybePromise,
  typeOf,
} from "../../runtime/seam/value.ts";
import { failureResults, reasonOf } from "./failure.ts";
import type { LuaFile } from "./file.ts";
import { parseFormats, readItems } from "./formats.ts";

/** Formats beyond this many are refused, as in Lua. */
const MAX_FORMATS = 250;

/** Runs an operation; where the system refuses it, gives `nil, message, number`. */
export function attempt(run: () => MaybePromise<LuaResult>, path?: string): MaybePromise<LuaResult> {
  try {
    const result = run();
    return result instanceof Promise ? result.catch((error) => refused(error, path)) : result;
  } catch (error) {
    return refused(error, path);
  }
}

function refused(error: unknown, path: string | undefined): LuaResult {
  if (error instanceof ScriptError) throw error;
  return failureResults(error, path);
}

/** `file:read(…)` and `io.read(…)`. */
export function readFrom(file: LuaFile, formats: readonly LuaValue[]): MaybePromise<LuaResult> {
  const { channel } = file;
  const readers = parseFormats(formats, "read");
  return attempt(() => channel.read(() => readItems(channel, readers)));
}

/** `file:write(…)` and `io.write(…)`. @returns the file */
export function writeTo(file: LuaFile, values: readonly LuaValue[]): MaybePromise<LuaResult> {
  const { channel } = file;
  const bytes = values.map(writable).join("");
  return attempt(() => {
    const done = channel.write(bytes);
    return done instanceof Promise ? done.then(() => file) : file;
  });
}

function writable(value: LuaValue, index: number): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  throw new ScriptError(`bad argument #${index + 1} to 'write' (string expected, got ${typeOf(value)})`);
}

/** `file:close()`. */
export function close(file: LuaFile): MaybePromise<LuaResult> {
  return attempt(() => file.release().close());
}

/** `file:flush()`. @returns the file */
export function flush(file: LuaFile): MaybePromise<LuaResult> {
  const { channel } = file;
  return attempt(() => {
    channel.flush();
    return file;
  });
}

/**
 * The iterator of `file:lines(…)` and `io.lines(…)`.
 *
 * @param closing Whether the file is closed at its end
 */
export function linesOf(
  host: Host,
  file: LuaFile,
  formats: readonly LuaValue[],
  closing: boolean,
): LuaFunction {
  if (formats.length > MAX_FORMATS) {
    throw new ScriptError(`bad argument #${MAX_FORMATS + 2} to 'lines' (too many arguments)`);
  }
  const readers = parseFormats(formats, "lines", 2);
  const finish = (items: readonly LuaValue[]): MaybePromise<LuaResult> => {
    if (items[0] !== undefined || !closing) return items;
    const closed = file.release().close();
    return closed instanceof Promise ? closed.then(() => undefined) : undefined;
  };
  return host.vm.newFunction("lines", () => {
    if (!file.isOpen) throw new ScriptError("file is already closed");
    const { channel } = file;
    return orRaise(() => {
      const items = channel.read(() => readItems(channel, readers));
      return items instanceof Promise ? items.then(finish) : finish(items);
    });
  });
}

/** Runs an operation; where the system refuses it, raises the reason. @param path The file that it opens */
export function orRaise<T>(run: () => MaybePromise<T>, path?: string): MaybePromise<T> {
  const raise = (error: unknown): never => {
    if (error instanceof ScriptError) throw error;
    const { message } = reasonOf(error);
    const text = path === undefined ? message : `cannot open file '${path}' (${message})`;
    throw new ScriptError(text, { cause: error });
  };
  try {
    const result = run();
    return result instanceof Promise ? result.catch(raise) : result;
  } catch (error) {
    return raise(error);
  }
}
