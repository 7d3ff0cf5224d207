/**
 * How a builtin declares itself. From one declaration come the Lua global, the checks of its arguments and
 * their messages, which modes may see it, and its documentation.
 */
import { ScriptError } from "./error.ts";
import type { HostFunction } from "./engine.ts";
import type { Host } from "./host.ts";
import {
  argumentError,
  Mismatch,
  type Notice,
  type Param,
  type ParamValues,
  standardArgumentError,
} from "./params.ts";
import { isTable, type LuaFunction, type LuaResult, type LuaTable, type LuaValue } from "./value.ts";

/** The Deno permission that a function needs. */
export type Permission = "none" | "net" | "read" | "write" | "run" | "env" | "sys";

/** Whether a function only looks or changes something outside the VM. */
export type Effect = "read" | "write";

/** What is to be known of a function without running it. */
export interface FunctionSignature {
  readonly params: readonly Param<unknown>[];
  /** The result as documentation shows it: `string`, `{status, body, headers}`; `nil` where there is none. */
  readonly returns: string;
  /** One line of documentation, without a full stop. */
  readonly doc: string;
  readonly permission: Permission;
  readonly effect: Effect;
  /** Replaces the message for an argument of the wrong type, where the documents fix one. */
  readonly argumentMessage?: (index: number, functionName: string) => string | undefined;
  /** Whether arguments beyond `params` are handed on, unconverted, rather than ignored. */
  readonly variadic: boolean;
}

/** One function of a builtin. */
export interface FunctionDeclaration extends FunctionSignature {
  readonly run: (host: Host, ...args: never[]) => LuaResult | Promise<LuaResult>;
}

interface SignatureOptions<P extends readonly Param<unknown>[]> {
  params: P;
  returns: string;
  doc: string;
  /** @default "none" */
  permission?: Permission;
  /** @default "read" */
  effect?: Effect;
  argumentMessage?: (index: number, functionName: string) => string | undefined;
  /** @default false */
  variadic?: boolean;
}

interface FunctionOptions<P extends readonly Param<unknown>[]> extends SignatureOptions<P> {
  run: (host: Host, ...args: [...ParamValues<P>, ...rest: LuaValue[]]) => LuaResult | Promise<LuaResult>;
}

/** Declares a function. `run` receives the converted arguments in the order of `params`. */
export function fn<const P extends readonly Param<unknown>[]>(
  { permission = "none", effect = "read", variadic = false, ...rest }: FunctionOptions<P>,
): FunctionDeclaration {
  return { permission, effect, variadic, ...rest } as unknown as FunctionDeclaration;
}

/** Declares a function whose implementation is bound elsewhere, such as a closure of an object. */
export function signature<const P extends readonly Param<unknown>[]>(
  { permission = "none", effect = "read", variadic = false, ...rest }: SignatureOptions<P>,
): FunctionSignature {
  return { permission, effect, variadic, ...rest };
}

/** A global: a function by itself, or a table of functions, which may be callable too. */
export interface GlobalDeclaration {
  readonly name: string;
  /** One line of documentation. */
  readonly doc: string;
  /** Whether Lua has it too: then arguments of the wrong type are told of in PUC-Rio's words. */
  readonly isStandard?: boolean;
  /** The global itself when `functions` is absent; what calling the table does when it is not. */
  readonly call?: FunctionDeclaration;
  readonly functions?: Readonly<Record<string, FunctionDeclaration>>;
  /** Other names of functions: alias → function. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Methods of the objects that functions give back, documented with the global. */
  readonly objects?: Readonly<Record<string, ObjectDeclaration>>;
  /**
   * Imports what functions import when they are first called, for modes that give up the permission to read files
   * before the first script runs. Needed where a script check sees the global.
   */
  readonly preload?: () => Promise<unknown>;
  /** Adds what is no function: fields, tables that exist already. Runs once per VM. */
  readonly extend?: (host: Host, table: LuaTable) => void;
}

/** The methods of a kind of object, called as `object:method(…)`; the object is the first argument. */
export interface ObjectDeclaration<F extends FunctionSignature = FunctionSignature> {
  readonly doc: string;
  /** Its fields, as documentation shows their types; methods are not among them. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly methods: Readonly<Record<string, F>>;
}

/** Declares a global. */
export function defineGlobal(declaration: GlobalDeclaration): GlobalDeclaration {
  return declaration;
}

/** Makes the value of a global in a VM. A table that exists already (`os`) is added to. */
export function bindGlobal(host: Host, global: GlobalDeclaration): LuaTable | LuaFunction {
  if (global.functions === undefined) {
    if (global.call === undefined) throw new TypeError(`Global '${global.name}' declares nothing`);
    return bindFunction(host, global.name, global.call);
  }
  const existing = host.vm.globals.get(global.name);
  const table = isTable(existing) ? existing : host.vm.newTable();
  for (const [name, declaration] of Object.entries(global.functions)) {
    table.set(name, bindFunction(host, `${global.name}.${name}`, declaration, global.isStandard));
  }
  for (const [alias, name] of Object.entries(global.aliases ?? {})) table.set(alias, table.get(name));
  if (global.call !== undefined) table.metatable = callable(host, global.name, global.call);
  global.extend?.(host, table);
  return table;
}

function callable(host: Host, name: string, declaration: FunctionDeclaration): LuaTable {
  const call = hostFunction(host, name, declaration);
  const metatable = host.vm.newTable();
  metatable.set("__call", host.vm.newFunction(name, (args) => call(args.slice(1))));
  return metatable;
}

/** Makes the Lua function of a declaration. @param isStandard As of {@link GlobalDeclaration} */
export function bindFunction(
  host: Host,
  name: string,
  declaration: FunctionDeclaration,
  isStandard = false,
): LuaFunction {
  return host.vm.newFunction(name, hostFunction(host, name, declaration, isStandard));
}

const NOTHING: LuaResult = Object.freeze([]);
const NIL: LuaResult = Object.freeze([undefined]);

function hostFunction(
  host: Host,
  name: string,
  declaration: FunctionDeclaration,
  isStandard = false,
): HostFunction {
  const { params, variadic } = declaration;
  const run = declaration.run as (host: Host, ...args: unknown[]) => LuaResult | Promise<LuaResult>;
  const count = params.length;
  const notice = noticeOnce(host, name);
  // Where a result is documented, its absence is a nil: `tostring(env.get("X"))` must have an argument
  const empty = declaration.returns === "nil" ? NOTHING : NIL;
  const complete = (result: LuaResult): LuaResult => result === undefined ? empty : result;
  return (args) => {
    // What takes any number of arguments can count them: what is left out at the end is not there
    const given = variadic && args.length < count ? args.length : count;
    const converted = new Array<unknown>(given);
    for (let i = 0; i < count; i++) {
      // deno-lint-ignore no-non-null-assertion -- i is below the length
      const param = params[i]!;
      try {
        const value = param.read(args[i], notice);
        if (i < given || value !== undefined) converted[i] = value;
      } catch (error) {
        if (!(error instanceof Mismatch)) throw error;
        throw isStandard
          ? standardArgumentError(name, i, args[i], i >= args.length, error)
          : refusal(name, declaration, i, param, args[i], error);
      }
    }
    const result = variadic && args.length > count
      ? run(host, ...converted, ...args.slice(count))
      : run(host, ...converted);
    return result instanceof Promise ? result.then(complete) : complete(result);
  };
}

/** Warns of the same thing once: the call may stand in a loop. */
function noticeOnce(host: Host, name: string): Notice {
  let told: Set<string> | undefined;
  return (text) => {
    told ??= new Set();
    if (told.has(text)) return;
    told.add(text);
    host.log.warn(`${name}: ${text}`);
  };
}

function refusal(
  name: string,
  declaration: FunctionDeclaration,
  index: number,
  param: Param<unknown>,
  value: LuaValue,
  mismatch: Mismatch,
): ScriptError {
  const message = mismatch.detail === undefined ? declaration.argumentMessage?.(index, name) : undefined;
  return message === undefined
    ? argumentError(name, index, param, value, mismatch)
    : new ScriptError(message);
}

/** The metatable of a kind of object: its methods behind `__index`, its name for `tostring`. */
export function objectMetatable(
  host: Host,
  key: symbol,
  name: string,
  declaration: ObjectDeclaration<FunctionDeclaration>,
  isStandard = false,
): LuaTable {
  return host.metatable(key, () => {
    const methods = host.vm.newTable();
    for (const [method, fnDeclaration] of Object.entries(declaration.methods)) {
      methods.set(method, bindFunction(host, `${name}:${method}`, fnDeclaration, isStandard));
    }
    return host.vm.newRecord({ __index: methods, __name: name, __metatable: false });
  });
}
