/**
 * minijinja, compiled to WebAssembly, behind what rendering needs of it.
 *
 * The package's glue is used with two functions replaced, see `imports`, and its memory is given a limit. An instance
 * that fails in a way it cannot recover from is thrown away.
 */
import * as glue from "minijinja-js/dist/bundler/minijinja_js_bg.js";
import type { FilterCall } from "./arguments.ts";
import type { EngineValue } from "./values.ts";
import bytes from "./wasm.ts";

/** How templates are rendered. */
export interface Settings {
  /** Whether what is shown is escaped for HTML. */
  readonly autoescape: boolean;
  /** Whether an undefined variable is an error wherever it is used. */
  readonly strict: boolean;
  readonly trimBlocks: boolean;
  readonly lstripBlocks: boolean;
  readonly keepTrailingNewline: boolean;
}

/** Where in which template. */
export interface Place {
  readonly template: string;
  readonly line: number;
}

/** What the engine could not render. */
export class EngineError extends Error {
  override readonly name = "EngineError";

  /** @param place Of the statement that failed, where the engine tells */
  constructor(readonly what: string, readonly place?: Place, options?: ErrorOptions) {
    super(place === undefined ? what : `${what} (in ${place.template}:${place.line})`, options);
  }
}

/** A rendering: templates by the engine's name, see `markedName`. */
export interface Rendering {
  readonly main: string;
  readonly templates: ReadonlyMap<string, string>;
  readonly variables: Record<string, EngineValue>;
  readonly settings: Settings;
  /**
   * The engine's name of a template that a statement refers to.
   *
   * @throws {Error} When it must not be used
   */
  resolve(name: string): string;
  /** Told the number `n` of each `{{ n|__at }}`. */
  reached?(position: number): void;
}

/** Steps (instructions of the engine) of one rendering: some two seconds. */
const MAX_STEPS = 50_000_000;

/** What one instance may take, the result included. WebAssembly pages of 64 KiB. */
const MAX_PAGES = 4096;

/** Tells the engine by the end of a template's name whether to escape; never shown. */
const PLAIN_MARK = "\u0001";
const ESCAPED_MARK = "\u0001.html";

/** The engine's name of a template. */
export function markedName(name: string, { autoescape }: Settings): string {
  return name + (autoescape ? ESCAPED_MARK : PLAIN_MARK);
}

const EXHAUSTED = `the template, or what it makes, needs more than ${
  MAX_PAGES / 16
} MiB or is nested too deeply`;

// Where the engine puts a name in quotes, the mark is written with its code
// deno-lint-ignore no-control-regex
const MARKS = /(?:\u0001|\\u\{1\})(?:\.html)?/g;

const compiled = new WebAssembly.Module(withMemoryLimit(bytes, MAX_PAGES));

/** The replaced functions. Their names end in a hash that changes with each release of the package. */
const REPLACED: Readonly<Record<string, WebAssembly.ImportValue>> = {
  // A number is a float then, whatever its value: integers are given as bigint
  __wbg_isSafeInteger_: () => 0,
  // A panic's message with a stack of the engine's own: whoever renders is told by an error
  __wbg_error_: () => {},
};

function imports(): WebAssembly.ModuleImports {
  const functions = Object.entries(glue).filter(([name]) => name.startsWith("__wb")) as [
    string,
    WebAssembly.ImportValue,
  ][];
  return Object.fromEntries(
    functions.map(([name, value]) => [name, REPLACED[name.replace(/[0-9a-f]+$/, "")] ?? value]),
  );
}

/** One instance with its templates. There is one, for all VMs: a rendering is never interrupted by another. */
export class TemplateEngine {
  readonly #filters: Readonly<Record<string, FilterCall>>;
  #memory: WebAssembly.Memory | undefined;
  #environment: glue.Environment | undefined;
  /** What the environment has: engine's name → source. */
  #templates = new Map<string, string>();
  #settings = "";
  #rendering: Rendering | undefined;
  /** What a filter of ours could not do. */
  #failure: string | undefined;

  constructor(filters: Readonly<Record<string, FilterCall>>) {
    this.#filters = {
      ...filters,
      __at: ([position]) => {
        this.#rendering?.reached?.(Number(position));
        return "";
      },
      __template: ([name]) => this.#resolve(name),
    };
  }

  /** @throws {EngineError} */
  render(rendering: Rendering): string {
    const environment = this.#environment ??= this.#start();
    this.#failure = undefined;
    this.#rendering = rendering;
    try {
      this.#configure(environment, rendering.settings);
      this.#install(environment, rendering.templates);
      return environment.renderTemplate(rendering.main, rendering.variables);
    } catch (error) {
      throw this.#failed(error);
    } finally {
      this.#rendering = undefined;
    }
  }

  #start(): glue.Environment {
    // The glue keeps views of the memory of the last instance until that grows
    this.#memory?.grow(1);
    const { exports } = new WebAssembly.Instance(compiled, { "./minijinja_js_bg.js": imports() });
    this.#memory = exports.memory as WebAssembly.Memory;
    glue.__wbg_set_wasm(exports);
    const environment = new glue.Environment();
    environment.enablePyCompat();
    environment.debug = true;
    for (const [name, call] of Object.entries(this.#filters)) {
      environment.addFilter(name, (...args: unknown[]) => this.#guard(() => call(args)));
    }
    this.#templates = new Map();
    this.#settings = "";
    return environment;
  }

  #resolve(name: unknown): EngineValue {
    if (Array.isArray(name)) return name.map((each) => this.#resolve(each));
    // The engine says what is wrong with a name of another type
    return typeof name === "string" ? this.#rendering?.resolve(name) : undefined;
  }

  /** An exception would end the instance; what is no value is an error at the place where it came up. */
  #guard(run: () => EngineValue): unknown {
    try {
      return run();
    } catch (error) {
      this.#failure ??= error instanceof Error ? error.message : String(error);
      return Symbol("failure");
    }
  }

  #configure(environment: glue.Environment, settings: Settings): void {
    environment.fuel = MAX_STEPS;
    environment.undefinedBehavior = settings.strict ? "strict" : "lenient";
    const compile = JSON.stringify([
      settings.trimBlocks,
      settings.lstripBlocks,
      settings.keepTrailingNewline,
    ]);
    if (compile === this.#settings) return;
    environment.clearTemplates();
    this.#templates.clear();
    environment.trimBlocks = settings.trimBlocks;
    environment.lstripBlocks = settings.lstripBlocks;
    environment.keepTrailingNewline = settings.keepTrailingNewline;
    this.#settings = compile;
  }

  /** Compiles what has changed, and forgets what this rendering must not see. */
  #install(environment: glue.Environment, templates: ReadonlyMap<string, string>): void {
    for (const name of this.#templates.keys()) {
      if (templates.has(name)) continue;
      environment.removeTemplate(name);
      this.#templates.delete(name);
    }
    for (const [name, source] of templates) {
      if (this.#templates.get(name) === source) continue;
      this.#templates.delete(name);
      environment.addTemplate(name, source);
      this.#templates.set(name, source);
    }
  }

  #failed(cause: unknown): EngineError {
    if (
      !(cause instanceof Error) || cause instanceof WebAssembly.RuntimeError || cause instanceof RangeError
    ) {
      this.#discard();
      return new EngineError(EXHAUSTED, undefined, { cause });
    }
    return readReport(cause, this.#failure);
  }

  #discard(): void {
    const environment = this.#environment as unknown as { __destroy_into_raw(): number } | undefined;
    // Not `free`, and no finalizer that frees an address in the next instance
    environment?.__destroy_into_raw();
    this.#environment = undefined;
  }
}

/** The engine's report is one line, and in other lines the source with a pointer to the expression that is meant. */
function readReport(cause: Error, failure: string | undefined): EngineError {
  const [first = "", ...lines] = cause.message.replaceAll(MARKS, "").split("\n");
  // Behind what a filter of ours gave, which has lines of its own
  const match = / \(in (.*):(\d+)\)$/m.exec([first, ...lines].join("\n"));
  const place = match === null ? undefined : { template: match[1] ?? "", line: Number(match[2]) };
  const what = failure ?? first.replace(/ \(in .*:\d+\)$/, "");
  const expression = what === "undefined value" ? pointedAt(lines) : "";
  return new EngineError(expression === "" ? what : `${what}: ${expression}`, place, { cause });
}

function pointedAt(lines: readonly string[]): string {
  const index = lines.findIndex((line) => /^ +i +\^+ /.test(line));
  const match = /^( +i +)(\^+)/.exec(lines[index] ?? "");
  const [, indent = "", pointer = ""] = match ?? [];
  const line = lines[index - 1] ?? "";
  // The pointer may begin in the middle: `.c` of `a.b.c`
  const before = /[\w.[\]"']*$/.exec(line.slice(0, indent.length))?.[0] ?? "";
  const expression = before + line.slice(indent.length, indent.length + pointer.length);
  // What was rewritten is not what its author knows
  return /__|\{\} if /.test(expression) ? "" : expression;
}

/**
 * The module with a limit on its memory, which it declares without one.
 *
 * @see https://webassembly.github.io/spec/core/binary/modules.html#memory-section
 */
function withMemoryLimit(module: Uint8Array, pages: number): Uint8Array<ArrayBuffer> {
  const HEADER = 8;
  const MEMORY_SECTION = 5;
  for (let position = HEADER; position < module.length;) {
    const id = module[position];
    const [size, start] = readUnsigned(module, position + 1);
    if (id === MEMORY_SECTION) {
      const [minimum] = readUnsigned(module, start + 2);
      const content = [1, 1, ...unsigned(minimum), ...unsigned(pages)];
      const parts = [
        module.subarray(0, position),
        [MEMORY_SECTION, ...unsigned(content.length), ...content],
        module.subarray(start + size),
      ];
      const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
      let offset = 0;
      for (const part of parts) {
        result.set(part, offset);
        offset += part.length;
      }
      return result;
    }
    position = start + size;
  }
  throw new TypeError("The template engine declares no memory");
}

/** A number in LEB128, and where the next thing begins. */
function readUnsigned(bytes: Uint8Array, position: number): [value: number, next: number] {
  let value = 0;
  for (let shift = 0;; shift += 7) {
    const byte = bytes[position++] ?? 0;
    value |= (byte & 127) << shift;
    if (byte < 128) return [value, position];
  }
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [value & 127 | 128, ...unsigned(value >>> 7)];
}
