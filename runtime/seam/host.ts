/** What a builtin is given of the runtime around it. */
import type { Vm } from "./engine.ts";
import type { LuaTable, LuaValue, MaybePromise } from "./value.ts";

/** Diagnostics for the operator, on stderr, apart from the script's own output. Messages are text. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Shown behind the message as `key=value`; strings in quotes where they hold blanks. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** The environment variables that a script sees. Names and values are text. */
export interface Environment {
  /** Whether commands have the variables anyway, also those that are not UTF-8: it is the process's own environment. */
  readonly isInherited: boolean;
  get(name: string): string | undefined;
  /** @throws {ScriptError} When the name or the value cannot be one */
  set(name: string, value: string | undefined): void;
  list(): Record<string, string>;
  /**
   * As `get`, but with the name and the value as bytes, so that it need not be UTF-8.
   *
   * @throws {ScriptError} When the platform does not tell the bytes
   */
  getBytes(name: string): string | undefined;
  /** Every variable's name and value as bytes, in no order. */
  listBytes(): readonly (readonly [name: string, value: string])[];
}

/** The script's standard output, buffered: bytes in Lua's form. */
export interface Output {
  write(bytes: string): void;
  flush(): void;
}

/** A started task. */
export interface Task {
  /** Settles when the task ends. Rejects with what it raised. */
  readonly result: Promise<readonly LuaValue[]>;
  /** Raises an error where the task waits; a task that has ended stays as it is. */
  cancel(): void;
  /** What `Host.task` is while the task runs; undefined before its start. */
  readonly identity: RunningTask | undefined;
}

/** A task that has begun: compared by identity. */
export interface RunningTask {
  /** Where it waits, such as `jobs.lua:12`; empty where that is not known. */
  waitsAt(): string;
}

/** What a script has running that must be told of the process's end: see `Host.onStop`. */
export type StopRole = "service" | "helper";

/** The runtime as builtins see it. One per VM. */
export interface Host {
  readonly vm: Vm;
  readonly log: Logger;
  readonly output: Output;
  readonly environment: Environment;
  /** Aborted when the VM is to stop: operations that wait end then, with its reason. */
  readonly signal: AbortSignal;
  /**
   * Calls a Lua function, in a task of its own: at once when nothing in it waits.
   *
   * @throws {LuaError} What the function raises, at once or as the promise's rejection
   */
  call(fn: LuaValue, ...args: LuaValue[]): MaybePromise<readonly LuaValue[]>;
  /** Starts a Lua function as a task that goes on beside its caller, at the caller's next wait. */
  spawn(fn: LuaValue, ...args: LuaValue[]): Task;
  /** The task whose code is being run, to tell tasks apart by. */
  readonly task: RunningTask | undefined;
  /**
   * Has `call` run when the task that calls is cancelled in the wait that begins now: for what must not be done for a
   * task that has gone, such as handing it a message. To be called just before a promise is returned.
   */
  onCancel(call: () => void): void;
  /**
   * Has `report` be asked for what tasks wait for when nothing can happen any more: a line for each, such as
   * `jobs.lua:12 waits for a message`.
   */
  onIdle(report: () => readonly string[]): void;
  /** Ends the process with a status, its output written. */
  exit(status: number): never;
  /**
   * Runs `stop` when the process is asked to end (Ctrl-C, SIGTERM) or the VM stops.
   *
   * @param role `service` when being asked to end is the script's regular end; `helper` for what others use, such
   * as commands: stopped after the services. Where only helpers are stopped, SIGTERM is a failure. @default "service"
   * @returns What takes the request back
   */
  onStop(stop: () => void | Promise<void>, role?: StopRole): () => void;
  /** Keeps an object per VM for a builtin: made by `create` when first asked for. */
  state<T>(key: symbol, create: () => T): T;
  /** The metatable that gives objects of a kind their methods, made once per VM. */
  metatable(key: symbol, create: () => LuaTable): LuaTable;
}
