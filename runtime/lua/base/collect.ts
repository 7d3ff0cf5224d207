/** `collectgarbage` */
import { argumentError } from "../error.ts";
import { checkPosition, checkString, optPosition } from "../library/arguments.ts";
import type { LuaResult } from "../library/callback.ts";
import type { Collector } from "../run/collector.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import type { LuaValue } from "../table.ts";
import { floatFromNumber } from "../value.ts";

const KILOBYTE = 1024;

/** The parameters of `collectgarbage("param")`. They are kept, and change nothing. */
const PARAMETERS: readonly (readonly [name: string, value: number])[] = [
  ["minormul", 20],
  ["majorminor", 50],
  ["minormajor", 70],
  ["pause", 250],
  ["stepmul", 200],
  ["stepsize", 9600],
];

/** The options of Lua 5.4 that are parameters now. */
const OLD_OPTIONS: Readonly<Record<string, string>> = { setpause: "pause", setstepmul: "stepmul" };

/** What `collectgarbage` can be asked for, but for the old options. */
const OPTIONS = new Set(
  ["collect", "step", "count", "stop", "restart", "isrunning", "param", "generational", "incremental"],
);

/** Makes the `collectgarbage` of a VM. */
export function createCollectgarbage(collector: Collector): (...args: LuaValue[]) => LuaResult {
  const parameters = new Map(PARAMETERS);
  let mode = "incremental";

  function collect(result: LuaValue): LuaResult {
    const cycle = collector.collect();
    const { current } = machine;
    if (cycle === undefined || current === null) return result;
    current.promise = cycle.then(() => result);
    return SUSPENDED;
  }

  function parameter(name: string, value: LuaValue): LuaResult {
    const before = parameters.get(name);
    if (before === undefined) throw argumentError(2, "collectgarbage", `invalid option '${name}'`);
    const wanted = optPosition(value, 3, "collectgarbage", -1);
    if (wanted >= 0) parameters.set(name, wanted);
    return before;
  }

  return function collectgarbage(
    option: LuaValue = "collect",
    first?: LuaValue,
    second?: LuaValue,
  ): LuaResult {
    const name = checkString(option, 1, "collectgarbage");
    // Within a finalizer all options are without effect
    if (machine.current?.isFinalizer === true && OPTIONS.has(name)) return undefined;
    switch (name) {
      case "collect":
        return collect(0);
      case "step":
        optPosition(first, 2, "collectgarbage", 0);
        return collect(true);
      case "count":
        return floatFromNumber(collector.used() / KILOBYTE);
      case "stop":
        collector.stop();
        return 0;
      case "restart":
        collector.running = true;
        return 0;
      case "isrunning":
        return collector.running;
      case "param":
        return parameter(checkString(first, 2, "collectgarbage", arguments.length), second);
      case "setpause":
      case "setstepmul":
        return parameter(OLD_OPTIONS[name] ?? "", checkPosition(first ?? 0, 2, "collectgarbage"));
      case "generational":
      case "incremental": {
        const before = mode;
        mode = name;
        return before;
      }
      default:
        throw argumentError(1, "collectgarbage", `invalid option '${name}'`);
    }
  };
}
