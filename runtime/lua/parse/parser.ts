/** What all parts of the parser share: the current token, the depth, and what a name means. */
import type { Expression, IndexExpression } from "../ast.ts";
import type { LuaSyntaxError } from "./error.ts";
import type { Lexer } from "./lex.ts";
import type { Scope } from "./scope.ts";
import * as Token from "./token.ts";

/** How deep statements and expressions may nest, counted over the whole chunk: each level uses some of the stack. */
export const MAX_LEVELS = 200;

export abstract class Parser {
  private level = 0;
  /** The constant global that was named last. */
  private constantGlobal: IndexExpression | undefined;

  constructor(protected readonly lex: Lexer, protected readonly scope: Scope) {}

  /** Reads a name. */
  protected name(): string {
    const { lex } = this;
    if (lex.token !== Token.NAME) throw this.expected(Token.NAME);
    const { text } = lex;
    lex.next();
    return text;
  }

  protected expect(token: number): void {
    if (this.lex.token !== token) throw this.expected(token);
    this.lex.next();
  }

  /** Reads what closes something that `opening` began on `line`. */
  protected expectClosing(closing: number, opening: number, line: number): void {
    const { lex } = this;
    if (lex.token === closing) return lex.next();
    if (line === lex.line) throw this.expected(closing);
    const [what, began] = [Token.describeToken(closing), Token.describeToken(opening)];
    throw lex.syntaxError(`${what} expected (to close ${began} at line ${line})`);
  }

  /** Reads a token if it is the current one. */
  protected skip(token: number): boolean {
    if (this.lex.token !== token) return false;
    this.lex.next();
    return true;
  }

  /** Goes one level down. @param further How many levels are open besides */
  protected enterLevel(further = 0): void {
    if (++this.level + further > MAX_LEVELS) throw this.overflow();
  }

  protected leaveLevel(): void {
    this.level--;
  }

  protected overflow(): LuaSyntaxError {
    return this.lex.syntaxError("C stack overflow");
  }

  private expected(token: number): LuaSyntaxError {
    return this.lex.syntaxError(`${Token.describeToken(token)} expected`);
  }

  /** The current name, as an expression. @throws {LuaSyntaxError} When declarations forbid its use */
  protected variable(name: string, line: number): Expression {
    const { scope } = this;
    const declaration = scope.find(name);
    if (declaration?.variable !== undefined) {
      scope.use(declaration.variable);
      return { kind: "local", variable: declaration.variable, line };
    }
    const isConstant = declaration === undefined ? scope.isConstantGlobal(name) : declaration.isConstant;
    const result = this.globalVariable(name, line);
    if (isConstant) this.constantGlobal = result;
    return result;
  }

  /** `_ENV.name`. */
  protected globalVariable(name: string, line: number): IndexExpression {
    const { scope } = this;
    const env = scope.find("_ENV")?.variable;
    if (env === undefined) throw this.lex.semanticError(`_ENV is global when accessing variable '${name}'`);
    scope.use(env);
    return {
      kind: "index",
      object: { kind: "local", variable: env, line },
      key: { kind: "string", value: name, line },
      isGlobal: true,
      line,
    };
  }

  /** Whether an expression that was just read is a global declared as constant. */
  protected isConstantGlobal(expression: Expression): boolean {
    return expression === this.constantGlobal;
  }
}
