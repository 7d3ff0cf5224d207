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
  /** Of the wait that the running task is about to begin. */
  #cancelled: (() => void) | undefined;
  #waiting = 0;

  /** @param signal Ends every wait with its reason when aborted */
  constructor(vm: Vm, signal: AbortSignal) {
    this.#vm = vm;
    this.#signal = signal;
  }

  /** The task whose Lua code is being run right now. */
  get running(): TaskThread | undefined {
    return this.#running;
  }

  /** How many tasks have begun and wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** See `Host.onCancel`. */
  onCancel(call: () => void): void {
    this.#cancelled = call;
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
    const interruption = new Interruption();
    let identity: TaskThread | undefined;
    const result = Promise.resolve().then(() => {
      if (interruption.current !== undefined) throw interruption.current.reason;
      const thread = identity = this.#vm.newThread();
      const step = this.#run(thread, () => thread.start(callable, args));
      return step instanceof Promise ? this.#drive(thread, step, interruption) : step;
    });
    return {
      result,
      cancel: () => interruption.raise(new ScriptError("task cancelled")),
      get identity() {
        return identity;
      },
    };
  }

  #callable(fn: LuaValue): LuaFunction {
    if (typeof fn === "function") return fn;
    throw new LuaError(`attempt to call a ${typeOf(fn)} value`);
  }

  #run(thread: TaskThread, move: () => Step): Step {
    const outer = this.#running;
    this.#running = thread;
    this.#cancelled = undefined;
    try {
      return move();
    } finally {
      this.#running = outer;
    }
  }

  #drive(
    thread: TaskThread,
    first: Promise<LuaResult>,
    interruption: Interruption = new Interruption(),
  ): Promise<Results> {
    this.#waiting++;
    const driven = new Promise<Results>((resolve, reject) => {
      /** Counts the waits: what an interrupted one comes to is of no interest. */
      let turn = 0;
      let isWaiting = false;
      let isRaised = false;
      let cancelled: (() => void) | undefined;
      // The VM is to end: no code of its own hears of that, which might catch it
      const release = onAbort(this.#signal, () => {
        turn++;
        isWaiting = false;
        cancelled?.();
        reject(this.#signal.reason);
      });
      const advance = (move: () => Step) => {
        isWaiting = false;
        let step: Step;
        try {
          step = this.#run(thread, move);
        } catch (error) {
          release();
          reject(error);
          return;
        }
        if (step instanceof Promise) return wait(step);
        release();
        resolve(step);
      };
      const interrupt = ({ reason }: { readonly reason: unknown }) => {
        turn++;
        isWaiting = false;
        cancelled?.();
        const raise = () => advance(() => thread.fail(reason));
        // In a turn of its own: whoever cancels goes on first. A task that does not end by that must not keep the
        // event loop from its turn
        if (isRaised) setTimeout(raise, 0);
        else Promise.resolve().then(raise);
        isRaised = true;
      };
      const wait = (promise: Promise<LuaResult>) => {
        if (this.#signal.aborted) return void promise.catch(() => {});
        const own = ++turn;
        isWaiting = true;
        cancelled = this.#cancelled;
        this.#cancelled = undefined;
        promise.then(
          (result) => {
            if (turn === own) advance(() => thread.resume(result));
          },
          (reason) => {
            if (turn === own) advance(() => thread.fail(reason));
          },
        );
        if (interruption.current !== undefined) interrupt(interruption.current);
      };
      interruption.listener = (raised) => {
        // A task that runs notices at its next wait
        if (isWaiting) interrupt(raised);
      };
      wait(first);
    });
    const end = () => {
      this.#waiting--;
    };
    driven.then(end, end);
    return driven;
  }
}

/** Ends every wait of a task from when it is raised. */
class Interruption {
  current: { readonly reason: unknown } | undefined;
  listener: ((raised: { readonly reason: unknown }) => void) | undefined;

  /** Later reasons change nothing. */
  raise(reason: unknown): void {
    if (this.current !== undefined) return;
    this.current = { reason };
    this.listener?.(this.current);
  }
}
