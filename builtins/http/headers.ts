/** Header fields: names and values as scripts give them, lists as Deno gives them. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { toText } from "../../runtime/seam/text.ts";
import { isNumber, isTable, type LuaTable, type LuaValue } from "../../runtime/seam/value.ts";

/** A header line: name and value, bytes. */
export type HeaderLine = [name: string, value: string];

/** A token of RFC 9110, section 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What a field value must not hold: control characters other than the tab. */
// deno-lint-ignore no-control-regex
const FORBIDDEN = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Names that have passed the check: services send the same few again and again. */
const knownNames = new Set<string>();
const MAX_KNOWN_NAMES = 256;

/**
 * Checks a header line. The message never holds the value: it may be a secret.
 *
 * @param functionName What the message begins with
 * @throws {ScriptError} When the name is no token or the value holds control characters
 */
export function checkHeader(functionName: string, name: string, value: string): void {
  if (!knownNames.has(name)) {
    if (!TOKEN.test(name)) {
      throw new ScriptError(
        `${functionName}: invalid header name ${JSON.stringify(toText(name))}: ` +
          "letters, digits and !#$%&'*+-.^_`|~ are allowed",
      );
    }
    if (knownNames.size < MAX_KNOWN_NAMES) knownNames.add(name);
  }
  if (FORBIDDEN.test(value)) {
    throw new ScriptError(
      `${functionName}: invalid value of header "${name}": line breaks and control characters are not allowed`,
    );
  }
}

/**
 * The header lines of a script's table: strings, numbers and booleans, or arrays of them for a line each. Values
 * of other types are left out, as the original does.
 *
 * @throws {ScriptError} For a name or a value that cannot be sent
 */
export function headerLines(functionName: string, table: LuaTable): HeaderLine[] {
  const lines: HeaderLine[] = [];
  for (const [name, value] of table.entries()) {
    if (typeof name !== "string") continue;
    if (isTable(value)) {
      const length = value.length();
      for (let i = 1; i <= length; i++) addLine(functionName, lines, name, value.get(i));
    } else {
      addLine(functionName, lines, name, value);
    }
  }
  return lines;
}

function addLine(functionName: string, lines: HeaderLine[], name: string, value: LuaValue): void {
  if (isNumber(value)) value = formatNumber(value);
  else if (typeof value === "boolean") value = String(value);
  if (typeof value !== "string") return;
  checkHeader(functionName, name, value);
  lines.push([name, value]);
}

/** Whether a header is among the lines. `name` is in lower case. */
export function hasHeader(lines: readonly HeaderLine[], name: string): boolean {
  return lines.some(([other]) => other.length === name.length && other.toLowerCase() === name);
}

/** Adds a line unless there is one of its name, which is in lower case. */
export function addDefault(lines: HeaderLine[], name: string, value: string): void {
  if (!hasHeader(lines, name)) lines.push([name, value]);
}

/**
 * Where Deno keeps the lines of a `Headers` object as they came. The standard interface only gives repeated
 * lines joined by ", ", from which the last cannot be told when values hold commas themselves.
 */
const RAW_LINES = Object.getOwnPropertySymbols(new Headers()).find((symbol) =>
  symbol.description === "header list"
);

function rawLines(headers: Headers): HeaderLine[] | null | undefined {
  if (RAW_LINES === undefined) return undefined;
  return (headers as unknown as Record<symbol, unknown>)[RAW_LINES] as HeaderLine[] | null | undefined;
}

/**
 * The last of repeated lines, or the joined lines where this Deno does not show them one by one.
 *
 * @param joined What iterating over the headers gives
 */
export function lastValue(headers: Headers, name: string, joined: string): string {
  if (!joined.includes(", ")) return joined;
  return rawLines(headers)?.findLast(([other]) => other.toLowerCase() === name)?.[1] ?? joined;
}

/** The headers as scripts see them: names in lower case, of repeated ones the last. */
export function headerTable(host: Host, headers: Headers): LuaTable {
  const table = host.vm.newTable();
  for (const [name, value] of headers) {
    table.set(name, lastValue(headers, name, value));
  }
  return table;
}

/** All lines: an array of values for each name, in their order. */
export function headerLists(host: Host, headers: Headers): LuaTable {
  const lists = new Map<string, string[]>();
  for (const [name, value] of rawLines(headers) ?? headers) {
    const key = name.toLowerCase();
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [value]);
    else list.push(value);
  }
  const table = host.vm.newTable();
  for (const [name, list] of lists) table.set(name, host.vm.newArray(list));
  return table;
}
