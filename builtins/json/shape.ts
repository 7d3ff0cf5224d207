/** Which Lua tables are arrays, and which objects: one rule for JSON, YAML and TOML. */
import { ScriptError } from "../../runtime/seam/error.ts";
import type { Host } from "../../runtime/seam/host.ts";
import { formatNumber } from "../../runtime/seam/number.ts";
import { isNumber, type LuaTable, type LuaValue, typeOf } from "../../runtime/seam/value.ts";

/** The field of a metatable that decides the shape where the keys leave it open: `"array"` or `"object"`. */
const MARK = "__jsontype";
const ARRAY = Symbol("array metatable");
const OBJECT = Symbol("object metatable");

/** How many slots a marked array may have for each value in it. */
const MAX_SPARSENESS = 16;

/** How deep tables may stand in one another in a value that is encoded. */
const MAX_ENCODE_DEPTH = 1000;

/** A table as a data format sees it. Keys of objects are bytes, ascending. */
export type Shape =
  | { readonly kind: "array"; readonly items: readonly LuaValue[] }
  | { readonly kind: "object"; readonly entries: readonly (readonly [string, LuaValue])[] };

/** The metatable, shared in a VM, of empty arrays. */
export function arrayMetatable(host: Host): LuaTable {
  return host.metatable(ARRAY, () => host.vm.newRecord({ [MARK]: "array" }));
}

function objectMetatable(host: Host): LuaTable {
  return host.metatable(OBJECT, () => host.vm.newRecord({ [MARK]: "object" }));
}

/** Makes an empty table that encodes as `[]`. */
export function newEmptyArray(host: Host): LuaTable {
  const table = host.vm.newTable();
  table.metatable = arrayMetatable(host);
  return table;
}

/** Makes a list that encodes as an array, also where it is empty. */
export function newList(host: Host, values: readonly LuaValue[]): LuaTable {
  return values.length === 0 ? newEmptyArray(host) : host.vm.newArray(values);
}

/** Marks a table, which keeps what its metatable does otherwise. */
export function markTable(host: Host, table: LuaTable, kind: Shape["kind"]): LuaTable {
  const { metatable } = table;
  const marks = [arrayMetatable(host), objectMetatable(host)];
  if (metatable === undefined || marks.includes(metatable)) {
    table.metatable = kind === "array" ? arrayMetatable(host) : objectMetatable(host);
  } else if (metatable.get(MARK) !== kind) {
    // A copy: other tables may have the same metatable
    const copy = host.vm.newTable();
    for (const [key, value] of metatable.entries()) copy.set(key, value);
    copy.set(MARK, kind);
    table.metatable = copy;
  }
  return table;
}

/**
 * The shape of a table. Keys exactly 1..n make an array, anything else an object; an empty table is an object
 * unless it is marked as an array.
 *
 * @throws {ScriptError} When a key is neither a string nor a number
 */
export function shapeOf(table: LuaTable, functionName: string): Shape {
  const mark = table.metatable?.get(MARK);
  if (mark !== "object") {
    const items = arrayItems(table, mark === "array", functionName);
    if (items !== undefined) return { kind: "array", items };
  }
  return { kind: "object", entries: objectEntries(table, functionName) };
}

function arrayItems(table: LuaTable, marked: boolean, functionName: string): LuaValue[] | undefined {
  let count = 0;
  let last = 0;
  for (const [key] of table.entries()) {
    if (typeof key !== "number" || !Number.isInteger(key) || key < 1) return undefined;
    count++;
    if (key > last) last = key;
  }
  if (!marked && (last !== count || count === 0)) return undefined;
  if (last > MAX_SPARSENESS * (count + 1)) {
    throw new ScriptError(
      `${functionName}: array has too many holes: ${count} values up to index ${last}; ` +
        `use json.object to encode it as an object`,
    );
  }
  const items = new Array<LuaValue>(last);
  for (let i = 0; i < last; i++) items[i] = table.get(i + 1);
  return items;
}

function objectEntries(table: LuaTable, functionName: string): (readonly [string, LuaValue])[] {
  const entries = new Map<string, LuaValue>();
  for (const [key, value] of table.entries()) {
    if (typeof key === "string") entries.set(key, value);
    else if (!isNumber(key)) {
      throw new ScriptError(`${functionName}: unsupported table key type: ${typeOf(key)}`);
    } else {
      const text = formatNumber(key);
      // Where both 1 and "1" are there, the string is meant
      if (typeof table.get(text) === "undefined") entries.set(text, value);
    }
  }
  return [...entries].sort(([a], [b]) => a < b ? -1 : 1);
}

/** The text of a float in JSON and TOML: the shortest that reads back the same, and never an integer's. */
export function formatFiniteFloat(n: number): string {
  const text = Object.is(n, -0) ? "-0" : String(n);
  return /^-?\d+$/.test(text) ? `${text}.0` : text.replace("e+", "e");
}

/** Refuses values without end: tables that contain themselves, or stand too deep in one another. */
export class TablePath {
  readonly #tables = new Set<LuaTable>();

  constructor(private readonly functionName: string) {}

  /** How many tables are open. */
  get depth(): number {
    return this.#tables.size;
  }

  /**
   * Gives `body`'s result; `table` counts as open while it runs.
   *
   * @throws {ScriptError} When the table is open already
   */
  within<T>(table: LuaTable, body: () => T): T {
    if (this.#tables.has(table)) {
      throw new ScriptError(`${this.functionName}: cannot encode a table that contains itself`);
    }
    if (this.#tables.size >= MAX_ENCODE_DEPTH) {
      throw new ScriptError(`${this.functionName}: tables are nested deeper than ${MAX_ENCODE_DEPTH} levels`);
    }
    this.#tables.add(table);
    const result = body();
    this.#tables.delete(table);
    return result;
  }
}
