/** Lua values to JSON text. */
import { ScriptError } from "../../runtime/seam/error.ts";
import { toTextStrict } from "../../runtime/seam/text.ts";
import {
  isInteger,
  isNumber,
  isTable,
  type LuaNumber,
  type LuaTable,
  type LuaValue,
  toDouble,
  typeOf,
} from "../../runtime/seam/value.ts";
import { formatFiniteFloat, shapeOf, TablePath } from "./shape.ts";

/** How JSON text is written. */
export interface EncodeOptions {
  /** Spaces for each level of nesting, each element on a line of its own. @default 0, all on one line */
  indent?: number;
  /** What errors begin with. @default "json.encode" */
  functionName?: string;
}

/**
 * The JSON text of a Lua value, as bytes: object keys ascending, non-ASCII as it is, floats never without a
 * fraction or an exponent.
 *
 * @throws {ScriptError} For NaN and infinities, functions and other values without a JSON form, strings that are
 * not UTF-8, and tables that contain themselves
 */
export function encodeJson(value: LuaValue, options: EncodeOptions = {}): string {
  const { indent = 0, functionName = "json.encode" } = options;
  return new Encoder(" ".repeat(indent), functionName).value(value);
}

class Encoder {
  readonly #path: TablePath;

  constructor(private readonly indent: string, private readonly functionName: string) {
    this.#path = new TablePath(functionName);
  }

  value(value: LuaValue): string {
    if (typeof value === "string") return this.#string(value);
    if (value === undefined) return "null";
    if (typeof value === "boolean") return String(value);
    if (isNumber(value)) return this.#number(value);
    if (isTable(value)) return this.#path.within(value, () => this.#table(value));
    throw this.#error(`unsupported Lua type for JSON: ${typeOf(value)}`);
  }

  #string(bytes: string): string {
    if (toTextStrict(bytes) === undefined) {
      throw this.#error("string is not valid UTF-8; encode binary data with base64.encode");
    }
    return JSON.stringify(bytes);
  }

  #number(value: LuaNumber): string {
    if (isInteger(value)) return value.toString();
    const n = toDouble(value);
    if (Number.isNaN(n)) throw this.#error("cannot encode NaN as JSON number");
    if (!Number.isFinite(n)) throw this.#error(`cannot encode ${n < 0 ? "-inf" : "inf"} as JSON number`);
    return formatFiniteFloat(n);
  }

  #table(table: LuaTable): string {
    const shape = shapeOf(table, this.functionName);
    if (shape.kind === "array") return this.#list("[", shape.items.map((item) => this.value(item)), "]");
    const colon = this.indent === "" ? ":" : ": ";
    return this.#list(
      "{",
      shape.entries.map(([key, item]) => this.#string(key) + colon + this.value(item)),
      "}",
    );
  }

  #list(open: string, elements: readonly string[], close: string): string {
    if (elements.length === 0) return open + close;
    if (this.indent === "") return open + elements.join(",") + close;
    const line = `\n${this.indent.repeat(this.#path.depth - 1)}`;
    return open + line + this.indent + elements.join(`,${line}${this.indent}`) + line + close;
  }

  #error(reason: string): ScriptError {
    return new ScriptError(`${this.functionName}: ${reason}`);
  }
}
