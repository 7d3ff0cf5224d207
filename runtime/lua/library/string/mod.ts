/**
 * The string library, without `string.dump`: there is no bytecode.
 *
 * All of it are plain functions of the engine's calling convention. `gsub` and `format` may have to call Lua (a
 * replacement function, `__index`, `__tostring`): what they return then is what `drive` of `../callback.ts` made
 * of their generator, and nothing else in them ran before. They are listed in {@link callbacks}.
 */
import { byte, char, len, lower, rep, reverse, sub, upper } from "./basic.ts";
import { find, gmatch, match } from "./find.ts";
import { format } from "./format.ts";
import { gsub } from "./gsub.ts";
import { pack, packsize, unpack } from "./pack.ts";

export { setLongestString, setPatternBudget } from "./limits.ts";

/** The functions of `string`, by name. */
export const stringLibrary = {
  byte,
  char,
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
