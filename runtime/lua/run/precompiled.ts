/**
 * Chunks of which the code is kept, and nothing else: what else there is to know, such as lines, is made again from the
 * text when it is asked for, such as in a traceback.
 *
 * The code may be that of a file of JavaScript: a bundle of the program has one for each embedded module, a folder of
 * the user those of scripts that have run before. V8's code cache holds what is in such a file, so nothing is parsed or
 * compiled any more. Or it has just been generated from a text that is long: a tree takes a hundred times as much.
 */
import type { FunctionNode } from "../ast.ts";
import type { LuaTable } from "../table.ts";
import {
  callCode,
  type CodeTables,
  FunctionInfo,
  type GeneratedCode,
  isCodeShown,
  type Maker,
  NAMES,
  type ResumeCopy,
  runCode,
} from "./chunk.ts";
import { codeNumber } from "./content_hash.ts";
import type { LuaFunction } from "./coroutine.ts";
import { type KnownChunk, nextChunkNumber, registerChunk } from "./functions.ts";
import {
  compiledOf,
  decodeConstant,
  describe,
  type Description,
  ending,
  generate,
  type Generated,
  print,
  waiting,
} from "./generate.ts";
import { nextScriptName, registerScript, type Script } from "./scripts.ts";
import { Shapes } from "./shapes.ts";

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
  /** What has been known since the code was generated, where that is kept. */
  readonly generated?: Generated;
  /** The first chunk of this code, which stands for all: they are known by the same names. */
  first: Registered | undefined;
}

/** What is known of the code of a file, kept for as long as the process lives. */
interface Registered {
  readonly chunk: KnownChunk;
  readonly script: Script;
  /** Takes its time. */
  readonly generated: () => Generated;
  /** The functions that have waited, by their numbers. */
  readonly resumed: Set<number>;
}

const files = new Map<string, Precompiled>();

/** Makes the code of a chunk known. @param text Its bytes */
export function definePrecompiled(text: string, file: CodeFile): void {
  files.set(text, { file, first: undefined });
}

const wanted = new Map<string, string>();

/** Has the code of a chunk kept when it is loaded. @param hash See {@link precompile} */
export function keepCode(text: string, hash: string): void {
  wanted.set(text, hash);
}

/** The text of a file of the code that has been kept of a chunk, once it has been loaded. */
export function keptCode(text: string): string | undefined {
  const { file, first } = files.get(text) ?? {};
  if (!wanted.has(text) || file === undefined || first === undefined) return undefined;
  const generated = first.generated();
  // Those that have waited will wait again
  return fileText(generated, describe(generated, file.description.number, [...first.resumed]));
}

/**
 * The code of a chunk, where little else or nothing is kept. Who wants to see code generated is not given any.
 *
 * @param name What messages call the chunk: one that is loaded under several names has code for one of them
 * @throws {LuaSyntaxError}
 */
export function precompiledOf(text: string, name: string): Precompiled | undefined {
  if (isCodeShown()) return undefined;
  const code = files.get(text);
  if (code !== undefined) {
    return code.first === undefined || code.first.chunk.name === name ? code : undefined;
  }
  const hash = wanted.get(text);
  if (hash === undefined) return text.length < LONG_TEXT ? undefined : compile(text, name).code;
  const { code: made, generated } = compile(text, name, codeNumber(hash));
  const kept = text.length < LONG_TEXT ? { ...made, generated } : made;
  files.set(text, kept);
  return kept;
}

/** Texts from here on take much memory as trees. Bytes. */
const LONG_TEXT = 256 * 1024;

function compile(
  text: string,
  name: string,
  number = nextChunkNumber(),
): { code: Precompiled; generated: Generated } {
  const generated = generate(text, name, number);
  const url = nextScriptName();
  const lines = `${generated.main.lines.join("\n")}\n${ending(generated)}\nreturn[];`;
  const run = new Function(NAMES, `${lines}\n//# sourceURL=${url}`) as GeneratedCode;
  const file = { description: describe(generated, number, []), run, url };
  return { code: { file, first: undefined }, generated };
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
  return fileText(generated, describe(generated, number, waiting(generated)));
}

function fileText(generated: Generated, description: Description): string {
  // Two lines before the code, as `new Function` has them
  return asciiOnly(
    `export const url=import.meta.url,description=${JSON.stringify(description)};
export function run(${NAMES}){
${print(generated, description.copies).lines.join("\n")}
${ending(generated)}
return R;
}
`,
  );
}

/** JavaScript whose strings are escaped: V8 keeps text with other characters in twice the room, and reads it slowly. */
export function asciiOnly(code: string): string {
  // deno-lint-ignore no-control-regex -- these are the characters of ASCII
  return code.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Gives the same as before, for as long as nothing wants its memory. */
function cached<T extends object>(make: () => T): () => T {
  let known: WeakRef<T> | undefined;
  return () => {
    const before = known?.deref();
    if (before !== undefined) return before;
    const made = make();
    known = new WeakRef(made);
    return made;
  };
}

/** Makes what is known of the code of a file known to what looks for levels and texts of functions. */
function register(code: Precompiled, text: string, name: string, source: string): Registered {
  const { file, generated } = code;
  const { number, copies } = file.description;
  const get = generated === undefined ? cached(() => generate(text, name, number)) : () => generated;
  const printed = cached(() => print(get(), copies));
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
  return { chunk, script, generated: get, resumed: new Set() };
}

/** A chunk in a VM whose code was generated before. */
export class PrecompiledChunk implements KnownChunk {
  readonly number: number;
  readonly #file: CodeFile;
  readonly #first: Registered;
  readonly #tables: CodeTables & { readonly makers: Maker[] };
  readonly #shapes = new Shapes();
  readonly #scripts: Script[] = [];
  #copies: readonly (ResumeCopy | undefined)[] = [];

  /** See `LoadedChunk`. */
  constructor(readonly text: string, readonly name: string, readonly source: string, code: Precompiled) {
    const file = this.#file = code.file;
    const { constants, functionCount, number, shapes } = file.description;
    this.#first = code.first ??= register(code, text, name, source);
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
    if (copy !== undefined) return copy;
    this.#first.resumed.add(id);
    const { code } = this.#first.generated();
    const { out, owners } = code.resumeCopy(compiledOf(code, id));
    const script = { chunk: this.name, source: this.source, loaded: this, origins: out.origins, owners };
    this.#scripts.push(script);
    return runCode(out.lines.join("\n"), script, this.#tables) as ResumeCopy;
  }

  #maker(id: number): Maker {
    const maker = this.#tables.makers[id];
    if (maker === undefined) throw new Error("A function was not compiled");
    return maker;
  }
}
