/** Names and values in URLs and forms: WHATWG URL, section 5, over bytes. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isNumber, isTable, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";

/** A name and one of its values, bytes. */
export type Parameter = readonly [name: string, value: string];

/**
 * The parameters of a script's table in the order of their names; an array gives its name several times.
 *
 * @param what How messages call the table, such as `http.get: query`
 * @throws {ScriptError} When a value is no string, number, boolean or array of them
 */
export function parameters(what: string, table: LuaTable): Parameter[] {
  const found: Parameter[] = [];
  for (const [key, value] of table.entries()) {
    const name = textOf(what, key);
    if (!isTable(value)) found.push([name, textOf(`${what}.${toText(name)}`, value)]);
    else for (const single of elements(value)) found.push([name, textOf(`${what}.${toText(name)}`, single)]);
  }
  // The order of equal names is that of their array: sorting keeps it
  return found.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}

/** The values of an array in their order, without holes. */
export function elements(table: LuaTable): LuaValue[] {
  return Array.from({ length: table.length() }, (_, index) => table.get(index + 1))
    .filter((value) => value !== undefined);
}

/** A string, number or boolean as text. @throws {ScriptError} For another type */
export function textOf(what: string, value: LuaValue): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return formatNumber(value);
  if (typeof value === "boolean") return String(value);
  throw new ScriptError(`${what} must be a string, a number or a boolean, got ${typeOf(value)}`);
}

/** `a=1&b=2`, a blank as `%20`: what the query of a URL holds. */
export function encodeQuery(list: readonly Parameter[]): string {
  return list.map(([name, value]) => `${encodeBytes(name)}=${encodeBytes(value)}`).join("&");
}

/** The same with a blank as `+`: application/x-www-form-urlencoded. */
export function encodeForm(list: readonly Parameter[]): string {
  return encodeQuery(list).replaceAll("%20", "+");
}

/** Percent-encodes all bytes but the unreserved ones of RFC 3986. */
function encodeBytes(bytes: string): string {
  return bytes.replace(
    /[^A-Za-z0-9\-._~]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
  );
}
