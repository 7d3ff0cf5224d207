/**
 * Runs Lua functions as tasks. A task is a coroutine of its own that goes on by itself whenever the promise it
 * waits for settles; all tasks of a VM share one thread and change places where they wait. Where time is shared
 * (see `Vm.shareTime`) they also do after some milliseconds of computing.
 */
import { onAbort } from "./seam/abort.ts";
import type { Step, TaskThread, Vm } from "./seam/engine.ts";
import { LuaError, ScriptError } from "./seam/error.ts";
import type { Task } from "./seam/host.ts";
import type { LuaFunction, LuaResult, LuaValue, MaybePromise } from "./seam/value.ts";
import { typeOf } from "./seam/value.ts";

type Results = readonly LuaValue[];

/** The tasks of one VM. */
export class Scheduler {
  readonly #vm: Vm;
  readonly #signal: AbortSignal;
  #running: TaskThread | undefined;

  /** @param signal Ends every wait with its reason when aborted */
  constructor(vm: Vm, signal: AbortSignal) {
    this.#vm = vm;
    this.#signal = signal;
  }

  /** The task whose Lua code is being run right now. */
  get running(): TaskThread | undefined {
    return this.#running;
  }

  /** Calls a function in a task of its own; results at once when nothing in it waits. */
  call(fn: LuaValue, args: readonly LuaValue[], thread = this.#vm.newThread()): MaybePromise<Results> {
    const callable = this.#callable(fn);
    const step = this.#run(thread, () => thread.start(callable, args));
    return step instanceof Promise ? this.#drive(thread, step) : step;
  }

  /** Starts a function as a task in the next turn of the microtask queue: after its caller's next wait. */
  spawn(fn: LuaValue, args: readonly LuaValue[]): Task {
    const callable = this.#callable(fn);
    this.#vm.shareTime();
    const cancellation = new AbortController();
    const result = Promise.resolve().then(() => {
      cancellation.signal.throwIfAborted();
      const thread = this.#vm.newThread();
      const step = this.#run(thread, () => thread.start(callable, args));
      return step instanceof Promise ? this.#drive(thread, step, cancellation.signal) : step;
    });
    return { result, cancel: () => cancellation.abort(new ScriptError("task cancelled")) };
  }

  #callable(fn: LuaValue): LuaFunction {
    if (typeof fn === "function") return fn;
    throw new LuaError(`attempt to call a ${typeOf(fn)} value`);
  }

  #run(thread: TaskThread, move: () => Step): Step {
    const outer = this.#running;
    this.#running = thread;
    try {
      return move();
    } finally {
      this.#running = outer;
    }
  }

  #drive(thread: TaskThread, first: Promise<LuaResult>, cancelled?: AbortSignal): Promise<Results> {
    return new Promise((resolve, reject) => {
      const advance = (move: () => Step) => {
        let step: Step;
        try {
          step = this.#run(thread, move);
        } catch (error) {
          reject(error);
          return;
        }
        if (step instanceof Promise) wait(step);
        else resolve(step);
      };
      const wait = (promise: Promise<LuaResult>) => {
        interruptible(promise, this.#signal, cancelled).then(
          (result) => advance(() => thread.resume(result)),
          (reason) => advance(() => thread.fail(reason)),
        );
      };
      wait(first);
    });
  }
}

/** The promise, or a rejection with the reason of the first signal that is aborted before it settles. */
function interruptible<T>(
  promise: Promise<T>,
  stopped: AbortSignal,
  cancelled: AbortSignal | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const releases: (() => void)[] = [];
    const release = () => releases.forEach((each) => each());
    for (const signal of cancelled === undefined ? [stopped] : [stopped, cancelled]) {
      releases.push(onAbort(signal, () => {
        release();
        reject(signal.reason);
      }));
    }
    promise.then(
      (value) => {
        release();
        resolve(value);
      },
      (reason) => {
        release();
        reject(reason);
      },
    );
  });
}
