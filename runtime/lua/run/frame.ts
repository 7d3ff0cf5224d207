/** Frames of suspended calls, saved off the JavaScript stack. */
import type { LuaResult } from "../library/callback.ts";
import type { Coroutine } from "./coroutine.ts";
import { machine, SUSPENDED } from "./machine.ts";
import type { Place } from "./scripts.ts";

/** How a saved frame goes on. */
export interface FrameKind {
  /** Goes on with the result that the frame was waiting for. May suspend again. */
  resume(frame: Frame, result: LuaResult): LuaResult;
  /** Whether errors from above end here; see {@link ProtectedKind}. */
  readonly isProtected: boolean;
  /** Lets go of what the frame keeps and will not use again. */
  forget?(frame: Frame): void;
  /** Where a Lua function waits; absent where the frame is none. */
  place?(frame: Frame): Place;
  /** What would stand on the JavaScript stack for a frame that is no Lua function, the innermost first. */
  library?(frame: Frame): readonly string[];
}

/** A frame kind that catches errors. */
export interface ProtectedKind extends FrameKind {
  readonly isProtected: true;
  /** Goes on with an error of what the frame was waiting for. */
  fail(frame: Frame, error: unknown): LuaResult;
}

/** The innermost frame comes first; each waits for the one before it. */
export class Frame {
  next: Frame | null = null;

  constructor(
    readonly kind: FrameKind,
    /** The site at which a Lua function waits. */
    readonly site: number,
    readonly slots: unknown[],
    readonly upvalues: unknown[],
  ) {}
}

/** Saves the frame of a call that has been suspended, outside those saved before. */
export function save(kind: FrameKind, site: number, slots: unknown[], upvalues: unknown[]): typeof SUSPENDED {
  const frame = new Frame(kind, site, slots, upvalues);
  // A function can only have been suspended within a coroutine
  const coroutine = machine.current as Coroutine;
  if (coroutine.tail === null) coroutine.head = frame;
  else coroutine.tail.next = frame;
  coroutine.tail = frame;
  coroutine.depth++;
  return SUSPENDED;
}
