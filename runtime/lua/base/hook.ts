/** `debug.sethook`: hooks that count. Those of lines, calls and returns are kept, but not called. */
import { LuaThrow } from "../error.ts";
import { checkInteger, checkString, typeError } from "../library/arguments.ts";
import { type LuaResult, NOTHING } from "../library/callback.ts";
import { toFloat } from "../number/mod.ts";
import { Coroutine, type LuaFunction } from "../run/coroutine.ts";
import { abandon } from "../run/drive.ts";
import { type CountHook, machine, SUSPENDED } from "../run/machine.ts";
import type { LuaValue } from "../table.ts";

interface Hook {
  readonly fn: LuaFunction;
  readonly mask: string;
  readonly count: number;
}

const hooks = new WeakMap<Coroutine, Hook>();

function split(args: readonly LuaValue[]): { co: Coroutine; rest: readonly LuaValue[]; at: number } {
  const [thread] = args;
  return thread instanceof Coroutine
    ? { co: thread, rest: args.slice(1), at: 2 }
    : { co: machine.current as Coroutine, rest: args, at: 1 };
}

export function sethook(...args: LuaValue[]): LuaResult {
  const { co, rest: [fn, mask, count], at } = split(args);
  if (fn === undefined || mask === undefined) {
    hooks.delete(co);
    co.countHook = undefined;
    return NOTHING;
  }
  const events = checkString(mask, at + 1, "sethook");
  if (typeof fn !== "function") throw typeError(fn, at, "sethook", "function");
  const steps = count === undefined ? 0 : toFloat(checkInteger(count, at + 2, "sethook"));
  hooks.set(co, { fn, mask: events, count: steps });
  co.countHook = steps > 0 ? counting(fn, steps) : undefined;
  if (co === machine.current) machine.b = Math.min(machine.b, steps > 0 ? steps : machine.b);
  return NOTHING;
}

/** A hook that calls a function; it may not wait. */
function counting(fn: LuaFunction, steps: number): CountHook {
  let isRunning = false;
  return {
    steps,
    call() {
      if (isRunning) return;
      isRunning = true;
      try {
        if (fn("count") !== SUSPENDED) return;
        abandon(machine.current as Coroutine);
        throw new LuaThrow("attempt to yield across a C-call boundary");
      } finally {
        isRunning = false;
      }
    },
  };
}

export function gethook(...args: LuaValue[]): LuaResult {
  const hook = hooks.get(split(args).co);
  return hook === undefined ? undefined : [hook.fn, hook.mask, hook.count];
}
