/** Values of any shape, such as the JSON document that a request sends. */
import { type Reader, reader } from "./schema.ts";

/** A value of JSON. */
export type JsonValue = string | number | boolean | null | JsonValue[] | { [key: string]: JsonValue };

/** Reads any node as a value of JSON. */
export function anyValue(): Reader<JsonValue> {
  const read: Reader<JsonValue> = reader<JsonValue>({}, (node, problems, key) => {
    switch (node.kind) {
      case "mapping": {
        const entries = [...node.entries].map(([name, entry]) =>
          [name, read(entry.value, problems, `${key}.${name}`) ?? null] as const
        );
        return Object.fromEntries(entries);
      }
      case "sequence":
        return node.items.map((item, index) => read(item, problems, `${key}[${index}]`) ?? null);
      case "null":
        return null;
      case "boolean":
        return node.text.toLowerCase() === "true";
      case "string":
        return node.text;
      case "integer":
      case "float": {
        const value = Number(node.text);
        if (node.kind === "integer" ? Number.isSafeInteger(value) : Number.isFinite(value)) return value;
        problems.add(node.at, `'${key}' cannot be sent as a number: ${node.text} (put it in quotes)`);
        return null;
      }
    }
  });
  return read;
}
