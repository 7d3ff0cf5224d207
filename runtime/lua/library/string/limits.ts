/** What keeps a script's strings and patterns within its share of time and memory. */
import { type LuaThrow, runtimeError } from "../../error.ts";

/** The longest string that JavaScript has, on 64 bits. */
const LONGEST = 2 ** 29 - 24;

let longest = LONGEST;
let onSteps: () => void = () => {};

/** Sets how long, in bytes, a string may get. @default 2^29 − 24 */
export function setLongestString(bytes: number): void {
  longest = Math.min(bytes, LONGEST);
}

/**
 * Sets what is called every {@link STEPS} steps of pattern matching. It may throw to end the match, but must not
 * run Lua: patterns are shared, and one is in the middle of a match.
 */
export function setPatternBudget(budget: () => void): void {
  onSteps = budget;
}

/** Steps of a match, an element tried or a byte looked at, between two calls of the budget: some 0.1 ms. */
export const STEPS = 32768;

/** Tells the budget of another {@link STEPS} steps. */
export function spendSteps(): void {
  onSteps();
}

/** Refuses a string before it is made. @throws {LuaThrow} */
export function checkLength(bytes: number): void {
  if (bytes > longest) throw tooLarge();
}

function tooLarge(): LuaThrow {
  return runtimeError("resulting string too large");
}
