/**
 * The levels of the running coroutine, as PUC-Rio counts them: Lua functions and functions of the library, without
 * those that a tail call has replaced. They are read off the JavaScript stack and, beyond it, off the saved frames.
 */
import type { Expression, FunctionNode } from "../ast.ts";
import { LuaThrow } from "../error.ts";
import {
  type Activation,
  type ForeignCall,
  type LocalAccess,
  STEPPING,
  type Transfer,
} from "./activation.ts";
import type { Coroutine, LuaFunction } from "./coroutine.ts";
import type { Frame } from "./frame.ts";
import { textOf } from "./functions.ts";
import type { LuaTable } from "../table.ts";
import { machine } from "./machine.ts";
import { named } from "./named.ts";
import { type CallSite, type Place, placeOf } from "./scripts.ts";

/** A Lua function, or a function of the library, that runs or waits. */
export interface Level {
  /** Where a Lua function stands; undefined for one of the library. */
  readonly place: Place | undefined;
  /** How the library calls its function, `string.rep`; undefined where that is unknown, and for Lua functions. */
  readonly library: string | undefined;
  /** Whether a Lua function was called by a tail call, so that its caller is gone. */
  isTailCalled: boolean;
  /** What is known where a stepped function runs, or calls. */
  readonly known?: KnownLevel;
}

/** A level of a stepped function, or of one that such a function calls. */
export interface KnownLevel {
  readonly fn: LuaFunction;
  readonly locals: LocalAccess;
  readonly isHooked: boolean;
  readonly transfer: Transfer;
  /** See {@link Activation.extraArguments}. */
  readonly extraArguments?: number;
}

interface StackApi {
  stackTraceLimit: number;
  prepareStackTrace?: ((error: unknown, sites: CallSite[]) => unknown) | undefined;
  captureStackTrace(target: object, above: CallableFunction): void;
}

/** JavaScript functions by which functions of the library call Lua. */
const TRANSFERS: ReadonlySet<string> = new Set(["protectedCall", "goOn", "callDirectly"]);

/** What runs the handler of `xpcall`, whose stack is that of the error. */
const HANDLING = "handleFailure";

/** What runs a coroutine: the levels below belong to another. */
const BASE = "runCoroutine";

/** What the names of functions of the library begin with on the JavaScript stack: no other function's do. */
const LIBRARY = "lua.";

/** The names of functions of the library on the JavaScript stack, and what messages call them. */
const library = new Map<string, string>();

/** Makes a function of the library known. @param name As `string.rep`; empty for one that has none */
export function registerLibraryFunction(fn: LuaFunction, name: string): void {
  const implementation = implementationName(name);
  if (fn.name !== implementation) named(implementation, fn);
  library.set(implementation, name);
}

/** The name on the JavaScript stack of a function of the library. */
export function implementationName(name: string): string {
  return LIBRARY + name;
}

/** Whether a function is one of those that are made with a VM, not by other functions. */
export function isLibraryFunction(fn: LuaFunction): boolean {
  return fn.name.length > LIBRARY.length && library.has(fn.name);
}

const libraries = new WeakMap<LuaTable, Map<string, LuaFunction>>();

/** Makes the functions of a VM's library known, to be found again by what levels call them. */
export function registerLibrary(globals: LuaTable, name: string, fn: LuaFunction): void {
  let functions = libraries.get(globals);
  if (functions === undefined) libraries.set(globals, functions = new Map());
  functions.set(name, fn);
}

/** The function of a level of the library. */
export function libraryFunction({ library: name }: Level): LuaFunction | undefined {
  const { globals } = machine;
  return name === undefined || globals === undefined ? undefined : libraries.get(globals)?.get(name);
}

/** @param above The frames of this function and of what it has called are left out */
function callSites(limit: number, above: CallableFunction): CallSite[] {
  const api = Error as unknown as StackApi;
  const { stackTraceLimit, prepareStackTrace } = api;
  const holder: { stack?: CallSite[] } = {};
  api.stackTraceLimit = limit;
  api.prepareStackTrace = (_, sites) => sites;
  api.captureStackTrace(holder, above);
  const sites = holder.stack ?? [];
  api.stackTraceLimit = stackTraceLimit;
  api.prepareStackTrace = prepareStackTrace;
  return sites;
}

/** What the names of generated functions are like. */
const GENERATED = /^F\d/;

/** Where a frame stands, if it is one of generated code; the name of a JavaScript function else. */
function placeOrName(site: CallSite): Place | string {
  const name = site.getFunctionName() ?? "";
  // A bundle numbers those that are there twice
  return (GENERATED.test(name) ? placeOf(site) : undefined) ?? name.replace(/\d+$/, "");
}

/** Puts levels together, from the innermost on. */
class Assembly {
  readonly levels: Level[] = [];
  /** JavaScript functions between the last Lua function and the next. */
  #between: string[] = [];
  #insideIsLua = false;

  /** A JavaScript function that is no Lua function. */
  foreign(name: string): void {
    this.#between.push(name);
  }

  lua(place: Place): void {
    const { activation } = place;
    const call = activation === undefined ? place.origin.expression : ANY_CALL;
    const transfers = this.#libraryLevels(call);
    if (activation !== undefined && activation.foreign !== null) {
      this.#foreignLevel(activation.foreign, transfers);
    }
    const inner = this.levels.at(-1);
    if (activation !== undefined) {
      const isTail = place.origin.isTailCall === true && this.#insideIsLua && transfers === 0;
      if (isTail && inner !== undefined) inner.isTailCalled = true;
      else {
        this.levels.push({
          place,
          library: undefined,
          isTailCalled: activation.isTailCalled,
          known: activation,
        });
      }
      this.#insideIsLua = true;
      this.#between = [];
      return;
    }
    if (place.origin.isTailCall === true && this.#insideIsLua && transfers === 0 && inner !== undefined) {
      inner.isTailCalled = true;
    } else {
      this.levels.push({ place, library: undefined, isTailCalled: false });
    }
    this.#insideIsLua = true;
    this.#between = [];
  }

  /** Levels of the library that have been called at an expression. @returns How many */
  #libraryLevels(expression: Expression | undefined): number {
    const between = this.#between;
    if (between.length === 0 || (expression?.kind !== "call" && expression?.kind !== "method")) return 0;
    const before = this.levels.length;
    let segment: string | undefined;
    let isTransfer = false;
    let isHandling = false;
    for (const [i, name] of between.entries()) {
      if (TRANSFERS.has(name)) {
        // The function of the library that calls stands further out, but not behind the next that does
        const isAnother = isTransfer && !isHandling;
        if (isAnother || (segment !== undefined && !this.#insideIsLua)) this.#push(segment);
        segment = undefined;
        isTransfer = true;
        isHandling = false;
      } else if (name === HANDLING) {
        // What it calls, the protected call around it calls
        isHandling = true;
      } else {
        segment = library.get(name) ?? segment;
      }
      if (i === between.length - 1 && (isTransfer || (segment !== undefined && !this.#insideIsLua))) {
        this.#push(segment);
      }
    }
    return this.levels.length - before;
  }

  /** A function that a stepped one calls: it may be one of the library that waits, or that has not begun. */
  #foreignLevel(call: ForeignCall, transfers: number): void {
    const at = this.levels.length - 1;
    const inner = this.levels[at];
    if (transfers > 0 && inner !== undefined) this.levels[at] = { ...inner, known: call };
    else if (call.isHooked || textOf(call.fn) === undefined) {
      this.levels.push({
        place: undefined,
        library: library.get(call.fn.name),
        isTailCalled: false,
        known: call,
      });
      this.#insideIsLua = false;
    } else if (inner?.place !== undefined && inner.known === undefined) {
      this.levels[at] = { ...inner, known: call };
    }
  }

  #push(name: string | undefined): void {
    const library = name === "" ? undefined : name;
    this.levels.push({ place: undefined, library, isTailCalled: false });
  }

  /** What has been called by nothing that is known: the start of a coroutine. */
  end(isHandler = false): Level[] {
    const names = this.#between;
    // What runs a handler is no function of the library
    if (isHandler) names.splice(names.findIndex((name) => TRANSFERS.has(name)));
    const isCall = names.some((name) => TRANSFERS.has(name) || library.has(name));
    if (isCall && !this.#insideIsLua) {
      this.#libraryLevels(ANY_CALL);
    }
    return this.levels;
  }
}

const ANY_CALL: Expression = { kind: "call", callee: { kind: "nil", line: 0 }, args: [], line: 0 };

function addSaved(assembly: Assembly, frame: Frame | null, limit: number): void {
  let rest = limit;
  for (let each = frame; each !== null && rest > 0; each = each.next, rest--) {
    const place = each.kind.place?.(each);
    if (place !== undefined) assembly.lua(place);
    else for (const name of each.kind.library?.(each) ?? []) assembly.foreign(name);
  }
}

/** Frames that are looked at first: most of what is asked for is near. */
const NEAREST = 8;

/**
 * The innermost levels of what runs. The first is the function of the library that asks, where one does.
 *
 * @param limit So many frames are looked at
 * @param count So many levels are wanted; more may be given
 */
export function innerLevels(limit: number, count: number): Level[] {
  const near = assemble(NEAREST, innerLevels, count);
  return near.length > count ? near : assemble(limit, innerLevels, count);
}

/**
 * The levels of what runs. The first is the function of the library that asks, where one does.
 *
 * @param limit So many frames are looked at
 */
export function runningLevels(limit: number): Level[] {
  return assemble(limit, runningLevels, Infinity);
}

/** @param count What is further out than so many levels is left out; the last one may not be complete */
function assemble(limit: number, above: CallableFunction, count: number): Level[] {
  const assembly = new Assembly();
  const co = machine.current;
  const sites = callSites(limit, above);
  let activation = co?.activation ?? null;
  let atBase = false;
  for (const site of sites) {
    if (assembly.levels.length > count) return assembly.levels;
    const name = placeOrName(site);
    if (typeof name === "object") {
      assembly.lua(name);
      continue;
    }
    if (name === BASE) {
      atBase = true;
      break;
    }
    if (name === STEPPING && activation !== null) {
      assembly.lua(activation.place());
      activation = activation.outer;
      continue;
    }
    if (name === HANDLING && co !== null && co.raisedAt !== undefined) {
      return [...assembly.end(true), ...co.raisedAt];
    }
    assembly.foreign(name);
  }
  if (atBase || sites.length < limit) addSaved(assembly, co?.frames ?? null, limit);
  return assembly.end();
}

/** The levels of a coroutine that does not run. */
export function suspendedLevels(co: Coroutine, limit: number): Level[] {
  const { failure } = co;
  if (failure?.error instanceof LuaThrow) return [...(failure.error.levels ?? []) as readonly Level[]];
  const assembly = new Assembly();
  addSaved(assembly, co.frames, limit);
  const levels = assembly.end();
  if (co.status === "suspended" && co.started && levels[0]?.known?.fn !== machine.yield) {
    levels.unshift({ place: undefined, library: "coroutine.yield", isTailCalled: false });
  }
  return levels;
}

/** The operation that runs, and the function in whose text it stands. */
export interface Operation {
  readonly place: Place;
  readonly expression: Expression;
  readonly owner: FunctionNode;
  readonly event: string | undefined;
  /** Of a stepped function. */
  readonly activation?: Activation;
}

/** The nearest Lua function, where no function of the library has been called by another since. */
export function nearestPlace(limit: number): Place | undefined {
  const near = callSites(NEAREST, nearestPlace);
  const place = placeAmong(near);
  if (place !== null || near.length < NEAREST) return place ?? undefined;
  return placeAmong(callSites(limit, nearestPlace)) ?? undefined;
}

/** @returns null where all frames are of functions without a place */
function placeAmong(sites: readonly CallSite[]): Place | undefined | null {
  for (const site of sites) {
    const name = placeOrName(site);
    if (typeof name === "object") return name;
    if (name === BASE || TRANSFERS.has(name)) return undefined;
    if (name === STEPPING) return machine.current?.activation?.place();
  }
  return null;
}
