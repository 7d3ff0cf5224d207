/**
 * Runs Lua functions as tasks. A task is a coroutine of its own that goes on by itself whenever the promise it
 * waits for settles; all tasks of a VM share one thread and change places where they wait. Where time is shared
 * (see `Vm.shareTime`) they also do after some milliseconds of computing.
 */
import { onAbort } from "./seam/abort.ts";
import type { Step, TaskThread, Vm } from "./seam/engine.ts";
import { LuaError } from "./seam/error.ts";
import type { Task } from "./seam/host.ts";
import type { LuaFunction, LuaValue, MaybePromise } from "./seam/value.ts";
import { typeOf } from "./seam/value.ts";
import { type Results, ScheduledTask, type TaskOwner } from "./task.ts";

const NEXT_TURN = Promise.resolve();

/** The tasks of one VM. */
export class Scheduler {
  readonly #vm: Vm;
  readonly #signal: AbortSignal;
  readonly #owner: TaskOwner;
  #running: TaskThread | undefined;
  /** Of the wait that the running task is about to begin. */
  #cancelled: (() => void) | undefined;
  readonly #waiting = new Set<ScheduledTask>();
  /** Takes back that the signal is listened to, which it is while there are tasks that wait. */
  #release: (() => void) | undefined;

  /** @param signal Ends every wait with its reason when aborted */
  constructor(vm: Vm, signal: AbortSignal) {
    this.#vm = vm;
    this.#signal = signal;
    this.#owner = {
      get hasEnded() {
        return signal.aborted;
      },
      move: (thread, how) => this.#move(thread, how),
      takeCancel: () => {
        const call = this.#cancelled;
        this.#cancelled = undefined;
        return call;
      },
      enter: (task) => this.#enter(task),
      leave: (task) => this.#leave(task),
    };
  }

  /** The task whose Lua code is being run right now. */
  get running(): TaskThread | undefined {
    return this.#running;
  }

  /** How many tasks have begun and wait. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** See `Host.onCancel`. */
  onCancel(call: () => void): void {
    this.#cancelled = call;
  }

  /** Calls a function in a task of its own; results at once when nothing in it waits. */
  call(fn: LuaValue, args: readonly LuaValue[], thread = this.#vm.newThread()): MaybePromise<Results> {
    const callable = this.#callable(fn);
    const step = this.#move(thread, () => thread.start(callable, args));
    if (!(step instanceof Promise)) return step;
    const task = new ScheduledTask(this.#owner);
    task.goOn(thread, step);
    return task.result;
  }

  /** Starts a function as a task in the next turn of the microtask queue: after its caller's next wait. */
  spawn(fn: LuaValue, args: readonly LuaValue[]): Task {
    const callable = this.#callable(fn);
    this.#vm.shareTime();
    const task = new ScheduledTask(this.#owner);
    NEXT_TURN.then(() => task.start(this.#vm.newThread(), callable, args));
    return task;
  }

  #callable(fn: LuaValue): LuaFunction {
    if (typeof fn === "function") return fn;
    throw new LuaError(`attempt to call a ${typeOf(fn)} value`);
  }

  #move(thread: TaskThread, how: () => Step): Step {
    const outer = this.#running;
    this.#running = thread;
    this.#cancelled = undefined;
    try {
      return how();
    } finally {
      this.#running = outer;
    }
  }

  #enter(task: ScheduledTask): void {
    // The VM is to end
    if (this.#signal.aborted) return task.abort(this.#signal.reason);
    this.#waiting.add(task);
    this.#release ??= onAbort(this.#signal, () => {
      for (const waiting of this.#waiting) waiting.abort(this.#signal.reason);
      this.#waiting.clear();
    });
  }

  #leave(task: ScheduledTask): void {
    this.#waiting.delete(task);
    if (this.#waiting.size > 0) return;
    this.#release?.();
    this.#release = undefined;
  }
}
