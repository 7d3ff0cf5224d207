/** Hooks: what `debug.sethook` has called while a coroutine runs. */
import type { LuaResult } from "../library/callback.ts";
import type { Coroutine, LuaFunction } from "./coroutine.ts";
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
    end(frame.slots as Marked[]);
    return undefined;
  },
  fail(frame, error) {
    end(frame.slots as Marked[]);
    throw error;
  },
};

/** What a hook is about. */
interface Marked {
  isHooked: boolean;
}

function end(marked: readonly Marked[]): void {
  (machine.current as Coroutine).isHooking = false;
  for (const each of marked) each.isHooked = false;
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
  marked: readonly Marked[],
): LuaResult {
  const co = machine.current as Coroutine;
  co.isHooking = true;
  for (const each of marked) each.isHooked = true;
  const depth = machine.d;
  let result: LuaResult = undefined;
  try {
    result = hook.fn(event, line) as LuaResult;
    if (result === SUSPENDED) {
      if (co.promise !== null || co.unwound) return save(hooked, 0, [...marked], []);
      abandon(co);
      throw new LuaThrow("attempt to yield across a C-call boundary");
    }
  } catch (error) {
    end(marked);
    throw error;
  }
  machine.d = depth;
  end(marked);
  return undefined;
}
