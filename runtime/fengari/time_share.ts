/** Long computations: how they are ended at a deadline, and how others get their turn meanwhile. */
import { fromText } from "../seam/text.ts";
import { push } from "./bridge.ts";
import { type Coroutine, preempt, raiseInterruption } from "./thread.ts";
import { lauxlib, lua, type LuaState } from "./vendor/fengari.js";

/** Lua instructions between two looks at the clock. */
const INTERVAL = 5000;
/** How long Lua code computes before the event loop gets its turn. Milliseconds. */
const SLICE = 10;

/** What looks at the clock between the instructions of one VM. */
export class TimeShare {
  readonly #deadline: number;
  readonly #message: string;
  #sliceEnd = 0;

  /**
   * @param deadline A reading of `performance.now()` past which everything is ended
   * @param message What the error says
   */
  constructor(deadline = Infinity, message = "time limit exceeded") {
    this.#deadline = deadline;
    this.#message = message;
  }

  /** Threads that this one makes are watched too. */
  watch(thread: LuaState): void {
    lua.lua_sethook(thread, this.#look, lua.LUA_MASKCOUNT, INTERVAL);
  }

  /** The event loop has had its turn. */
  renew(): void {
    this.#sliceEnd = 0;
  }

  readonly #look = (thread: LuaState): void => {
    const now = performance.now();
    if (now > this.#deadline) {
      // From here on every instruction raises: no pcall goes on
      lua.lua_sethook(thread, this.#look, lua.LUA_MASKCOUNT, 1);
      lauxlib.luaL_where(thread, 0);
      push(thread, fromText(this.#message));
      lua.lua_concat(thread, 2);
      lua.lua_error(thread);
    }
    raiseInterruption(thread as Coroutine);
    if (this.#sliceEnd === 0) this.#sliceEnd = now + SLICE;
    if (now > this.#sliceEnd) preempt(thread as Coroutine);
  };
}
