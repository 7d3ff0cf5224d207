/** A Lua 5.5 machine: its globals, its library, and how tasks run in it. */
import { baseFunctions } from "./base/base.ts";
import { Warnings } from "./base/warn.ts";
import { LuaAbort, LuaThrow } from "./error.ts";
import { coroutineLibrary } from "./base/coroutine.ts";
import { createDebugLibrary } from "./base/debug.ts";
import { typeName } from "./library/arguments.ts";
import { loadChunk, loadFunction, type LoadHost } from "./base/load.ts";
import { createMathLibrary } from "./library/math.ts";
import { setLongestString, setPatternBudget, stringLibrary } from "./library/string/mod.ts";
import { MemoryLimit, setCharge } from "./memory.ts";
import { packed, tableLibrary } from "./library/table.ts";
import { utf8Library } from "./library/utf8.ts";
import { type Callback, drive, type LuaResult, NOTHING } from "./library/callback.ts";
import { closeWith } from "./run/closing.ts";
import { Coroutine, type LuaFunction, runCoroutine } from "./run/coroutine.ts";
import { Collector } from "./run/collector.ts";
import { toLuaError } from "./run/errors.ts";
import { type Limits, machine, noMetatables, SUSPENDED } from "./run/machine.ts";
import { Inspection } from "./run/functions.ts";
import { registerWhole } from "./run/many.ts";
import { spread } from "./run/operators.ts";
import { registerLibrary, registerLibraryFunction } from "./run/stack.ts";
import { LuaTable, type LuaValue } from "./table.ts";

/** Looks at the limits for one at the heap. */
const CHECKS_PER_LOOK = 8;

export interface LuaVmOptions extends LoadHost {
  /** Where `print` writes, bytes. */
  write(bytes: string): void;
  /** Bytes by which the heap may grow. */
  memory: number;
  limits: Limits;
  /** Where warnings go, bytes. */
  warn(message: string): void;
}

registerWhole(tableLibrary.pack, packed);

/** What a task's step led to. */
export type TaskStep = { values: readonly LuaValue[] } | { promise: Promise<LuaResult> };

export class LuaVm {
  readonly globals = new LuaTable();
  readonly #inspection = new Inspection();
  readonly #limits: Limits;
  /** Made once: a task may be stepped very often. */
  readonly #checkTime = () => this.#limits.checkTime();
  readonly #memory: MemoryLimit;
  readonly #collector: Collector;
  readonly #warnings: Warnings;
  readonly #metatables = noMetatables();

  constructor(options: LuaVmOptions) {
    const { limits, heap } = options;
    const memory = this.#memory = new MemoryLimit(heap, options.memory);
    const warnings = this.#warnings = new Warnings(options.warn);
    const collector = this.#collector = new Collector({
      heap,
      finalize: (fn, object) => this.#finalize(fn, object),
    });
    let checks = 0;
    // Looking at the heap takes some µs
    const look = () => {
      if (++checks % CHECKS_PER_LOOK === 0) memory.look();
    };
    this.#limits = {
      checkTime() {
        look();
        limits.checkTime();
      },
      check() {
        look();
        const turn = limits.check();
        return collector.due() ?? turn;
      },
    };
    const { globals } = this;
    fill(globals, globals, "", baseFunctions({ write: options.write, collector, warnings }));
    fill(globals, globals, "", { load: loadFunction(globals, this.#inspection, options) });
    globals.setStr("_G", globals);
    globals.setStr("_VERSION", "Lua 5.5");
    const libraries = {
      coroutine: coroutineLibrary,
      debug: createDebugLibrary(),
      math: createMathLibrary(),
      string: stringLibrary,
      table: tableLibrary,
      utf8: utf8Library,
    };
    for (const [name, functions] of Object.entries(libraries)) {
      const table = new LuaTable();
      fill(globals, table, `${name}.`, functions as Record<string, LuaValue>);
      globals.setStr(name, table);
    }
    const metatable = new LuaTable();
    metatable.setStr("__index", globals.getStr("string"));
    this.#metatables.string = metatable;
  }

  /**
   * @param name What messages call it
   * @param isModule Whether most of its functions are not expected to be called
   * @throws {LuaThrow} When the source is no Lua
   */
  load(source: string, name: string, env: LuaTable = this.globals, isModule = false): LuaFunction {
    return loadChunk(source, `@${name}`, env, this.#inspection, isModule);
  }

  /** The coroutine of a task, which runs a function when it is first stepped. */
  task(fn: LuaFunction): Coroutine {
    return new Coroutine(fn, true);
  }

  /** Calls the finalizers of everything that has one: the VM is not used any more. */
  close(): void {
    this.#collector.close();
  }

  #finalize(fn: LuaValue, object: LuaTable): void {
    try {
      if (typeof fn !== "function") {
        throw new LuaThrow(`attempt to call a ${typeName(fn)} value (metamethod '__gc')`);
      }
      const co = new Coroutine(() => fn(object), true);
      co.isFinalizer = true;
      const step = this.step(co, []);
      if ("promise" in step) {
        step.promise.catch(() => {});
        throw new LuaThrow("cannot wait");
      }
    } catch (error) {
      const { value } = toLuaError(error);
      this.#warnings.warn(
        `error in __gc (${typeof value === "string" ? value : "error object is not a string"})`,
      );
    }
  }

  /** Runs a task until it ends or waits. @throws {LuaThrow} What it raises */
  step(co: Coroutine, input: LuaResult, failure?: unknown): TaskStep {
    const { limits, metatables, globals } = machine;
    machine.globals = this.globals;
    machine.limits = this.#limits;
    machine.metatables = this.#metatables;
    setPatternBudget(this.#checkTime);
    setLongestString(this.#memory.limit);
    setCharge(this.#memory.charge);
    try {
      const result = runClosing(co, input, failure);
      if (result !== SUSPENDED) return { values: spread(result) };
      const { promise } = co;
      co.promise = null;
      // Nobody but the scheduler may resume it
      co.status = "normal";
      if (promise === null) throw new Error("A task was suspended without a promise");
      return { promise };
    } finally {
      machine.limits = limits;
      machine.metatables = metatables;
      machine.globals = globals;
    }
  }
}

/** @param prefix What comes before the names in messages */
/** Runs a task; where an error ends it, its `<close>` variables are closed first, for which it may have to wait. */
function runClosing(co: Coroutine, input: LuaResult, failure: unknown): LuaResult {
  try {
    return runCoroutine(co, input, failure);
  } catch (error) {
    if (error instanceof LuaAbort || co.closing.length === 0) throw error;
    const values = co.closing.splice(0);
    co.reuse(() => drive(closeAndRaise(values, error)));
    return runCoroutine(co, NOTHING);
  }
}

function* closeAndRaise(values: LuaValue[], error: unknown): Callback {
  throw yield* closeWith(values, 0, error);
}

function fill(globals: LuaTable, table: LuaTable, prefix: string, functions: Record<string, LuaValue>): void {
  for (const [name, value] of Object.entries(functions)) {
    table.setStr(name, value);
    if (typeof value !== "function") continue;
    registerLibraryFunction(value, `${prefix}${name}`);
    registerLibrary(globals, `${prefix}${name}`, value);
  }
}
