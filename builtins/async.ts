import { onAbort } from "../runtime/seam/abort.ts";
import {
  bindFunction,
  defineGlobal,
  fn,
  type ObjectDeclaration,
  signature,
} from "../runtime/seam/declare.ts";
import { LuaError, LuaStop, ScriptError } from "../runtime/seam/error.ts";
import type { Host, Task } from "../runtime/seam/host.ts";
import { any, func } from "../runtime/seam/params.ts";
import { toText } from "../runtime/seam/text.ts";
import {
  isFunction,
  isNumber,
  type LuaFunction,
  type LuaResult,
  type LuaTable,
  type LuaValue,
  toDouble,
} from "../runtime/seam/value.ts";

const HANDLE = {
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

export default defineGlobal({
  name: "async",
  doc: "Tasks that go on beside each other",
  functions: {
    spawn: fn({
      params: [func("fn")],
      returns: "handle",
      doc: "Start a function as a task of its own; handle:await() gives its results, handle:cancel() ends it",
      run: (host, body) => taskHandle(host, host.spawn(body)),
    }),
    spawn_interval: fn({
      params: [any("fn", "function"), any("milliseconds", "number")],
      returns: "handle",
      doc: "Call a function every so many milliseconds; (seconds, fn) is understood too",
      run: (host, first, second) => {
        const { body, milliseconds } = intervalArguments(first, second);
        return intervalHandle(host, body, milliseconds);
      },
    }),
  },
  objects: { handle: HANDLE },
});

/** Scripts call `h:await()` as well as `h.await()`: the handle is a table of functions that know their task. */
function handle(
  host: Host,
  functions: Record<keyof typeof HANDLE.methods, () => LuaResult | Promise<LuaResult>>,
): LuaTable {
  const { methods } = HANDLE;
  return host.vm.newRecord({
    await: bindFunction(host, "handle.await", { ...methods.await, run: functions.await }),
    cancel: bindFunction(host, "handle.cancel", { ...methods.cancel, run: functions.cancel }),
  });
}

function taskHandle(host: Host, task: Task): LuaTable {
  let awaited = false;
  let cancelled = false;
  task.result.catch((error) => {
    // An error that nobody awaits would go unseen
    if (awaited || cancelled || error instanceof LuaStop) return;
    host.log.error(`async.spawn: a task failed: ${describe(host, error)}`);
  });
  return handle(host, {
    await() {
      if (awaited) throw new ScriptError("async handle already awaited");
      awaited = true;
      return task.result;
    },
    cancel() {
      cancelled = true;
      task.cancel();
    },
  });
}

function intervalArguments(first: LuaValue, second: LuaValue): { body: LuaFunction; milliseconds: number } {
  const [body, interval, unit] = isFunction(first) ? [first, second, 1] : [second, first, 1000];
  if (!isFunction(body) || !isNumber(interval)) {
    throw new ScriptError("async.spawn_interval: expected a function and an interval");
  }
  const milliseconds = toDouble(interval) * unit;
  if (!(milliseconds > 0)) throw new ScriptError("async.spawn_interval: interval must be positive");
  return { body, milliseconds };
}

function intervalHandle(host: Host, body: LuaFunction, milliseconds: number): LuaTable {
  host.vm.shareTime();
  const ticks = new Ticks(milliseconds);
  const run = async () => {
    while (await ticks.next()) {
      try {
        await host.call(body);
      } catch (error) {
        host.log.error(
          `async.spawn_interval: the callback failed and will not be called again: ${describe(host, error)}`,
        );
        ticks.stop();
      }
    }
  };
  const ended = run().finally(onAbort(host.signal, () => ticks.stop()));
  return handle(host, {
    cancel: () => ticks.stop(),
    await: () => ended,
  });
}

/** Moments at equal distances. Those that were missed come at once, so that their number is right. */
class Ticks {
  readonly #start = performance.now();
  readonly #milliseconds: number;
  #count = 0;
  #stopped = false;
  #end: (() => void) | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /** Waits for the next one; false once stopped. */
  async next(): Promise<boolean> {
    if (this.#stopped) return false;
    const delay = this.#start + ++this.#count * this.#milliseconds - performance.now();
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, delay));
      this.#end = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return !this.#stopped;
  }

  stop(): void {
    this.#stopped = true;
    this.#end?.();
  }
}

function describe(host: Host, error: unknown): string {
  if (error instanceof LuaError) {
    const value = toText(host.vm.toString(error.value));
    return error.traceback === undefined ? value : `${value}\n${toText(error.traceback)}`;
  }
  return error instanceof Error ? error.message : String(error);
}
