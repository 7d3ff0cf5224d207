/** Lua values to TOML text. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";
import {
  isInteger,
  isNumber,
  isTable,
  type LuaNumber,
  type LuaValue,
  toDouble,
  typeOf,
} from "../../runtime/seam/value.ts";
import { formatFiniteFloat, type Shape, shapeOf, TablePath } from "../json/shape.ts";
import { DATETIME } from "./parse.ts";

const INDENT = "    ";
const BARE_KEY = /^[A-Za-z0-9_-]+$/;
const DATE = String.raw`\d{4}-\d{2}-\d{2}`;
const TIME = String.raw`\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?`;
/** An offset date-time, local date-time, local date or local time. */
const DATE_OR_TIME = new RegExp(`^(?:${DATE}(?:[Tt ]${TIME}(?:[Zz]|[+-]\\d{2}:\\d{2})?)?|${TIME})$`);

type Entries = Extract<Shape, { kind: "object" }>["entries"];

/** A value that is ready to be written: text in one line or as an array, or a table of its own. */
type Item =
  | { readonly kind: "value"; readonly text: string }
  | { readonly kind: "array"; readonly items: readonly Item[] }
  | { readonly kind: "table"; readonly entries: readonly (readonly [string, Item])[] };

type TableItem = Extract<Item, { kind: "table" }>;

/**
 * The TOML text of a Lua table, as bytes: keys ascending, plain values before sub-tables, arrays of several
 * elements with one a line.
 *
 * @throws {ScriptError} For a top level that is no table of fields, values without a TOML form, strings that are
 * not UTF-8, and tables that contain themselves
 */
export function encodeToml(value: LuaValue, functionName = "toml.encode"): string {
  const item = isTable(value) ? new Builder(functionName).item(value) : undefined;
  if (item?.kind === "table") return section(item, []).replace(/^\n/, "");
  const found = item === undefined ? typeOf(value) : item.kind === "array" ? "array" : "date or time";
  throw new ScriptError(`${functionName}: the top level must be a table with string keys, got ${found}`);
}

/** Checks a value and makes items of it. Keys and texts are in TOML form from here on. */
class Builder {
  readonly #path: TablePath;

  constructor(private readonly functionName: string) {
    this.#path = new TablePath(functionName);
  }

  item(value: LuaValue): Item {
    if (typeof value === "string") return { kind: "value", text: this.#string(value) };
    if (typeof value === "boolean") return { kind: "value", text: String(value) };
    if (isNumber(value)) return { kind: "value", text: number(value) };
    if (!isTable(value)) {
      throw new ScriptError(`${this.functionName}: unsupported Lua type for TOML: ${typeOf(value)}`);
    }
    return this.#path.within(value, () => {
      const shape = shapeOf(value, this.functionName);
      if (shape.kind === "array") return { kind: "array", items: shape.items.map((item) => this.item(item)) };
      return this.#datetime(shape.entries) ??
        { kind: "table", entries: shape.entries.map(([key, field]) => [this.#key(key), this.item(field)]) };
    });
  }

  #datetime(entries: Entries): Item | undefined {
    const [key, text] = entries[0] ?? [];
    if (entries.length !== 1 || key !== DATETIME) return undefined;
    if (typeof text === "string" && DATE_OR_TIME.test(text)) return { kind: "value", text };
    throw new ScriptError(`${this.functionName}: ${DATETIME} must hold an RFC 3339 date or time`);
  }

  #key(bytes: string): string {
    return BARE_KEY.test(bytes) ? bytes : basicString(this.#checked(bytes));
  }

  #string(bytes: string): string {
    const checked = this.#checked(bytes);
    return /\n/.test(checked) && !/\r/.test(checked) ? multilineString(checked) : basicString(checked);
  }

  #checked(bytes: string): string {
    if (toTextStrict(bytes) !== undefined) return bytes;
    throw new ScriptError(
      `${this.functionName}: string is not valid UTF-8; encode binary data with base64.encode`,
    );
  }
}

function number(value: LuaNumber): string {
  if (isInteger(value)) return value.toString();
  const n = toDouble(value);
  if (Number.isNaN(n)) return "nan";
  return Number.isFinite(n) ? formatFiniteFloat(n) : n < 0 ? "-inf" : "inf";
}

function basicString(bytes: string): string {
  return JSON.stringify(bytes).replaceAll("\x7f", "\\u007f");
}

function multilineString(bytes: string): string {
  const lines = bytes.split("\n").map((line) => basicString(line).slice(1, -1));
  // Single quotation marks may stand as they are, three in a row may not
  return `"""\n${lines.join("\n").replaceAll('\\"', '"').replaceAll('""', '"\\"')}"""`;
}

/** The lines of a table: its values, then its sub-tables, each with its header. */
function section(table: TableItem, path: readonly string[]): string {
  let text = "";
  for (const [key, item] of table.entries) {
    if (!isSection(item)) text += `${key} = ${inline(item, "")}\n`;
  }
  for (const [key, item] of table.entries) {
    if (!isSection(item)) continue;
    const name = [...path, key];
    if (item.kind === "table") {
      // The header of a table with nothing but sub-tables says nothing
      const bare = item.entries.length > 0 && item.entries.every(([, field]) => isSection(field));
      text += bare ? section(item, name) : `\n[${name.join(".")}]\n${section(item, name)}`;
    } else {
      for (const element of item.items) text += `\n[[${name.join(".")}]]\n${section(element, name)}`;
    }
  }
  return text;
}

/** Whether an item has a header of its own: tables, and arrays of nothing but tables. */
function isSection(item: Item): item is TableItem | { kind: "array"; items: readonly TableItem[] } {
  if (item.kind !== "array") return item.kind === "table";
  return item.items.length > 0 && item.items.every(({ kind }) => kind === "table");
}

function inline(item: Item, indent: string): string {
  if (item.kind === "value") return item.text;
  if (item.kind === "table") {
    // Inline tables are one line in TOML 1.0, arrays in them may be more
    const fields = item.entries.map(([key, field]) => `${key} = ${inline(field, indent)}`);
    return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
  }
  const { items } = item;
  if (items.length <= 1) return `[${items.map((element) => inline(element, indent)).join("")}]`;
  const inner = indent + INDENT;
  return `[\n${items.map((element) => `${inner}${inline(element, inner)},\n`).join("")}${indent}]`;
}
