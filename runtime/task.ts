/** A task: what goes on by itself whenever the promise it waits for settles, until its function ends. */
import type { Step, TaskThread } from "./seam/engine.ts";
import { ScriptError } from "./seam/error.ts";
import type { Task } from "./seam/host.ts";
import type { LuaFunction, LuaResult, LuaValue } from "./seam/value.ts";

/** Arguments or results. */
export type Results = readonly LuaValue[];

/** What a task needs of the scheduler whose it is. */
export interface TaskOwner {
  /** Whether no task goes on any more. */
  readonly hasEnded: boolean;
  /** Runs a task to its next wait or its end. @throws What it raises */
  move(thread: TaskThread, how: () => Step): Step;
  /** What the wait is to call that the task begins now, should it be cut short. */
  takeCancel(): (() => void) | undefined;
  /** Counts a task as one that has begun and waits. */
  enter(task: ScheduledTask): void;
  leave(task: ScheduledTask): void;
}

/** What the promises call that a task waits for: the same functions each time, for there are many waits. */
interface Listener {
  readonly fulfilled: (result: LuaResult) => void;
  readonly rejected: (reason: unknown) => void;
}

/** There are many of these at a time: each field and each function of its own counts. */
export class ScheduledTask implements Task {
  readonly result: Promise<Results>;
  readonly #owner: TaskOwner;
  #resolve!: (results: Results) => void;
  #reject!: (reason: unknown) => void;
  #thread: TaskThread | undefined = undefined;
  /** Another one once a wait has been cut short: what that one comes to is of no interest. */
  #listener: Listener | undefined = undefined;
  #cancelled: (() => void) | undefined = undefined;
  /** Ends every wait from when it is raised. */
  #interruption: { readonly reason: unknown } | undefined = undefined;
  #isRaised = false;
  #isWaiting = false;

  constructor(owner: TaskOwner) {
    this.#owner = owner;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get identity(): TaskThread | undefined {
    return this.#thread;
  }

  /** Begins, or ends where it has been cancelled before that. */
  start(thread: TaskThread, fn: LuaFunction, args: Results): void {
    if (this.#interruption !== undefined) return this.#reject(this.#interruption.reason);
    this.#thread = thread;
    let step: Step;
    try {
      step = this.#owner.move(thread, () => thread.start(fn, args));
    } catch (error) {
      return this.#reject(error);
    }
    if (step instanceof Promise) this.goOn(thread, step);
    else this.#resolve(step);
  }

  /** Goes on once the first wait is over of what has begun. */
  goOn(thread: TaskThread, first: Promise<LuaResult>): void {
    this.#thread = thread;
    this.#owner.enter(this);
    this.#wait(thread, first);
  }

  /** Raises an error where the task waits, or at its next wait. A second time nothing changes. */
  cancel(): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = { reason: new ScriptError("task cancelled") };
    // A task that runs notices at its next wait
    if (this.#isWaiting) this.#interrupt();
  }

  /** Ends with a reason that code of its own does not hear of, which might catch it. */
  abort(reason: unknown): void {
    this.#cutShort();
    this.#reject(reason);
  }

  #wait(thread: TaskThread, promise: Promise<LuaResult>): void {
    if (this.#owner.hasEnded) return void promise.catch(() => {});
    this.#isWaiting = true;
    this.#cancelled = this.#owner.takeCancel();
    const { fulfilled, rejected } = this.#listener ??= this.#listen(thread);
    promise.then(fulfilled, rejected);
    if (this.#interruption !== undefined) this.#interrupt();
  }

  #listen(thread: TaskThread): Listener {
    const listener: Listener = {
      fulfilled: (result) => {
        if (this.#listener === listener) this.#advance(thread, () => thread.resume(result));
      },
      rejected: (reason) => {
        if (this.#listener === listener) this.#advance(thread, () => thread.fail(reason));
      },
    };
    return listener;
  }

  #advance(thread: TaskThread, how: () => Step): void {
    this.#isWaiting = false;
    let step: Step;
    try {
      step = this.#owner.move(thread, how);
    } catch (error) {
      this.#owner.leave(this);
      return this.#reject(error);
    }
    if (step instanceof Promise) return this.#wait(thread, step);
    this.#owner.leave(this);
    this.#resolve(step);
  }

  #cutShort(): void {
    this.#listener = undefined;
    this.#isWaiting = false;
    this.#cancelled?.();
  }

  #interrupt(): void {
    this.#cutShort();
    const thread = this.#thread;
    const reason = this.#interruption?.reason;
    if (thread === undefined) return;
    const raise = () => this.#advance(thread, () => thread.interrupt(reason));
    // In a turn of its own: whoever cancels goes on first. A task that does not end by that must not keep the
    // event loop from its turn
    if (this.#isRaised) setTimeout(raise, 0);
    else Promise.resolve().then(raise);
    this.#isRaised = true;
  }
}
