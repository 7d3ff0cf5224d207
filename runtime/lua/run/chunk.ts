/** Loaded chunks: their functions, compiled when first needed, and where generated code comes from. */
import type { Chunk, FunctionNode, Variable } from "../ast.ts";
import type { Site } from "../compile/ir.ts";
import type { Printer } from "../compile/print.ts";
import type { CompiledFunction } from "../compile/unit.ts";
import type { LuaResult } from "../library/callback.ts";
import { parseChunk } from "../parse/parse.ts";
import type { LuaTable } from "../table.ts";
import { ChunkCode, type Constant, type Piece } from "./chunk_code.ts";
import type { LuaFunction } from "./coroutine.ts";
import type { Frame, FrameKind } from "./frame.ts";
import { type KnownChunk, registerChunk } from "./functions.ts";
import { RUNTIME } from "./runtime.ts";
import { type Place, registerScript, type Script } from "./scripts.ts";
import { Shapes } from "./shapes.ts";

export type Maker = (...upvalues: unknown[]) => LuaFunction;

/** Goes on with a frame. */
export type ResumeCopy = (frame: Frame, result: LuaResult) => LuaResult;

/** What makes the resume copies of its functions, by their numbers. */
interface ResumableChunk extends KnownChunk {
  resumeCopy(id: number): ResumeCopy;
}

/** How the frames of a function go on. */
export class FunctionInfo implements FrameKind {
  readonly isProtected = false;
  readonly #chunk: ResumableChunk;
  readonly #id: number;
  readonly #compiled: () => CompiledFunction;
  #resume: ResumeCopy | undefined;

  /** @param compiled May take its time: it is asked for only when the function waits and its positions are asked for */
  constructor(chunk: ResumableChunk, id: number, compiled: () => CompiledFunction) {
    this.#chunk = chunk;
    this.#id = id;
    this.#compiled = compiled;
  }

  resume(frame: Frame, result: LuaResult): LuaResult {
    return (this.#resume ??= this.#chunk.resumeCopy(this.#id))(frame, result);
  }

  forget({ site, slots }: Frame): void {
    const { items, node, slots: names } = this.#compiled();
    const live = findSite(items, site)?.live;
    if (live === undefined) return;
    const inScope = new Set(node.params.map((variable) => `v${variable.id}`));
    for (let { scope } = live; scope !== null; scope = scope.outer) inScope.add(scope.name);
    names.forEach((name, i) => {
      const [, kind, number] = /^([tv])(\d+)$/.exec(name) ?? [];
      if (kind === "t" ? Number(number) > live.temporaries : kind === "v" && !inScope.has(name)) {
        slots[i] = undefined;
      }
    });
  }

  place(frame: Frame): Place {
    const { items, node } = this.#compiled();
    return {
      chunk: this.#chunk.name,
      source: this.#chunk.source,
      loaded: this.#chunk,
      origin: findSite(items, frame.site)?.origin ?? { line: node.line },
      owner: node,
    };
  }
}

/** The parameters of generated code: constants, shapes, frame kinds, the chunk's name, makers of closures. */
export const NAMES = ["K", "C", "I", "CH", "Q", "need", ...Object.keys(RUNTIME)].join(",");
const VALUES = Object.values(RUNTIME);

let onCode: ((text: string) => void) | undefined;

/** Sets who is shown the code of chunks when it is generated. */
export function setCodeListener(listener: (text: string) => void): void {
  onCode = listener;
}

/** So every closure keeps the chunk alive, and with it what is known of its lines. */
export const KEEP = "function keep(){return I}";

/** What generated code is given beside the runtime: see `NAMES`. */
export interface CodeTables {
  readonly constants: readonly Constant[];
  readonly shapes: readonly unknown[];
  readonly infos: readonly FunctionInfo[];
  readonly makers: readonly Maker[];
  readonly need: (id: number) => Maker;
}

/** Runs generated code. @param script Kept by the caller for as long as its functions live */
export function runCode(code: string, script: Script, tables: CodeTables): unknown {
  const text = `${code}\n${KEEP}\n//# sourceURL=${registerScript(script)}`;
  onCode?.(text);
  return callCode(new Function(NAMES, text) as GeneratedCode, script.chunk, tables);
}

/** Generated code as a function of what `NAMES` says. */
export type GeneratedCode = (...parameters: unknown[]) => unknown;

/** Calls generated code. @param chunk What messages call it */
export function callCode(code: GeneratedCode, chunk: string, tables: CodeTables): unknown {
  const { constants, shapes, infos, makers, need } = tables;
  return code(constants, shapes, infos, chunk, makers, need, ...VALUES);
}

/** Whether somebody is shown the code of chunks. */
export function isCodeShown(): boolean {
  return onCode !== undefined;
}

/** The table of globals of a chunk is shared with whoever loaded it. */
export function shareEnvironment({ env }: Chunk): void {
  if (env.assigned) env.captured = true;
}

/** Whether the main function gets its table of globals in a box. */
export function isEnvironmentBoxed({ env }: Chunk): boolean {
  return env.captured && env.assigned;
}

/** Has a variable kept in a box. */
function share(variable: Variable): void {
  variable.captured = variable.assigned = true;
}

/** As much text V8 compiles at a time with little memory, which it takes anew for each: it is faster so than at once. */
const PIECE = 30_000;

/** A chunk in a VM. */
export class LoadedChunk implements KnownChunk {
  readonly number: number;
  readonly #tree: Chunk;
  readonly #code: ChunkCode;
  readonly #shapes = new Shapes();
  readonly #makers: Maker[] = [];
  readonly #infos: FunctionInfo[] = [];
  readonly #scripts: Script[] = [];

  /**
   * @param text Bytes
   * @param name What messages call it
   * @param source As given to `load`: `@file`, `=name` or the text itself
   * @param isInspected Whether the upvalues of its functions can be asked for
   * @param isLazy Whether a function is compiled when it is first called: most functions of a module never are, those of
   *   a script mostly are
   * @throws {LuaSyntaxError}
   */
  constructor(
    readonly text: string,
    readonly name: string,
    readonly source: string,
    readonly isInspected = false,
    readonly isLazy = false,
  ) {
    this.#tree = parseChunk(text, name);
    this.number = registerChunk(this);
    this.#code = new ChunkCode(this.number, isInspected, this.#shapes);

    // In boxes, functions can be given each other's
    if (this.isInspected) {
      for (const { upvalues } of this.functions) for (const variable of upvalues) share(variable);
    }
    shareEnvironment(this.#tree);
  }

  get functions(): readonly FunctionNode[] {
    return this.#tree.functions;
  }

  /** The main function, over its table of globals. */
  main(env: LuaTable): LuaFunction {
    const { main } = this.#tree;
    this.#compile(main);
    return this.#maker(main.id)(isEnvironmentBoxed(this.#tree) ? { v: env } : env);
  }

  #compile(root: FunctionNode): void {
    // What asks for the upvalues of a function has to have been compiled with it
    const pieces = this.#code.pieces(root, this.isLazy && !this.isInspected, PIECE);
    this.#code.compiled.forEach((compiled, id) => {
      this.#infos[id] ??= new FunctionInfo(this, id, () => compiled);
    });
    pieces[0].out.line(this.#shapes.definitions());
    for (const { out, owners } of pieces) this.#run(out, owners);
    this.#shapes.learn();
  }

  /** What makes closures of a function, which is compiled if it has not been. */
  readonly #need = (id: number): Maker => {
    const node = this.functions[id];
    if (this.#infos[id] === undefined && node !== undefined) this.#compile(node);
    return this.#maker(id);
  };

  #maker(id: number): Maker {
    const maker = this.#makers[id];
    if (maker === undefined) throw new Error("A function was not compiled");
    return maker;
  }

  resumeCopy(id: number): ResumeCopy {
    const compiled = this.#code.compiled[id];
    if (compiled === undefined) throw new Error("A function was not compiled");
    const { out, owners } = this.#code.resumeCopy(compiled);
    return this.#run(out, owners) as ResumeCopy;
  }

  #run({ lines, origins }: Printer, owners: Piece["owners"]): unknown {
    const script = { chunk: this.name, source: this.source, loaded: this, origins, owners };
    this.#scripts.push(script);
    return runCode(lines.join("\n"), script, {
      constants: this.#code.constants,
      shapes: this.#shapes.constructors,
      infos: this.#infos,
      makers: this.#makers,
      need: this.#need,
    });
  }
}

function findSite(items: CompiledFunction["items"], site: number): Site | undefined {
  for (const item of items) {
    if (item.kind === "site" && item.number === site) return item;
    const inner = item.kind === "if"
      ? [...item.then, ...item.otherwise]
      : item.kind === "loop" || item.kind === "block"
      ? item.body
      : [];
    const found = findSite(inner, site);
    if (found !== undefined) return found;
  }
  return undefined;
}
