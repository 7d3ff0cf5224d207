/** Lists of expressions about JSON documents. */
import { ExpressionError } from "../../expression/error.ts";
import { evaluate, JsonNumber, show } from "../../expression/evaluate.ts";
import { type Expression, parseExpression } from "../../expression/parse.ts";
import { type Find, PatternError } from "./patterns.ts";

/** Checks have their expressions again and again. Captured values make new ones, so that there is a bound. */
const MAX_PARSED = 1000;
const parsed = new Map<string, Expression>();

/** @throws {ExpressionError} */
export function parsedExpression(text: string): Expression {
  let expression = parsed.get(text);
  if (expression === undefined) {
    if (parsed.size >= MAX_PARSED) parsed.clear();
    parsed.set(text, expression = parseExpression(text));
  }
  return expression;
}

/** Tries expressions one after the other. @returns What is wrong with the first that does not hold */
export function judgeExpressions(
  texts: readonly string[],
  document: unknown,
  find: Find,
): string | undefined {
  for (const text of texts) {
    try {
      const finding = evaluate(
        parsedExpression(text),
        { document },
        (pattern, value) => find(pattern, value) !== undefined,
      );
      if (finding.holds) continue;
      const isThere = "actual" in finding && finding.actual !== undefined;
      return `JSON expression failed: ${text}${
        isThere ? ` (actual value: ${show(finding.actual)})` : " (no such value)"
      }`;
    } catch (error) {
      if (!(error instanceof ExpressionError || error instanceof PatternError)) throw error;
      return `JSON expression failed: ${text}: ${error.message}`;
    }
  }
  return undefined;
}

/** The value at a path, as text; undefined where nothing is. */
export function textAt(path: string, document: unknown): string | undefined {
  const { actual } = evaluate(parsedExpression(path), { document }, () => false);
  if (actual === undefined) return undefined;
  return typeof actual === "string" ? actual : JSON.stringify(actual, keepDigits);
}

/** ECMAScript 2026; not in TypeScript's library yet. */
const { rawJSON } = JSON as unknown as { rawJSON(source: string): unknown };

/** Numbers keep all their digits. */
function keepDigits(this: unknown, key: string, value: unknown): unknown {
  const original = (this as Record<string, unknown>)[key];
  return original instanceof JsonNumber ? rawJSON(original.source) : value;
}
