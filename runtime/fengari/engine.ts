/**
 * fengari behind the seam: Lua 5.3 with 32-bit integers, and no code generation.
 *
 * Its limits, which scripts can see: an integer beyond 32 bits becomes a float (and reads back as an integer up
 * to 2^53), 5.4 and 5.5 syntax is refused, `table.sort` and `string.gsub` callbacks cannot wait, memory is not
 * bounded, `__gc` and weak tables are missing.
 */
import { toStringAtOnce } from "../seam/tostring.ts";
import { LuaError } from "../seam/error.ts";
import type { Engine, HostFunction, RecordMaker, TaskThread, Vm, VmOptions } from "../seam/engine.ts";
import { fromBytes, fromText, toBytes, toText } from "../seam/text.ts";
import type { LuaFunction, LuaTable, LuaValue } from "../seam/value.ts";
import { fromTValue, push, TAG, wrapFunction } from "./bridge.ts";
import { globalsOf, newTable, openLibrary } from "./library.ts";
import { hostFunction, ThreadPool } from "./thread.ts";
import { TimeShare } from "./time_share.ts";
import { lauxlib, lobject, lua, type LuaState } from "./vendor/fengari.js";

class FengariVm implements Vm {
  readonly globals: LuaTable;
  readonly #main: LuaState;
  readonly #threads: ThreadPool;
  readonly #options: VmOptions;

  constructor(options: VmOptions) {
    this.#main = lauxlib.luaL_newstate();
    lua.lua_atnativeerror(this.#main, nativeError);
    this.globals = globalsOf(this.#main);
    openLibrary(this.#main, this.globals, options);
    this.#threads = new ThreadPool(this.#main);
    this.#options = options;
    if (options.deadline !== undefined) this.shareTime();
  }

  shareTime(): void {
    const { deadline, deadlineMessage } = this.#options;
    this.#threads.share(new TimeShare(deadline, deadlineMessage));
  }

  newTable(): LuaTable {
    return newTable(this.#main);
  }

  newArray(values: readonly LuaValue[], from = 0, to = values.length): LuaTable {
    const table = this.newTable();
    for (let i = from; i < to; i++) {
      if (values[i] !== undefined) table.set(i - from + 1, values[i]);
    }
    return table;
  }

  newRecord(fields: Readonly<Record<string, LuaValue>>): LuaTable {
    const table = this.newTable();
    for (const key in fields) {
      const value = fields[key];
      if (value !== undefined) table.set(fromText(key), value);
    }
    return table;
  }

  recordMaker(keys: readonly string[]): RecordMaker {
    return (values, from) => {
      const table = this.newTable();
      keys.forEach((key, i) => table.set(key, values[from + i]));
      return table;
    };
  }

  newFunction(name: string, host: HostFunction): LuaFunction {
    return wrapFunction(new lobject.TValue(TAG.lightFunction, hostFunction(name, host)));
  }

  placeOf(fn: LuaFunction): string | undefined {
    const L = this.#main;
    const info = new lua.lua_Debug();
    push(L, fn);
    lua.lua_getinfo(L, toBytes(">S"), info);
    if (info.linedefined < 0) return undefined;
    return toText(`${fromBytes(info.short_src)}:${info.linedefined}`);
  }

  newThread(): TaskThread {
    return this.#threads.take();
  }

  load(source: string, chunkName: string, env?: LuaTable): LuaFunction {
    const L = this.#main;
    // A comment in the place of the shebang keeps the numbers of the lines
    const text = source.startsWith("#") ? `--${source}` : source;
    let bytes: Uint8Array | null = toBytes(text);
    const read = () => {
      const part = bytes;
      bytes = null;
      return part;
    };
    const status = lua.lua_load(L, read, null, toBytes(fromText(`@${chunkName}`)), toBytes("t"));
    const result = this.#pop();
    if (status !== lua.LUA_OK) throw new LuaError(result);
    if (env !== undefined) {
      push(L, result);
      push(L, env);
      lua.lua_setupvalue(L, -2, 1);
      lua.lua_pop(L, 1);
    }
    return result as LuaFunction;
  }

  toString(value: LuaValue): string {
    return toStringAtOnce(this, value);
  }

  /** It has no finalizers. */
  close(): void {}

  #pop(): LuaValue {
    const L = this.#main;
    // deno-lint-ignore no-non-null-assertion -- lua_load pushes the chunk or the error
    const value = fromTValue(L, L.stack[L.top - 1]!);
    lua.lua_pop(L, 1);
    return value;
  }
}

/** Turns what JavaScript threw through fengari, such as its own stack overflow, into a Lua error. */
function nativeError(L: LuaState): number {
  const error = lua.lua_touserdata(L, 1);
  push(L, fromText(nativeMessage(error)));
  return 1;
}

function nativeMessage(error: unknown): string {
  if (!(error instanceof RangeError)) return `internal error: ${String(error)}`;
  // The other RangeErrors are strings and arrays that grow beyond what JavaScript can hold
  return /call stack/.test(error.message) ? "stack overflow" : "not enough memory";
}

/** The engine `fengari`. */
export const engine: Engine = {
  name: "fengari",
  version: "5.3",
  loadWaits: false,
  createVm: (options) => new FengariVm(options),
};
