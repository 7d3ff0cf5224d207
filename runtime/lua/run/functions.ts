/** What is known of a Lua function at run time: its text, and in inspected chunks its upvalues. */
import type { FunctionNode } from "../ast.ts";
import type { LuaValue } from "../table.ts";

/** A loaded chunk, as far as its functions can be asked for it. */
export interface KnownChunk {
  /** What messages call it. */
  readonly name: string;
  /** What it was loaded as: `@file`, `=name` or the text. */
  readonly source: string;
  readonly functions: readonly FunctionNode[];
  /** What the names of its functions end with. */
  readonly number: number;
  /** Bytes. */
  readonly text: string;
}

/** A box that holds a variable which functions share. */
export interface Box {
  v: LuaValue;
}

/** Gives the box of an upvalue by its number from 0, and sets it first where another is given. */
export type UpvalueAccess = (index: number, box?: Box) => Box;

const chunks = new Map<number, WeakRef<KnownChunk>>();
const forgotten = new FinalizationRegistry((number: number) => {
  // Another chunk of the same code may have taken its place
  if (chunks.get(number)?.deref() === undefined) chunks.delete(number);
});
let count = 0;

/** A number for a chunk of this process. */
export function nextChunkNumber(): number {
  return ++count;
}

/**
 * Knows a chunk for as long as its functions keep it.
 *
 * @param number What the names of its functions end with
 * @returns The number
 */
export function registerChunk(chunk: KnownChunk, number = nextChunkNumber()): number {
  chunks.set(number, new WeakRef(chunk));
  forgotten.register(chunk, number);
  return number;
}

/** A Lua function's text, and the chunk in which it stands. */
export interface FunctionText {
  readonly chunk: KnownChunk;
  readonly node: FunctionNode;
}

const NAME = /^F(\d+)_(\d+)$/;

/** The text of a function; undefined where it is no Lua function. */
export function textOf(fn: unknown): FunctionText | undefined {
  if (typeof fn !== "function") return undefined;
  const match = NAME.exec(fn.name);
  if (match === null) return undefined;
  const chunk = chunks.get(Number(match[2]))?.deref();
  const node = chunk?.functions[Number(match[1])];
  return chunk === undefined || node === undefined ? undefined : { chunk, node };
}

const upvalues = new WeakMap<object, UpvalueAccess>();

/** Makes the upvalues of a function of an inspected chunk known. */
export function keepUpvalues<F extends object>(fn: F, access: UpvalueAccess): F {
  upvalues.set(fn, access);
  return fn;
}

/** Access to the upvalues of a function, where its chunk is inspected. */
export function upvaluesOf(fn: object): UpvalueAccess | undefined {
  return upvalues.get(fn);
}

/** Functions of the library that want to know more of functions than others do. */
const INSPECTION = /\b(?:getupvalue|setupvalue|upvalueid|upvaluejoin)\b/;

/** Functions of the library that want to know everything of functions that run. */
const STEPPING = /\b(?:sethook|getlocal|setlocal)\b/;
/** Which function a level runs is known of stepped code only. */
const INFORMATION = /\bgetinfo\b/;
const LEVEL_FUNCTION = /\.func\b/;

/** Whether a text mentions such a function. */
export function asksForSteps(text: string): boolean {
  if (STEPPING.test(text)) return true;
  const at = text.search(INFORMATION);
  return at >= 0 && LEVEL_FUNCTION.test(text.slice(at));
}

/** Which chunks of a VM are compiled so that the variables that functions share can be asked for and exchanged. */
export class Inspection {
  #has = false;
  #hasSteps = false;

  /** Whether a chunk is to be run step by step: one that looks at what runs is, and every one that is loaded after it. */
  hasSteps(text: string): boolean {
    return this.#hasSteps ||= asksForSteps(text);
  }

  /** A chunk that can ask is, and every one that is loaded after it. */
  includes(text: string): boolean {
    return this.#has ||= INSPECTION.test(text);
  }
}
