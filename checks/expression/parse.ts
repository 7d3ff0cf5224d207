/**
 * Expressions about an answer or a run: `.items[0].name == "x"`, `.items length >= 3`, `status >= 500 or error exists`.
 *
 *     expression = conjunction { "or" conjunction }
 *     conjunction = negation { "and" negation }
 *     negation = [ "not" ] comparison
 *     comparison = operand [ "exists" | [ "length" ] operator operand ]
 *     operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "matches"
 *     operand = text | number | "true" | "false" | "null" | path | "(" expression ")"
 *     path = ( "." | name ) { "." name | "." text | "[" integer "]" | "[" text "]" }
 */
import { ExpressionError } from "./error.ts";
import { type Token, tokens } from "./lex.ts";

/** What compares two values. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "matches";

/** A part of an expression. */
export type Expression =
  | { readonly kind: "literal"; readonly value: string | boolean | null | NumberText }
  | { readonly kind: "path"; readonly root: string | undefined; readonly steps: readonly (string | number)[] }
  | { readonly kind: "exists"; readonly of: Expression }
  | { readonly kind: "length"; readonly of: Expression }
  | { readonly kind: "not"; readonly of: Expression }
  | { readonly kind: "and" | "or"; readonly left: Expression; readonly right: Expression }
  | {
    readonly kind: "compare";
    readonly operator: Operator;
    readonly left: Expression;
    readonly right: Expression;
  };

/** A number as it is written: 64-bit integers keep all their digits. */
export interface NumberText {
  readonly number: string;
}

const OPERATORS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">=", "contains", "matches"]);
const MAX_DEPTH = 100;

/** @throws {ExpressionError} */
export function parseExpression(text: string): Expression {
  const parser = new Parser(tokens(text));
  const expression = parser.expression(0);
  parser.end();
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  expression(depth: number): Expression {
    if (depth > MAX_DEPTH) throw new ExpressionError(`nested more than ${MAX_DEPTH} deep`);
    let left = this.#conjunction(depth);
    while (this.#take("or") || this.#take("||")) {
      left = { kind: "or", left, right: this.#conjunction(depth) };
    }
    return left;
  }

  end(): void {
    const left = this.#tokens[this.#at];
    if (left !== undefined) throw new ExpressionError(`unexpected '${left.text}' at column ${left.at + 1}`);
  }

  #conjunction(depth: number): Expression {
    let left = this.#negation(depth);
    while (this.#take("and") || this.#take("&&")) {
      left = { kind: "and", left, right: this.#negation(depth) };
    }
    return left;
  }

  #negation(depth: number): Expression {
    let negated = false;
    while (this.#take("not") || this.#take("!")) negated = !negated;
    const of = this.#comparison(depth);
    return negated ? { kind: "not", of } : of;
  }

  #comparison(depth: number): Expression {
    let left = this.#operand(depth);
    if (this.#take("exists")) return { kind: "exists", of: left };
    if (this.#take("length")) left = { kind: "length", of: left };
    const operator = this.#tokens[this.#at]?.text ?? "";
    if (this.#tokens[this.#at]?.kind === "text" || !OPERATORS.has(operator)) return left;
    this.#at++;
    return { kind: "compare", operator: operator as Operator, left, right: this.#operand(depth) };
  }

  #operand(depth: number): Expression {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw new ExpressionError("it ends where a value is expected");
    switch (token.kind) {
      case "text":
        return { kind: "literal", value: token.value };
      case "number":
        return { kind: "literal", value: { number: token.text } };
      case "path":
        return { kind: "path", root: token.root, steps: token.steps };
      case "word":
        if (token.text === "(") {
          const inner = this.expression(depth + 1);
          if (!this.#take(")")) throw new ExpressionError("a ')' is missing");
          return inner;
        }
        if (token.text === "true" || token.text === "false") {
          return { kind: "literal", value: token.text === "true" };
        }
        if (token.text === "null") return { kind: "literal", value: null };
    }
    throw new ExpressionError(`unexpected '${token.text}' at column ${token.at + 1}`);
  }

  #take(word: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "word" || token.text !== word) return false;
    this.#at++;
    return true;
  }
}
