/** The numbers of JSON as Lua has them. */
import { floatFromNumber, integerFromBigInt, type LuaNumber } from "../../runtime/seam/value.ts";

const MAX_INTEGER = 2n ** 63n - 1n;
const MIN_INTEGER = -(2n ** 63n);

/**
 * An integer of 64 bits where the text has neither fraction nor exponent, a float else.
 *
 * @param text As RFC 8259 has it
 * @returns undefined where it is beyond the floats
 */
export function numberOf(text: string, isInteger: boolean): LuaNumber | undefined {
  const number = Number(text);
  if (isInteger) {
    // Adding 0 makes a 0 of -0
    if (Number.isSafeInteger(number)) return number + 0;
    // 20 digits exceed every 64-bit integer: BigInt takes no time in the square of the length then
    const integer = text.length <= 20 ? BigInt(text) : MAX_INTEGER + 1n;
    if (integer >= MIN_INTEGER && integer <= MAX_INTEGER) return integerFromBigInt(integer);
  }
  return Number.isFinite(number) ? floatFromNumber(number) : undefined;
}
