/** What an expression comes to. */
import { ExpressionError } from "./error.ts";
import type { Expression, NumberText, Operator } from "./parse.ts";

/** A number of a JSON text, with all its digits. */
export class JsonNumber {
  /** @param source A number of the JSON grammar */
  constructor(readonly source: string) {}

  /** The exact value of an integer. */
  get integer(): bigint | undefined {
    return /^-?\d+$/.test(this.source) ? BigInt(this.source) : undefined;
  }

  toJSON(): number {
    return Number(this.source);
  }
}

/** What an expression is about. */
export interface Subject {
  /** What a path that begins with a dot starts from; undefined where there is none. */
  readonly document?: unknown;
  /** What names stand for. */
  readonly names?: Readonly<Record<string, unknown>>;
}

/** Nothing there: neither a key nor an index. */
const ABSENT = Symbol("absent");

/** What was compared, for messages. */
export interface Finding {
  readonly holds: boolean;
  /** The value on the left of the comparison that decided. */
  readonly actual?: unknown;
}

/**
 * Tries an expression. A single value holds unless it is false, null or absent.
 *
 * @param matches Whether a text has a part that a regular expression describes
 * @throws {ExpressionError} Where a comparison makes no sense
 */
export function evaluate(
  expression: Expression,
  subject: Subject,
  matches: (pattern: string, text: string) => boolean,
): Finding {
  switch (expression.kind) {
    case "and":
    case "or": {
      const left = evaluate(expression.left, subject, matches);
      if (left.holds === (expression.kind === "or")) return left;
      return evaluate(expression.right, subject, matches);
    }
    case "not": {
      const inner = evaluate(expression.of, subject, matches);
      return { ...inner, holds: !inner.holds };
    }
    case "exists":
      return { holds: valueOf(expression.of, subject) !== ABSENT };
    case "compare": {
      const left = valueOf(expression.left, subject);
      const right = valueOf(expression.right, subject);
      if (left === ABSENT) return { holds: expression.operator === "!=" };
      return { holds: compare(expression.operator, left, right, matches), actual: plain(left) };
    }
    default: {
      const value = valueOf(expression, subject);
      const isNothing = value === ABSENT || value === false || value === null;
      return { holds: !isNothing, ...(value === ABSENT ? {} : { actual: plain(value) }) };
    }
  }
}

function valueOf(expression: Expression, subject: Subject): unknown {
  switch (expression.kind) {
    case "literal":
      return isNumberText(expression.value) ? new JsonNumber(expression.value.number) : expression.value;
    case "path": {
      const { root, steps } = expression;
      const names = subject.names ?? {};
      if (root !== undefined && !Object.hasOwn(names, root)) {
        throw new ExpressionError(
          `unknown name '${root}': known are ${
            Object.keys(names).join(", ") || "paths that begin with a dot"
          }`,
        );
      }
      const start = root === undefined ? subject.document : names[root];
      return steps.reduce(step, start === undefined ? ABSENT : start);
    }
    case "length": {
      const value = valueOf(expression.of, subject);
      if (value === ABSENT) return ABSENT;
      const length = lengthOf(value);
      if (length === undefined) throw new ExpressionError(`${show(value)} has no length`);
      return new JsonNumber(String(length));
    }
    default:
      return evaluate(expression, subject, () => {
        throw new ExpressionError("'matches' cannot stand inside a comparison");
      }).holds;
  }
}

function step(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) {
    const index = typeof key === "number" ? key : /^\d+$/.test(key) ? Number(key) : NaN;
    const at = index < 0 ? value.length + index : index;
    return at in value ? value[at] : ABSENT;
  }
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return ABSENT;
  return Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : ABSENT;
}

function lengthOf(value: unknown): number | undefined {
  if (typeof value === "string") return [...value].length;
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null && !(value instanceof JsonNumber)) {
    return Object.keys(value).length;
  }
  return undefined;
}

function compare(
  operator: Operator,
  left: unknown,
  right: unknown,
  matches: (pattern: string, text: string) => boolean,
): boolean {
  if (right === ABSENT) return operator === "!=";
  switch (operator) {
    case "==":
      return isEqual(left, right);
    case "!=":
      return !isEqual(left, right);
    case "contains":
      return contains(left, right);
    case "matches":
      if (typeof right !== "string") throw new ExpressionError("'matches' takes a text with a pattern");
      return matches(right, typeof left === "string" ? left : show(left));
    default: {
      const order = orderOf(left, right);
      if (operator === "<") return order < 0;
      if (operator === "<=") return order <= 0;
      return operator === ">" ? order > 0 : order >= 0;
    }
  }
}

/** Equal as JSON values; numbers by value. */
function isEqual(left: unknown, right: unknown): boolean {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined || b !== undefined) {
    return a !== undefined && b !== undefined && orderOfNumbers(a, b) === 0;
  }
  if (typeof left !== "object" || left === null || typeof right !== "object" || right === null) {
    return left === right;
  }
  const [keys, others] = [Object.keys(left), Object.keys(right)];
  return Array.isArray(left) === Array.isArray(right) && keys.length === others.length &&
    keys.every((key) => Object.hasOwn(right, key) && isEqual(step(left, key), step(right, key)));
}

function contains(whole: unknown, part: unknown): boolean {
  if (typeof whole === "string") return whole.includes(typeof part === "string" ? part : show(part));
  if (Array.isArray(whole)) return whole.some((item) => isEqual(item, part));
  if (typeof whole === "object" && whole !== null && typeof part === "string") {
    return Object.hasOwn(whole, part);
  }
  throw new ExpressionError(`${show(whole)} cannot contain anything`);
}

function orderOf(left: unknown, right: unknown): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return orderOfNumbers(a, b);
  if (typeof left === "string" && typeof right === "string") return left < right ? -1 : left > right ? 1 : 0;
  // What is not there is neither larger nor smaller
  if (left === null || right === null) return NaN;
  throw new ExpressionError(`cannot compare ${show(left)} with ${show(right)}`);
}

function numberOf(value: unknown): JsonNumber | undefined {
  return value instanceof JsonNumber
    ? value
    : typeof value === "number"
    ? new JsonNumber(String(value))
    : undefined;
}

function orderOfNumbers(a: JsonNumber, b: JsonNumber): number {
  const [left, right] = [a.integer ?? Number(a.source), b.integer ?? Number(b.source)];
  // Integers and floats compare exactly
  return left < right ? -1 : left > right ? 1 : left == right ? 0 : NaN;
}

function plain(value: unknown): unknown {
  return value === ABSENT ? undefined : value;
}

/** A value as JSON, shortened. */
export function show(value: unknown): string {
  if (value === ABSENT) return "nothing";
  if (value instanceof JsonNumber) return value.source;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function isNumberText(value: unknown): value is NumberText {
  return typeof value === "object" && value !== null && "number" in value;
}

/** What the reviver of `JSON.parse` is told of a primitive (ECMAScript 2026; not in TypeScript's library yet). */
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** A JSON document whose numbers keep all their digits. @throws {SyntaxError | RangeError} */
export function parseKeepingNumbers(text: string): unknown {
  const revive: Reviver = (_, value, { source }) =>
    typeof value === "number" && source !== undefined ? new JsonNumber(source) : value;
  return JSON.parse(text, revive as (key: string, value: unknown) => unknown);
}
