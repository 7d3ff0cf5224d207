/** Numbers as `tostring` shows them. */
import { LuaInteger } from "../value.ts";
import { general } from "./decimal.ts";
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
    const text = `${n}`;
    if (Number.isInteger(n)) return `${text}.0`;
    // ECMAScript gives the shortest digits that round-trip: if they are at most 15, C gives the same ones.
    if (significantDigits(text, n, magnitude) <= SHORT) return text;
    // Then 15 digits do not round-trip.
    const digits = general(magnitude, LONG);
    return n < 0 ? `-${digits}` : digits;
  }
  if (!Number.isFinite(n)) return nonFinite(n);
  let text = general(magnitude, SHORT);
  if (Number(text) !== magnitude) text = general(magnitude, LONG);
  if (!/[.e]/.test(text)) text += ".0";
  return n < 0 || Object.is(n, -0) ? `-${text}` : text;
}

/** Of a plain decimal fraction from 0.0001 on. */
function significantDigits(text: string, n: number, magnitude: number): number {
  const digits = text.length - (n < 0 ? 1 : 0);
  if (magnitude >= 1) return digits - 1;
  return digits - (magnitude >= 0.1 ? 2 : magnitude >= 0.01 ? 3 : magnitude >= 0.001 ? 4 : 5);
}

/**
 * As C on x86-64, where the NaN of an operation (0/0, inf-inf) carries the sign. ECMAScript does not tell the
 * sign of a NaN, so that is how every one is shown.
 */
export function nonFinite(n: number): string {
  return n === Infinity ? "inf" : n === -Infinity ? "-inf" : "-nan";
}
