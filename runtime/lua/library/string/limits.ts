/** What keeps a script's strings and patterns within its share of time and memory. */
import { runtimeError } from "../../error.ts";
import { BIG_STRING, charge, notEnoughMemory } from "../../memory.ts";

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

/** Of work whose elements are not counted one by one: so many take about as long as a call. */
const ELEMENTS_PER_CALL = 32;
const MOST_WORK = 2 ** 30;

let onWork: (calls: number) => void = () => {};

/** Sets what is told how many calls some work is worth. It may throw where a limit is exceeded, and runs no Lua. */
export function setWorkBudget(budget: (calls: number) => void): void {
  onWork = budget;
}

/** Tells the budget of bytes copied or elements moved at one go, so that a loop of such calls is noticed. */
export function spendWork(elements: number): void {
  // A small integer: V8 keeps the budget as one
  if (elements >= ELEMENTS_PER_CALL) onWork(Math.min(elements, MOST_WORK) / ELEMENTS_PER_CALL | 0);
}

/** Tells the budget of another {@link STEPS} steps. */
export function spendSteps(): void {
  onSteps();
}

/** PUC-Rio's MAX_SIZE: what no machine's memory holds. */
const MAX_SIZE = 2 ** 63;
/** PUC-Rio 5.4's MAXSIZE: beyond, it says so. */
const MAX_C_INT = 2 ** 31 - 1;

/** Refuses a string before it is made. @throws {LuaThrow} */
export function checkLength(bytes: number): void {
  if (bytes > longest) {
    if (bytes >= MAX_SIZE) throw runtimeError("resulting string too large");
    throw bytes >= MAX_C_INT ? notEnoughMemory("resulting string too large") : notEnoughMemory();
  }
}

let lastLength = 0;

/**
 * Counts a big string that is about to be laid out or copied. One that is read again and again, as parsers do, is
 * laid out once: another of the same length goes uncounted then.
 *
 * @throws {LuaThrow} When there is no room for it
 */
export function chargeText(text: string): string {
  if (text.length >= BIG_STRING && text.length !== lastLength) {
    lastLength = text.length;
    charge(text.length);
  }
  return text;
}

/** Counts a string that has been made, or is about to be. @throws {LuaThrow} When there is no room for it */
export function chargeString(bytes: number): void {
  spendWork(bytes);
  checkLength(bytes);
  charge(bytes);
}
