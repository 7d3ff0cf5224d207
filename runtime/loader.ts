/** `require`, `package`, `dofile` and `loadfile`: how modules and other chunks are found and loaded. */
import { describeError, describeSystemError, LuaError, ScriptError } from "./seam/error.ts";
import type { Host } from "./seam/host.ts";
import type { TaskThread } from "./seam/engine.ts";
import { fromText, toText } from "./seam/text.ts";
import {
  isFunction,
  isTable,
  type LuaResult,
  type LuaTable,
  type LuaValue,
  type MaybePromise,
} from "./seam/value.ts";
import type { Scheduler } from "./scheduler.ts";
import { sourceText } from "./source.ts";

/** Where modules on disk are. */
export interface ModuleFiles {
  /** As `package.path`: templates with `?`, separated by `;`. */
  path: string;
  /** Folders of `assay.*` modules, the nearest first: the project's, then the user's. */
  folders: readonly string[];
}

const PREFIX = "assay.";

/** A module whose body is running. */
interface Loading {
  thread: TaskThread;
  result: Promise<LuaResult>;
}

/** The loader of one VM. */
export class Loader {
  readonly #host: Host;
  readonly #scheduler: Scheduler;
  readonly #prepare: (source: string) => MaybePromise<void>;
  readonly #package: LuaTable;
  readonly #loaded: LuaTable;
  readonly #loading = new Map<string, Loading>();
  /** Which module a running module body waits for. */
  readonly #waiting = new Map<TaskThread, string>();
  #embedded: ReadonlyMap<string, string> | undefined;

  /** @param prepare Makes the builtins that a source mentions, before it runs */
  constructor(
    host: Host,
    scheduler: Scheduler,
    prepare: (source: string) => MaybePromise<void>,
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
      this.#defineFileFunctions();
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
    if (files !== undefined) {
      this.#package.set(
        "searchpath",
        this.#define("package.searchpath", ([name, path, separator]) => {
          const found = findOnPath(
            expectString(name),
            expectString(path),
            (separator as string | undefined) ?? ".",
          );
          return "file" in found ? found.file : [undefined, found.tried];
        }),
      );
    }
    vm.globals.set("package", this.#package);
    loaded.set("package", this.#package);
    vm.globals.set("require", this.#define("require", ([name]) => this.#require(expectString(name))));
  }

  /** Makes the embedded modules ready, so that requiring one need not wait. */
  async warmUp(): Promise<void> {
    this.#embedded ??= (await import("../stdlib/mod.ts")).MODULES;
  }

  #define(name: string, host: (args: readonly LuaValue[]) => LuaResult | Promise<LuaResult>): LuaValue {
    return this.#host.vm.newFunction(name, host);
  }

  #require(name: string): LuaResult | Promise<LuaResult> {
    const loaded = this.#loaded.get(name);
    if (loaded !== undefined) return loaded;
    const caller = this.#scheduler.running;
    const loading = this.#loading.get(name) ?? this.#start(name);
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

  #start(name: string): Loading {
    const thread = this.#host.vm.newThread();
    const result = this.#load(name, thread).finally(() => this.#loading.delete(name));
    result.catch(() => {});
    const loading = { thread, result };
    this.#loading.set(name, loading);
    return loading;
  }

  async #load(name: string, thread: TaskThread): Promise<LuaResult> {
    const { loader, extra } = await this.#search(name);
    const [value] = await this.#scheduler.call(loader, [name, extra], thread);
    if (value !== undefined) this.#loaded.set(name, value);
    else if (this.#loaded.get(name) === undefined) this.#loaded.set(name, true);
    return [this.#loaded.get(name), extra];
  }

  async #search(name: string): Promise<{ loader: LuaValue; extra: LuaValue }> {
    const searchers = this.#package.get("searchers");
    if (!isTable(searchers)) throw new ScriptError("'package.searchers' must be a table");
    let tried = "";
    for (let i = 1;; i++) {
      const searcher = searchers.get(i);
      if (searcher === undefined) break;
      const [loader, extra] = await this.#host.call(searcher, name);
      if (isFunction(loader)) return { loader, extra };
      if (typeof loader === "string") tried += `\n\t${toText(loader).replace(/^\n\t/, "")}`;
    }
    throw new ScriptError(`module '${toText(name)}' not found:${tried}`);
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
      const path = this.#package.get("path");
      if (typeof path !== "string") throw new ScriptError("'package.path' must be a string");
      const found = findOnPath(expectString(name), path, ".");
      return "file" in found ? this.#loadFile(found.file) : found.tried;
    });
  }

  #searchFolders(folders: readonly string[]): LuaValue {
    return this.#define("package.searchers[3]", ([name]) => {
      const module = modulePath(expectString(name));
      if (module === undefined) return undefined;
      const tried: string[] = [];
      for (const folder of folders) {
        for (const file of [`${folder}/${module}.lua`, `${folder}/${module}/init.lua`]) {
          const reason = whyNoFile(file);
          if (reason === undefined) return this.#loadFile(fromText(file));
          tried.push(`no file '${file}'${reason}`);
        }
      }
      return fromText(tried.join("\n\t"));
    });
  }

  #searchEmbedded(): LuaValue {
    const search = (name: string, modules: ReadonlyMap<string, string>) => {
      const module = modulePath(name);
      if (module === undefined) return undefined;
      const source = modules.get(module);
      if (source === undefined) return fromText(`no embedded module '${toText(name)}'`);
      return this.#compile(fromText(source), fromText(`assay/${module}.lua`));
    };
    return this.#define("package.searchers[4]", ([name]) => {
      const text = expectString(name);
      if (this.#embedded !== undefined) return search(text, this.#embedded);
      // deno-lint-ignore no-non-null-assertion -- warmUp sets it
      return this.warmUp().then(() => search(text, this.#embedded!));
    });
  }

  #loadFile(file: string): MaybePromise<LuaResult> {
    return this.#compile(readSource(toText(file)), file);
  }

  /** The chunk and where it is from; waits when builtins have to be made for it. */
  #compile(source: string, chunkName: string): MaybePromise<LuaResult> {
    const chunk = this.#host.vm.load(source, toText(chunkName), undefined, true);
    const ready = this.#prepare(source);
    return ready instanceof Promise ? ready.then(() => [chunk, chunkName]) : [chunk, chunkName];
  }

  #defineFileFunctions(): void {
    const { globals } = this.#host.vm;
    globals.set(
      "loadfile",
      this.#define("loadfile", async ([file, , env]) => {
        try {
          const source = readSource(toText(expectString(file)));
          await this.#prepare(source);
          return this.#host.vm.load(source, toText(file as string), isTable(env) ? env : undefined);
        } catch (error) {
          if (error instanceof LuaError) return [undefined, error.value];
          if (error instanceof ScriptError) return [undefined, fromText(error.message)];
          throw error;
        }
      }),
    );
    globals.set(
      "dofile",
      this.#define("dofile", async ([file]) => {
        const source = readSource(toText(expectString(file)));
        await this.#prepare(source);
        return await this.#host.call(this.#host.vm.load(source, toText(file as string)));
      }),
    );
  }
}

/** `a/b` (text) of `assay.a.b` (bytes); undefined for names of other modules. */
function modulePath(name: string): string | undefined {
  return name.startsWith(PREFIX) ? toText(name.slice(PREFIX.length).replaceAll(".", "/")) : undefined;
}

function expectString(value: LuaValue): string {
  if (typeof value === "string") return value;
  throw new ScriptError("bad argument #1: error converting Lua value to String (a name is expected)");
}

/** Bytes of a Lua file. @throws {ScriptError} When it cannot be read */
function readSource(file: string): string {
  try {
    return sourceText(Deno.readFileSync(file));
  } catch (error) {
    throw new ScriptError(`cannot open ${file}: ${describeSystemError(error)}`, { cause: error });
  }
}

function findOnPath(name: string, path: string, separator: string): { file: string } | { tried: string } {
  const module = separator === "" ? name : name.replaceAll(separator, "/");
  const tried: string[] = [];
  for (const template of path.split(";")) {
    if (template === "") continue;
    const file = template.replaceAll("?", module);
    const reason = whyNoFile(toText(file));
    if (reason === undefined) return { file };
    tried.push(`no file '${file}'${fromText(reason)}`);
  }
  return { tried: tried.join("\n\t") };
}

/** Undefined where there is a file; else what is to be added to that there is none: mostly nothing. */
function whyNoFile(path: string): string | undefined {
  try {
    return Deno.statSync(path).isFile ? undefined : "";
  } catch (error) {
    return error instanceof Deno.errors.NotCapable ? `: ${describeError(error)}` : "";
  }
}
