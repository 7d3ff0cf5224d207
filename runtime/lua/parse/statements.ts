/** Statements, blocks and function bodies; declarations are in their own class. */
import type { Block, Expression, Statement, Variable } from "../ast.ts";
import { DeclarationParser } from "./declarations.ts";
import * as Token from "./token.ts";

export class StatementParser extends DeclarationParser {
  /** Reads the whole text as the body of the main function. */
  main(): void {
    const { lex, scope } = this;
    const { node } = scope.function;
    lex.next();
    this.statements(node.body);
    if (lex.token !== Token.END_OF_TEXT) throw lex.syntaxError("<eof> expected");
    node.lastLine = node.body.lastLine = lex.line;
    this.labels.leaveBlock();
    scope.leaveFunction();
  }

  protected override statements(block: Block): void {
    const { lex } = this;
    while (!this.endsBlock(true)) {
      const isReturn = lex.token === Token.RETURN;
      this.enterLevel();
      this.statement(block.statements);
      this.leaveLevel();
      if (isReturn) return;
    }
  }

  /** Whether the current token ends a block. @param withUntil Whether `until` does */
  private endsBlock(withUntil: boolean): boolean {
    switch (this.lex.token) {
      case Token.ELSE:
      case Token.ELSEIF:
      case Token.END:
      case Token.END_OF_TEXT:
        return true;
      case Token.UNTIL:
        return withUntil;
      default:
        return false;
    }
  }

  private statement(into: Statement[]): void {
    const { lex } = this;
    const { line } = lex;
    switch (lex.token) {
      case Token.SEMICOLON:
        return lex.next();
      case Token.IF:
        into.push(this.ifStatement(line));
        return;
      case Token.WHILE:
        into.push(this.whileStatement(line));
        return;
      case Token.DO: {
        lex.next();
        const body = this.block(false);
        this.expectClosing(Token.END, Token.DO, line);
        into.push({ kind: "do", body, line });
        return;
      }
      case Token.FOR:
        into.push(this.forStatement(line));
        return;
      case Token.REPEAT:
        into.push(this.repeatStatement(line));
        return;
      case Token.FUNCTION:
        into.push(this.functionStatement(line));
        return;
      case Token.LOCAL:
        into.push(this.localStatement(line));
        return;
      case Token.DOUBLE_COLON:
        return this.labelStatement(into);
      case Token.RETURN:
        into.push(this.returnStatement(line));
        return;
      case Token.BREAK:
        lex.next();
        if (this.scope.function.loops === 0) this.labels.strayBreak(line);
        else into.push({ kind: "break", line });
        return;
      case Token.GOTO:
        lex.next();
        into.push(this.gotoStatement());
        return;
      case Token.NAME:
        if (lex.text === "global" && this.beginsGlobalDeclaration()) {
          const statement = this.globalStatement(line);
          if (statement !== undefined) into.push(statement);
          return;
        }
    }
    into.push(this.expressionStatement(line));
  }

  /** Reads a block's statements, not what ends it. */
  private block(isLoop: boolean): Block {
    const block = this.scope.enterBlock(isLoop);
    this.statements(block);
    this.leaveBlock(block, this.lex.line);
    return block;
  }

  private leaveBlock(block: Block, lastLine: number): void {
    block.lastLine = lastLine;
    this.labels.leaveBlock();
    this.scope.leaveBlock();
  }

  private ifStatement(line: number): Statement {
    const { lex } = this;
    const branches: { condition: Expression; body: Block }[] = [];
    do {
      lex.next();
      const condition = this.expression();
      this.expect(Token.THEN);
      branches.push({ condition, body: this.block(false) });
    } while (lex.token === Token.ELSEIF);
    const otherwise = this.skip(Token.ELSE) ? this.block(false) : undefined;
    this.expectClosing(Token.END, Token.IF, line);
    return { kind: "if", branches, otherwise, line };
  }

  private whileStatement(line: number): Statement {
    this.lex.next();
    const condition = this.expression();
    this.expect(Token.DO);
    const body = this.block(true);
    this.expectClosing(Token.END, Token.WHILE, line);
    return { kind: "while", condition, body, line };
  }

  private repeatStatement(line: number): Statement {
    this.lex.next();
    const body = this.scope.enterBlock(true);
    this.statements(body);
    this.expectClosing(Token.UNTIL, Token.REPEAT, line);
    const condition = this.expression();
    this.leaveBlock(body, this.lex.lastLine);
    return { kind: "repeat", body, condition, line };
  }

  private forStatement(line: number): Statement {
    const { lex } = this;
    lex.next();
    const name = this.name();
    switch (lex.token) {
      case Token.ASSIGN:
        return this.numericFor(name, line);
      case Token.COMMA:
      case Token.IN:
        return this.genericFor(name, line);
      default:
        throw lex.syntaxError("'=' or 'in' expected");
    }
  }

  private numericFor(name: string, firstLine: number): Statement {
    const { lex } = this;
    lex.next();
    const start = this.expression();
    this.expect(Token.COMMA);
    const limit = this.expression();
    const step = this.skip(Token.COMMA) ? this.expression() : undefined;
    this.expect(Token.DO);
    const line = lex.lastLine;
    const { body, variables: [variable] } = this.loopBody([name], 2);
    this.expectClosing(Token.END, Token.FOR, firstLine);
    if (variable === undefined) throw new Error("a loop has lost its variable");
    return { kind: "numericfor", variable, start, limit, step, body, line };
  }

  private genericFor(name: string, firstLine: number): Statement {
    const { lex, scope } = this;
    const names = [name];
    while (this.skip(Token.COMMA)) names.push(this.name());
    this.expect(Token.IN);
    const { line } = lex;
    const values = this.expressionList();
    this.expect(Token.DO);
    scope.function.node.hasClose = true;
    const { body, variables } = this.loopBody(names, 3);
    this.expectClosing(Token.END, Token.FOR, firstLine);
    return { kind: "genericfor", variables, values, body, line };
  }

  /** Reads the body of a `for`, whose first variable is read-only. @param hidden How many locals without name it has */
  private loopBody(names: readonly string[], hidden: number): { body: Block; variables: Variable[] } {
    const { scope } = this;
    const body = scope.enterBlock(true);
    scope.reserveLocals(hidden);
    const variables = names.map((name, i) => scope.newLocal(name, i === 0 ? "const" : "none"));
    for (const variable of variables) scope.declare(variable);
    this.statements(body);
    this.leaveBlock(body, this.lex.line);
    return { body, variables };
  }

  /** Reads labels up to the next statement: PUC-Rio defines the last of several first. */
  private labelStatement(into: Statement[]): void {
    const { lex } = this;
    const found: { name: string; line: number }[] = [];
    while (lex.token === Token.DOUBLE_COLON || lex.token === Token.SEMICOLON) {
      if (this.skip(Token.SEMICOLON)) continue;
      const { line } = lex;
      lex.next();
      found.push({ name: this.name(), line });
      this.expect(Token.DOUBLE_COLON);
    }
    const isLast = this.endsBlock(false);
    for (const { name, line } of found.reverse()) {
      into.push({ kind: "label", label: this.labels.define(name, line, isLast), line });
    }
  }

  private gotoStatement(): Statement {
    const { line } = this.lex;
    return this.labels.jump(this.name(), line);
  }

  private returnStatement(line: number): Statement {
    const { lex } = this;
    lex.next();
    const values = this.endsBlock(true) || lex.token === Token.SEMICOLON ? [] : this.expressionList();
    this.skip(Token.SEMICOLON);
    return { kind: "return", values, line };
  }

  private functionStatement(line: number): Statement {
    const { lex } = this;
    lex.next();
    let name = this.name();
    let target = this.variable(name, lex.lastLine);
    let isMethod = false;
    while (!isMethod && (lex.token === Token.DOT || lex.token === Token.COLON)) {
      isMethod = lex.token === Token.COLON;
      lex.next();
      const key: Expression = { kind: "string", value: this.name(), line: lex.lastLine };
      name += (isMethod ? ":" : ".") + key.value;
      target = { kind: "index", object: target, key, isGlobal: false, line };
    }
    const isConstantGlobal = this.isConstantGlobal(target);
    const node = this.functionBody(name, isMethod, line);
    const checked = this.assignable(target, isConstantGlobal);
    return { kind: "assign", targets: [checked], values: [{ kind: "function", node, line }], line };
  }

  /** Reads a call or an assignment. */
  private expressionStatement(line: number): Statement {
    const { lex } = this;
    const first = this.suffixedExpression();
    if (lex.token !== Token.ASSIGN && lex.token !== Token.COMMA) {
      if (first.kind !== "call" && first.kind !== "method") throw lex.syntaxError("syntax error");
      return { kind: "call", call: first, line };
    }
    const targets = [this.target(first)];
    while (this.skip(Token.COMMA)) {
      targets.push(this.target(this.suffixedExpression()));
      this.enterLevel(targets.length);
      this.leaveLevel();
    }
    this.expect(Token.ASSIGN);
    const values = this.expressionList();
    for (const target of targets) {
      if (target.kind === "index") target.line = lex.lastLine; // all are assigned at the end
    }
    return { kind: "assign", targets, values, line };
  }
}
