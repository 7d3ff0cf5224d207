/** Addresses and plain texts of values: `tostring` as far as no metamethod has a say. */
import { formatNumber } from "../number/format.ts";
import { isNumber } from "../number/kinds.ts";
import type { LuaValue } from "../table.ts";
import { typeName } from "./arguments.ts";

const addresses = new WeakMap<object, number>();
const FIRST = 0x5580_0000_1000;
const DISTANCE = 0x40;
let next = FIRST;

/**
 * What stands for the address of a table, function, thread or userdata: unique, and the same each time. Strings
 * have one by their content, since equal strings are one value; other values have none.
 */
export function addressOf(value: LuaValue): string | undefined {
  const number = typeof value === "string"
    ? hash(value)
    : isReference(value)
    ? addressNumber(value)
    : undefined;
  return number === undefined ? undefined : `0x${number.toString(16).padStart(14, "0")}`;
}

function isReference(value: LuaValue): value is LuaValue & object {
  return typeof value === "function" || (typeof value === "object" && value !== null && !isNumber(value));
}

function addressNumber(value: object): number {
  let number = addresses.get(value);
  if (number === undefined) {
    number = next;
    next += DISTANCE;
    addresses.set(value, number);
  }
  return number;
}

function hash(text: string): number {
  let h = 0;
  for (let i = 0; i < text.length; i++) h = (Math.imul(h, 31) + text.charCodeAt(i)) | 0;
  return 0x5570_0000_0000 + (h >>> 0);
}

/** A value as text, without its `__tostring`, but with the `__name` of its metatable. */
export function plainText(value: LuaValue): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  if (value === undefined) return "nil";
  if (typeof value === "boolean") return value ? "true" : "false";
  return `${typeName(value)}: ${addressOf(value)}`;
}
