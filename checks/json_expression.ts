/** `expect.json`: `PATH == VALUE`, such as `.database.status == "ok"`. */
import { describeError } from "../runtime/seam/error.ts";
import { describe, type Reader } from "./schema.ts";

/** An expression taken apart. */
export interface JsonExpression {
  /** As the user wrote it. */
  readonly text: string;
  /** Keys of objects, from the outermost. */
  readonly path: readonly string[];
  readonly value: string | boolean | null | JsonNumber;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

/** A JSON number in the form in which it is written: `1` and `1.0` are different values. */
export class JsonNumber {
  readonly #isInteger: boolean;
  readonly #canonical: string;

  /** @param source A number of the JSON grammar */
  constructor(source: string) {
    this.#isInteger = /^-?\d+$/.test(source);
    this.#canonical = this.#isInteger ? source.replace(/^-0$/, "0") : String(Number(source));
  }

  equals(other: JsonNumber): boolean {
    return this.#isInteger === other.#isInteger && this.#canonical === other.#canonical;
  }
}

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
  return NUMBER.test(text) ? new JsonNumber(text) : text;
}

/** Tries an expression on the text of a JSON document. @returns What is wrong; nothing when it holds */
export function evaluate(expression: JsonExpression, body: string): string | undefined {
  let value: unknown;
  try {
    value = expression.value instanceof JsonNumber ? parseKeepingNumbers(body) : JSON.parse(body);
  } catch (error) {
    const cause = error instanceof RangeError ? "it is nested too deeply" : describeError(error);
    return `response body is not valid JSON: ${cause}`;
  }
  for (const segment of expression.path) {
    if (!isObject(value) || !Object.hasOwn(value, segment)) {
      return `JSON path '.${segment}' not found in response`;
    }
    value = value[segment];
  }
  return isEqual(expression.value, value) ? undefined : `JSON expression failed: ${expression.text}`;
}

function isEqual(expected: JsonExpression["value"], value: unknown): boolean {
  if (!(expected instanceof JsonNumber)) return expected === value;
  return value instanceof JsonNumber && expected.equals(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof JsonNumber);
}

/** What the reviver of `JSON.parse` is told of a primitive (ECMAScript 2026; not in TypeScript's library yet). */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

function parseKeepingNumbers(body: string): unknown {
  const revive: Reviver = (_, value, { source }) =>
    typeof value === "number" && source !== undefined ? new JsonNumber(source) : value;
  return JSON.parse(body, revive as (key: string, value: unknown) => unknown);
}

/** Reads an expression. */
export function jsonExpression(): Reader<JsonExpression> {
  return (node, problems, key) => {
    const expression = node.kind === "string" ? parseJsonExpression(node.text) : undefined;
    if (expression !== undefined) return expression;
    problems.add(
      node.at,
      `'${key}': unsupported JSON expression syntax: it must be like .status == "ok": ` +
        `current value is ${describe(node)}`,
    );
    return undefined;
  };
}
