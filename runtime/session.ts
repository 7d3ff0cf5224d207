/** One VM with its globals, its loader and its tasks: what a script, a check or a service runs in. */
import { bindGlobal } from "./seam/declare.ts";
import type { Engine, Vm } from "./seam/engine.ts";
import { type GlobalEntry, GLOBALS } from "../builtins/registry.ts";
import type { Environment, Host, Logger, Output, RunningTask, StopRole, Task } from "./seam/host.ts";
import { mentionedWords, reachesAll, wordOf } from "./mentioned_words.ts";
import { Loader, type ModuleFiles } from "./loader.ts";
import { chosenMemory } from "./memory.ts";
import { Scheduler } from "./scheduler.ts";
import { toText } from "./seam/text.ts";
import type { LuaTable, LuaValue, MaybePromise } from "./seam/value.ts";

/** What a session is made of. */
export interface SessionOptions {
  engine: Engine;
  log: Logger;
  output: Output;
  environment: Environment;
  /** Which builtins the script sees. @default all */
  visible?: (entry: GlobalEntry) => boolean;
  /** Globals of the engine that the script is not to see, such as `debug`. @default none */
  hidden?: readonly string[];
  /** Where modules on disk are looked for; without it `require` finds embedded ones only. */
  files?: ModuleFiles;
  /** Ends every wait of the VM when aborted. */
  signal?: AbortSignal;
  /** Ends the process. @default `Deno.exit` */
  exit?: (status: number) => never;
  /** Called when the script first asks to be told before the process ends. */
  onFirstStop?: () => void;
  /** See `VmOptions`. */
  deadline?: number;
  deadlineMessage?: string;
  /** See `VmOptions`. @default what `chooseMemory` has set */
  memory?: number;
}

/** A VM in use. Implements what builtins see of it. */
export class Session implements Host {
  readonly vm: Vm;
  readonly log: Logger;
  readonly output: Output;
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly #scheduler: Scheduler;
  readonly #loader: Loader;
  readonly #loadWaits: boolean;
  /** Builtins that have not been made yet, by the word that asks for them. */
  readonly #pending: Map<string, GlobalEntry>;
  readonly #states = new Map<symbol, unknown>();
  readonly #idleReports: (() => readonly string[])[] = [];
  readonly #stops: Readonly<Record<StopRole, Set<() => void | Promise<void>>>> = {
    service: new Set(),
    helper: new Set(),
  };
  #isService = false;
  readonly #exit: (status: number) => never;
  #onFirstStop: (() => void) | undefined;

  constructor(options: SessionOptions) {
    const { engine, output, deadline, deadlineMessage, visible = () => true } = options;
    this.log = options.log;
    this.output = output;
    this.environment = options.environment;
    this.signal = options.signal ?? new AbortController().signal;
    this.#loadWaits = engine.loadWaits;
    this.vm = engine.createVm({
      write: (bytes) => output.write(bytes),
      warn: (bytes) => this.log.warn(toText(bytes)),
      beforeLoad: (source) => this.prepare(source),
      memory: options.memory ?? chosenMemory(),
      ...(deadline === undefined ? {} : { deadline }),
      ...(deadlineMessage === undefined ? {} : { deadlineMessage }),
    });
    for (const name of options.hidden ?? []) this.vm.globals.set(name, undefined);
    this.#scheduler = new Scheduler(this.vm, this.signal);
    this.#pending = new Map(GLOBALS.filter(visible).map((entry) => [wordOf(entry), entry]));
    this.#loader = new Loader(this, this.#scheduler, this.prepare.bind(this), options.files);
    this.#onFirstStop = options.onFirstStop;
    this.#exit = options.exit ?? Deno.exit;
  }

  /**
   * Makes the builtins that a source mentions. Others are not even imported: a script pays for what it uses.
   * Where a source can reach globals by other means than their names, all are made.
   *
   * @param words Those that it mentions, where that is known
   */
  prepare(source: string, words?: readonly string[]): MaybePromise<void> {
    if (this.#pending.size === 0) return;
    const wanted = new Set(words ?? mentionedWords(source));
    const all = reachesAll(wanted, this.#loadWaits);
    const entries = Array.from(this.#pending).flatMap(([word, entry]) =>
      all || wanted.has(word) ? [entry] : []
    );
    if (entries.length > 0) return this.#install(entries);
  }

  async #install(entries: readonly GlobalEntry[]): Promise<void> {
    const modules = await Promise.all(entries.map((entry) => entry.load()));
    entries.forEach((entry, index) => {
      // Another task may have been faster
      if (!this.#pending.delete(wordOf(entry))) return;
      // deno-lint-ignore no-non-null-assertion -- one module per entry
      this.vm.globals.set(entry.name, bindGlobal(this, modules[index]!.default));
    });
  }

  /**
   * Compiles and runs a chunk as the main task.
   *
   * @param args What `...` is in it
   * @throws {LuaError} When it cannot be compiled or raises
   */
  async run(source: string, chunkName: string, args: readonly LuaValue[] = []): Promise<readonly LuaValue[]> {
    const chunk = this.vm.load(source, chunkName);
    await this.prepare(source);
    if (source.includes("require")) await this.#loader.warmUp(source);
    return await this.call(chunk, ...args);
  }

  call(fn: LuaValue, ...args: LuaValue[]): MaybePromise<readonly LuaValue[]> {
    return this.#scheduler.call(fn, args);
  }

  spawn(fn: LuaValue, ...args: LuaValue[]): Task {
    return this.#scheduler.spawn(fn, args);
  }

  get task(): RunningTask | undefined {
    return this.#scheduler.running;
  }

  onIdle(report: () => readonly string[]): void {
    this.#idleReports.push(report);
  }

  /** What tasks wait for, as far as builtins know: see `Host.onIdle`. */
  waits(): readonly string[] {
    return this.#idleReports.flatMap((report) => report());
  }

  /**
   * Whether all tasks wait for each other, and nothing has been started that could wake one, as far as builtins know:
   * no service, no program. Timers are for the caller to look at.
   */
  get isStuck(): boolean {
    const { waiting } = this.#scheduler;
    return waiting > 0 && waiting === this.waits().length &&
      Object.values(this.#stops).every((stops) => stops.size === 0);
  }

  onCancel(call: () => void): void {
    this.#scheduler.onCancel(call);
  }

  exit(status: number): never {
    this.output.flush();
    this.#exit(status);
  }

  onStop(stop: () => void | Promise<void>, role: StopRole = "service"): () => void {
    const stops = this.#stops[role];
    this.#isService ||= role === "service";
    stops.add(stop);
    this.#onFirstStop?.();
    this.#onFirstStop = undefined;
    return () => stops.delete(stop);
  }

  /** Whether the script has started a service, whose regular end is to be stopped. */
  get isService(): boolean {
    return this.#isService;
  }

  /** Ends the VM, where its script has come to its end. */
  close(): void {
    this.vm.close();
  }

  /** Runs what `onStop` was given, and waits for it: services first, whose last requests may use the rest. */
  async stop(): Promise<void> {
    for (const stops of [this.#stops.service, this.#stops.helper]) {
      const waiting = [...stops];
      stops.clear();
      await Promise.all(waiting.map((stop) => stop()));
    }
  }

  state<T>(key: symbol, create: () => T): T {
    if (!this.#states.has(key)) this.#states.set(key, create());
    return this.#states.get(key) as T;
  }

  metatable(key: symbol, create: () => LuaTable): LuaTable {
    return this.state(key, create);
  }
}
