/** Statements, as PUC-Rio's `lparser.c` makes instructions of them. */
import { Lexer } from "../parse/lex.ts";
import * as Token from "../parse/token.ts";
import { DeclarationCompiler } from "./declaration_compiler.ts";
import * as Op from "./opcode.ts";
import { OperatorCode } from "./operator_code.ts";
import type { Prototype } from "./prototype.ts";
import { ExpressionValue } from "./value.ts";

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const ASSIGN = 0x3d;
const LESS = 0x3c;

/**
 * Makes instructions of a text that the parser accepts.
 *
 * @returns Its functions; the main one is the first
 */
export function compileSteps(source: string, name: string): Prototype[] {
  const compiler = new Compiler(new Lexer(source, name));
  compiler.main();
  return compiler.prototypes;
}

class Compiler extends DeclarationCompiler {
  main(): void {
    const { prototype } = this.code;
    this.code.enterBlock(false);
    this.#vararg();
    prototype.upvalues.push({ name: "_ENV", inStack: true, index: 0 });
    this.lex.next();
    this.#statements();
    this.#leaveFunction();
  }

  #vararg(): void {
    this.code.prototype.isVararg = true;
    this.code.emit(Op.VARARGPREP);
  }

  #leaveFunction(): void {
    const { code } = this;
    code.emit(Op.RETURN, code.variableRegisters(), 1);
    code.leaveBlock();
    code.finish();
  }

  protected override body(isMethod: boolean, line: number): ExpressionValue {
    const { lex } = this;
    const outer = this.code;
    const prototype = this.newPrototype();
    prototype.line = line;
    const code = this.code = new OperatorCode(prototype, outer, lex);
    code.enterBlock(false);
    lex.next();
    if (isMethod) code.declare("self");
    let table = false;
    while (lex.token !== 0x29) {
      if (!this.skip(Token.DOTS)) code.declare(this.name());
      else {
        prototype.isVararg = true;
        if (lex.token === Token.NAME) {
          table = true;
          code.declare(this.name(), "const");
        }
      }
      this.skip(COMMA);
    }
    const count = code.variables.length - (table ? 1 : 0);
    prototype.parameterCount = count;
    code.activate(count);
    if (prototype.isVararg) this.#vararg();
    code.reserve(count);
    if (table) {
      // Its table is made of the further arguments: `k` asks for that
      code.emit(Op.VARARG, count, 0, 0, true);
      code.activate(1);
      code.reserve(1);
    }
    lex.next();
    this.#statements();
    prototype.lastLine = lex.line;
    lex.next();
    const closure = new ExpressionValue("relocatable");
    this.code = outer;
    outer.prototype.inner.push(prototype);
    closure.info = outer.emit(Op.CLOSURE, 0, outer.prototype.inner.length - 1);
    outer.toNextRegister(closure);
    this.code = code;
    this.#leaveFunction();
    this.code = outer;
    return closure;
  }

  #endsBlock(withUntil: boolean): boolean {
    const { token } = this.lex;
    return token === Token.ELSE || token === Token.ELSEIF || token === Token.END ||
      token === Token.END_OF_TEXT || (withUntil && token === Token.UNTIL);
  }

  #statements(): void {
    while (!this.#endsBlock(true)) {
      const isReturn = this.lex.token === Token.RETURN;
      this.#statement();
      if (isReturn) return;
    }
  }

  #block(): void {
    this.code.enterBlock(false);
    this.#statements();
    this.code.leaveBlock();
  }

  #statement(): void {
    const { line } = this.lex;
    this.#anyStatement(line);
    this.code.freeRegister = this.code.variableRegisters();
  }

  #anyStatement(line: number): void {
    const { lex } = this;
    switch (lex.token) {
      case SEMICOLON:
        return lex.next();
      case Token.IF:
        return this.#if();
      case Token.WHILE:
        return this.#while();
      case Token.DO:
        lex.next();
        this.#block();
        return lex.next();
      case Token.FOR:
        return this.#for(line);
      case Token.REPEAT:
        return this.#repeat();
      case Token.FUNCTION:
        return this.functionStatement(line);
      case Token.LOCAL:
        lex.next();
        return this.skip(Token.FUNCTION) ? this.localFunction() : this.local();
      case Token.DOUBLE_COLON:
        return this.#label();
      case Token.RETURN:
        return this.#return();
      case Token.BREAK:
        lex.next();
        return this.code.newGoto("break", this.code.jump());
      case Token.GOTO:
        return this.#goto();
      case Token.NAME:
        if (lex.text === "global" && beginsGlobal(lex.peek())) return this.global(line);
    }
    this.#expressionStatement();
  }

  #if(): void {
    const { code } = this;
    const escapes: number[] = [];
    do this.#branch(escapes); while (this.lex.token === Token.ELSEIF);
    if (this.skip(Token.ELSE)) this.#block();
    this.lex.next();
    code.patchHere(escapes);
  }

  #branch(escapes: number[]): void {
    const { lex, code } = this;
    lex.next();
    const condition = this.expression();
    lex.next();
    let over: readonly number[];
    if (lex.token === Token.BREAK) {
      code.goIfFalse(condition);
      lex.next();
      code.enterBlock(false);
      for (const jump of condition.whenTrue) code.newGoto("break", jump);
      while (this.skip(SEMICOLON));
      if (this.#endsBlock(false)) return code.leaveBlock();
      over = [code.jump()];
    } else {
      code.goIfTrue(condition);
      code.enterBlock(false);
      over = condition.whenFalse;
    }
    this.#statements();
    code.leaveBlock();
    if (lex.token === Token.ELSE || lex.token === Token.ELSEIF) escapes.push(code.jump());
    code.patchHere(over);
  }

  /** @returns The jumps that leave where it is false */
  #condition(): readonly number[] {
    const e = this.expression();
    if (e.kind === "nil") e.kind = "false";
    this.code.goIfTrue(e);
    return e.whenFalse;
  }

  #while(): void {
    const { lex, code } = this;
    lex.next();
    const start = code.label();
    const exits = this.#condition();
    code.enterBlock(true);
    lex.next();
    this.#block();
    code.patch([code.jump()], start);
    lex.next();
    code.leaveBlock();
    code.patchHere(exits);
  }

  #repeat(): void {
    const { lex, code } = this;
    const start = code.label();
    code.enterBlock(true);
    const inner = code.enterBlock(false);
    lex.next();
    this.#statements();
    lex.next();
    let exits = this.#condition();
    const level = code.registersOf(inner.active);
    code.leaveBlock();
    if (inner.hasUpvalue) {
      const exit = code.jump();
      code.patchHere(exits);
      code.emit(Op.CLOSE, level);
      exits = [code.jump()];
      code.patchHere([exit]);
    }
    code.patch(exits, start);
    code.leaveBlock();
  }

  #for(line: number): void {
    const { lex, code } = this;
    code.enterBlock(true);
    lex.next();
    const name = this.name();
    if (lex.token === ASSIGN) this.#numericFor(name, line);
    else this.#genericFor(name);
    lex.next();
    code.leaveBlock();
  }

  #numericFor(name: string, line: number): void {
    const { code } = this;
    const base = code.freeRegister;
    for (let i = 0; i < 3; i++) code.declare("(for state)");
    code.declare(name);
    this.lex.next();
    code.toNextRegister(this.expression());
    this.lex.next();
    code.toNextRegister(this.expression());
    if (this.skip(COMMA)) code.toNextRegister(this.expression());
    else {
      code.emit(Op.LOADK, code.freeRegister, 0, 0, false, 1);
      code.reserve(1);
    }
    code.activate(3);
    this.#forBody(base, line, 1, false);
  }

  #genericFor(name: string): void {
    const { lex, code } = this;
    const base = code.freeRegister;
    for (let i = 0; i < 4; i++) code.declare("(for state)");
    code.declare(name);
    let count = 1;
    for (; this.skip(COMMA); count++) code.declare(this.name());
    lex.next();
    const { line } = lex;
    const { last, count: values } = this.expressionList();
    this.adjust(4, values, last);
    code.activate(4);
    code.markClosing();
    code.checkStack(3);
    this.#forBody(base, line, count, true);
  }

  #forBody(base: number, line: number, count: number, isGeneric: boolean): void {
    const { lex, code } = this;
    lex.next();
    const prepare = code.emit(isGeneric ? Op.TFORPREP : Op.FORPREP, base);
    code.enterBlock(false);
    code.activate(count);
    code.reserve(count);
    this.#block();
    code.leaveBlock();
    code.at(prepare).b = code.label();
    if (isGeneric) {
      code.emit(Op.TFORCALL, base, 0, count);
      code.fixLine(line);
    }
    const end = code.emit(isGeneric ? Op.TFORLOOP : Op.FORLOOP, base);
    code.at(end).b = prepare + 1;
    code.fixLine(line);
  }

  #label(): void {
    const { lex, code } = this;
    lex.next();
    const name = this.name();
    lex.next();
    while (lex.token === SEMICOLON || lex.token === Token.DOUBLE_COLON) this.#statement();
    code.createLabel(name, this.#endsBlock(false));
  }

  #goto(): void {
    const { code } = this;
    this.lex.next();
    const name = this.name();
    const label = code.labels.findLast((each) => each.name === name);
    if (label === undefined) return code.newGoto(name, code.jump());
    if (code.variableRegisters() > label.level) code.emit(Op.CLOSE, label.level);
    code.patch([code.jump()], label.pc);
  }

  #return(): void {
    const { lex, code } = this;
    lex.next();
    let first = code.variableRegisters();
    let count = 0;
    if (!this.#endsBlock(true) && lex.token !== SEMICOLON) {
      const { last, count: values } = this.expressionList();
      count = values;
      if (last.hasSeveral) {
        code.setReturns(last, -1);
        if (last.kind === "call" && values === 1 && code.block?.insideClosing === false) {
          code.at(last.info).op = Op.TAILCALL;
        }
        first = code.variableRegisters();
        count = -1;
      } else if (values === 1) first = code.toAnyRegister(last);
      else code.toNextRegister(last);
    }
    code.emit(Op.RETURN, first, count + 1);
    this.skip(SEMICOLON);
  }

  #expressionStatement(): void {
    const target = this.suffixed();
    if (this.lex.token === ASSIGN || this.lex.token === COMMA) {
      this.assignment({ target, before: undefined }, 1);
    } else this.code.at(target.info).c = 1;
  }
}

/** Whether a token behind the name `global` makes it a declaration. */
function beginsGlobal(token: number): boolean {
  return token === Token.NAME || token === Token.FUNCTION || token === 0x2a || token === LESS;
}
