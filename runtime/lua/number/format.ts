/** Numbers as `tostring` shows them. */
import { LuaInteger } from "../value.ts";
import { general } from "./decimal.ts";
import type { LuaNumber } from "./kinds.ts";

/** Integers plain; floats with 15 digits, or 17 where those do not round-trip, and `.0` where integral. */
export function formatNumber(value: LuaNumber): string {
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : formatFloat(value);
  return value instanceof LuaInteger ? value.toString() : formatFloat(value.n);
}

/** A double as a Lua float. */
export function formatFloat(n: number): string {
  const magnitude = Math.abs(n);
  if (magnitude < 1e15 && magnitude >= 1e-4) {
    // ECMAScript gives the shortest digits that round-trip: if they are at most 15, C gives the same ones.
    const text = `${n}`;
    if (Number.isInteger(n)) return `${text}.0`;
    if (text.length <= (n < 0 ? 17 : 16)) return text;
  }
  if (!Number.isFinite(n)) return nonFinite(n);
  let text = general(magnitude, 15);
  if (Number(text) !== magnitude) text = general(magnitude, 17);
  if (!/[.e]/.test(text)) text += ".0";
  return n < 0 || Object.is(n, -0) ? `-${text}` : text;
}

/**
 * As C on x86-64, where the NaN of an operation (0/0, inf-inf) carries the sign. ECMAScript does not tell the
 * sign of a NaN, so that is how every one is shown.
 */
export function nonFinite(n: number): string {
  return n === Infinity ? "inf" : n === -Infinity ? "-inf" : "-nan";
}
