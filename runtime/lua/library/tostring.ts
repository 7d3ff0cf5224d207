/** `tostring` with metamethods, for every library function that shows values. */
import { runtimeError } from "../error.ts";
import { formatNumber } from "../number/format.ts";
import { isNumber } from "../number/kinds.ts";
import type { LuaValue } from "../table.ts";
import { type Callback, first } from "./callback.ts";
import { plainText } from "./identity.ts";
import { metamethod } from "./metamethods.ts";

/** A value as text where no metamethod decides; `undefined` where one does. */
export function textWithoutCalls(value: LuaValue): string | undefined {
  if (typeof value === "string") return value;
  return metamethod(value, "__tostring") === undefined ? plainText(value) : undefined;
}

/** As `tostring`: calls `__tostring` where there is one. */
export function* text(value: LuaValue): Callback<string> {
  const handler = metamethod(value, "__tostring");
  if (handler === undefined) return plainText(value);
  const shown = first(yield [handler, value]);
  if (typeof shown === "string") return shown;
  if (isNumber(shown)) return formatNumber(shown);
  throw runtimeError("'__tostring' must return a string");
}
