/**
 * The standard library as fengari offers it, with what it lacks or must not offer put right: coroutines that
 * wait with the host, `print` on the script's output, text chunks only, `collectgarbage`.
 */
import type { VmOptions } from "../seam/engine.ts";
import type { LuaTable, LuaValue } from "../seam/value.ts";
import { assignTValue, fromTValue, push, wrapTable } from "./bridge.ts";
import { type Coroutine, resumeFrom } from "./thread.ts";
import {
  type CFunction,
  lauxlib,
  lbaselib,
  lmathlib,
  lstrlib,
  ltablib,
  lua,
  type LuaState,
  lutf8lib,
} from "./vendor/fengari.js";

const encoder = new TextEncoder();
const ascii = (text: string): Uint8Array => encoder.encode(text);

/** Opens the library in a new state. `globals` is its table of globals. */
export function openLibrary(L: LuaState, globals: LuaTable, options: VmOptions): void {
  const parts: [string, CFunction][] = [
    ["_G", lbaselib.luaopen_base],
    ["string", lstrlib.luaopen_string],
    ["table", ltablib.luaopen_table],
    ["math", lmathlib.luaopen_math],
    ["utf8", lutf8lib.luaopen_utf8],
  ];
  for (const [name, open] of parts) {
    lauxlib.luaL_requiref(L, ascii(name), open, 1);
    lua.lua_pop(L, 1);
  }
  (globals.get("string") as LuaTable).set("dump", undefined);
  setFunctions(L, globals, baseFunctions(L, globals, options));
  const coroutine = newTable(L);
  setFunctions(L, coroutine, COROUTINE_FUNCTIONS);
  globals.set("coroutine", coroutine);
}

/** An empty table. */
export function newTable(L: LuaState): LuaTable {
  lua.lua_newtable(L);
  const table = valueAt(L, -1) as LuaTable;
  lua.lua_pop(L, 1);
  return table;
}

/** The value at a stack index counted from the top (negative) or from the function's first argument. */
function valueAt(L: LuaState, index: number): LuaValue {
  const slot = index < 0 ? L.top + index : L.ci.funcOff + index;
  const tv = slot < L.top ? L.stack[slot] : undefined;
  return tv === undefined ? undefined : fromTValue(L, tv);
}

function setFunctions(L: LuaState, table: LuaTable, functions: Record<string, CFunction>): void {
  for (const [name, fn] of Object.entries(functions)) {
    lua.lua_pushcfunction(L, fn);
    table.set(name, valueAt(L, -1));
    lua.lua_pop(L, 1);
  }
}

function baseFunctions(L: LuaState, globals: LuaTable, options: VmOptions): Record<string, CFunction> {
  const load = cFunction(L, globals, "load");
  globals.set("dofile", undefined);
  globals.set("loadfile", undefined);
  return {
    print(L) {
      const count = lua.lua_gettop(L);
      let line = "";
      for (let i = 1; i <= count; i++) {
        lauxlib.luaL_tolstring(L, i);
        line += (i > 1 ? "\t" : "") + (valueAt(L, -1) as string);
        lua.lua_pop(L, 1);
      }
      options.write(line + "\n");
      return 0;
    },
    load(L) {
      // Text chunks only: precompiled ones can break the VM
      const count = Math.max(lua.lua_gettop(L), 3);
      const hasEnv = lua.lua_gettop(L) >= 4;
      lua.lua_settop(L, count);
      // deno-lint-ignore no-non-null-assertion -- settop has filled the slot
      assignTValue(L.stack[L.ci.funcOff + 3]!, L, "t");
      lua.lua_settop(L, hasEnv ? 4 : 3);
      return load(L);
    },
    collectgarbage(L) {
      const option = valueAt(L, 1) ?? "collect";
      const result = collectGarbage(option);
      if (result === undefined) {
        return lauxlib.luaL_argerror(L, 1, ascii(`invalid option '${String(option)}'`));
      }
      push(L, result);
      return 1;
    },
  };
}

function cFunction(L: LuaState, globals: LuaTable, name: string): CFunction {
  push(L, globals.get(name));
  // deno-lint-ignore no-non-null-assertion -- just pushed
  const fn = L.stack[L.top - 1]!.value as CFunction;
  lua.lua_pop(L, 1);
  return fn;
}

/** V8 collects when it wants to: only the questions have true answers. */
function collectGarbage(option: LuaValue): LuaValue {
  switch (option) {
    case "count":
      return Deno.memoryUsage().heapUsed / 1024 + 0.001;
    case "collect":
    case "stop":
    case "restart":
    case "setpause":
    case "setstepmul":
    case "param":
      return 0;
    case "step":
    case "isrunning":
      return true;
    case "incremental":
    case "generational":
      return "incremental";
    default:
      return undefined;
  }
}

const WRAPPED = 1;

function coroutineArgument(L: LuaState): Coroutine {
  lauxlib.luaL_checktype(L, 1, lua.LUA_TTHREAD);
  // deno-lint-ignore no-non-null-assertion -- its type has just been checked
  return L.stack[L.ci.funcOff + 1]!.value as Coroutine;
}

function create(L: LuaState): number {
  lauxlib.luaL_checktype(L, 1, lua.LUA_TFUNCTION);
  const co = lua.lua_newthread(L);
  lua.lua_pushvalue(L, 1);
  lua.lua_xmove(L, co, 1);
  return 1;
}

function callWrapped(L: LuaState): number {
  // deno-lint-ignore no-non-null-assertion -- the closure's upvalue is the coroutine
  const closure = L.stack[L.ci.funcOff]!.value as { upvalue: { value: Coroutine }[] };
  // deno-lint-ignore no-non-null-assertion -- likewise
  const co = closure.upvalue[0]!.value;
  return resumeFrom(L, co, lua.lua_gettop(L), (count) => {
    if (count >= 0) return count;
    if (lua.lua_type(L, -1) === lua.LUA_TSTRING) {
      lauxlib.luaL_where(L, 1);
      lua.lua_insert(L, -2);
      lua.lua_concat(L, 2);
    }
    return lua.lua_error(L);
  });
}

function statusOf(L: Coroutine, co: Coroutine): string {
  if (L === co) return "running";
  if (co.waiting !== undefined) return "normal";
  switch (lua.lua_status(co)) {
    case lua.LUA_YIELD:
      return "suspended";
    case lua.LUA_OK:
      if (lua.lua_getstack(co, 0, new lua.lua_Debug()) > 0) return "normal";
      return lua.lua_gettop(co) === 0 ? "dead" : "suspended";
    default:
      return "dead";
  }
}

const COROUTINE_FUNCTIONS: Record<string, CFunction> = {
  create,
  wrap(L) {
    create(L);
    lua.lua_pushcclosure(L, callWrapped, WRAPPED);
    return 1;
  },
  resume(L) {
    const co = coroutineArgument(L);
    return resumeFrom(L, co, lua.lua_gettop(L) - 1, (count) => {
      push(L, count >= 0);
      lua.lua_insert(L, -(Math.abs(count) + 1));
      return Math.abs(count) + 1;
    });
  },
  yield(L) {
    if ((L as Coroutine).isTask) {
      push(L, "attempt to yield from outside a coroutine");
      return lua.lua_error(L);
    }
    return lua.lua_yield(L, lua.lua_gettop(L));
  },
  status(L) {
    push(L, statusOf(L, coroutineArgument(L)));
    return 1;
  },
  isyieldable(L) {
    push(L, !(L as Coroutine).isTask && L.nny === 0);
    return 1;
  },
  running(L) {
    lua.lua_pushthread(L);
    push(L, (L as Coroutine).isTask === true);
    return 2;
  },
  close(L) {
    const co = coroutineArgument(L);
    const status = statusOf(L, co);
    if (status !== "suspended" && status !== "dead") {
      push(L, `cannot close a ${status} coroutine`);
      return lua.lua_error(L);
    }
    const failed = lua.lua_status(co) > lua.LUA_YIELD;
    push(L, !failed);
    // deno-lint-ignore no-non-null-assertion -- a failed coroutine has its error on top
    if (failed) push(L, fromTValue(L, co.stack[co.top - 1]!));
    co.status = lua.LUA_OK;
    co.ci = co.base_ci;
    lua.lua_settop(co, 0);
    return failed ? 2 : 1;
  },
};

/** The globals of a new state. */
export function globalsOf(L: LuaState): LuaTable {
  const registry = L.l_G.l_registry.value;
  const entry = registry.strong.get(lua.LUA_RIDX_GLOBALS);
  if (entry === undefined) throw new Error("A fengari state has no table of globals");
  return wrapTable(L, entry.value.value as never);
}
