/**
 * Chunks whose code was generated before, as a file of JavaScript: a bundle of the program has one for each embedded
 * module, a folder of the user those of scripts that have run before. V8's code cache holds what is in such a file, so
 * nothing is parsed or compiled any more. What else is known of a chunk, such as its lines, is made again from its text
 * when it is asked for, such as in a traceback.
 */
import type { Chunk, FunctionNode } from "../ast.ts";
import type { CompiledFunction } from "../compile/unit.ts";
import { parseChunk } from "../parse/parse.ts";
import type { LuaTable } from "../table.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import {
  callCode,
  type CodeTables,
  FunctionInfo,
  type GeneratedCode,
  isCodeShown,
  isEnvironmentBoxed,
  KEEP,
  type Maker,
  NAMES,
  type ResumeCopy,
  shareEnvironment,
} from "./chunk.ts";
import { ChunkCode, type Constant } from "./chunk_code.ts";
import { codeNumber } from "./content_hash.ts";
import type { LuaFunction } from "./coroutine.ts";
import { type KnownChunk, registerChunk } from "./functions.ts";
import { registerScript, type Script } from "./scripts.ts";
import { definition, Shapes } from "./shapes.ts";

/** What is known of the code in a file. Plain data. */
interface Description {
  /** What the names of functions end with. */
  readonly number: number;
  readonly functionCount: number;
  /** `f` and a float, `i` and an integer's upper and lower half, `n` and a number: `["f", "1e300"]`. */
  readonly constants: readonly (readonly [string, ...(number | string)[]])[];
  /** The fields of its table constructors. */
  readonly shapes: readonly (readonly string[])[];
  readonly isEnvironmentBoxed: boolean;
}

/** What a file of generated code exports. */
export interface CodeFile {
  readonly description: Description;
  /** Gives the resume copies, by the numbers of their functions. */
  readonly run: GeneratedCode;
  /** What stack traces call the file. */
  readonly url: string;
}

export function isCodeFile(file: object): file is CodeFile {
  return "description" in file && "run" in file && "url" in file;
}

/** Code that can be used instead of generating it. */
interface Precompiled {
  readonly file: CodeFile;
  /** The first chunk of this code, which stands for all: they are known by the same names. */
  first: Registered | undefined;
}

/** What is known of the code of a file, kept for as long as the process lives. */
interface Registered {
  readonly chunk: KnownChunk;
  readonly script: Script;
  /** Takes its time. */
  readonly generated: () => Generated;
}

const files = new Map<string, Precompiled>();

/** Makes the code of a chunk known. @param text Its bytes */
export function definePrecompiled(text: string, file: CodeFile): void {
  files.set(text, { file, first: undefined });
}

/**
 * The code of a chunk, by its text. Who wants to see code generated is not given any.
 *
 * @param name What messages call the chunk: one that is loaded under several names has code for one of them
 */
export function precompiledOf(text: string, name: string): Precompiled | undefined {
  const code = isCodeShown() ? undefined : files.get(text);
  return code?.first === undefined || code.first.chunk.name === name ? code : undefined;
}

/**
 * The text of a file of generated code.
 *
 * @param text The bytes of the chunk
 * @param hash Of what tells the chunk from others
 * @throws {LuaSyntaxError}
 */
export function precompile(text: string, name: string, hash: string): string {
  const number = codeNumber(hash);
  const generated = generate(text, name, number);
  const { tree, code, shapes } = generated;
  const description: Description = {
    number,
    functionCount: tree.functions.length,
    constants: code.constants.map(encodeConstant),
    shapes: shapes.all,
    isEnvironmentBoxed: isEnvironmentBoxed(tree),
  };
  // Two lines before the code, as `new Function` has them
  return `export const url=import.meta.url,description=${JSON.stringify(description)};
export function run(${NAMES}){
${print(generated).lines.join("\n")}
${KEEP}
${shapes.all.map((names, i) => definition(i, names)).join("")}
return R;
}
`;
}

interface Lines {
  readonly lines: readonly string[];
  readonly origins: Script["origins"];
  readonly owners: Script["owners"];
}

/** All functions of a chunk, then the resume copies of those that can wait. */
function print({ code, main }: Generated): Lines {
  const lines = [...main.lines, "const R=[];"];
  const origins = [...main.origins, undefined];
  const owners = [...main.owners, undefined];
  for (const compiled of code.compiled) {
    if (compiled.writer.siteCount === 0) continue;
    const copy = code.resumeCopy(compiled, `R[${compiled.node.id}]=`);
    lines.push(...copy.out.lines);
    origins.push(...copy.out.origins);
    owners.push(...copy.owners);
  }
  return { lines, origins, owners };
}

function compiledOf(code: ChunkCode, id: number): CompiledFunction {
  const compiled = code.compiled[id];
  if (compiled === undefined) throw new Error("The code of a chunk is not that of its text");
  return compiled;
}

interface Generated {
  readonly tree: Chunk;
  readonly code: ChunkCode;
  readonly shapes: ShapeList;
  readonly main: Lines;
}

/** The same text gives the same code. */
function generate(text: string, name: string, number: number): Generated {
  const tree = parseChunk(text, name);
  shareEnvironment(tree);
  const shapes = new ShapeList();
  const code = new ChunkCode(number, false, shapes);
  const { out, owners } = code.piece(tree.main, false);
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

function decodeConstant([kind, first, second]: Description["constants"][number]): Constant {
  if (kind === "f") return new LuaFloat(Number(first));
  return kind === "i" ? new LuaInteger(Number(first), Number(second)) : Number(first);
}

/** Makes what is known of the code of a file known to what looks for levels and texts of functions. */
function register(file: CodeFile, text: string, name: string, source: string): Registered {
  const { number } = file.description;
  let generated: Generated | undefined;
  const get = () => generated ??= generate(text, name, number);
  let lines: Lines | undefined;
  const printed = () => lines ??= print(get());
  const chunk: KnownChunk = {
    text,
    name,
    source,
    number,
    get functions() {
      return get().tree.functions;
    },
  };
  const script: Script = {
    chunk: name,
    source,
    loaded: chunk,
    get origins() {
      return printed().origins;
    },
    get owners() {
      return printed().owners;
    },
  };
  registerChunk(chunk, number);
  registerScript(script, file.url);
  return { chunk, script, generated: get };
}

/** A chunk in a VM whose code was generated before. */
export class PrecompiledChunk implements KnownChunk {
  readonly number: number;
  readonly #file: CodeFile;
  readonly #first: Registered;
  readonly #tables: CodeTables & { readonly makers: Maker[] };
  readonly #shapes = new Shapes();
  #copies: readonly (ResumeCopy | undefined)[] = [];

  /** See `LoadedChunk`. */
  constructor(readonly text: string, readonly name: string, readonly source: string, code: Precompiled) {
    const file = this.#file = code.file;
    const { constants, functionCount, number, shapes } = file.description;
    this.#first = code.first ??= register(file, text, name, source);
    this.number = number;
    for (const names of shapes) this.#shapes.use(names);
    this.#tables = {
      constants: constants.map(decodeConstant),
      shapes: this.#shapes.constructors,
      infos: Array.from(
        { length: functionCount },
        (_, id) => new FunctionInfo(this, id, () => compiledOf(this.#first.generated().code, id)),
      ),
      makers: [],
      need: (id) => this.#maker(id),
    };
  }

  get functions(): readonly FunctionNode[] {
    return this.#first.chunk.functions;
  }

  /** The main function, over its table of globals. */
  main(env: LuaTable): LuaFunction {
    const { run, description } = this.#file;
    this.#copies = callCode(run, this.name, this.#tables) as ResumeCopy[];
    this.#shapes.learn();
    return this.#maker(0)(description.isEnvironmentBoxed ? { v: env } : env);
  }

  resumeCopy(id: number): ResumeCopy {
    const copy = this.#copies[id];
    if (copy === undefined) throw new Error("A function that waits has no resume copy");
    return copy;
  }

  #maker(id: number): Maker {
    const maker = this.#tables.makers[id];
    if (maker === undefined) throw new Error("A function was not compiled");
    return maker;
  }
}
