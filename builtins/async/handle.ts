/** Handles of tasks: what `async.spawn` and `async.spawn_interval` give. */
import { bindFunction, type ObjectDeclaration, signature } from "../../runtime/seam/declare.ts";
import { LuaStop, ScriptError } from "../../runtime/seam/error.ts";
import type { Host, Task } from "../../runtime/seam/host.ts";
import type { LuaFunction, LuaTable, LuaValue } from "../../runtime/seam/value.ts";
import { describeLuaError } from "../lua_failure.ts";
import { Waits } from "./waits.ts";

/** The methods of a handle. */
export const HANDLE = {
  doc: "A started task",
  methods: {
    await: signature({
      params: [],
      returns: "any...",
      doc: "Wait for the task to end; gives what it returned, raises what it raised",
    }),
    cancel: signature({
      params: [],
      returns: "nil",
      doc: "End the task where it waits; a recurring task is not called again",
      effect: "write",
    }),
  },
} satisfies ObjectDeclaration;

/** A task behind a handle. Its error goes to whoever waits for it, or else to the log. */
export class Started {
  /** As messages call it: its name, and where its function begins. */
  readonly title: () => string;
  readonly task: Task;
  #isTaken = false;
  #isCancelled = false;

  constructor(host: Host, task: Task, title: () => string) {
    this.task = task;
    this.title = title;
    task.result.catch((error) => {
      if (this.#isTaken || this.#isCancelled || error instanceof LuaStop || host.signal.aborted) return;
      host.log.error(
        `async.spawn: ${title()} failed and nobody waits for it: ${describeLuaError(host, error)}`,
      );
    });
  }

  /** What it comes to, for the one who waits for it. @throws {ScriptError} When another one does */
  take(): Promise<readonly LuaValue[]> {
    if (this.#isTaken) throw new ScriptError("async handle already awaited");
    this.#isTaken = true;
    return this.task.result;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.task.cancel();
  }
}

/** Starts a function as a task. */
export function start(
  host: Host,
  body: LuaFunction,
  args: readonly LuaValue[] = [],
  name?: string,
): Started {
  return new Started(host, host.spawn(body, ...args), () => taskTitle(host, body, name));
}

/** As messages call a task. */
export function taskTitle(host: Host, body: LuaFunction, name?: string): string {
  const place = host.vm.placeOf(body);
  const known = name === undefined ? "the task" : `task "${name}"`;
  return place === undefined ? known : `${known} <${place}>`;
}

const started = new WeakMap<LuaTable, Started>();

/** The task of a handle; undefined for what is no handle. */
export function startedOf(value: LuaTable): Started | undefined {
  return started.get(value);
}

/** Scripts call `h:await()` as well as `h.await()`: the handle is a table of functions that know their task. */
export function handle(host: Host, task: Started): LuaTable {
  const { methods } = HANDLE;
  const table = host.vm.newRecord({
    await: bindFunction(host, "handle.await", {
      ...methods.await,
      run: () =>
        Waits.of(host).note(
          () => `the end of ${task.title()}`,
          task.take(),
          () => {},
          () => [task.task.identity],
        ),
    }),
    cancel: bindFunction(host, "handle.cancel", { ...methods.cancel, run: () => task.cancel() }),
  });
  started.set(table, task);
  return table;
}
