/** Readers of expressions. */
import { ExpressionError } from "../expression/error.ts";
import { parseExpression } from "../expression/parse.ts";
import { flag, text } from "./scalars.ts";
import { either, type Reader, reader } from "./schema.ts";

/** Stands in for a captured value while a file is read: one literal, whatever is around it. */
const PLACEHOLDER = /\{\{[^{}]*\}\}/g;

/** Reads an expression. Its text is kept: captured values are filled in before it is parsed for good. */
export function expression(): Reader<string> {
  return reader({ type: "string", minLength: 1 }, (node, problems, key) => {
    const source = text()(node, problems, key);
    if (source === undefined) return undefined;
    try {
      parseExpression(source.replaceAll(PLACEHOLDER, "0"));
      return source;
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      problems.add(node.at, `'${key}' is no expression: ${error.message}`);
      return undefined;
    }
  });
}

/** Reads `true`, `false` or an expression. */
export function condition(): Reader<string> {
  const literal = reader<string>(
    flag().schema,
    (node, problems, key) => flag()(node, problems, key) ? "true" : "false",
  );
  return either({ kinds: ["boolean"], read: literal }, { kinds: [], read: expression() });
}
