/** Declarations: of local and global variables, of functions with their parameters; and what may be assigned to. */
import type { Attribute, Block, Expression, FunctionNode, Statement, Target, Variable } from "../ast.ts";
import { ExpressionParser } from "./expressions.ts";
import { literal } from "./folding.ts";
import { Labels } from "./labels.ts";
import type { Lexer } from "./lex.ts";
import type { Mutable, Scope } from "./scope.ts";
import * as Token from "./token.ts";

export abstract class DeclarationParser extends ExpressionParser {
  protected readonly labels: Labels;

  constructor(lex: Lexer, scope: Scope) {
    super(lex, scope);
    this.labels = new Labels(scope, lex);
  }

  /** Reads statements into a block, up to what ends it. */
  protected abstract statements(block: Block): void;

  protected override functionBody(name: string | undefined, isMethod: boolean, line: number): FunctionNode {
    const { lex, scope } = this;
    const node = scope.enterFunction(name, line);
    this.expect(Token.OPENING_PARENTHESIS);
    const params: Variable[] = [];
    if (isMethod) params.push(scope.newLocal("self"));
    if (lex.token !== Token.CLOSING_PARENTHESIS) {
      do {
        if (lex.token === Token.DOTS) this.varargParameter(node);
        else if (lex.token === Token.NAME) params.push(scope.newLocal(this.name()));
        else throw lex.syntaxError("<name> or '...' expected");
      } while (!node.isVararg && this.skip(Token.COMMA));
    }
    node.params = params;
    for (const variable of params) scope.declare(variable);
    if (node.varargTable !== undefined) scope.declare(node.varargTable);
    this.expect(Token.CLOSING_PARENTHESIS);
    this.statements(node.body);
    node.lastLine = node.body.lastLine = lex.line;
    this.expectClosing(Token.END, Token.FUNCTION, line);
    this.labels.leaveBlock();
    scope.leaveFunction();
    return node;
  }

  private varargParameter(node: Mutable<FunctionNode>): void {
    this.lex.next();
    node.isVararg = true;
    if (this.lex.token === Token.NAME) node.varargTable = this.scope.newLocal(this.name(), "const");
  }

  protected localStatement(line: number): Statement {
    const { lex, scope } = this;
    lex.next();
    if (this.skip(Token.FUNCTION)) {
      const variable = scope.newLocal(this.name());
      scope.declare(variable);
      return {
        kind: "localfunction",
        variable,
        node: this.functionBody(variable.name, false, lex.line),
        line,
      };
    }
    const common = this.attribute("none");
    const variables: Variable[] = [];
    let closes = false;
    do {
      const name = this.name();
      const attribute = this.attribute(common);
      variables.push(scope.newLocal(name, attribute));
      if (attribute !== "close") continue;
      if (closes) throw lex.semanticError("multiple to-be-closed variables in local list");
      closes = true;
    } while (this.skip(Token.COMMA));
    const values = this.skip(Token.ASSIGN) ? this.expressionList() : [];
    for (const variable of variables) scope.declare(variable);
    const last = variables.at(-1);
    if (last?.attribute === "const" && values.length === variables.length) {
      last.literal = literal(values.at(-1));
    }
    if (closes) scope.function.node.hasClose = true;
    // Whether a value can be closed is found out when all are there.
    return { kind: "local", variables, values, line: closes ? lex.lastLine : line };
  }

  /** Reads `<const>` or `<close>`, if there is one. @param common What holds where there is none */
  private attribute(common: Attribute): Attribute {
    if (!this.skip(Token.LESS)) return common;
    const name = this.name();
    this.expect(Token.GREATER);
    if (name !== "const" && name !== "close") throw this.lex.semanticError(`unknown attribute '${name}'`);
    return name;
  }

  /** Whether the name `global` begins a declaration here: it is no reserved word. */
  protected beginsGlobalDeclaration(): boolean {
    switch (this.lex.peek()) {
      case Token.NAME:
      case Token.FUNCTION:
      case Token.ASTERISK:
      case Token.LESS:
        return true;
      default:
        return false;
    }
  }

  /** Reads a declaration of globals. @returns What it does at run time, if anything */
  protected globalStatement(line: number): Statement | undefined {
    const { lex, scope } = this;
    lex.next();
    if (this.skip(Token.FUNCTION)) {
      const name = this.name();
      scope.declareGlobal(name, false);
      const target = this.globalVariable(name, line);
      const node = this.functionBody(name, false, lex.line);
      return { kind: "global", targets: [target], values: [{ kind: "function", node, line }], line };
    }
    const common = this.globalAttribute("none");
    if (this.skip(Token.ASTERISK)) {
      scope.declareGlobal("*", common === "const");
      return undefined;
    }
    const names: { name: string; attribute: Attribute }[] = [];
    do {
      names.push({ name: this.name(), attribute: this.globalAttribute(common) });
    } while (this.skip(Token.COMMA));
    let statement: Statement | undefined;
    if (this.skip(Token.ASSIGN)) {
      const { line } = lex;
      const targets = names.map(({ name }) => this.globalVariable(name, line));
      statement = { kind: "global", targets, values: this.expressionList(), line };
    }
    // The values do not see what they initialise.
    for (const { name, attribute } of names) scope.declareGlobal(name, attribute === "const");
    return statement;
  }

  private globalAttribute(common: Attribute): Attribute {
    const attribute = this.attribute(common);
    if (attribute !== "close") return attribute;
    throw this.lex.semanticError("global variables cannot be to-be-closed");
  }

  /** What an expression that was just read is as the target of an assignment. */
  protected target(expression: Expression): Mutable<Target> {
    return this.assignable(expression, this.isConstantGlobal(expression));
  }

  /** Notes an assignment. @throws {LuaSyntaxError} When nothing can be assigned there */
  protected assignable(expression: Expression, isConstantGlobal: boolean): Mutable<Target> {
    if (!this.isTarget(expression)) throw this.lex.syntaxError("syntax error");
    if (expression.kind === "local") {
      const { variable } = expression;
      if (variable.attribute !== "none") throw this.constantError(variable.name);
      variable.assigned = true;
      return expression;
    }
    if (expression.kind !== "index") throw this.lex.syntaxError("syntax error");
    if (isConstantGlobal && expression.key.kind === "string") throw this.constantError(expression.key.value);
    return expression;
  }

  private constantError(name: string): Error {
    return this.lex.semanticError(`attempt to assign to const variable '${name}'`);
  }
}
