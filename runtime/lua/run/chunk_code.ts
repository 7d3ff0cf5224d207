/** The generated code of a chunk, piece by piece, and where each of its lines comes from. */
import type { FunctionNode, Variable } from "../ast.ts";
import { Kinds } from "../compile/floats.ts";
import { Printer } from "../compile/print.ts";
import {
  type CompiledFunction,
  compileFunction,
  printFunction,
  printResumeCopy,
  printStub,
  type UnitTables,
} from "../compile/unit.ts";
import { LuaFloat, type LuaInteger } from "../value.ts";

/** A constant that is no literal of JavaScript. */
export type Constant = number | LuaFloat | LuaInteger;

/** Some functions as JavaScript. */
export interface Piece {
  /** Lines, and what each is from. */
  readonly out: Printer;
  /** The function of each line. */
  readonly owners: readonly (FunctionNode | undefined)[];
}

/** Compiles the functions of a chunk. The same order of the same functions gives the same code. */
export class ChunkCode implements UnitTables {
  readonly kinds = new Kinds();
  readonly constants: Constant[] = [];
  /** By the number of the function. */
  readonly compiled: CompiledFunction[] = [];
  readonly #shapes: { use(names: readonly string[]): string };
  readonly #selves = new Map<FunctionNode, Variable>();
  readonly #pending: FunctionNode[] = [];

  /**
   * @param number What the names of functions end with
   * @param isInspected Whether the upvalues of functions can be asked for
   * @param shapes Gives the text that stands for the constructor of a shape
   */
  constructor(
    readonly number: number,
    readonly isInspected: boolean,
    shapes: { use(names: readonly string[]): string },
  ) {
    this.#shapes = shapes;
  }

  constant(value: Constant): string {
    return `K[${this.constants.push(value) - 1}]`;
  }

  floatValue(operand: string): number | undefined {
    const match = /^K\[(\d+)\]$/.exec(operand);
    const value = match === null ? undefined : this.constants[Number(match[1])];
    return value instanceof LuaFloat && !Object.is(value.n, -0) ? value.n : undefined;
  }

  shape(names: readonly string[]): string {
    return this.#shapes.use(names);
  }

  maker(node: FunctionNode, self?: Variable): string {
    this.#pending.push(node);
    if (self !== undefined) this.#selves.set(node, self);
    return `Q[${node.id}]`;
  }

  /**
   * Compiles a function, and those inside it.
   *
   * @param isLazy Gives those inside it stubs only, which have them compiled when they are first called
   * @param length Pieces end with the function with which they get longer than that
   */
  pieces(root: FunctionNode, isLazy: boolean, length = Infinity): [Piece, ...Piece[]] {
    let out = new Printer();
    let owners: (FunctionNode | undefined)[] = [];
    const pieces: [Piece, ...Piece[]] = [{ out, owners }];
    const queue = [root];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      if (out.length > length) {
        out = new Printer();
        owners = [];
        pieces.push({ out, owners });
      }
      const compiled = compileFunction(node, this.#selves.get(node), this);
      const inner = this.#pending.splice(0);
      if (!isLazy) queue.push(...inner);
      this.compiled[node.id] = compiled;
      out.line(`Q[${node.id}]=`);
      printFunction(out, compiled);
      out.line(";");
      while (owners.length < out.lines.length) owners.push(node);
      for (const each of inner) {
        // Without an owner: stubs are no levels of their own
        if (!queue.includes(each)) printStub(out, each, this.#selves.get(each), this.number);
      }
      while (owners.length < out.lines.length) owners.push(undefined);
    }
    return pieces;
  }

  /**
   * The code that makes the resume copy of a function.
   *
   * @param into What is done with it
   */
  resumeCopy(compiled: CompiledFunction, into = "return "): Piece {
    const out = new Printer();
    out.line(`${into}function F${compiled.node.id}(fr,val){`);
    printResumeCopy(out, compiled);
    out.line("};");
    return { out, owners: out.lines.map(() => compiled.node) };
  }
}
