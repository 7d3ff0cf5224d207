/** `load`: text chunks only. */
import { LuaAbort, LuaThrow, runtimeError } from "../error.ts";
import { optString, typeError } from "../library/arguments.ts";
import { type Callback, drive, first, type LuaResult, rested } from "../library/callback.ts";
import { spendWork } from "../library/string/limits.ts";
import { charge, type Heap } from "../memory.ts";
import { formatNumber } from "../number/format.ts";
import { isNumber } from "../number/kinds.ts";
import { LuaSyntaxError } from "../parse/error.ts";
import { LoadedChunk } from "../run/chunk.ts";
import { PrecompiledChunk, precompiledOf } from "../run/precompiled.ts";
import { asksForSteps, type Inspection } from "../run/functions.ts";
import { parseChunk } from "../parse/parse.ts";
import { isSteppedHere, steppedMain } from "./stepping.ts";
import { errorValue, type LuaFunction } from "../run/coroutine.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import type { LuaTable, LuaValue } from "../table.ts";

const ID_SIZE = 60;

/** How much longer compiling a byte takes than copying it. */
const PARSING = 64;

/** What a chunk takes, measured: its tree, its code and what is known of its lines. */
const CHUNK_BYTES = 8192;
const BYTES_PER_BYTE = 24;

/** What chunks that are not used any more may take until they can be collected. */
const MOST_KEPT = 4 * 2 ** 20;

/** A chunk's name as messages show it: PUC-Rio's `luaO_chunkid`. */
export function displayName(name: string): string {
  if (name.startsWith("=")) return name.slice(1, ID_SIZE);
  if (name.startsWith("@")) {
    return name.length <= ID_SIZE ? name.slice(1) : `...${name.slice(name.length - ID_SIZE + 4)}`;
  }
  const line = name.split("\n", 1)[0] ?? "";
  const room = ID_SIZE - '[string "..."]'.length - 1;
  if (line === name && line.length < room) return `[string "${line}"]`;
  return `[string "${line.slice(0, room)}..."]`;
}

/**
 * Compiles a chunk.
 *
 * @param name As given to `load`: `@file`, `=name` or the text itself
 * @param isModule Whether most of its functions are not expected to be called
 * @throws {LuaThrow} When it is no Lua
 */
export function loadChunk(
  source: string,
  name: string,
  env: LuaValue,
  inspection: Inspection,
  isModule = false,
): LuaFunction {
  charge(CHUNK_BYTES + source.length * BYTES_PER_BYTE);
  const shown = displayName(name);
  try {
    const plain = () => {
      const isInspected = inspection.includes(source);
      const code = isInspected ? undefined : precompiledOf(source, shown);
      const chunk = code === undefined
        ? new LoadedChunk(source, shown, name, isInspected, isModule)
        : new PrecompiledChunk(source, shown, name, code);
      return chunk.main(env as LuaTable);
    };
    if (!inspection.hasSteps(source)) return plain();
    // What builtins load while they are made cannot wait, and looks at nothing itself
    if (!isSteppedHere() && !asksForSteps(source)) return plain();
    const tree = parseChunk(source, shown);
    return steppedMain(({ SteppedChunk }) => new SteppedChunk(source, shown, name, tree).main(env), plain);
  } catch (error) {
    if (error instanceof LuaSyntaxError) throw new LuaThrow(error.message);
    throw error;
  }
}

/** What `load` needs of its VM. */
export interface LoadHost {
  readonly heap: Heap;
  /** What a text needs before it can run, which `load` waits for. */
  beforeLoad(source: string): void | Promise<void>;
}

/** `load` over a table of globals. */
export function loadFunction(globals: LuaTable, inspection: Inspection, host: LoadHost): LuaFunction {
  let kept = 0;

  /**
   * A loaded chunk. What is known of chunks is referred to weakly, and such a reference keeps it until the running job
   * ends: after so many chunks the job has to end.
   */
  function released(fn: LuaFunction, source: string): LuaResult {
    kept += CHUNK_BYTES + source.length * BYTES_PER_BYTE;
    const { current } = machine;
    if (current === null || current.isFinalizer) return rested(fn);
    const ready = host.beforeLoad(source);
    if (kept < MOST_KEPT && ready === undefined) return rested(fn);
    kept = 0;
    current.promise = (ready ?? host.heap.turn()).then(() => fn);
    return SUSPENDED;
  }

  function compile(source: string, name: string, mode: string, env: LuaValue): LuaResult {
    const binary = source.startsWith("\x1b");
    if (binary || !mode.includes("t")) {
      const kind = binary ? "binary" : "text";
      return [
        undefined,
        `attempt to load a ${kind} chunk (mode is '${binary && mode.includes("b") ? "t" : mode}')`,
      ];
    }
    spendWork(source.length * PARSING);
    let fn: LuaFunction;
    try {
      // Only the first line of a file is skipped when it begins so
      fn = loadChunk(/^[#\xef]/.test(source) ? ` ${source}` : source, name, env, inspection);
    } catch (error) {
      if (error instanceof LuaAbort) throw error;
      return [undefined, errorValue(error)];
    }
    return released(fn, source);
  }

  function* gather(reader: LuaValue, name: string, mode: string, env: LuaValue): Callback {
    let source = "";
    try {
      for (;;) {
        const read = first(yield [reader]);
        const part = isNumber(read) ? formatNumber(read) : read;
        if (part === undefined || part === "") break;
        if (typeof part !== "string") throw runtimeError("reader function must return a string");
        source += part;
      }
    } catch (error) {
      return [undefined, errorValue(error)];
    }
    return compile(source, name, mode, env);
  }

  return function load(chunk: LuaValue, name: LuaValue, mode: LuaValue, env: LuaValue): LuaResult {
    const environment = arguments.length < 4 ? globals : env;
    const modes = optString(mode, 3, "load", "bt");
    if (typeof chunk === "string") {
      return compile(chunk, optString(name, 2, "load", chunk), modes, environment);
    }
    if (typeof chunk !== "function") throw typeError(chunk, 1, "load", "function", arguments.length);
    return drive(gather(chunk, optString(name, 2, "load", "=(load)"), modes, environment));
  };
}
