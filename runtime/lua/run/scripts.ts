/** Which line of generated code comes from where. */
import type { FunctionNode } from "../ast.ts";
import type { Activation } from "./activation.ts";
import type { KnownChunk } from "./functions.ts";
import type { Origin } from "../compile/origin.ts";

/** Lines that `new Function` puts before the text, and that stand before it in a file of generated code. */
const HEADER_LINES = 2;

/** A piece of generated code. */
export interface Script {
  /** What messages call the chunk. */
  readonly chunk: string;
  /** What it was loaded as: `@file`, `=name` or the text. */
  readonly source: string;
  readonly loaded: KnownChunk;
  /** Of each line; a line without one belongs to the one before. */
  readonly origins: readonly (Origin | undefined)[];
  /** The function of each line. */
  readonly owners: readonly (FunctionNode | undefined)[];
}

/** A place in a chunk. */
export interface Place {
  readonly chunk: string;
  readonly source: string;
  readonly loaded?: KnownChunk;
  readonly origin: Origin;
  readonly owner: FunctionNode;
  /** Of a function that is run step by step. */
  readonly activation?: Activation;
}

const scripts = new Map<string, WeakRef<Script>>();
const forgotten = new FinalizationRegistry((name: string) => {
  // Another chunk of the same code may have taken its place
  if (scripts.get(name)?.deref() === undefined) scripts.delete(name);
});
let count = 0;

/** A name for a script of this process. */
export function nextScriptName(): string {
  return `lua-${++count}.js`;
}

/**
 * Knows a script for as long as its functions keep it.
 *
 * @param name What stack traces call it
 * @returns The name
 */
export function registerScript(script: Script, name = nextScriptName()): string {
  scripts.set(name, new WeakRef(script));
  forgotten.register(script, name);
  return name;
}

/** A frame of the JavaScript stack. Each of its answers takes V8 some time, a line the longest. */
export interface CallSite {
  getScriptNameOrSourceURL(): string | null;
  getFunctionName(): string | null;
  getLineNumber(): number | null;
}

/** Where a frame of the JavaScript stack stands, if it is one of generated code. */
export function placeOf(site: CallSite): Place | undefined {
  const script = scripts.get(site.getScriptNameOrSourceURL() ?? "")?.deref();
  if (script === undefined) return undefined;
  const at = (site.getLineNumber() ?? 0) - 1 - HEADER_LINES;
  const owner = script.owners[at];
  if (owner === undefined) return undefined;
  for (let i = at; i >= 0; i--) {
    const origin = script.origins[i];
    if (origin !== undefined) {
      return { chunk: script.chunk, source: script.source, loaded: script.loaded, origin, owner };
    }
  }
  return undefined;
}
