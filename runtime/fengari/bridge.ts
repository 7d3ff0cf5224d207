/** Values across the border between fengari's stack and the seam, without copying tables. */
import {
  LuaFloat,
  type LuaFunction,
  LuaInteger,
  type LuaTable,
  type LuaThread,
  LuaUserdata,
  type LuaValue,
} from "../seam/value.ts";
import { fromBytes, toBytes } from "../seam/text.ts";
import { LuaError } from "../seam/error.ts";
import {
  lobject,
  lstring,
  ltable,
  type LuaState,
  type Table,
  type TString,
  type TValue,
  type Udata,
} from "./vendor/fengari.js";

/** fengari's type tags, variants included. */
export const TAG = {
  nil: 0,
  boolean: 1,
  float: 3,
  integer: 19,
  shortString: 4,
  longString: 20,
  table: 5,
  luaFunction: 6,
  lightFunction: 22,
  closure: 38,
  userdata: 7,
  thread: 8,
} as const;

/** Key of the object that stands for a fengari object on the seam's side, kept on the fengari object. */
const WRAPPER = Symbol("wrapper");

interface Wrapped<W> {
  [WRAPPER]?: W;
}

/** Key of the fengari value, kept on the JavaScript function that stands for a Lua function. */
const CLOSURE = Symbol("closure");

type FunctionWrapper = LuaFunction & { [CLOSURE]: TValue };

/** A key or value beyond the 32-bit integers and within 2^53 can only be an integer that had to be a float. */
const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** The Lua string of bytes that a fengari string holds. */
export function stringValue(string: TString): string {
  // A hash is "|" and the bytes: see scripts/vendor.ts
  if (string.hash !== null) return string.hash.slice(1);
  return fromBytes(string.realstring);
}

const KEY_CACHE_SIZE = 4096;
const keyCache = new Map<string, TString>();

/** Field names repeat: a shared fengari string for each keeps their hashes and their memory. */
function keyString(key: string): TString {
  let string = keyCache.get(key);
  if (string === undefined) {
    string = newString(key);
    string.hash = hashOfString(key);
    if (keyCache.size >= KEY_CACHE_SIZE) keyCache.clear();
    if (key.length <= 40) keyCache.set(key, string);
  }
  return string;
}

const hashCache = new Map<string, string>();

/** Joining and hashing a string anew for every look at a field costs more than the look itself. */
function hashOfString(key: string): string {
  let hash = hashCache.get(key);
  if (hash === undefined) {
    hash = `|${key}`;
    if (hashCache.size >= KEY_CACHE_SIZE) hashCache.clear();
    if (key.length <= 40) hashCache.set(key, hash);
  }
  return hash;
}

function newString(value: string): TString {
  return new lstring.TString(null, toBytes(value));
}

/** The seam's value of a fengari value. */
export function fromTValue(state: LuaState, tv: TValue): LuaValue {
  switch (tv.type) {
    case TAG.nil:
      return undefined;
    case TAG.boolean:
    case TAG.integer:
      return tv.value as boolean | number;
    case TAG.float: {
      const n = tv.value as number;
      if (!Number.isInteger(n)) return n;
      return isWideInteger(n) ? n : new LuaFloat(n);
    }
    case TAG.shortString:
    case TAG.longString:
      return stringValue(tv.value as TString);
    case TAG.table:
      return wrapTable(state, tv.value as Table);
    case TAG.userdata:
      return (tv.value as Udata).data.host as LuaUserdata;
    case TAG.thread:
      return wrapThread(tv.value as LuaState);
    default:
      return wrapFunction(tv);
  }
}

function isWideInteger(n: number): boolean {
  return Math.abs(n) > 0x7fffffff && n !== -0x80000000 && Math.abs(n) <= MAX_SAFE;
}

/** Writes a seam value into a fengari value. */
export function assignTValue(target: TValue, state: LuaState, value: LuaValue): TValue {
  switch (typeof value) {
    case "undefined":
      return set(target, TAG.nil, null);
    case "boolean":
      return set(target, TAG.boolean, value);
    case "number":
      return set(target, (value | 0) === value && !Object.is(value, -0) ? TAG.integer : TAG.float, value);
    case "string":
      return set(target, TAG.longString, newString(value));
    case "function": {
      const closure = (value as FunctionWrapper)[CLOSURE];
      return set(target, closure.type, closure.value);
    }
  }
  if (value instanceof FengariTable) return set(target, TAG.table, value.table);
  if (value instanceof LuaFloat) return set(target, TAG.float, value.n);
  if (value instanceof LuaInteger) return set(target, TAG.float, value.toNumber());
  if (value instanceof FengariThread) return set(target, TAG.thread, value.state);
  if (value instanceof LuaUserdata) return set(target, TAG.userdata, userdataOf(state, value));
  throw new TypeError("Cannot hand this object to Lua: it is no Lua value");
}

function set(target: TValue, type: number, value: unknown): TValue {
  target.type = type;
  target.value = value;
  return target;
}

/** A new fengari value of a seam value. */
export function toTValue(state: LuaState, value: LuaValue): TValue {
  return assignTValue(new lobject.TValue(TAG.nil, null), state, value);
}

/** Pushes without checking the stack: the caller has made room. */
export function push(L: LuaState, value: LuaValue): void {
  L.stack[L.top] = toTValue(L, value);
  L.top++;
}

function keyTValue(state: LuaState, key: LuaValue): TValue {
  if (typeof key === "string") return new lobject.TValue(TAG.longString, keyString(key));
  return toTValue(state, key);
}

/** The hash under which fengari keeps a key, or undefined for keys that no table can hold. */
function hashOf(key: LuaValue): unknown {
  switch (typeof key) {
    case "string":
      return hashOfString(key);
    case "number":
      return Number.isNaN(key) ? undefined : key;
    case "boolean":
      return key;
    case "function":
      return (key as FunctionWrapper)[CLOSURE].value;
    case "undefined":
      return undefined;
  }
  if (key instanceof FengariTable) return key.table;
  if (key instanceof LuaFloat) return key.n;
  if (key instanceof LuaInteger) return key.toNumber();
  if (key instanceof FengariThread) return key.state;
  return (key as Wrapped<object>)[WRAPPER];
}

/** A fengari table as the seam shows it. */
export class FengariTable implements LuaTable {
  readonly luaType = "table";

  constructor(private readonly state: LuaState, readonly table: Table) {
    (table as Wrapped<FengariTable>)[WRAPPER] = this;
  }

  get metatable(): LuaTable | undefined {
    const { metatable } = this.table;
    return metatable === null ? undefined : wrapTable(this.state, metatable);
  }

  set metatable(metatable: LuaTable | undefined) {
    this.table.metatable = metatable === undefined ? null : (metatable as FengariTable).table;
  }

  get(key: LuaValue): LuaValue {
    const entry = this.table.strong.get(hashOf(key));
    return entry === undefined ? undefined : fromTValue(this.state, entry.value);
  }

  set(key: LuaValue, value: LuaValue): void {
    if (key === undefined) throw new LuaError("table index is nil");
    if (Number.isNaN(key)) throw new LuaError("table index is NaN");
    const { state, table } = this;
    const entry = value === undefined ? undefined : table.strong.get(hashOf(key));
    if (entry !== undefined) assignTValue(entry.value, state, value);
    else ltable.luaH_setfrom(state, table, keyTValue(state, key), toTValue(state, value));
    ltable.invalidateTMcache(table);
  }

  length(): number {
    return ltable.luaH_getn(this.table);
  }

  *entries(): IterableIterator<[LuaValue, LuaValue]> {
    for (let entry = this.table.f; entry !== undefined; entry = entry.n) {
      yield [fromTValue(this.state, entry.key), fromTValue(this.state, entry.value)];
    }
  }
}

/** The object that stands for a table: the same one each time. */
export function wrapTable(state: LuaState, table: Table): FengariTable {
  return (table as Wrapped<FengariTable>)[WRAPPER] ?? new FengariTable(state.l_G.mainthread, table);
}

/** A fengari coroutine as the seam shows it. */
export class FengariThread implements LuaThread {
  readonly luaType = "thread";

  constructor(readonly state: LuaState) {
    (state as Wrapped<FengariThread>)[WRAPPER] = this;
  }
}

/** The object that stands for a coroutine: the same one each time. */
export function wrapThread(state: LuaState): FengariThread {
  return (state as Wrapped<FengariThread>)[WRAPPER] ?? new FengariThread(state);
}

/** The JavaScript function that stands for a Lua function: the same one each time. */
export function wrapFunction(tv: TValue): LuaFunction {
  const closure = tv.value as Wrapped<LuaFunction>;
  let wrapper = closure[WRAPPER];
  if (wrapper === undefined) {
    wrapper = function luaFunction() {
      throw new TypeError("Cannot call a Lua function directly: use the scheduler");
    };
    (wrapper as FunctionWrapper)[CLOSURE] = new lobject.TValue(tv.type, tv.value);
    closure[WRAPPER] = wrapper;
  }
  return wrapper;
}

function userdataOf(state: LuaState, value: LuaUserdata): object {
  const host = value as Wrapped<object>;
  return host[WRAPPER] ??= newUserdata(state, value);
}

function newUserdata(state: LuaState, value: LuaUserdata): object {
  const userdata = new lobject.Udata(state, 0);
  userdata.metatable = value.metatable === undefined ? null : (value.metatable as FengariTable).table;
  userdata.data.host = value;
  return userdata;
}
