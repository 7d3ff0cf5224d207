/** `require` and `package`: how modules are found and loaded. */
import { defineFileFunctions, defineSearchPath, expectString, readSource } from "./file_functions.ts";
import { FileSearch, findOnPath } from "./file_search.ts";
import type { Scheduler } from "./scheduler.ts";
import type { TaskThread } from "./seam/engine.ts";
import { ScriptError } from "./seam/error.ts";
import type { Host } from "./seam/host.ts";
import { fromText, toText } from "./seam/text.ts";
import {
  isFunction,
  isTable,
  type LuaResult,
  type LuaTable,
  type LuaValue,
  type MaybePromise,
} from "./seam/value.ts";

/** Where modules on disk are. */
export interface ModuleFiles {
  /** As `package.path`: templates with `?`, separated by `;`. */
  path: string;
  /** Folders of `assay.*` modules, the nearest first: the project's, then the user's. */
  folders: readonly string[];
}

const PREFIX = "assay.";

/** What embedded modules have in common, which no file on disk takes the place of. */
const INTERNAL = `${PREFIX}internal.`;

function isInternal(name: LuaValue): boolean {
  return typeof name === "string" && name.startsWith(INTERNAL);
}

/** A module whose body is running. */
interface Loading {
  thread: TaskThread;
  result: Promise<LuaResult>;
}

/** What a searcher has found: a function that runs the module, and what it is given beside the name. */
interface Found {
  readonly loader: LuaValue;
  readonly extra: LuaValue;
}

/** The loader of one VM. */
export class Loader {
  /** Embedded modules that have been read, by their path: bytes, and words that are known. */
  readonly #sources = new Map<string, { source: string; words: readonly string[] | undefined }>();
  readonly #host: Host;
  readonly #scheduler: Scheduler;
  readonly #prepare: (source: string, words?: readonly string[]) => MaybePromise<void>;
  readonly #package: LuaTable;
  readonly #loaded: LuaTable;
  readonly #loading = new Map<string, Loading>();
  /** Which module a running module body waits for. */
  readonly #waiting = new Map<TaskThread, string>();

  /** @param prepare Makes the builtins that a source mentions, before it runs; the words may be known */
  constructor(
    host: Host,
    scheduler: Scheduler,
    prepare: (source: string, words?: readonly string[]) => MaybePromise<void>,
    files: ModuleFiles | undefined,
  ) {
    this.#host = host;
    this.#scheduler = scheduler;
    this.#prepare = prepare;
    const { vm } = host;
    const loaded = this.#loaded = vm.newTable();
    for (const [name, value] of vm.globals.entries()) {
      if (typeof name === "string" && isTable(value)) loaded.set(name, value);
    }
    const searchers = [this.#searchPreload()];
    if (files !== undefined) {
      searchers.push(this.#searchPath(), this.#searchFolders(files.folders));
      defineFileFunctions(host, prepare);
    }
    searchers.push(this.#searchEmbedded());
    this.#package = vm.newRecord({
      loaded,
      preload: vm.newTable(),
      path: fromText(files?.path ?? ""),
      cpath: "",
      config: "/\n;\n?\n!\n-\n",
      searchers: vm.newArray(searchers),
    });
    if (files !== undefined) defineSearchPath(host, this.#package);
    vm.globals.set("package", this.#package);
    loaded.set("package", this.#package);
    vm.globals.set(
      "require",
      this.#define("require", ([name]) => this.#require(expectString(name, "require"))),
    );
  }

  #define(name: string, host: (args: readonly LuaValue[]) => LuaResult | Promise<LuaResult>): LuaValue {
    return this.#host.vm.newFunction(name, host);
  }

  #require(name: string): MaybePromise<LuaResult> {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined) return loaded;
    const caller = this.#scheduler.running;
    const loading = this.#loading.get(name);
    if (loading === undefined) return this.#start(name, caller);
    if (caller === undefined) return loading.result;
    this.#refuseLoop(name, caller);
    this.#waiting.set(caller, name);
    return loading.result.finally(() => this.#waiting.delete(caller));
  }

  /** A module that waits for itself, through whatever others, would wait for ever. */
  #refuseLoop(name: string, caller: TaskThread): void {
    const chain = [name];
    for (let next: string | undefined = name; next !== undefined;) {
      const thread = this.#loading.get(next)?.thread;
      if (thread === undefined) return;
      if (thread === caller) {
        throw new ScriptError(`loop while loading module '${name}': ${[...chain, name].join(" requires ")}`);
      }
      next = this.#waiting.get(thread);
      if (next !== undefined) chain.push(next);
    }
  }

  /** Loads a module: at once where nothing in it waits. */
  #start(name: string, caller: TaskThread | undefined): MaybePromise<LuaResult> {
    const thread = this.#host.vm.newThread();
    const { promise, resolve, reject } = Promise.withResolvers<LuaResult>();
    promise.catch(() => {});
    this.#loading.set(name, { thread, result: promise });
    if (caller !== undefined) this.#waiting.set(caller, name);
    const end = () => {
      this.#loading.delete(name);
      if (caller !== undefined) this.#waiting.delete(caller);
    };
    let result: MaybePromise<LuaResult>;
    try {
      result = this.#load(name, thread);
    } catch (error) {
      end();
      reject(error);
      throw error;
    }
    if (result instanceof Promise) {
      result.then(resolve, reject);
      return result.finally(end);
    }
    end();
    resolve(result);
    return result;
  }

  #load(name: string, thread: TaskThread): MaybePromise<LuaResult> {
    return then(
      this.#search(name, 1, ""),
      ({ loader, extra }) =>
        then(this.#scheduler.call(loader, [name, extra], thread), ([value]) => {
          if (value !== undefined) this.#loaded.set(name, value);
          else if (this.#loaded.get(name) === undefined) this.#loaded.set(name, true);
          return [this.#loaded.get(name), extra];
        }),
    );
  }

  /** Asks one searcher after the other, from number `first` on. @param tried What those before it have said */
  #search(name: string, first: number, tried: string): MaybePromise<Found> {
    const searchers = this.#package.get("searchers");
    if (!isTable(searchers)) throw new ScriptError("'package.searchers' must be a table");
    const searcher = searchers.get(first);
    if (searcher === undefined) throw new ScriptError(`module '${toText(name)}' not found:${tried}`);
    return then(this.#host.call(searcher, name), ([loader, extra]) => {
      if (isFunction(loader)) return { loader, extra };
      const more = typeof loader === "string" ? `\n\t${toText(loader).replace(/^\n\t/, "")}` : "";
      return this.#search(name, first + 1, tried + more);
    });
  }

  #searchPreload(): LuaValue {
    return this.#define("package.searchers[1]", ([name]) => {
      const preload = this.#package.get("preload");
      const loader = isTable(preload) ? preload.get(name) : undefined;
      return loader === undefined ? `no field package.preload['${name}']` : [loader, ":preload:"];
    });
  }

  #searchPath(): LuaValue {
    return this.#define("package.searchers[2]", ([name]) => {
      if (isInternal(name)) return undefined;
      const path = this.#package.get("path");
      if (typeof path !== "string") throw new ScriptError("'package.path' must be a string");
      const found = findOnPath(expectString(name, "searcher"), path, ".", "/");
      return "file" in found ? this.#loadFile(found.file) : found.tried;
    });
  }

  #searchFolders(folders: readonly string[]): LuaValue {
    return this.#define("package.searchers[3]", ([name]) => {
      if (isInternal(name)) return undefined;
      const module = modulePath(expectString(name, "searcher"));
      if (module === undefined) return undefined;
      const tried: string[] = [];
      const search = new FileSearch();
      for (const folder of folders) {
        for (const file of [`${folder}/${module}.lua`, `${folder}/${module}/init.lua`]) {
          const reason = search.whyNoFile(file);
          if (reason === undefined) return this.#loadFile(fromText(file));
          tried.push(`no file '${file}'${reason}`);
        }
      }
      return fromText(tried.join("\n\t"));
    });
  }

  #searchEmbedded(): LuaValue {
    return this.#define("package.searchers[4]", ([name]) => {
      const text = expectString(name, "searcher");
      const module = modulePath(text);
      if (module === undefined) return undefined;
      const load = () => {
        const found = this.#sources.get(module);
        if (found === undefined) return fromText(`no embedded module '${toText(text)}'`);
        return this.#compile(found.source, fromText(`assay/${module}.lua`), found.words);
      };
      return this.#sources.has(module) ? load() : this.#fetch([module]).then(load);
    });
  }

  /**
   * Reads the embedded modules that a source requires, and those that these require, with the builtins that they
   * name: requiring them need not wait then.
   */
  async warmUp(source: string): Promise<void> {
    await this.#fetch(embeddedIn(source));
  }

  async #fetch(modules: readonly string[]): Promise<void> {
    let missing = modules.filter((module) => !this.#sources.has(module));
    while (missing.length > 0) {
      const { MODULES } = await import("../stdlib/mod.ts");
      const read = await Promise.all(missing.map(async (module) => {
        const load = MODULES.get(module);
        if (load === undefined) return [];
        const file = await load();
        const { mentions } = file;
        const source = fromText(file.default);
        this.#sources.set(module, { source, words: mentions?.words });
        this.#host.vm.useCode?.(source, file);
        await this.#prepare(source, mentions?.words);
        return mentions?.modules ?? embeddedIn(source);
      }));
      missing = [...new Set(read.flat())].filter((module) => !this.#sources.has(module));
    }
  }

  #loadFile(file: string): MaybePromise<LuaResult> {
    return this.#compile(readSource(toText(file)), file);
  }

  /** The chunk and where it is from; waits when builtins have to be made for it. */
  #compile(source: string, chunkName: string, words?: readonly string[]): MaybePromise<LuaResult> {
    const chunk = this.#host.vm.load(source, toText(chunkName), undefined, true);
    const ready = this.#prepare(source, words);
    return ready instanceof Promise ? ready.then(() => [chunk, chunkName]) : [chunk, chunkName];
  }
}

/** Where a source requires an embedded module at once: not in a function that may never be called. */
const EMBEDDED = /^(?:local\s+\w+\s*=\s*)?require\s*\(?\s*["']assay\.([\w.]+)["']/gm;

/** Goes on with a value at once where it is there. */
function then<T, R>(value: MaybePromise<T>, next: (value: T) => MaybePromise<R>): MaybePromise<R> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** The paths of the embedded modules that a source (bytes) requires at once. */
export function embeddedIn(source: string): string[] {
  return Array.from(source.matchAll(EMBEDDED), ([, name = ""]) => toText(name).replaceAll(".", "/"));
}

/** `a/b` (text) of `assay.a.b` (bytes); undefined for names of other modules. */
function modulePath(name: string): string | undefined {
  return name.startsWith(PREFIX) ? toText(name.slice(PREFIX.length).replaceAll(".", "/")) : undefined;
}
