/** JSON text to Lua values. */
import type { Host } from "../../runtime/seam/host.ts";
import { fromText } from "../../runtime/seam/text.ts";
import type { LuaValue } from "../../runtime/seam/value.ts";
import { JsonReader } from "./reader.ts";
import { newEmptyArray } from "./shape.ts";
import { MAX_DEPTH, requireText } from "./source.ts";

/**
 * Number tokens that `JSON.parse` would give another form: `1.0`, `1e3`, and those of 16 and more characters.
 * What stands in a string may match too, and then only costs time.
 */
const LOSSY = /[:[,][ \t\n\r]*-?(?:\d+\.0+|\d+(?:\.\d+)?[eE][+-]?\d+|[\d.]{16,})[,\]} \t\n\r]/;

/** Documents that `JSON.parse` may read: a lone number has nothing before it for {@link LOSSY} to see. */
const STRUCTURE = /^[ \t\n\r]*[[{"]/;

/** Escapes that may be half a character, which `JSON.parse` takes and UTF-8 does not. */
const SURROGATE = /\\u[dD][89a-fA-F]/;

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/**
 * Parses a JSON document.
 *
 * Integers of 64 bits are exact, other numbers floats; `null` is nil; an empty array remembers that it is one;
 * of duplicate keys the last wins.
 *
 * @param bytes The document, UTF-8
 * @param functionName What errors begin with. @default "json.parse"
 * @throws {ScriptError} With the reason, line and column
 */
export function parseJson(host: Host, bytes: string, functionName = "json.parse"): LuaValue {
  const text = requireText(bytes, functionName);
  if (STRUCTURE.test(bytes) && !LOSSY.test(bytes) && !SURROGATE.test(bytes)) {
    // Without escapes strings can stay the bytes that they are
    const escaped = bytes.includes("\\u");
    const json = tryParse(escaped ? text : bytes);
    const walk = new Walk(host, escaped);
    const value = json === undefined ? undefined : walk.value(json, 0);
    if (json !== undefined && !walk.tooDeep) return value;
  }
  // It reads what the fast way must not, and knows where an error is
  return new JsonReader(host, bytes, functionName).read();
}

function tryParse(source: string): Json | undefined {
  try {
    return JSON.parse(source);
  } catch {
    return undefined;
  }
}

/** Makes Lua values of what `JSON.parse` gives. */
class Walk {
  tooDeep = false;

  /** @param text Whether strings are text, not bytes */
  constructor(private readonly host: Host, private readonly text: boolean) {}

  value(json: Json, depth: number): LuaValue {
    switch (typeof json) {
      case "string":
        return this.text ? fromText(json) : json;
      case "number":
        // Adding 0 makes a 0 of -0
        return json + 0;
      case "boolean":
        return json;
    }
    if (json === null) return undefined;
    if (depth === MAX_DEPTH) {
      this.tooDeep = true;
      return undefined;
    }
    return Array.isArray(json) ? this.#array(json, depth + 1) : this.#object(json, depth + 1);
  }

  #array(items: Json[], depth: number): LuaValue {
    if (items.length === 0) return newEmptyArray(this.host);
    const values = items as LuaValue[];
    for (let i = 0; i < items.length; i++) values[i] = this.value(items[i] as Json, depth);
    return this.host.vm.newArray(values);
  }

  #object(fields: Record<string, Json>, depth: number): LuaValue {
    if (this.text) return this.#textObject(fields, depth);
    // The object is nobody else's: what is a Lua value already stays where it is
    const values = fields as Record<string, LuaValue>;
    for (const key in fields) {
      const field = fields[key] as Json;
      if (typeof field === "object" || field === 0) values[key] = this.value(field, depth);
    }
    return this.host.vm.newObject(values);
  }

  #textObject(fields: Record<string, Json>, depth: number): LuaValue {
    const table = this.host.vm.newTable();
    for (const key in fields) {
      const value = this.value(fields[key] as Json, depth);
      if (value !== undefined) table.set(fromText(key), value);
    }
    return table;
  }
}
