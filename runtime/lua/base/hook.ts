/** `debug.sethook` and `debug.gethook`. */
import { checkInteger, checkString, typeError } from "../library/arguments.ts";
import { type LuaResult, NOTHING } from "../library/callback.ts";
import { LuaThrow } from "../error.ts";
import { abandon } from "../run/drive.ts";
import { toFloat } from "../number/mod.ts";
import { Coroutine } from "../run/coroutine.ts";
import { callHook, Hook } from "../run/hook.ts";
import { nearestPlace } from "../run/stack.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import type { LuaValue } from "../table.ts";

/** Frames looked at for the function that runs. */
const NEAR = 30;

function split(args: readonly LuaValue[]): { co: Coroutine; rest: readonly LuaValue[]; at: number } {
  const [thread] = args;
  return thread instanceof Coroutine
    ? { co: thread, rest: args.slice(1), at: 2 }
    : { co: machine.current as Coroutine, rest: args, at: 1 };
}

export function sethook(...args: LuaValue[]): LuaResult {
  const { co, rest: [fn, mask, count], at } = split(args);
  co.countHook = undefined;
  if (fn === undefined) {
    co.hook = undefined;
    return NOTHING;
  }
  const events = checkString(mask, at + 1, "sethook");
  if (typeof fn !== "function") throw typeError(fn, at, "sethook", "function");
  const steps = count === undefined ? 0 : toFloat(checkInteger(count, at + 2, "sethook"));
  const shown = ["c", "r", "l"].filter((event) => events.includes(event)).join("");
  const hook = new Hook(fn, shown, Math.max(steps, 0));
  co.hook = shown === "" && hook.count === 0 ? undefined : hook;
  if (hook.count === 0) return NOTHING;
  // Functions that are not stepped count by their budget
  co.countHook = { steps: hook.count, call: () => tick(hook) };
  if (co === machine.current) machine.b = Math.min(machine.b, hook.count);
  return NOTHING;
}

/** Calls a hook where generated code runs, which cannot wait for it. */
function tick(hook: Hook): void {
  if (machine.current?.isHooking === true || nearestPlace(NEAR)?.activation !== undefined) return;
  if (callHook(hook, "count", undefined, []) !== SUSPENDED) return;
  const co = machine.current as Coroutine;
  abandon(co);
  co.isHooking = false;
  throw new LuaThrow("attempt to yield across a C-call boundary");
}

export function gethook(...args: LuaValue[]): LuaResult {
  const { hook } = split(args).co;
  return hook === undefined ? undefined : [hook.fn, hook.mask, hook.count];
}
