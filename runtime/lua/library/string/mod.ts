/**
 * The string library.
 *
 * All of it are plain functions of the engine's calling convention. `gsub` and `format` may have to call Lua (a
 * replacement function, `__index`, `__tostring`): what they return then is what `drive` of `../callback.ts` made
 * of their generator, and nothing else in them ran before. They are listed in {@link callbacks}.
 */
import { runtimeError } from "../../error.ts";
import type { LuaValue } from "../../table.ts";
import { typeError } from "../arguments.ts";
import type { LuaResult } from "../callback.ts";
import { byte, char, len, lower, rep, reverse, sub, upper } from "./basic.ts";
import { find, gmatch, match } from "./find.ts";
import { format } from "./format.ts";
import { gsub } from "./gsub.ts";
import { pack, packsize, unpack } from "./pack.ts";

export { setLongestString, setPatternBudget } from "./limits.ts";

/** `string.dump`, which gives bytecode elsewhere. Here there is none. */
function dump(fn?: LuaValue): LuaResult {
  if (typeof fn !== "function") throw typeError(fn, 1, "dump", "function", arguments.length);
  throw runtimeError("unable to dump given function");
}

/** The functions of `string`, by name. */
export const stringLibrary = {
  byte,
  char,
  dump,
  find,
  format,
  gmatch,
  gsub,
  len,
  lower,
  match,
  pack,
  packsize,
  rep,
  reverse,
  sub,
  unpack,
  upper,
};

/** Those that may call Lua, and so suspend. */
export const callbacks = { format, gsub };
