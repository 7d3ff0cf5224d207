/**
 * What an engine offers: the seam behind which one Lua implementation can take another's place.
 */
import type { LuaFunction, LuaResult, LuaTable, LuaThread, LuaValue, MaybePromise } from "./value.ts";

/**
 * A function of the host that Lua can call. Arguments and results are Lua values. It may throw a `ScriptError`
 * (becomes a Lua error at the caller's position) or a `LuaError` (raised as it is). When it returns a promise,
 * the calling Lua code waits for it while other tasks go on.
 */
export type HostFunction = (args: readonly LuaValue[]) => LuaResult | Promise<LuaResult>;

/** What a step of a thread led to: its results when it has ended, a promise when it waits for one. */
export type Step = readonly LuaValue[] | Promise<LuaResult>;

/** Makes a table of a value for each of its keys, none of them nil: those in `values` from the index `from` on. */
export type RecordMaker = (values: readonly LuaValue[], from: number) => LuaTable;

/** A task's own coroutine: runs until it ends or waits. Driven by the scheduler only. */
export interface TaskThread {
  readonly thread: LuaThread;
  /** @throws {LuaError} When the function raises */
  start(fn: LuaFunction, args: readonly LuaValue[]): Step;
  /** Goes on with what the awaited promise gave. */
  resume(result: LuaResult): Step;
  /** Goes on by raising what the awaited promise was rejected with. */
  fail(reason: unknown): Step;
  /** Goes on by raising something else, whatever becomes of the promise. */
  interrupt(reason: unknown): Step;
  /** Where it waits, such as `jobs.lua:12`; empty where that is not known. Text. */
  waitsAt(): string;
}

/** One virtual machine: globals, memory and threads of its own. */
export interface Vm {
  readonly globals: LuaTable;
  newTable(): LuaTable;
  /**
   * The table `{values[from], values[from + 1], …}`; undefined elements are holes.
   *
   * @param from @default 0
   * @param to The first element that is left out. @default all from `from` on
   */
  newArray(values: readonly LuaValue[], from?: number, to?: number): LuaTable;
  /** The table with the given string keys (text, not bytes); undefined values are left out. */
  newRecord(fields: Readonly<Record<string, LuaValue>>): LuaTable;
  /** Makes many tables of the same keys: Lua strings, each once. For much data, such as a document that is parsed. */
  recordMaker(keys: readonly string[]): RecordMaker;
  /** @param name How messages and tracebacks call it, such as `json.parse` */
  newFunction(name: string, host: HostFunction): LuaFunction;
  newThread(): TaskThread;
  /** Where the text of a Lua function begins, such as `jobs.lua:12`; undefined for a function of the host. Text. */
  placeOf(fn: LuaFunction): string | undefined;
  /**
   * Compiles a chunk.
   *
   * @param source Lua text as bytes; a first line that starts with `#` is skipped and counted
   * @param chunkName What positions in messages begin with, such as `checks/disk.lua`
   * @param env The chunk's `_ENV`. @default the globals
   * @param isModule Whether most of its functions are not expected to be called. @default false
   * @throws {LuaError} When the source is not Lua
   */
  load(source: string, chunkName: string, env?: LuaTable, isModule?: boolean): LuaFunction;
  /**
   * Makes code known that was generated from a source before, to be used when it is loaded; absent where none is
   * generated.
   *
   * @param source Bytes
   * @param file What the file exports that has the code; one without code is passed over
   */
  useCode?(source: string, file: object): void;
  /**
   * From here on Lua code that computes for long gives the event loop its turn: signals, requests and other
   * tasks. Always so in a VM with a deadline.
   */
  shareTime(): void;
  /**
   * As Lua's `tostring`. A `__tostring` metamethod runs without being able to wait.
   *
   * @throws {LuaError} When the metamethod raises
   */
  toString(value: LuaValue): string;
  /** Ends the VM: calls the finalizers of what is left in it. */
  close(): void;
}

/** What a VM needs of its surroundings. */
export interface VmOptions {
  /** Where `print` writes, bytes. */
  write(bytes: string): void;
  /** Where warnings go (`warn`, errors in finalizers), bytes. @default nowhere */
  warn?(message: string): void;
  /**
   * Asked by `load`, where that can wait, for what a text needs before it can run: `load` waits for that.
   *
   * @param source Bytes
   */
  beforeLoad?(source: string): MaybePromise<void>;
  /**
   * A clock reading (`performance.now()`) past which running Lua code is ended with an error, even in an
   * endless loop. @default none
   */
  deadline?: number;
  /** What that error says. */
  deadlineMessage?: string;
  /**
   * Bytes that its values may take; beyond, code is ended with the error "not enough memory".
   *
   * @default no limit but that of the process
   */
  memory?: number;
}

/** A Lua implementation. */
export interface Engine {
  readonly name: string;
  /** The Lua version it implements, such as `5.3`. */
  readonly version: string;
  /** Whether `load` waits for what a text needs: see `VmOptions.beforeLoad`. */
  readonly loadWaits: boolean;
  createVm(options: VmOptions): Vm;
  /** Imports what it imports only for few programs; absent where that is nothing. */
  preload?(): Promise<unknown>;
  /** The code that it generates, where that can be kept in files: see `Vm.useCode`. */
  readonly code?: {
    /** Code of another version is of no use. */
    readonly version: string;
    /** The hash of a text, in hexadecimal digits. */
    hash(text: string): Promise<string>;
    /**
     * Has the code kept that it is going to generate from a source.
     *
     * @param source Bytes
     * @param hash Of what tells the source from others
     */
    keep(source: string, hash: string): void;
    /** The text of a file with that code; undefined where none has been generated. */
    kept(source: string): string | undefined;
  };
  /** Has the JavaScript shown that Lua becomes, whenever some is generated; absent where none is. */
  showCode?(show: (text: string) => void): void;
}
