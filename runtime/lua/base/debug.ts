/** The `debug` library, as far as functions that are compiled to JavaScript can be looked into. */
import { argumentError, runtimeError } from "../error.ts";
import { checkAny, checkInteger, optInteger, optString, typeError } from "../library/arguments.ts";
import { type LuaResult, NOTHING } from "../library/callback.ts";
import { toFloat } from "../number/mod.ts";
import { Coroutine, type LuaFunction } from "../run/coroutine.ts";
import { type Box, textOf, upvaluesOf } from "../run/functions.ts";
import { gethook, sethook } from "./hook.ts";
import { levelsOf, traceback as tracebackOf } from "../run/locate.ts";
import { isNumber } from "../number/mod.ts";
import type { Level } from "../run/stack.ts";
import { machine, type TypeMetatables } from "../run/machine.ts";
import { metatableOf } from "../run/operators.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { countUpvalues, getinfo } from "./getinfo.ts";

/** The thread that a function may be given first, and the arguments behind it. */
export function withThread(
  args: readonly LuaValue[],
): { thread: Coroutine | null; rest: readonly LuaValue[] } {
  const [thread] = args;
  return thread instanceof Coroutine ? { thread, rest: args.slice(1) } : { thread: null, rest: args };
}

function traceback(...args: LuaValue[]): LuaResult {
  const { thread, rest: [message, level] } = withThread(args);
  if (message !== undefined && typeof message !== "string" && !isNumber(message)) return message;
  const isOther = thread !== null && thread !== machine.current;
  const position = args.length - (thread === null ? 0 : 1) < 2 ? 0 : thread === null ? 2 : 3;
  const skip = level === undefined ? (isOther ? 0 : 1) : toFloat(checkInteger(level, position, "traceback"));
  const shown = tracebackOf(Math.max(skip, 0), levelsOf(thread));
  return message === undefined ? shown : `${optString(message, 1, "traceback", "")}\n${shown}`;
}

/** The values of local variables are known where functions are run step by step: see `stepped/`. */
function getlocal(...args: LuaValue[]): LuaResult {
  const { thread, rest: [level, n] } = withThread(args);
  const at = thread === null ? 1 : 2;
  const number = toFloat(checkInteger(n, at + 1, "getlocal"));
  if (typeof level === "function") {
    return textOf(level)?.node.params[number - 1]?.name;
  }
  const found = checkLevel(thread, level, at, "getlocal").known?.locals.get(number);
  return found === undefined ? undefined : [found.name, found.value];
}

function setlocal(...args: LuaValue[]): LuaResult {
  const { thread, rest: [level, n, ...values] } = withThread(args);
  const at = thread === null ? 1 : 2;
  const number = toFloat(checkInteger(n, at + 1, "setlocal"));
  const { known } = checkLevel(thread, level, at, "setlocal");
  checkAny(at + 2, "setlocal", at + 1 + values.length);
  return known?.locals.set(number, values[0]);
}

function checkLevel(thread: Coroutine | null, level: LuaValue, at: number, name: string): Level {
  const found = levelsOf(thread)[toFloat(checkInteger(level, at, name))];
  if (found === undefined) throw argumentError(at, name, "level out of range");
  return found;
}

/** A function's upvalue by its number from 1. */
function upvalue(
  fn: LuaValue,
  n: LuaValue,
  name: string,
): { name: string; box: Box | undefined } | undefined {
  const number = toFloat(checkInteger(n, 2, name));
  if (typeof fn !== "function") throw typeError(fn, 1, name, "function");
  const text = textOf(fn);
  // What a function of the library keeps has no name, and is its own
  if (text === undefined) {
    return number >= 1 && number <= countUpvalues(fn) ? { name: "", box: undefined } : undefined;
  }
  const variable = text.node.upvalues[number - 1];
  if (variable === undefined) return undefined;
  return { name: variable.name, box: boxOf(fn, number) };
}

/** A function that is its own upvalue has no box for it. */
function boxOf(fn: LuaFunction, number: number): Box | undefined {
  const box = upvaluesOf(fn)?.(number - 1) as unknown;
  return typeof box === "object" && box !== null && "v" in box ? box as Box : undefined;
}

function getupvalue(fn: LuaValue, n: LuaValue): LuaResult {
  const found = upvalue(fn, n, "getupvalue");
  return found === undefined ? NOTHING : [found.name, found.box?.v];
}

function setupvalue(fn: LuaValue, n: LuaValue, value?: LuaValue): LuaResult {
  checkAny(3, "setupvalue", arguments.length);
  const found = upvalue(fn, n, "setupvalue");
  if (found === undefined) return NOTHING;
  if (found.box !== undefined) found.box.v = value;
  return found.name;
}

/** What identifies an upvalue; Lua can only compare it. */
class LightUserdata {
  declare readonly luaType: "userdata";
  metatable: LuaTable | undefined = undefined;
}

Object.defineProperty(LightUserdata.prototype, "luaType", { value: "userdata" });

const identities = new WeakMap<object, LightUserdata>();

function upvalueid(fn: LuaValue, n: LuaValue): LuaResult {
  const found = upvalue(fn, n, "upvalueid");
  const isLua = textOf(fn) !== undefined;
  // What a function of the library keeps is one thing
  const key = isLua ? found?.box : found === undefined ? undefined : fn as LuaFunction;
  if (key === undefined) return undefined;
  let identity = identities.get(key);
  if (identity === undefined) identities.set(key, identity = new LightUserdata());
  return identity as unknown as LuaValue;
}

function upvaluejoin(f: LuaValue, n: LuaValue, g: LuaValue, m: LuaValue): LuaResult {
  const target = upvalue(f, n, "upvaluejoin");
  if (target === undefined) throw argumentError(2, "upvaluejoin", "invalid upvalue index");
  const number = toFloat(checkInteger(m, 4, "upvaluejoin"));
  if (typeof g !== "function") throw typeError(g, 3, "upvaluejoin", "function");
  if (textOf(f) === undefined) throw argumentError(1, "upvaluejoin", "Lua function expected");
  if (textOf(g) === undefined) throw argumentError(3, "upvaluejoin", "Lua function expected");
  if (textOf(g)?.node.upvalues[number - 1] === undefined) {
    throw argumentError(4, "upvaluejoin", "invalid upvalue index");
  }
  const box = boxOf(g, number);
  if (box === undefined) throw runtimeError("the upvalues of this function cannot be joined");
  upvaluesOf(f as LuaFunction)?.(toFloat(n as number) - 1, box);
  return NOTHING;
}

function getmetatable(value?: LuaValue): LuaResult {
  checkAny(1, "getmetatable", arguments.length);
  return metatableOf(value);
}

function setmetatable(value: LuaValue, metatable?: LuaValue): LuaResult {
  if (arguments.length < 2 || (metatable !== undefined && !(metatable instanceof LuaTable))) {
    throw typeError(metatable, 2, "setmetatable", "nil or table", arguments.length);
  }
  const table = metatable as LuaTable | undefined;
  if (typeof value === "object" && !isNumber(value) && !(value instanceof Coroutine)) {
    (value as unknown as { metatable: LuaTable | undefined }).metatable = table;
    const mode = table?.getStr("__mode");
    if (value instanceof LuaTable && typeof mode === "string") value.weaken(mode);
  } else {
    machine.metatables[typeKey(value)] = table;
  }
  return value;
}

function typeKey(value: LuaValue): keyof TypeMetatables {
  if (value === undefined) return "nil";
  if (value instanceof Coroutine) return "thread";
  return isNumber(value) ? "number" : typeof value as keyof TypeMetatables;
}

function isUserdata(value: LuaValue): boolean {
  return typeof value === "object" && (value as { luaType?: string }).luaType === "userdata";
}

/** Userdata have no room for values of users, as the files of PUC-Rio's Lua have none. */
function getuservalue(_value: LuaValue, n?: LuaValue): LuaResult {
  optInteger(n, 2, "getuservalue", 1);
  return undefined;
}

function setuservalue(value: LuaValue, _stored?: LuaValue, n?: LuaValue): LuaResult {
  const count = arguments.length;
  if (value instanceof LightUserdata) {
    throw argumentError(1, "setuservalue", "userdata expected, got light userdata");
  }
  if (!isUserdata(value)) throw typeError(value, 1, "setuservalue", "userdata", count);
  checkAny(2, "setuservalue", count);
  optInteger(n, 3, "setuservalue", 1);
  return undefined;
}

/** PUC-Rio's limit of nested C calls, which 5.4 kept a function for that changes nothing. */
const C_STACK_LIMIT = 200;

function setcstacklimit(limit: LuaValue): LuaResult {
  checkInteger(limit, 1, "setcstacklimit", arguments.length);
  return C_STACK_LIMIT;
}

/** The functions of `debug`, by name. */
export function createDebugLibrary(): Record<string, LuaValue> {
  const registry = new LuaTable();
  return {
    gethook,
    getinfo,
    getlocal,
    getmetatable,
    getregistry: () => registry,
    getupvalue,
    getuservalue,
    setcstacklimit,
    sethook,
    setlocal,
    setmetatable,
    setupvalue,
    setuservalue,
    traceback,
    upvalueid,
    upvaluejoin,
  };
}
