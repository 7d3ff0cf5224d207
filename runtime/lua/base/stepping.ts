/** What runs code step by step is imported when a chunk needs it: few do, and every start would take longer. */
import { type LuaResult, NOTHING } from "../library/callback.ts";
import type { Coroutine, LuaFunction } from "../run/coroutine.ts";
import { type FrameKind, save } from "../run/frame.ts";
import { machine, SUSPENDED } from "../run/machine.ts";
import type { LuaValue } from "../table.ts";

type Stepped = typeof import("../stepped/chunk.ts");

let stepped: Stepped | undefined;

/** Imports it before it is needed. */
export async function importStepped(): Promise<Stepped> {
  return stepped ??= await import("../stepped/chunk.ts");
}

/** Whether chunks can be run step by step at once. */
export function isSteppedHere(): boolean {
  return stepped !== undefined;
}

/** Gives what `work` makes of the code that steps; it may have to be waited for. */
export function withStepped(work: (code: Stepped) => LuaResult): LuaResult {
  if (stepped !== undefined) return work(stepped);
  (machine.current as Coroutine).promise = importStepped().then(work);
  return SUSPENDED;
}

const starting: FrameKind = {
  isProtected: false,
  resume: (frame) => (frame.slots[0] as LuaFunction)(...frame.slots[1] as LuaValue[]),
};

/**
 * A chunk's main function. Where it cannot be made at once, what is given waits for it when it is called.
 *
 * @param otherwise Makes it where nothing can be imported, as in a process that may not read files
 */
export function steppedMain(make: (code: Stepped) => LuaFunction, otherwise: () => LuaFunction): LuaFunction {
  if (stepped !== undefined) return make(stepped);
  let main: LuaFunction | undefined;
  return function start(...args: LuaValue[]): LuaResult {
    if (main !== undefined) return main(...args) as LuaResult;
    (machine.current as Coroutine).promise = importStepped().then(make, otherwise).then((made) => {
      main = made;
      return NOTHING;
    });
    return save(starting, 0, [start, args], []);
  };
}
