/** When hooks are called: PUC-Rio's `luaG_traceexec` and `luaD_hookcall`. */
import type { LuaResult } from "../library/callback.ts";
import { callHook, type Hook } from "../run/hook.ts";
import { SUSPENDED } from "../run/machine.ts";
import { COUNTED, type OuterCall, RETURNED, type Stack, TRACED } from "./activation.ts";
import * as Op from "./opcode.ts";

/** Before the first instruction of a function. @returns `SUSPENDED` when the hook waits */
export function traceCall(stack: Stack, hook: Hook): LuaResult {
  if (!hook.onCall) return undefined;
  stack.transfer = { first: 1, count: stack.closure.prototype.parameterCount };
  return callHook(hook, stack.isTailCalled ? "tail call" : "call", undefined, [stack]);
}

/** Before an instruction. @returns `SUSPENDED` when the hook waits */
export function trace(stack: Stack, hook: Hook): LuaResult {
  const { current, closure: { prototype } } = stack;
  const instruction = prototype.code[current];
  if (instruction === undefined || instruction.op === Op.VARARGPREP) return undefined;
  if (hook.count > 0 && (stack.done & COUNTED) === 0) {
    stack.done |= COUNTED;
    if (--hook.left <= 0) {
      hook.left = hook.count;
      if (callHook(hook, "count", undefined, [stack]) === SUSPENDED) return SUSPENDED;
    }
  }
  if (!hook.onLine || (stack.done & TRACED) !== 0) return undefined;
  stack.done |= TRACED;
  // Of a function with further arguments the first instruction does not count
  const last = prototype.isVararg && current === 1 ? 1 : stack.last;
  const isNew = current <= last || prototype.code[last]?.line !== instruction.line;
  return isNew ? callHook(hook, "line", instruction.line, [stack]) : undefined;
}

/** Before a function gives `count` values back, from a register on. @returns `SUSPENDED` when the hook waits */
export function traceReturn(stack: Stack, hook: Hook, register: number, count: number): LuaResult {
  if (!hook.onReturn || (stack.done & RETURNED) !== 0) return undefined;
  stack.done |= RETURNED;
  stack.transfer = { first: register + 1, count };
  return callHook(hook, "return", undefined, [stack]);
}

/** Before the results of a function that is no stepped one are used. @returns `SUSPENDED` when the hook waits */
export function traceResults(
  stack: Stack,
  call: OuterCall,
  hook: Hook,
  results: readonly unknown[],
): LuaResult {
  if (!hook.onReturn || (stack.done & RETURNED) !== 0) return undefined;
  stack.done |= RETURNED;
  call.results = results as OuterCall["results"];
  call.transfer = { first: call.args.length + 1, count: results.length };
  return callHook(hook, "return", undefined, [call]);
}
