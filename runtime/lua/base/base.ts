/** The basic functions, but those that load chunks. */
import { argumentError, runtimeError } from "../error.ts";
import { checkAny, checkInteger, checkTable, typeError } from "../library/arguments.ts";
import { type Callback, drive, type LuaResult, NOTHING } from "../library/callback.ts";
import { driveYieldable } from "../run/drive.ts";
import type { Collector } from "../run/collector.ts";
import { spendWork } from "../library/string/limits.ts";
import { text, textWithoutCalls } from "../library/tostring.ts";
import { isNumber, numberEqual, parseNumber, toFloat } from "../number/mod.ts";
import { ipairsStep, next } from "../run/iteration.ts";
import { metamethod, metatableOf, spread } from "../run/operators.ts";
import { machine } from "../run/machine.ts";
import { registerWhole } from "../run/many.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { integerFromBigInt } from "../value.ts";
import { error, pcall, xpcall } from "./protect.ts";
import { createCollectgarbage } from "./collect.ts";
import type { Warnings } from "./warn.ts";

function type(value?: LuaValue): LuaResult {
  checkAny(1, "type", arguments.length);
  return plainType(value);
}

function plainType(value: LuaValue): string {
  if (value === undefined) return "nil";
  return typeof value === "object" ? (value as { luaType: string }).luaType : typeof value;
}

function tostring(value?: LuaValue): LuaResult {
  checkAny(1, "tostring", arguments.length);
  return textWithoutCalls(value) ?? drive(text(value));
}

/** How much longer reading a digit takes than copying a byte. */
const DIGIT_WORK = 4;
const ZERO = 0x30;
const NINE = 0x39;
const LETTER_A = 0x61;
const SPACE = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g;

function tonumber(value?: LuaValue, base?: LuaValue): LuaResult {
  if (base === undefined) {
    checkAny(1, "tonumber", arguments.length);
    if (isNumber(value)) return value;
    if (typeof value !== "string") return undefined;
    spendWork(value.length * DIGIT_WORK);
    return parseNumber(value);
  }
  const radix = toFloat(checkInteger(base, 2, "tonumber"));
  if (typeof value !== "string") throw typeError(value, 1, "tonumber", "string");
  if (radix < 2 || radix > 36) throw argumentError(2, "tonumber", "base out of range");
  spendWork(value.length * DIGIT_WORK);
  const digits = value.replace(SPACE, "").toLowerCase();
  const match = /^(-?)([0-9a-z]+)$/.exec(digits);
  if (match === null) return undefined;
  return wrappedInteger(match[2] ?? "", radix, match[1] === "-");
}

/** Digits that make a safe integer in any base up to 36. */
const CHUNK = 10;

/** The integer that digits spell, wrapped around; undefined where one is none of the base. */
function wrappedInteger(digits: string, radix: number, isNegative: boolean): LuaValue {
  let number = 0n;
  for (let i = 0; i < digits.length; i += CHUNK) {
    const chunk = digits.slice(i, i + CHUNK);
    let value = 0;
    for (let k = 0; k < chunk.length; k++) {
      const code = chunk.charCodeAt(k);
      const digit = code <= NINE ? code - ZERO : code - LETTER_A + 10;
      if (digit >= radix) return undefined;
      value = value * radix + digit;
    }
    number = BigInt.asUintN(64, number * BigInt(radix ** chunk.length) + BigInt(value));
  }
  return integerFromBigInt(isNegative ? -number : number);
}

function pairs(value?: LuaValue): LuaResult {
  const handler = metamethod(value, "__pairs");
  if (handler === undefined) {
    checkAny(1, "pairs", arguments.length);
    return [next, value, undefined];
  }
  return driveYieldable(pairsBy(handler, value));
}

function* pairsBy(handler: LuaValue, value: LuaValue): Callback {
  const results = spread(yield [handler, value]);
  return [results[0], results[1], results[2], results[3]];
}

function ipairs(value?: LuaValue): LuaResult {
  checkAny(1, "ipairs", arguments.length);
  return [ipairsStep, value, 0];
}

machine.pairs = pairs;
machine.ipairs = ipairs;

function select(n: LuaValue, ...values: LuaValue[]): LuaResult {
  if (arguments.length === 0) throw typeError(n, 1, "select", "number", 0);
  return selected(n, values);
}

function selected(n: LuaValue, values: LuaValue[]): LuaResult {
  if (n === "#") return values.length;
  const position = toFloat(checkInteger(n, 1, "select"));
  if (position < 0 ? -position > values.length : position === 0) {
    throw argumentError(1, "select", "index out of range");
  }
  const rest = position < 0 ? values.slice(values.length + position) : values.slice(position - 1);
  return rest.length === 1 ? rest[0] : rest;
}

machine.select = select;
registerWhole(select, ([n, ...values]) => selected(n, values));

function rawget(table: LuaValue, key: LuaValue): LuaResult {
  const target = checkTable(table, 1, "rawget", arguments.length);
  checkAny(2, "rawget", arguments.length);
  return target.get(key);
}

function rawset(table: LuaValue, key: LuaValue, value: LuaValue): LuaResult {
  const target = checkTable(table, 1, "rawset", arguments.length);
  checkAny(2, "rawset", arguments.length);
  checkAny(3, "rawset", arguments.length);
  target.set(key, value);
  return table;
}

function rawequal(a: LuaValue, b: LuaValue): LuaResult {
  checkAny(1, "rawequal", arguments.length);
  checkAny(2, "rawequal", arguments.length);
  return a === b || (isNumber(a) && isNumber(b) && numberEqual(a, b));
}

function rawlen(value: LuaValue): LuaResult {
  if (value instanceof LuaTable) return value.length();
  if (typeof value === "string") return value.length;
  throw typeError(value, 1, "rawlen", "table or string", arguments.length);
}

function getmetatable(value?: LuaValue): LuaResult {
  checkAny(1, "getmetatable", arguments.length);
  const metatable = metatableOf(value);
  return metatable === undefined ? undefined : metatable.getStr("__metatable") ?? metatable;
}

function assert(value?: LuaValue, message?: LuaValue, ...more: LuaValue[]): LuaResult {
  if (value !== undefined && value !== false) {
    return arguments.length === 1 ? value : [value, message, ...more].slice(0, arguments.length);
  }
  checkAny(1, "assert", arguments.length);
  return error(arguments.length < 2 ? "assertion failed!" : message);
}

/** What the basic functions need of their VM. */
export interface BaseOptions {
  /** Where `print` writes. */
  write(bytes: string): void;
  collector: Collector;
  warnings: Warnings;
}

/** The basic functions, by name. */
export function baseFunctions({ write, collector, warnings }: BaseOptions): Record<string, LuaValue> {
  function setmetatable(table: LuaValue, metatable?: LuaValue): LuaResult {
    const target = checkTable(table, 1, "setmetatable", arguments.length);
    if (arguments.length < 2 || (metatable !== undefined && !(metatable instanceof LuaTable))) {
      throw typeError(metatable, 2, "setmetatable", "nil or table", arguments.length);
    }
    if (target.metatable?.getStr("__metatable") !== undefined) {
      throw runtimeError("cannot change a protected metatable");
    }
    target.metatable = metatable as LuaTable | undefined;
    collector.hasMetatable(target, target.metatable);
    return target;
  }
  function warn(...parts: LuaValue[]): LuaResult {
    return warnings.call(parts);
  }
  function print(...values: LuaValue[]): LuaResult {
    const texts = values.map((value) => textWithoutCalls(value));
    if (texts.includes(undefined)) return drive(printSlowly(values));
    write(`${texts.join("\t")}\n`);
    return NOTHING;
  }
  function* printSlowly(values: LuaValue[]): Callback {
    const texts: string[] = [];
    for (const value of values) texts.push(yield* text(value));
    write(`${texts.join("\t")}\n`);
    return NOTHING;
  }
  return {
    assert,
    collectgarbage: createCollectgarbage(collector),
    error,
    getmetatable,
    ipairs,
    next,
    pairs,
    pcall,
    print,
    rawequal,
    rawget,
    rawlen,
    rawset,
    select,
    setmetatable,
    tonumber,
    tostring,
    type,
    warn,
    xpcall,
  };
}
