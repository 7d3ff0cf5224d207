/**
 * Modules whose code was generated before: a bundle of the program carries that of the embedded ones, so that `require`
 * neither parses nor compiles them. What else is known of a module, such as its lines, is made again from its text
 * when it is asked for: when a function is suspended, or stands in a traceback.
 */
import type { Chunk, FunctionNode } from "../ast.ts";
import type { CompiledFunction } from "../compile/unit.ts";
import { parseChunk } from "../parse/parse.ts";
import type { LuaTable } from "../table.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import {
  type CodeTables,
  FunctionInfo,
  isEnvironmentBoxed,
  type Maker,
  type ResumeCopy,
  runCode,
  shareEnvironment,
} from "./chunk.ts";
import { ChunkCode, type Constant, type Piece } from "./chunk_code.ts";
import type { LuaFunction } from "./coroutine.ts";
import { type KnownChunk, registerChunk } from "./functions.ts";
import type { Script } from "./scripts.ts";
import { Shapes } from "./shapes.ts";

/** The code of a module. Plain data, as it stands in a bundle. */
export interface Precompiled {
  /** By the number of the function, the main one first. */
  readonly pieces: readonly string[];
  /** `f` and a float, `i` and an integer's upper and lower half, `n` and a number: `["f", 1e300]`. */
  readonly constants: readonly (readonly [string, ...(number | string)[]])[];
  /** The fields of its table constructors. */
  readonly shapes: readonly (readonly string[])[];
  readonly isEnvironmentBoxed: boolean;
}

/** Takes the place of the number that the names of a chunk's functions end with. */
const PLACEHOLDER = 999_999_937;
const ENDING = new RegExp(`_${PLACEHOLDER}\\b`, "g");

const known = new Map<string, Precompiled>();

/** Makes the code of a module known. @param text Its bytes */
export function definePrecompiled(text: string, code: Precompiled): void {
  known.set(text, code);
}

/** The code of a module, by its text. */
export function precompiledOf(text: string): Precompiled | undefined {
  return known.get(text);
}

/** Generates the code of a module. @throws {LuaSyntaxError} */
export function precompile(text: string, name: string): Precompiled {
  const shapes = new ShapeList();
  const { tree, code, pieces } = generate(text, name, PLACEHOLDER, shapes);
  return {
    pieces: pieces.map(({ out }) => out.lines.join("\n")),
    constants: code.constants.map(encodeConstant),
    shapes: shapes.all,
    isEnvironmentBoxed: isEnvironmentBoxed(tree),
  };
}

interface Generated {
  readonly tree: Chunk;
  readonly code: ChunkCode;
  readonly pieces: readonly Piece[];
}

/** Every function in its order, so that the same text gives the same code. */
function generate(text: string, name: string, number: number, shapes: ShapeList): Generated {
  const tree = parseChunk(text, name);
  shareEnvironment(tree);
  const code = new ChunkCode(number, false, shapes);
  const pieces = tree.functions.map((node) => code.piece(node, true));
  return { tree, code, pieces };
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

function decodeConstant([kind, first, second]: Precompiled["constants"][number]): Constant {
  if (kind === "f") return new LuaFloat(Number(first));
  return kind === "i" ? new LuaInteger(Number(first), Number(second)) : Number(first);
}

/** A module in a VM whose code was generated before. */
export class PrecompiledChunk implements KnownChunk {
  readonly number: number;
  readonly #code: Precompiled;
  readonly #tables: CodeTables & { readonly makers: Maker[] };
  readonly #ran = new Set<number>();
  readonly #scripts: Script[] = [];
  readonly #shapes = new Shapes();
  #generated: Generated | undefined;

  /** See `LoadedChunk`. */
  constructor(readonly text: string, readonly name: string, readonly source: string, code: Precompiled) {
    this.number = registerChunk(this);
    this.#code = code;
    for (const names of code.shapes) this.#shapes.use(names);
    this.#tables = {
      constants: code.constants.map(decodeConstant),
      shapes: this.#shapes.constructors,
      infos: code.pieces.map((_, id) => new FunctionInfo(this, () => this.#compiled(id))),
      makers: [],
      need: (id) => this.#need(id),
    };
  }

  get functions(): readonly FunctionNode[] {
    return this.#known().tree.functions;
  }

  /** The main function, over its table of globals. */
  main(env: LuaTable): LuaFunction {
    return this.#need(0)(this.#code.isEnvironmentBoxed ? { v: env } : env);
  }

  resumeCopy(compiled: CompiledFunction): ResumeCopy {
    const { out, owners } = this.#known().code.resumeCopy(compiled);
    const script = { chunk: this.name, source: this.source, loaded: this, origins: out.origins, owners };
    this.#scripts.push(script);
    return runCode(out.lines.join("\n"), script, this.#tables) as ResumeCopy;
  }

  #need(id: number): Maker {
    if (!this.#ran.has(id)) this.#run(id);
    const maker = this.#tables.makers[id];
    if (maker === undefined) throw new Error("A function was not compiled");
    return maker;
  }

  #run(id: number): void {
    this.#ran.add(id);
    const piece = () => this.#known().pieces[id];
    const script: Script = {
      chunk: this.name,
      source: this.source,
      loaded: this,
      get origins() {
        return piece()?.out.origins ?? [];
      },
      get owners() {
        return piece()?.owners ?? [];
      },
    };
    this.#scripts.push(script);
    const code = (this.#code.pieces[id] ?? "").replace(ENDING, `_${this.number}`);
    runCode(`${code}\n${this.#shapes.definitions()}`, script, this.#tables);
    this.#shapes.learn();
  }

  #compiled(id: number): CompiledFunction {
    const compiled = this.#known().code.compiled[id];
    if (compiled === undefined) throw new Error("The code of a module is not that of its text");
    return compiled;
  }

  #known(): Generated {
    return this.#generated ??= generate(this.text, this.name, this.number, new ShapeList());
  }
}
