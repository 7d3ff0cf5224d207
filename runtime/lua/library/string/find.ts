/** `string.find`, `match` and `gmatch`. */
import type { LuaValue } from "../../table.ts";
import { checkString, optPosition } from "../arguments.ts";
import type { LuaResult } from "../callback.ts";
import { startPosition } from "./bytes.ts";
import { chargeText, spendWork } from "./limits.ts";
import { isPlain, patternOf, repeatingPatternOf } from "./pattern/cache.ts";

export function find(s?: LuaValue, pattern?: LuaValue, init?: LuaValue, plain?: LuaValue): LuaResult {
  const text = chargeText(typeof s === "string" ? s : checkString(s, 1, "find", arguments.length));
  const wanted = typeof pattern === "string" ? pattern : checkString(pattern, 2, "find", arguments.length);
  const from = init === undefined ? 0 : startPosition(optPosition(init, 3, "find", 1), text.length) - 1;
  if (from > text.length) return undefined;
  if ((plain !== undefined && plain !== false) || isPlain(wanted)) {
    const at = text.indexOf(wanted, from);
    spendWork(((at < 0 ? text.length : at) - from) / 8);
    return at < 0 ? undefined : [at + 1, at + wanted.length];
  }
  const compiled = patternOf(wanted);
  if (!compiled.search(text, from)) return undefined;
  if (compiled.captureCount === 0) return [compiled.start + 1, compiled.end];
  return [compiled.start + 1, compiled.end, ...compiled.captureList(text)];
}

export function match(s?: LuaValue, pattern?: LuaValue, init?: LuaValue): LuaResult {
  const text = chargeText(typeof s === "string" ? s : checkString(s, 1, "match", arguments.length));
  const wanted = typeof pattern === "string" ? pattern : checkString(pattern, 2, "match", arguments.length);
  const from = init === undefined ? 0 : startPosition(optPosition(init, 3, "match", 1), text.length) - 1;
  if (from > text.length) return undefined;
  const compiled = patternOf(wanted);
  return compiled.search(text, from) ? compiled.captures(text) : undefined;
}

export function gmatch(s?: LuaValue, pattern?: LuaValue, init?: LuaValue): LuaResult {
  const text = chargeText(checkString(s, 1, "gmatch", arguments.length));
  const wanted = checkString(pattern, 2, "gmatch", arguments.length);
  const compiled = repeatingPatternOf(wanted);
  let from = startPosition(optPosition(init, 3, "gmatch", 1), text.length) - 1;
  let lastEnd = -1;
  return (): LuaResult => {
    if (from > text.length || !compiled.search(text, from)) return undefined;
    // An empty match where the last one ended is that one's end, not another match.
    if (compiled.end === lastEnd && !compiled.search(text, compiled.start + 1)) return undefined;
    from = lastEnd = compiled.end;
    return compiled.captures(text);
  };
}
