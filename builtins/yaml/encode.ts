/** Lua values to YAML text. */
import { COLLECTION_STYLE, DUMP_SCHEMA, type Node, present, SCALAR_STYLE, type ScalarNode } from "js-yaml";
import { ScriptError } from "../../runtime/seam/error.ts";
import { fromText, toTextStrict } from "../../runtime/seam/text.ts";
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
import { formatFiniteFloat, shapeOf, TablePath } from "../json/shape.ts";

/**
 * The YAML text of a Lua value, as bytes: block style, mapping keys ascending, quotes only where a string would
 * be read as something else (by YAML 1.1 readers too), several lines as a literal block.
 *
 * @param functionName What errors begin with. @default "yaml.encode"
 * @throws {ScriptError} For functions and other values without a YAML form, strings that are not UTF-8, and
 * tables that contain themselves
 */
export function encodeYaml(value: LuaValue, functionName = "yaml.encode"): string {
  const contents = new NodeBuilder(functionName).node(value);
  const text = present([{ contents, directives: [] }], {
    schema: DUMP_SCHEMA,
    seqNoIndent: true,
    lineWidth: -1,
  });
  // The presenter ends a document that ends with a block of kept line breaks explicitly, which nothing asks for
  return fromText(text.replace(/\n\n\.\.\.\n$/, "\n\n"));
}

class NodeBuilder {
  readonly #path: TablePath;

  constructor(private readonly functionName: string) {
    this.#path = new TablePath(functionName);
  }

  node(value: LuaValue): Node {
    if (typeof value === "string") return this.#string(value);
    if (value === undefined) return scalar("null", "null");
    if (typeof value === "boolean") return scalar("bool", String(value));
    if (isNumber(value)) return number(value);
    if (isTable(value)) return this.#path.within(value, () => this.#table(value));
    throw new ScriptError(`${this.functionName}: unsupported Lua type for YAML: ${typeOf(value)}`);
  }

  #string(bytes: string): ScalarNode {
    const text = toTextStrict(bytes);
    if (text === undefined) {
      throw new ScriptError(
        `${this.functionName}: string is not valid UTF-8; encode binary data with base64.encode`,
      );
    }
    return scalar("str", text);
  }

  #table(table: LuaTable): Node {
    const shape = shapeOf(table, this.functionName);
    if (shape.kind === "array") {
      const items = shape.items.map((item) => this.node(item));
      return { kind: "sequence", items, ...collection("seq", items.length) };
    }
    const items = shape.entries.map(([key, value]) => ({ key: this.#key(key), value: this.node(value) }));
    return { kind: "mapping", items, ...collection("map", items.length) };
  }

  #key(bytes: string): ScalarNode {
    const key = this.#string(bytes);
    // A key is no place for a block
    return key.value.includes("\n") ? { ...key, style: SCALAR_STYLE.DOUBLE_QUOTED } : key;
  }
}

function number(value: LuaNumber): ScalarNode {
  if (isInteger(value)) return scalar("int", value.toString());
  const n = toDouble(value);
  if (Number.isNaN(n)) return scalar("float", ".nan");
  if (!Number.isFinite(n)) return scalar("float", n < 0 ? "-.inf" : ".inf");
  return scalar("float", formatFiniteFloat(n));
}

function scalar(tag: string, value: string): ScalarNode {
  return { kind: "scalar", style: SCALAR_STYLE.PLAIN, value, tag: fullTag(tag), tagged: false };
}

function collection(tag: string, length: number) {
  const style = length === 0 ? COLLECTION_STYLE.FLOW : COLLECTION_STYLE.BLOCK;
  return { style, tag: fullTag(tag), tagged: false };
}

function fullTag(name: string): string {
  return `tag:yaml.org,2002:${name}`;
}
