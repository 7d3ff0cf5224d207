/** The Lua 5.5 engine behind the seam. */
import { toStringAtOnce } from "./seam/tostring.ts";
import { LuaAbort } from "./lua/error.ts";
import "./lua/run/drive.ts";
import "./lua/run/locate.ts";
import { importStepped } from "./lua/base/stepping.ts";
import { NOTHING, rested } from "./lua/library/callback.ts";
import { spendWork } from "./lua/library/string/limits.ts";
import { textOf } from "./lua/run/functions.ts";
import { locate } from "./lua/run/locate.ts";
import type { Coroutine } from "./lua/run/coroutine.ts";
import { contentHash } from "./lua/run/content_hash.ts";
import { definePrecompiled, isCodeFile, keepCode, keptCode } from "./lua/run/precompiled.ts";
import { CALL_BUDGET, machine } from "./lua/run/machine.ts";
import { setCodeListener } from "./lua/run/chunk.ts";
import { LuaTable as NativeTable, type LuaValue as NativeValue, tableOf } from "./lua/table.ts";
import { isPropertyKey, NO_PROPS, Props } from "./lua/table/props.ts";
import { LuaVm } from "./lua/vm.ts";
import { heap } from "./heap.ts";
import { fromThrow, raised } from "./lua_failure.ts";
import { NativeTask, type Pace, type TaskVm, wait } from "./lua_task.ts";
import type { Engine, HostFunction, RecordMaker, Step, TaskThread, Vm, VmOptions } from "./seam/engine.ts";
import { fromText, toText } from "./seam/text.ts";
import { turns } from "./turns.ts";
import type { LuaFunction, LuaResult, LuaTable, LuaValue } from "./seam/value.ts";

/** The clock is looked at about so often, in milliseconds, whatever calls and passes of loops take. */
const SELDOM = 1;
const OFTEN = 0.1;

/** The least calls and passes between two looks. */
const LEAST_BUDGET = 100;

/** The time of a task, until the clock is first looked at: for most it never is, and that takes longer than they do. */
const NOT_BEGUN = 0;

/**
 * What a task has where others have used up the time of this turn of the event loop: less than a call of the host costs.
 * Many requests may come at once, and what all of them begin with, in code that is not compiled yet, adds up.
 */
const LATE_BUDGET = 20;

/** How many calls a call of the host is worth to the budget. */
const HOST_CALL = 50;

/** With more keys, a table that the host makes is a dictionary, not a record. */
const MAX_FIELDS = 16;

class NativeVm implements Vm, TaskVm {
  readonly globals: LuaTable;
  readonly #vm: LuaVm;
  readonly #deadline: number;
  readonly #deadlineMessage: string;
  #sliceEnd = 0;
  #lookedAt = 0;
  /** The task that runs. */
  #pace: Pace | undefined;
  /** A script alone need not: what it would go on in after its turn is slower code. */
  #shares: boolean;
  /** Whether a task has been started since a function of the host returned last. */
  #hasSpawned = false;

  constructor(options: VmOptions) {
    this.#deadline = options.deadline ?? Infinity;
    this.#shares = options.deadline !== undefined;
    this.#deadlineMessage = options.deadlineMessage ?? "time limit exceeded";
    this.#vm = new LuaVm({
      write: options.write,
      warn: options.warn ?? (() => {}),
      beforeLoad: options.beforeLoad ?? (() => {}),
      heap,
      memory: options.memory ?? Infinity,
      limits: { check: () => this.#check(), checkTime: () => this.#checkTime(performance.now()) },
    });
    this.globals = this.#vm.globals;
  }

  newTable(): LuaTable {
    return new NativeTable();
  }

  newArray(values: readonly LuaValue[], from = 0, to = values.length): LuaTable {
    if (from === 0 || from >= to) {
      return tableOf(NO_PROPS, [undefined, ...values.slice(from, to) as NativeValue[]]);
    }
    // One copy of the right size: what stands before the first element makes room for the filler
    const array = values.slice(from - 1, to) as NativeValue[];
    array[0] = undefined;
    return tableOf(NO_PROPS, array);
  }

  newRecord(fields: Readonly<Record<string, LuaValue>>): LuaTable {
    const table = new NativeTable();
    for (const key in fields) {
      const value = fields[key];
      if (value !== undefined) table.setStr(fromText(key), value as NativeValue);
    }
    return table;
  }

  recordMaker(keys: readonly string[]): RecordMaker {
    const { length } = keys;
    if (length === 0 || length > MAX_FIELDS || !keys.every(isPropertyKey)) {
      return (values, from) => {
        const table = new NativeTable();
        for (let i = 0; i < length; i++) table.set(keys[i], values[from + i] as NativeValue);
        return table;
      };
    }
    return (values, from) => {
      const props = new Props();
      for (let i = 0; i < length; i++) props[keys[i] as string] = values[from + i] as NativeValue;
      return new NativeTable(props);
    };
  }

  newFunction(name: string, host: HostFunction): LuaFunction {
    return (...args: LuaValue[]) => {
      let result: LuaResult | Promise<LuaResult>;
      machine.b -= HOST_CALL;
      try {
        result = host(args);
      } catch (error) {
        throw raised(name, error, () => locate(1));
      }
      // What takes long gives or takes long strings
      const [first] = args;
      if (typeof first === "string") spendWork(first.length);
      if (typeof result === "string") spendWork(result.length);
      if (result instanceof Promise) return wait(name, result);
      const value = result === undefined ? NOTHING : result as NativeValue;
      if (!this.#hasSpawned) return rested(value) as LuaResult;
      // Who starts a task has it in hand before it begins
      this.#hasSpawned = false;
      return value as LuaResult;
    };
  }

  placeOf(fn: LuaFunction): string | undefined {
    const text = textOf(fn);
    return text === undefined ? undefined : toText(`${text.chunk.name}:${text.node.line}`);
  }

  newThread(): TaskThread {
    return new NativeTask(this);
  }

  load(source: string, chunkName: string, env?: LuaTable, isModule = false): LuaFunction {
    try {
      return this.#vm.load(source, fromText(chunkName), env as NativeTable | undefined, isModule);
    } catch (error) {
      throw fromThrow(error);
    }
  }

  useCode(source: string, file: object): void {
    if (isCodeFile(file)) definePrecompiled(source, file);
  }

  shareTime(): void {
    this.#shares = true;
    this.#hasSpawned = true;
  }

  toString(value: LuaValue): string {
    return toStringAtOnce(this, value);
  }

  step(co: Coroutine, pace: Pace, input: LuaResult, failure?: unknown): Step {
    const outer = this.#pace;
    // What a host function calls computes in the time of its caller
    if (outer === undefined) {
      this.#sliceEnd = NOT_BEGUN;
      const isLate = turns.isShared && this.#beginSlice(performance.now()) <= this.#lookedAt;
      machine.refill(isLate ? LATE_BUDGET : machine.budget);
    }
    if (!pace.isResting) pace.rests = 0;
    pace.isResting = false;
    this.#pace = pace;
    try {
      const step = this.#vm.step(co, input as NativeValue, failure);
      if ("values" in step) return step.values as readonly LuaValue[];
      const promise = step.promise as Promise<LuaResult>;
      pace.waitsFor(promise);
      return promise;
    } catch (error) {
      throw fromThrow(error);
    } finally {
      this.#pace = outer;
    }
  }

  close(): void {
    // Past the deadline no code runs any more, finalizers neither
    if (performance.now() <= this.#deadline) this.#vm.close();
  }

  createTask(fn: LuaFunction): Coroutine {
    return this.#vm.task(fn);
  }

  #check(): Promise<unknown> | undefined {
    const now = performance.now();
    this.#checkTime(now);
    if (this.#sliceEnd === NOT_BEGUN) this.#beginSlice(now - SELDOM);
    else this.#adapt(now);
    const pace = this.#pace;
    if (!this.#shares || now < this.#sliceEnd || pace === undefined) return undefined;
    return pace.rest();
  }

  /** @returns Until when the task that runs may compute */
  #beginSlice(now: number): number {
    this.#lookedAt = now;
    return this.#sliceEnd = turns.sliceEnd(now);
  }

  #checkTime(now: number): void {
    if (now > this.#deadline) throw new LuaAbort(locate(1) + fromText(this.#deadlineMessage));
  }

  /** Chooses how much is computed until the next look at the clock. */
  #adapt(now: number): void {
    const took = now - this.#lookedAt;
    if (took > SELDOM) machine.budget = Math.max(machine.budget / 2 | 0, LEAST_BUDGET);
    else if (took < OFTEN) machine.budget = Math.min(machine.budget * 2, CALL_BUDGET);
    this.#lookedAt = now;
  }
}

/** In a bundle the name of this file tells what it holds, and with it what it imports. */
const VERSION = /\blua_engine-(\w+)\.js$/.exec(import.meta.url)?.[1];

export const engine: Engine = {
  name: "lua",
  version: "5.5",
  loadWaits: true,
  createVm: (options) => new NativeVm(options),
  preload: importStepped,
  showCode: setCodeListener,
  ...(VERSION === undefined
    ? {}
    : { code: { version: VERSION, hash: contentHash, keep: keepCode, kept: keptCode } }),
};
