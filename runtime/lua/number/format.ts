/** Numbers as `tostring` shows them. */
import { LuaInteger } from "../value.ts";
import { general, shortestWithin } from "./decimal.ts";
import type { LuaNumber } from "./kinds.ts";

/** How many digits floats are shown with, and with how many where those do not round-trip. */
const SHORT = 15;
const LONG = 17;

/** Integers plain; floats with 15 digits, or 17 where those do not round-trip, and `.0` where integral. */
export function formatNumber(value: LuaNumber): string {
  if (typeof value === "number") return Number.isInteger(value) ? `${value}` : formatFloat(value);
  return value instanceof LuaInteger ? value.toString() : formatFloat(value.n);
}

/** A double as a Lua float. */
export function formatFloat(n: number): string {
  const magnitude = Math.abs(n);
  if (magnitude < 1e15 && magnitude >= 1e-4) {
    if (Number.isInteger(n)) return `${n}.0`;
    // Where that takes more digits, 15 of them do not round-trip.
    const digits = shortestWithin(magnitude, SHORT) ?? general(magnitude, LONG);
    return n < 0 ? `-${digits}` : digits;
  }
  if (!Number.isFinite(n)) return nonFinite(n);
  let text = general(magnitude, SHORT);
  if (Number(text) !== magnitude) text = general(magnitude, LONG);
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
