/** Parameter kinds of builtins: what a script may pass, and what the builtin then receives. */
import { ScriptError } from "./error.ts";
import { formatNumber, parseNumber, toInteger } from "./number.ts";
import { toText } from "./text.ts";
import {
  isFunction,
  isNumber,
  isTable,
  type LuaFunction,
  LuaInteger,
  type LuaTable,
  LuaUserdata,
  type LuaValue,
  toDouble,
  typeOf,
} from "./value.ts";

/** One parameter of a builtin. */
export interface Param<T> {
  readonly name: string;
  /** As documentation shows it: `string`, `integer`, `{timeout?: number}`. */
  readonly type: string;
  readonly optional: boolean;
  /** What it is when it is left out; absent where that is nothing. */
  readonly fallback?: T;
  /**
   * Converts an argument.
   *
   * @param notice Takes what its author should know although the call can go on
   * @throws {Mismatch} When it is of another type
   */
  read(value: LuaValue, notice?: Notice): T;
}

/** Takes a sentence for the author of a script. */
export type Notice = (text: string) => void;

/** An argument of the wrong type: `expected` completes "error converting Lua nil to …". */
export class Mismatch extends Error {
  constructor(readonly expected: string, readonly detail?: string) {
    super(expected);
  }
}

/** An option of the wrong type, in a table of the right one. */
class OptionMismatch extends Mismatch {
  constructor(override readonly message: string) {
    super("table", message);
  }
}

type ParamValue<P> = P extends Param<infer T> ? T : never;

/** What `run` receives for a list of parameters. */
export type ParamValues<P extends readonly Param<unknown>[]> = { [K in keyof P]: ParamValue<P[K]> };

function make<T>(name: string, type: string, read: (value: LuaValue) => T): Param<T> {
  return { name, type, optional: false, read };
}

function readString(value: LuaValue): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  throw new Mismatch("String");
}

function readNumber(value: LuaValue): number {
  const number = typeof value === "string" ? parseNumber(value) : value;
  if (isNumber(number)) return toDouble(number);
  throw new Mismatch("number");
}

function readInteger(value: LuaValue): number {
  const number = typeof value === "string" ? parseNumber(value) : value;
  if (!isNumber(number)) throw new Mismatch("integer");
  const integer = toInteger(number);
  if (integer === undefined) throw new Mismatch("integer", "number has no integer representation");
  if (integer instanceof LuaInteger) throw new Mismatch("integer", "number is out of range");
  return integer;
}

/** A string of bytes; numbers are converted as Lua converts them. */
export const string = (name: string): Param<string> => make(name, "string", readString);

/** Any number, as a double; numeric strings are accepted. */
export const number = (name: string): Param<number> => make(name, "number", readNumber);

/** An integer within ±(2^53−1); floats and strings that hold one are accepted. */
export const integer = (name: string): Param<number> => make(name, "integer", readInteger);

/** `true` or `false`, nothing that stands for them. */
export const boolean = (name: string): Param<boolean> =>
  make(name, "boolean", (value) => {
    if (typeof value !== "boolean") throw new Mismatch("boolean");
    return value;
  });

/** @param type How documentation shows the table. @default "table" */
export const table = (name: string, type = "table"): Param<LuaTable> =>
  make(name, type, (value) => {
    if (!isTable(value)) throw new Mismatch("table");
    return value;
  });

/**
 * A Lua function.
 *
 * @param type How documentation shows it.
 * @default "function"
 */
export const func = (name: string, type = "function"): Param<LuaFunction> =>
  make(name, type, (value) => {
    if (!isFunction(value)) throw new Mismatch("function");
    return value;
  });

/** A host object of a class, such as a database connection. */
// deno-lint-ignore no-explicit-any -- constructors of any shape are meant
export const instance = <T>(name: string, type: string, of: abstract new (...args: any[]) => T): Param<T> =>
  make(name, type, (value) => {
    if (!(value instanceof of)) throw new Mismatch(type);
    return value;
  });

/** Any value, nil included, as it is. */
export const any = (name: string, type = "any"): Param<LuaValue> => make(name, type, (value) => value);

/** A parameter that may be left out or nil. */
export function optional<T>(param: Param<T>): Param<T | undefined>;
export function optional<T>(param: Param<T>, fallback: T): Param<T>;
export function optional<T>(param: Param<T>, fallback?: T): Param<T | undefined> {
  return {
    ...param,
    optional: true,
    ...(fallback === undefined ? {} : { fallback }),
    read: (value, notice) => value === undefined ? fallback : param.read(value, notice),
  };
}

type Fields = Readonly<Record<string, (name: string) => Param<unknown>>>;
type FieldValues<F extends Fields> = { readonly [K in keyof F]?: ParamValue<ReturnType<F[K]>> };

/**
 * A table of options, each of which may be left out. Keys that are not named are ignored, as the original does,
 * but not in silence.
 *
 * @param fields The kind of each option, by name
 */
export function options<const F extends Fields>(name: string, fields: F): Param<FieldValues<F>> {
  const params = Object.entries(fields).map(([key, kind]) => kind(key));
  const known = new Set(Object.keys(fields));
  return {
    name,
    type: `{${params.map((param) => `${param.name}?: ${param.type}`).join(", ")}}`,
    optional: true,
    read(value, notice) {
      if (value === undefined) return {} as FieldValues<F>;
      if (!isTable(value)) throw new Mismatch("table");
      for (const [key] of value.entries()) {
        if (typeof key !== "string" || known.has(key)) continue;
        notice?.(`unknown option '${toText(key)}' is ignored: known are ${[...known].join(", ")}`);
      }
      const result: Record<string, unknown> = {};
      for (const param of params) {
        const field = value.get(param.name);
        if (field === undefined) continue;
        result[param.name] = readOption(param, field);
      }
      return result as FieldValues<F>;
    },
  };
}

function readOption(param: Param<unknown>, field: LuaValue): unknown {
  try {
    return param.read(field);
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error;
    const article = /^[aeiou]/.test(param.type) ? "an" : "a";
    const what = `option '${param.name}' must be ${article} ${param.type}, got ${typeOf(field)}`;
    throw new OptionMismatch(error.detail === undefined ? what : `${what}: ${error.detail}`);
  }
}

/** The error that a script gets for an argument of the wrong type. */
export function argumentError(
  functionName: string,
  index: number,
  param: Param<unknown>,
  value: LuaValue,
  mismatch: Mismatch,
): ScriptError {
  if (mismatch instanceof OptionMismatch) return new ScriptError(`${functionName}: ${mismatch.message}`);
  const wanted = `${functionName} expects ${param.name}: ${param.type}`;
  const reason = mismatch.detail ?? wanted;
  const hint = mismatch.detail === undefined ? wanted : `${functionName}: ${reason}`;
  return new ScriptError(
    `bad argument #${index + 1}: error converting Lua ${typeOf(value)} to ${mismatch.expected} (${hint})`,
  );
}

/** How Lua's own library calls what a mismatch calls otherwise. */
const STANDARD_NAMES: Readonly<Record<string, string>> = {
  String: "string",
  integer: "number",
  file: "FILE*",
  "file or string": "FILE*",
};

/** As {@link argumentError}, in the words of PUC-Rio's `luaL_check*`: for the globals that Lua has too. */
export function standardArgumentError(
  functionName: string,
  index: number,
  value: LuaValue,
  isMissing: boolean,
  mismatch: Mismatch,
): ScriptError {
  const metatable = isTable(value) || value instanceof LuaUserdata ? value.metatable : undefined;
  const name = metatable?.get("__name");
  const actual = isMissing ? "no value" : typeof name === "string" ? name : typeOf(value);
  const expected = STANDARD_NAMES[mismatch.expected] ?? mismatch.expected;
  const detail = mismatch.detail ?? `${expected} expected, got ${actual}`;
  return new ScriptError(
    `bad argument #${index + 1} to '${functionName.replace(/^.*[.:]/, "")}' (${detail})`,
  );
}
