/** Functions called again and again. */
import { onAbort } from "../../runtime/seam/abort.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { isFunction, isNumber, type LuaFunction, type LuaValue, toDouble } from "../../runtime/seam/value.ts";
import { describeLuaError } from "../lua_failure.ts";
import { Started, taskTitle } from "./handle.ts";
import { after } from "./timer.ts";

interface IntervalArguments {
  readonly body: LuaFunction;
  readonly milliseconds: number;
}

/** Tells `(fn, milliseconds)` and `(seconds, fn)` apart by which argument is the function. */
export function intervalArguments(first: LuaValue, second: LuaValue): IntervalArguments {
  const [body, interval, unit] = isFunction(first) ? [first, second, 1] : [second, first, 1000];
  if (!isFunction(body) || !isNumber(interval)) {
    throw new ScriptError(
      "async.spawn_interval: expected a function and an interval: (fn, milliseconds) or (seconds, fn)",
    );
  }
  const milliseconds = toDouble(interval) * unit;
  if (!(milliseconds > 0)) throw new ScriptError("async.spawn_interval: interval must be positive");
  if (milliseconds === Infinity) throw new ScriptError("async.spawn_interval: interval must be finite");
  return { body, milliseconds };
}

/** Calls a function at equal distances, one call at a time, until it is cancelled or the function raises. */
export function startInterval(host: Host, { body, milliseconds }: IntervalArguments): Started {
  host.vm.shareTime();
  const ticks = new Ticks(milliseconds);
  const title = () => taskTitle(host, body);
  const run = async () => {
    while (await ticks.next()) {
      try {
        await host.call(body);
      } catch (error) {
        if (!host.signal.aborted) {
          host.log.error(
            `async.spawn_interval: the callback of ${title()} failed and will not be called again: ` +
              describeLuaError(host, error),
          );
        }
        ticks.stop();
      }
    }
    return [];
  };
  const result = run().finally(onAbort(host.signal, () => ticks.stop()));
  return new Started(host, { result, cancel: () => ticks.stop(), identity: undefined }, title);
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
      const release = after(Math.max(0, delay), resolve);
      this.#end = () => {
        release();
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
