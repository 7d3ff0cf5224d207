/** Hooks: what `debug.sethook` has called while a coroutine runs. */
import type { LuaResult } from "../library/callback.ts";
import type { Coroutine, LuaFunction } from "./coroutine.ts";
import type { Activation } from "./activation.ts";
import { LuaThrow } from "../error.ts";
import { abandon } from "./drive.ts";
import { type ProtectedKind, save } from "./frame.ts";
import { machine, SUSPENDED } from "./machine.ts";

/** What a hook is told of. */
export type HookEvent = "call" | "tail call" | "return" | "line" | "count";

/** The hook of a coroutine. */
export class Hook {
  readonly onCall: boolean;
  readonly onReturn: boolean;
  readonly onLine: boolean;
  /** Instructions up to the next event that counts. */
  left: number;
  /** The instruction that has run last. */
  lastPc = 0;
  /** While the hook runs, it is told of nothing. */
  isRunning = false;

  constructor(readonly fn: LuaFunction, readonly mask: string, readonly count: number) {
    this.onCall = mask.includes("c");
    this.onReturn = mask.includes("r");
    this.onLine = mask.includes("l");
    this.left = count;
  }
}

/** Ends a hook that has waited. */
const hooked: ProtectedKind = {
  isProtected: true,
  resume(frame) {
    end(frame.slots);
    return undefined;
  },
  fail(frame, error) {
    end(frame.slots);
    throw error;
  },
};

function end([hook, marked]: readonly unknown[]): void {
  (hook as Hook).isRunning = false;
  for (const each of marked as { isHooked: boolean }[]) each.isHooked = false;
}

/**
 * Calls a hook.
 *
 * @param marked What the hook is about: the activation, and the outer function that it calls
 * @returns `SUSPENDED` when the hook waits
 */
export function callHook(
  hook: Hook,
  event: HookEvent,
  line: number | undefined,
  marked: readonly (Activation & { isHooked: boolean } | { isHooked: boolean })[],
): LuaResult {
  hook.isRunning = true;
  for (const each of marked) each.isHooked = true;
  const depth = machine.d;
  let result: LuaResult = undefined;
  try {
    result = hook.fn(event, line) as LuaResult;
    if (result === SUSPENDED) {
      const co = machine.current as Coroutine;
      if (co.promise !== null || co.unwound) return save(hooked, 0, [hook, marked], []);
      abandon(co);
      throw new LuaThrow("attempt to yield across a C-call boundary");
    }
  } catch (error) {
    end([hook, marked]);
    throw error;
  }
  machine.d = depth;
  end([hook, marked]);
  return undefined;
}
