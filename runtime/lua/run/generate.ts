/** The whole code of a chunk, generated at once: the same text gives the same code. */
import type { Chunk } from "../ast.ts";
import type { CompiledFunction } from "../compile/unit.ts";
import { parseChunk } from "../parse/parse.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import { isEnvironmentBoxed, KEEP, shareEnvironment } from "./chunk.ts";
import { ChunkCode, type Constant } from "./chunk_code.ts";
import type { Script } from "./scripts.ts";
import { definition } from "./shapes.ts";

/** What is to be known of generated code before it runs. Plain data. */
export interface Description {
  /** What the names of functions end with. */
  readonly number: number;
  readonly functionCount: number;
  /** `f` and a float, `i` and an integer's upper and lower half, `n` and a number: `["f", "1e300"]`. */
  readonly constants: readonly (readonly [string, ...(number | string)[]])[];
  /** The fields of its table constructors. */
  readonly shapes: readonly (readonly string[])[];
  readonly isEnvironmentBoxed: boolean;
  /** The functions whose resume copies are there, by their numbers. */
  readonly copies: readonly number[];
}

/** Text, where its lines come from, and the functions that they belong to. */
export interface Lines {
  readonly lines: readonly string[];
  readonly origins: Script["origins"];
  readonly owners: Script["owners"];
}

/** All functions of a chunk, then resume copies of some, by their numbers. */
export function print({ code, main }: Generated, copies: readonly number[]): Lines {
  const printed = copies.map((id) => {
    const { out, owners } = code.resumeCopy(compiledOf(code, id), `R[${id}]=`);
    return { lines: out.lines, origins: out.origins, owners };
  });
  const parts: Lines[] = [
    main,
    { lines: ["const R=[];"], origins: [undefined], owners: [undefined] },
    ...printed,
  ];
  return {
    lines: parts.flatMap(({ lines }) => lines),
    origins: parts.flatMap(({ origins }) => origins),
    owners: parts.flatMap(({ owners }) => owners),
  };
}

/** The functions that can wait, by their numbers. */
export function waiting({ code }: Generated): readonly number[] {
  return code.compiled.filter(({ writer }) => writer.siteCount > 0).map(({ node }) => node.id);
}

/** A function of a chunk, with what its resume copy is made of. */
export function compiledOf(code: ChunkCode, id: number): CompiledFunction {
  const compiled = code.compiled[id];
  if (compiled === undefined) throw new Error("The code of a chunk is not that of its text");
  return compiled;
}

/** What is known of a chunk once its code has been generated. */
export interface Generated {
  readonly tree: Chunk;
  readonly code: ChunkCode;
  readonly shapes: ShapeList;
  readonly main: Lines;
}

/** @throws {LuaSyntaxError} */
export function generate(text: string, name: string, number: number): Generated {
  const tree = parseChunk(text, name);
  shareEnvironment(tree);
  const shapes = new ShapeList();
  const code = new ChunkCode(number, false, shapes);
  const [{ out, owners }] = code.pieces(tree.main, false);
  return { tree, code, shapes, main: { lines: out.lines, origins: out.origins, owners } };
}

/** Numbers shapes in the order in which they are first used. */
class ShapeList {
  readonly all: (readonly string[])[] = [];
  readonly #numbers = new Map<string, number>();

  use(names: readonly string[]): string {
    const key = names.join(",");
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.all.push(names) - 1;
      this.#numbers.set(key, number);
    }
    return `C[${number}]`;
  }
}

function encodeConstant(value: Constant): readonly [string, ...(number | string)[]] {
  if (value instanceof LuaFloat) return ["f", String(Object.is(value.n, -0) ? "-0" : value.n)];
  if (value instanceof LuaInteger) return ["i", value.high, value.low];
  return ["n", String(value)];
}

/** A constant as code uses it. */
export function decodeConstant([kind, first, second]: Description["constants"][number]): Constant {
  if (kind === "f") return new LuaFloat(Number(first));
  return kind === "i" ? new LuaInteger(Number(first), Number(second)) : Number(first);
}

export function describe(
  { tree, code, shapes }: Generated,
  number: number,
  copies: readonly number[],
): Description {
  return {
    number,
    functionCount: tree.functions.length,
    constants: code.constants.map(encodeConstant),
    shapes: shapes.all,
    isEnvironmentBoxed: isEnvironmentBoxed(tree),
    copies,
  };
}

/** What stands behind the functions of a chunk. */
export function ending({ shapes }: Generated): string {
  return `${KEEP}\n${shapes.all.map((names, i) => definition(i, names)).join("")}`;
}
