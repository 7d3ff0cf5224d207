/** Expressions, by operator precedence. Functions within them are left to the class that knows statements. */
import type { Expression, FunctionNode, TableItem } from "../ast.ts";
import {
  binaryOperator,
  COMPARISON_PRIORITY,
  LEFT_PRIORITY,
  RIGHT_PRIORITY,
  UNARY_PRIORITY,
} from "./operator.ts";
import { MAX_LEVELS, Parser } from "./parser.ts";
import * as Token from "./token.ts";

const NO_EXPRESSIONS: readonly Expression[] = [];

export abstract class ExpressionParser extends Parser {
  /** The expression in brackets that was read last, as its inner part: it cannot be assigned to. */
  private bracketed: Expression | undefined;

  /** Reads a function from its parameters to its `end`. */
  protected abstract functionBody(name: string | undefined, isMethod: boolean, line: number): FunctionNode;

  protected expression(): Expression {
    return this.operand(0);
  }

  /** Reads `expression {, expression}`. */
  protected expressionList(): Expression[] {
    const list = [this.operand(0)];
    while (this.skip(Token.COMMA)) {
      list.push(this.operand(0));
      this.scope.checkRegisters(list.length);
    }
    return list;
  }

  /** Whether what was read as an expression may stand left of `=`. */
  protected isTarget(expression: Expression): boolean {
    return (expression.kind === "index" || expression.kind === "local") && expression !== this.bracketed;
  }

  /** Reads a name, calls, indices: what a statement can begin with. */
  protected suffixedExpression(): Expression {
    const { lex } = this;
    let result = this.primaryExpression();
    for (;;) {
      const { line } = lex;
      switch (lex.token) {
        case Token.DOT: {
          lex.next();
          const key: Expression = { kind: "string", value: this.name(), line: lex.lastLine };
          result = { kind: "index", object: result, key, isGlobal: false, line: lex.lastLine };
          break;
        }
        case Token.OPENING_BRACKET: {
          lex.next();
          const key = this.operand(0);
          this.expect(Token.CLOSING_BRACKET);
          result = { kind: "index", object: result, key, isGlobal: false, line: lex.lastLine };
          break;
        }
        case Token.COLON: {
          lex.next();
          const name = this.name();
          const { line } = lex;
          result = { kind: "method", object: result, name, args: this.callArguments(), line };
          break;
        }
        case Token.OPENING_PARENTHESIS:
        case Token.STRING:
        case Token.OPENING_BRACE:
          result = { kind: "call", callee: result, args: this.callArguments(), line };
          break;
        default:
          return result;
      }
    }
  }

  /** Reads an expression up to an operator that does not bind more strongly than `limit`. */
  private operand(limit: number): Expression {
    const { lex } = this;
    this.enterLevel();
    // Most expressions begin with a name
    let left = lex.token === Token.NAME ? this.suffixedExpression() : this.unaryExpression();
    for (;;) {
      const { token, line } = lex;
      const priority = LEFT_PRIORITY[token] ?? 0;
      if (priority <= limit) break;
      if (token === Token.CONCAT) {
        left = this.concatenation(left);
        continue;
      }
      lex.next();
      const right = this.operand(RIGHT_PRIORITY[token] ?? 0);
      const operator = binaryOperator(token);
      if (operator === undefined) {
        left = { kind: "logical", operator: token === Token.AND ? "and" : "or", left, right, line };
      } else if (priority === COMPARISON_PRIORITY) {
        left = { kind: "binary", operator, left, right, line: lex.lastLine };
      } else left = { kind: "binary", operator, left, right, line };
    }
    this.leaveLevel();
    return left;
  }

  /** Reads a chain of `..`, which associates to the right, with a loop: programs write long ones. */
  private concatenation(first: Expression): Expression {
    const { lex } = this;
    const operands = [first];
    let { line } = lex;
    for (let here = line; this.skip(Token.CONCAT); here = lex.line) {
      line = here;
      // PUC-Rio's own limit; where such a chain breaks off it matters no more that we could read on.
      if (lex.token === Token.END_OF_TEXT && operands.length >= MAX_LEVELS) throw this.overflow();
      operands.push(this.operand(LEFT_PRIORITY[Token.CONCAT] ?? 0));
    }
    return operands.reduceRight((right, left) => ({ kind: "binary", operator: "..", left, right, line }));
  }

  private unaryExpression(): Expression {
    const { lex } = this;
    const { token, line } = lex;
    switch (token) {
      case Token.NOT:
        lex.next();
        return { kind: "unary", operator: "not", operand: this.operand(UNARY_PRIORITY), line };
      case Token.MINUS:
        lex.next();
        return { kind: "unary", operator: "-", operand: this.operand(UNARY_PRIORITY), line };
      case Token.LENGTH:
        lex.next();
        return { kind: "unary", operator: "#", operand: this.operand(UNARY_PRIORITY), line };
      case Token.TILDE:
        lex.next();
        return { kind: "unary", operator: "~", operand: this.operand(UNARY_PRIORITY), line };
      default:
        return this.simpleExpression();
    }
  }

  private simpleExpression(): Expression {
    const { lex } = this;
    const { token, line } = lex;
    let result: Expression;
    switch (token) {
      case Token.NUMBER:
        result = { kind: "number", value: lex.number, line };
        break;
      case Token.STRING:
        result = { kind: "string", value: lex.text, line };
        break;
      case Token.NIL:
        result = { kind: "nil", line };
        break;
      case Token.TRUE:
        result = { kind: "true", line };
        break;
      case Token.FALSE:
        result = { kind: "false", line };
        break;
      case Token.DOTS:
        if (!this.scope.function.node.isVararg) {
          throw lex.syntaxError("cannot use '...' outside a vararg function");
        }
        result = { kind: "vararg", line };
        break;
      case Token.OPENING_BRACE:
        return this.table();
      case Token.FUNCTION:
        lex.next();
        // PUC-Rio takes the line of the parenthesis
        return { kind: "function", node: this.functionBody(undefined, false, lex.line), line };
      default:
        return this.suffixedExpression();
    }
    lex.next();
    return result;
  }

  private primaryExpression(): Expression {
    const { lex } = this;
    const { line } = lex;
    if (lex.token === Token.NAME) return this.variable(this.name(), line);
    if (lex.token !== Token.OPENING_PARENTHESIS) throw lex.syntaxError("unexpected symbol");
    lex.next();
    const inner = this.operand(0);
    this.expectClosing(Token.CLOSING_PARENTHESIS, Token.OPENING_PARENTHESIS, line);
    if (inner.kind === "call" || inner.kind === "method" || inner.kind === "vararg") {
      return { kind: "paren", inner, line };
    }
    this.bracketed = inner;
    return inner;
  }

  private callArguments(): readonly Expression[] {
    const { lex } = this;
    const { line } = lex;
    switch (lex.token) {
      case Token.STRING: {
        const argument: Expression = { kind: "string", value: lex.text, line };
        lex.next();
        return [argument];
      }
      case Token.OPENING_BRACE:
        return [this.table()];
      case Token.OPENING_PARENTHESIS: {
        lex.next();
        if (this.skip(Token.CLOSING_PARENTHESIS)) return NO_EXPRESSIONS;
        const list = this.expressionList();
        this.expectClosing(Token.CLOSING_PARENTHESIS, Token.OPENING_PARENTHESIS, line);
        return list;
      }
      default:
        throw lex.syntaxError("function arguments expected");
    }
  }

  private table(): Expression {
    const { lex } = this;
    const { line } = lex;
    const items: TableItem[] = [];
    lex.next();
    do {
      if (lex.token === Token.CLOSING_BRACE) break;
      items.push(this.tableItem());
    } while (this.skip(Token.COMMA) || this.skip(Token.SEMICOLON));
    this.expectClosing(Token.CLOSING_BRACE, Token.OPENING_BRACE, line);
    return { kind: "table", items, line };
  }

  private tableItem(): TableItem {
    const { lex } = this;
    const { line } = lex;
    let key: Expression | undefined;
    if (lex.token === Token.OPENING_BRACKET) {
      lex.next();
      key = this.operand(0);
      this.expect(Token.CLOSING_BRACKET);
      this.expect(Token.ASSIGN);
    } else if (lex.token === Token.NAME && lex.peek() === Token.ASSIGN) {
      key = { kind: "string", value: this.name(), line };
      lex.next();
    }
    return { key, value: this.operand(0) };
  }
}
