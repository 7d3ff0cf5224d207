/** `loadfile`, `dofile` and `package.searchpath`: what scripts do with files of Lua by themselves. */
import { findOnPath } from "./file_search.ts";
import { describeSystemError, LuaError, ScriptError } from "./seam/error.ts";
import type { Host } from "./seam/host.ts";
import { formatNumber } from "./seam/number.ts";
import { fromText, toText } from "./seam/text.ts";
import { isNumber, isTable, type LuaTable, type LuaValue, type MaybePromise, typeOf } from "./seam/value.ts";
import { sourceText } from "./source.ts";

/** Defines `loadfile` and `dofile`. @param prepare Makes the builtins that a source mentions */
export function defineFileFunctions(
  host: Host,
  prepare: (source: string) => MaybePromise<void>,
): void {
  const { vm } = host;
  const { globals } = vm;
  globals.set(
    "loadfile",
    vm.newFunction("loadfile", async ([file, mode, env]) => {
      try {
        const source = readSource(toText(expectString(file, "loadfile")));
        if (typeof mode === "string") checkMode(source, mode);
        await prepare(source);
        return vm.load(source, toText(file as string), isTable(env) ? env : undefined);
      } catch (error) {
        if (error instanceof LuaError) return [undefined, error.value];
        if (error instanceof ScriptError) return [undefined, fromText(error.message)];
        throw error;
      }
    }),
  );
  globals.set(
    "dofile",
    vm.newFunction("dofile", async ([file]) => {
      const source = readSource(toText(expectString(file, "dofile")));
      await prepare(source);
      return await host.call(vm.load(source, toText(file as string)));
    }),
  );
}

/** Defines `package.searchpath`. */
export function defineSearchPath({ vm }: Host, table: LuaTable): void {
  table.set(
    "searchpath",
    vm.newFunction("package.searchpath", ([name, path, separator, replacement]) => {
      const found = findOnPath(
        expectString(name, "searchpath"),
        expectString(path, "searchpath", 2),
        separator === undefined ? "." : expectString(separator, "searchpath", 3),
        replacement === undefined ? "/" : expectString(replacement, "searchpath", 4),
      );
      return "file" in found ? found.file : [undefined, found.tried];
    }),
  );
}

/** An argument that is to be a string, as functions of Lua's library take it. @throws {ScriptError} */
export function expectString(value: LuaValue, functionName: string, index = 1): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  throw new ScriptError(
    `bad argument #${index} to '${functionName}' (string expected, got ${typeOf(value)})`,
  );
}

/** @throws {ScriptError} When a mode of `load` does not allow a source */
function checkMode(source: string, mode: string): void {
  const kind = source.startsWith("\x1b") ? "binary" : "text";
  if (mode.includes(kind.charAt(0))) return;
  throw new ScriptError(`attempt to load a ${kind} chunk (mode is '${toText(mode)}')`);
}

/** Bytes of a Lua file. @throws {ScriptError} When it cannot be read */
export function readSource(file: string): string {
  try {
    return sourceText(Deno.readFileSync(file));
  } catch (error) {
    throw new ScriptError(
      `cannot open ${file}: ${describeSystemError(error).replace(/ \(os error \d+\)$/, "")}`,
      { cause: error },
    );
  }
}
