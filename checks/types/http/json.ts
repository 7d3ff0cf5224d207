/** Tries `expect.json` on the text of a JSON document. */
import { describeError } from "../../../runtime/seam/error.ts";
import { type JsonExpression, parseJsonExpression } from "../../schema/json_expression.ts";
import { JsonNumber, parseKeepingNumbers } from "../../expression/evaluate.ts";

/** Tries an expression on the text of a JSON document. @returns What is wrong; nothing when it holds */
export function judgeJson(text: string, body: string): string | undefined {
  const expression = parseJsonExpression(text);
  if (expression === undefined) return `unsupported JSON expression syntax: ${text}`;
  let value: unknown;
  try {
    value = typeof expression.value === "object" && expression.value !== null
      ? parseKeepingNumbers(body)
      : JSON.parse(body);
  } catch (error) {
    return `response body is not valid JSON: ${describeJsonError(error)}`;
  }
  for (const segment of expression.path) {
    if (!isObject(value) || !Object.hasOwn(value, segment)) {
      return `JSON path '.${segment}' not found in response`;
    }
    value = value[segment];
  }
  return isSame(expression.value, value) ? undefined : `JSON expression failed: ${expression.text}`;
}

/** Why a text is no JSON document. */
export function describeJsonError(error: unknown): string {
  return error instanceof RangeError ? "it is nested too deeply" : describeError(error);
}

function isSame(expected: JsonExpression["value"], value: unknown): boolean {
  if (typeof expected !== "object" || expected === null) return expected === value;
  return value instanceof JsonNumber && canonical(expected.number) === canonical(value.source);
}

/** `1` and `1.0` are different values here. */
function canonical(source: string): string {
  if (/^-?\d+$/.test(source)) return source.replace(/^-0$/, "0");
  return `float ${Number(source)}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof JsonNumber);
}
