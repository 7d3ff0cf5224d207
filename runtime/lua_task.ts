/** The tasks of the Lua engine, and what they wait for. */
import { LuaThrow } from "./lua/error.ts";
import { NOTHING } from "./lua/library/callback.ts";
import type { Coroutine } from "./lua/run/coroutine.ts";
import { locateWaiting } from "./lua/run/locate.ts";
import { machine, SUSPENDED } from "./lua/run/machine.ts";
import { raised, thrown } from "./lua_failure.ts";
import type { Step, TaskThread } from "./seam/engine.ts";
import { fromText, toText } from "./seam/text.ts";
import type { LuaFunction, LuaResult, LuaThread, LuaValue } from "./seam/value.ts";
import { turns } from "./turns.ts";

/** What a task needs of its VM. */
export interface TaskVm {
  createTask(fn: LuaFunction): Coroutine;
  /** Runs a task's coroutine until it ends or waits. */
  step(co: Coroutine, pace: Pace, input: LuaResult, failure?: unknown): Step;
}

/** The wait of a function of the host that has begun last. */
const lastWait: { promise: Promise<LuaResult> | undefined; waiter: Coroutine | undefined; name: string } = {
  promise: undefined,
  waiter: undefined,
  name: "",
};

/** Has the coroutine that runs wait for what a function of the host gave. @param name The function's */
export function wait(name: string, promise: Promise<LuaResult>): LuaResult {
  const { current } = machine;
  if (current === null) {
    promise.catch(() => {});
    throw new LuaThrow(fromText(`${name} cannot wait here`));
  }
  current.promise = promise as typeof current.promise;
  lastWait.promise = promise;
  lastWait.waiter = current;
  lastWait.name = name;
  return SUSPENDED as LuaResult;
}

/** How a task has been computing, and what it waits for. */
export class Pace {
  /** How often it has given others their turn since it last waited. */
  rests = 0;
  isResting = false;
  #waiter: Coroutine | undefined = undefined;
  #name = "";

  /** The task waits for a promise. */
  waitsFor(promise: Promise<LuaResult>): void {
    this.#waiter = lastWait.promise === promise ? lastWait.waiter : undefined;
    this.#name = lastWait.name;
    lastWait.promise = lastWait.waiter = undefined;
  }

  /** What Lua raises where the promise has been rejected. */
  failure(reason: unknown): unknown {
    const waiter = this.#waiter;
    // The position is asked for only now: that takes longer than most waits
    return waiter === undefined ? thrown(reason) : raised(this.#name, reason, () => locateWaiting(waiter));
  }

  /** Gives others their turn. @returns When it is over */
  rest(): Promise<void> {
    this.isResting = true;
    this.#waiter = undefined;
    return turns.rest(this.rests++);
  }
}

export class NativeTask implements TaskThread {
  readonly #vm: TaskVm;
  readonly #pace = new Pace();
  #coroutine: Coroutine | undefined = undefined;

  constructor(vm: TaskVm) {
    this.#vm = vm;
  }

  get thread(): LuaThread {
    return this.#started as LuaThread;
  }

  get #started(): Coroutine {
    if (this.#coroutine === undefined) throw new Error("A task was used before its start");
    return this.#coroutine;
  }

  start(fn: LuaFunction, args: readonly LuaValue[]): Step {
    this.#coroutine = this.#vm.createTask(fn);
    return this.#vm.step(this.#coroutine, this.#pace, args);
  }

  resume(result: LuaResult): Step {
    return this.#vm.step(this.#started, this.#pace, result === undefined ? NOTHING as LuaResult : result);
  }

  fail(reason: unknown): Step {
    return this.#vm.step(this.#started, this.#pace, undefined, this.#pace.failure(reason));
  }

  interrupt(reason: unknown): Step {
    return this.#vm.step(this.#started, this.#pace, undefined, thrown(reason));
  }

  waitsAt(): string {
    return toText(locateWaiting(this.#started)).replace(/: $/, "");
  }
}
