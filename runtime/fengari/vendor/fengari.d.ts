/** The part of fengari's interface that the engine uses. */

export interface LuaState {
  readonly l_G: GlobalState;
  stack: TValue[];
  top: number;
  status: number;
  ci: CallInfo;
  base_ci: CallInfo;
  nny: number;
  nCcalls: number;
}

export interface CallInfo {
  top: number;
  funcOff: number;
}

export interface GlobalState {
  readonly mainthread: LuaState;
  readonly l_registry: { value: Table };
  atnativeerror: ((L: LuaState) => number) | null;
}

export declare class TValue {
  constructor(type: number, value: unknown);
  type: number;
  value: unknown;
}

export declare class TString {
  constructor(L: LuaState | null, bytes: Uint8Array);
  hash: string | null;
  realstring: Uint8Array;
}

export interface TableEntry {
  key: TValue;
  value: TValue;
  n: TableEntry | undefined;
}

export declare class Table {
  strong: Map<unknown, TableEntry>;
  f: TableEntry | undefined;
  metatable: Table | null;
  flags: number;
}

export declare class Udata {
  constructor(L: LuaState, size: number);
  metatable: Table | null;
  data: Record<string, unknown>;
}

export type CFunction = (L: LuaState) => number;
export type Continuation = (L: LuaState, status: number, context: unknown) => number;

export interface LuaDebug {
  short_src: Uint8Array;
  currentline: number;
  linedefined: number;
}

export declare const lua: {
  readonly LUA_OK: 0;
  readonly LUA_YIELD: 1;
  readonly LUA_ERRRUN: 2;
  readonly LUA_MASKCOUNT: number;
  readonly LUA_REGISTRYINDEX: number;
  readonly LUA_RIDX_GLOBALS: number;
  readonly LUA_TNIL: number;
  readonly LUA_TFUNCTION: number;
  readonly LUA_TSTRING: number;
  readonly LUA_TTHREAD: number;
  lua_Debug: new () => LuaDebug;
  lua_atnativeerror(L: LuaState, f: CFunction): void;
  lua_checkstack(L: LuaState, n: number): boolean;
  lua_concat(L: LuaState, n: number): void;
  lua_error(L: LuaState): never;
  lua_getstack(L: LuaState, level: number, ar: LuaDebug): number;
  lua_getinfo(L: LuaState, what: Uint8Array, ar: LuaDebug): number;
  lua_gettop(L: LuaState): number;
  lua_settop(L: LuaState, index: number): void;
  lua_insert(L: LuaState, index: number): void;
  lua_load(
    L: LuaState,
    reader: (L: LuaState, data: unknown) => Uint8Array | null,
    data: unknown,
    chunkName: Uint8Array,
    mode: Uint8Array | null,
  ): number;
  lua_newtable(L: LuaState): void;
  lua_newthread(L: LuaState): LuaState;
  lua_newuserdata(L: LuaState, size: number): Record<string | symbol, unknown>;
  lua_pop(L: LuaState, n: number): void;
  lua_pushcclosure(L: LuaState, f: CFunction, n: number): void;
  lua_pushcfunction(L: LuaState, f: CFunction): void;
  lua_pushthread(L: LuaState): number;
  lua_pushvalue(L: LuaState, index: number): void;
  lua_resume(L: LuaState, from: LuaState | null, nargs: number): number;
  lua_sethook(
    L: LuaState,
    hook: ((L: LuaState, ar: LuaDebug) => void) | null,
    mask: number,
    count: number,
  ): void;
  lua_setmetatable(L: LuaState, index: number): void;
  lua_setupvalue(L: LuaState, index: number, n: number): Uint8Array | null;
  lua_status(L: LuaState): number;
  lua_touserdata(L: LuaState, index: number): unknown;
  lua_type(L: LuaState, index: number): number;
  lua_upvalueindex(i: number): number;
  lua_xmove(from: LuaState, to: LuaState, n: number): void;
  lua_yieldk(L: LuaState, nresults: number, context: unknown, k: Continuation): number;
  lua_yield(L: LuaState, nresults: number): number;
};

export declare const lauxlib: {
  luaL_newstate(): LuaState;
  luaL_checktype(L: LuaState, arg: number, type: number): void;
  luaL_argerror(L: LuaState, arg: number, message: Uint8Array): never;
  luaL_requiref(L: LuaState, name: Uint8Array, open: CFunction, global: number): void;
  luaL_tolstring(L: LuaState, index: number): Uint8Array;
  luaL_traceback(L: LuaState, L1: LuaState, message: Uint8Array | null, level: number): void;
  luaL_where(L: LuaState, level: number): void;
};

export declare const lobject: {
  TValue: typeof TValue;
  Udata: typeof Udata;
  readonly luaO_nilobject: TValue;
};

export declare const lstring: { TString: typeof TString };

export declare const ltable: {
  Table: typeof Table;
  luaH_get(L: LuaState, t: Table, key: TValue): TValue;
  luaH_getn(t: Table): number;
  luaH_new(L: LuaState): Table;
  luaH_setfrom(L: LuaState, t: Table, key: TValue, value: TValue): void;
  luaH_setint(t: Table, key: number, value: TValue): void;
  invalidateTMcache(t: Table): void;
};

export declare const lbaselib: { luaopen_base: CFunction };
export declare const lstrlib: { luaopen_string: CFunction };
export declare const ltablib: { luaopen_table: CFunction };
export declare const lmathlib: { luaopen_math: CFunction };
export declare const lutf8lib: { luaopen_utf8: CFunction };
