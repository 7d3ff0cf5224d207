/** Chunks whose functions are run step by step, so that hooks and local variables can be had. */
import type { Chunk, FunctionNode, Variable } from "../ast.ts";
import type { LuaFunction } from "../run/coroutine.ts";
import { type KnownChunk, registerChunk } from "../run/functions.ts";
import type { LuaValue } from "../table.ts";
import { compileSteps } from "./compiler.ts";
import { makeClosure } from "./interpret.ts";
import type { Prototype } from "./prototype.ts";

export class SteppedChunk implements KnownChunk {
  readonly number: number;
  readonly functions: readonly FunctionNode[];
  readonly #main: Prototype;

  /**
   * @param text Bytes
   * @param name What messages call it
   * @param source As given to `load`: `@file`, `=name` or the text itself
   * @param tree Of the text
   */
  constructor(readonly text: string, readonly name: string, readonly source: string, { functions }: Chunk) {
    const prototypes = compileSteps(text, name);
    this.functions = functions.map((node, i) => ({ ...node, upvalues: upvaluesOf(node, prototypes[i]) }));
    this.number = registerChunk(this);
    for (const [i, prototype] of prototypes.entries()) {
      prototype.chunk = this;
      prototype.node = this.functions[i];
    }
    const [main] = prototypes;
    if (main === undefined) throw new Error("A chunk has no main function");
    this.#main = main;
  }

  /** The main function, over its table of globals. */
  main(env: LuaValue): LuaFunction {
    return makeClosure(this.#main, [{ v: env }]);
  }
}

/** The lines of a function of which hooks are told. @param id Its number in the chunk */
export function activeLines({ text, name }: KnownChunk, id: number): ReadonlySet<number> {
  return compileSteps(text, name)[id]?.activeLines() ?? new Set();
}

/** Other than for the parser, constants are no upvalues. */
function upvaluesOf(owner: FunctionNode, prototype: Prototype | undefined): Variable[] {
  const common = {
    id: -1,
    attribute: "none",
    owner,
    captured: true,
    assigned: true,
    repeated: false,
    literal: undefined,
  } as const;
  return (prototype?.upvalues ?? []).map(({ name }) => ({ ...common, name }));
}
