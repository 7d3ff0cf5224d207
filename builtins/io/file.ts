/** Open files as scripts hold them. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { instance } from "../../runtime/seam/params.ts";
import { type LuaTable, LuaUserdata } from "../../runtime/seam/value.ts";
import type { Channel } from "./channel.ts";

/** Closes what a script has let go of without closing it. */
const abandoned = new FinalizationRegistry<Channel>(async (channel) => {
  try {
    await channel.close();
  } catch {
    // Nobody is left to be told
  }
});

let created = 0;

/** A file as a Lua value. */
export class LuaFile extends LuaUserdata {
  /** What tells it from other files in `tostring`. */
  readonly id = ++created;
  #channel: Channel | undefined;

  constructor(metatable: LuaTable, channel: Channel) {
    super();
    this.metatable = metatable;
    this.#channel = channel;
    abandoned.register(this, channel, this);
  }

  get isOpen(): boolean {
    return this.#channel !== undefined;
  }

  /** @throws {ScriptError} When the file has been closed */
  get channel(): Channel {
    if (this.#channel === undefined) throw new ScriptError("attempt to use a closed file");
    return this.#channel;
  }

  /** Takes the channel out for closing: from here on the file is a closed one, if it can be. */
  release(): Channel {
    const { channel } = this;
    if (channel.permanent) return channel;
    this.#channel = undefined;
    abandoned.unregister(this);
    return channel;
  }
}

/** The parameter of every method. */
export const self = instance("file", "file", LuaFile);
