/** Loaded chunks: their functions, compiled when first needed, and where generated code comes from. */
import type { Chunk, FunctionNode, Variable } from "../ast.ts";
import { Kinds } from "../compile/floats.ts";
import type { Site } from "../compile/ir.ts";
import { Printer } from "../compile/print.ts";
import {
  type CompiledFunction,
  compileFunction,
  printFunction,
  printResumeCopy,
  printStub,
  type UnitTables,
} from "../compile/unit.ts";
import type { LuaResult } from "../library/callback.ts";
import { parseChunk } from "../parse/parse.ts";
import type { LuaTable } from "../table.ts";
import { LuaFloat, type LuaInteger } from "../value.ts";
import type { LuaFunction } from "./coroutine.ts";
import type { Frame, FrameKind } from "./frame.ts";
import { type KnownChunk, registerChunk } from "./functions.ts";
import { RUNTIME } from "./runtime.ts";
import { type Place, registerScript, type Script } from "./scripts.ts";
import { Shapes } from "./shapes.ts";

type Maker = (...upvalues: unknown[]) => LuaFunction;

/** How the frames of a function go on. */
class FunctionInfo implements FrameKind {
  readonly isProtected = false;
  #resume: ((frame: Frame, result: LuaResult) => LuaResult) | undefined;

  constructor(readonly chunk: LoadedChunk, readonly compiled: CompiledFunction) {}

  get node(): FunctionNode {
    return this.compiled.node;
  }

  resume(frame: Frame, result: LuaResult): LuaResult {
    return (this.#resume ??= this.chunk.resumeCopy(this.compiled))(frame, result);
  }

  forget({ site, slots }: Frame): void {
    const live = findSite(this.compiled.items, site)?.live;
    if (live === undefined) return;
    const inScope = new Set(this.node.params.map((variable) => `v${variable.id}`));
    for (let { scope } = live; scope !== null; scope = scope.outer) inScope.add(scope.name);
    this.compiled.slots.forEach((name, i) => {
      const [, kind, number] = /^([tv])(\d+)$/.exec(name) ?? [];
      if (kind === "t" ? Number(number) > live.temporaries : kind === "v" && !inScope.has(name)) {
        slots[i] = undefined;
      }
    });
  }

  place(frame: Frame): Place {
    return {
      chunk: this.chunk.name,
      source: this.chunk.source,
      loaded: this.chunk,
      origin: findSite(this.compiled.items, frame.site)?.origin ?? { line: this.node.line },
      owner: this.node,
    };
  }
}

/** The parameters of generated code: constants, shapes, frame kinds, the chunk's name, makers of closures. */
const NAMES = ["K", "C", "I", "CH", "Q", "need", ...Object.keys(RUNTIME)].join(",");
const VALUES = Object.values(RUNTIME);

let onCode: ((text: string) => void) | undefined;

/** Sets who is shown the code of chunks when it is generated. */
export function setCodeListener(listener: (text: string) => void): void {
  onCode = listener;
}

/** So every closure keeps the chunk alive, and with it what is known of its lines. */
const KEEP = "function keep(){return I}";

/** Has a variable kept in a box. */
function share(variable: Variable): void {
  variable.captured = variable.assigned = true;
}

/** A chunk in a VM. */
export class LoadedChunk implements UnitTables, KnownChunk {
  readonly number: number;
  readonly kinds = new Kinds();
  readonly #tree: Chunk;
  readonly #constants: (number | LuaFloat | LuaInteger)[] = [];
  readonly #shapes = new Shapes();
  readonly #makers: Maker[] = [];
  readonly #infos: FunctionInfo[] = [];
  readonly #selves = new Map<FunctionNode, Variable>();
  readonly #pending: FunctionNode[] = [];
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

    // In boxes, functions can be given each other's
    if (this.isInspected) {
      for (const { upvalues } of this.functions) for (const variable of upvalues) share(variable);
    }
    // Shared with whoever loaded the chunk
    if (this.#tree.env.assigned) this.#tree.env.captured = true;
  }

  get functions(): readonly FunctionNode[] {
    return this.#tree.functions;
  }

  /** The main function, over its table of globals. */
  main(env: LuaTable): LuaFunction {
    const { main, env: variable } = this.#tree;
    this.#compile([main]);
    return this.#maker(main.id)(variable.captured && variable.assigned ? { v: env } : env);
  }

  constant(value: number | LuaFloat | LuaInteger): string {
    const at = this.#constants.push(value) - 1;
    return `K[${at}]`;
  }

  floatValue(operand: string): number | undefined {
    const match = /^K\[(\d+)\]$/.exec(operand);
    const value = match === null ? undefined : this.#constants[Number(match[1])];
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

  #compile(roots: readonly FunctionNode[]): void {
    const out = new Printer();
    const owners: (FunctionNode | undefined)[] = [];
    const queue = [...roots];
    for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
      const compiled = compileFunction(node, this.#selves.get(node), this);
      const inner = this.#pending.splice(0);
      // What asks for the upvalues of a function has to have been compiled with it
      if (!this.isLazy || this.isInspected) queue.push(...inner);
      this.#infos[node.id] = new FunctionInfo(this, compiled);
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
    out.line(this.#shapes.definitions());
    this.#run(out, owners);
    this.#shapes.learn();
  }

  /** What makes closures of a function, which is compiled if it has not been. */
  readonly #need = (id: number): Maker => {
    const node = this.functions[id];
    if (this.#infos[id] === undefined && node !== undefined) this.#compile([node]);
    return this.#maker(id);
  };

  #maker(id: number): Maker {
    const maker = this.#makers[id];
    if (maker === undefined) throw new Error("A function was not compiled");
    return maker;
  }

  resumeCopy(compiled: CompiledFunction): (frame: Frame, result: LuaResult) => LuaResult {
    const out = new Printer();
    out.line(`return function F${compiled.node.id}(fr,val){`);
    printResumeCopy(out, compiled);
    out.line("};");
    return this.#run(out, out.lines.map(() => compiled.node)) as never;
  }

  #run(out: Printer, owners: readonly (FunctionNode | undefined)[]): unknown {
    const script = { chunk: this.name, source: this.source, loaded: this, origins: out.origins, owners };
    this.#scripts.push(script);
    const name = registerScript(script);
    const text = `${out.lines.join("\n")}\n${KEEP}\n//# sourceURL=${name}`;
    onCode?.(text);
    const run = new Function(NAMES, text);
    return run(
      this.#constants,
      this.#shapes.constructors,
      this.#infos,
      this.name,
      this.#makers,
      this.#need,
      ...VALUES,
    );
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
