/**
 * `expect.json` as one line: `PATH == VALUE`, such as `.database.status == "ok"`. Kept as the documents have it:
 * quotes may be left out, `1` and `1.0` differ, and there are no indexes. A list of expressions is another thing
 * (see `../expression/`).
 */
import { describe, type Reader, reader } from "./schema.ts";

/** An expression taken apart. */
export interface JsonExpression {
  /** As the user wrote it. */
  readonly text: string;
  /** Keys of objects, from the outermost. */
  readonly path: readonly string[];
  readonly value: string | boolean | null | { readonly number: string };
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** Nothing when the text has no `==`. */
export function parseJsonExpression(text: string): JsonExpression | undefined {
  const equals = text.indexOf("==");
  if (equals < 0) return undefined;
  const path = text.slice(0, equals).trim().split(".").filter((segment) => segment !== "");
  return { text, path, value: parseValue(text.slice(equals + 2).trim()) };
}

function parseValue(text: string): JsonExpression["value"] {
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"')) return text.slice(1, -1);
  if (text === "true" || text === "false") return text === "true";
  if (text === "null") return null;
  return NUMBER.test(text) ? { number: text } : text;
}

/** Reads an expression; its text is kept, because captured values are filled in later. */
export function jsonExpression(): Reader<string> {
  return reader({ type: "string", pattern: "==" }, (node, problems, key) => {
    if (node.kind === "string" && parseJsonExpression(node.text) !== undefined) return node.text;
    problems.add(
      node.at,
      `'${key}': unsupported JSON expression syntax: it must be like .status == "ok": ` +
        `current value is ${describe(node)}`,
    );
    return undefined;
  });
}
