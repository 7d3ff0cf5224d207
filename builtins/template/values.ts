/** Lua values as the template engine takes them. */
import { shapeOf } from "../json/shape.ts";
import { ScriptError } from "../../runtime/seam/error.ts";
import { toText, toTextStrict } from "../../runtime/seam/text.ts";
import {
  isInteger,
  isNumber,
  isTable,
  LuaInteger,
  type LuaTable,
  type LuaValue,
  toDouble,
  typeOf,
} from "../../runtime/seam/value.ts";

/**
 * A value of the engine. Integers are `bigint`, so that a `number` is always a float: `1.0` is shown as `1.0`.
 */
export type EngineValue =
  | undefined
  | boolean
  | bigint
  | number
  | string
  | readonly EngineValue[]
  | { readonly [name: string]: EngineValue };

/** How deep tables may stand in one another: the engine's own stack is small. */
const MAX_DEPTH = 128;

/**
 * The variables of a template: a table becomes a list or a mapping as JSON has it, but an empty one a list.
 *
 * @param functionName What errors begin with
 * @throws {ScriptError} For functions, threads and userdata, strings that are not UTF-8, and tables that contain
 * themselves or stand too deep in one another; tells where
 */
export function toVariables(table: LuaTable | undefined, functionName: string): Record<string, EngineValue> {
  const variables: Record<string, EngineValue> = Object.create(null);
  if (table === undefined) return variables;
  const reader = new Reader(functionName, table);
  for (const [key, value] of table.entries()) {
    if (!isNumber(key) && typeof key !== "string") {
      throw new ScriptError(`${functionName}: unsupported table key type: ${typeOf(key)}`);
    }
    const name = toText(String(key));
    const converted = reader.read(value, name);
    if (converted !== undefined) variables[name] = converted;
  }
  return variables;
}

class Reader {
  readonly #open = new Set<LuaTable>();

  constructor(private readonly functionName: string, variables: LuaTable) {
    this.#open.add(variables);
  }

  read(value: LuaValue, path: string): EngineValue {
    switch (typeof value) {
      case "undefined":
      case "boolean":
        return value;
      case "string":
        return this.#text(value, path);
      case "number":
        return Number.isInteger(value) ? BigInt(value) : value;
    }
    if (value instanceof LuaInteger) return value.toBigInt();
    if (isNumber(value)) return isInteger(value) ? BigInt(toDouble(value)) : toDouble(value);
    if (!isTable(value)) throw this.#error(path, `a ${typeOf(value)} cannot be shown`);
    return this.#table(value, path);
  }

  #text(bytes: string, path: string): string {
    const text = toTextStrict(bytes);
    if (text === undefined) throw this.#error(path, "the string is not valid UTF-8");
    return text;
  }

  #table(table: LuaTable, path: string): EngineValue {
    if (this.#open.has(table)) throw this.#error(path, "the table contains itself");
    if (this.#open.size >= MAX_DEPTH) {
      throw this.#error(path, `tables are nested deeper than ${MAX_DEPTH} levels`);
    }
    this.#open.add(table);
    try {
      const shape = shapeOf(table, this.functionName);
      if (shape.kind === "array") {
        return shape.items.map((item, index) => this.read(item, `${path}[${index + 1}]`));
      }
      if (shape.entries.length === 0 && table.metatable?.get("__jsontype") !== "object") return [];
      const fields: Record<string, EngineValue> = Object.create(null);
      for (const [key, item] of shape.entries) {
        const name = this.#text(key, path);
        fields[name] = this.read(item, `${path}.${name}`);
      }
      return fields;
    } finally {
      this.#open.delete(table);
    }
  }

  #error(path: string, reason: string): ScriptError {
    return new ScriptError(`${this.functionName}: cannot pass variable '${path.slice(0, 200)}': ${reason}`);
  }
}
