/**
 * From source text straight to instructions, as PUC-Rio's `lparser.c` does it: the line of an instruction is that of
 * the token read last when it is made. The text has passed the parser; what that has checked is not checked again.
 */
import type { Lexer } from "../parse/lex.ts";
import { binaryOperator, LEFT_PRIORITY, RIGHT_PRIORITY, UNARY_PRIORITY } from "../parse/operator.ts";
import * as Token from "../parse/token.ts";
import { resolve } from "./names.ts";
import * as Op from "./opcode.ts";
import { type Connective, OperatorCode } from "./operator_code.ts";
import { Prototype } from "./prototype.ts";
import { ExpressionValue } from "./value.ts";

const OPENING_PARENTHESIS = 0x28;
const CLOSING_PARENTHESIS = 0x29;
const COMMA = 0x2c;
const DOT = 0x2e;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const ASSIGN = 0x3d;
const OPENING_BRACKET = 0x5b;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Elements of a constructor that are stored at one go. */
const ITEMS_PER_FLUSH = 50;

const UNARY: ReadonlyMap<number, "not" | "-" | "~" | "#"> = new Map([
  [Token.NOT, "not"],
  [0x2d, "-"],
  [0x7e, "~"],
  [0x23, "#"],
]);

/** A constructor that is being read. */
interface Constructor {
  readonly table: ExpressionValue;
  item: ExpressionValue;
  stored: number;
  pending: number;
}

export abstract class ExpressionCompiler {
  protected code: OperatorCode;
  /** All functions, by the numbers that the parser gives them. */
  readonly prototypes: Prototype[] = [];

  constructor(protected readonly lex: Lexer) {
    this.code = new OperatorCode(this.newPrototype(), undefined, lex);
  }

  protected newPrototype(): Prototype {
    const prototype = new Prototype(this.prototypes.length);
    this.prototypes.push(prototype);
    return prototype;
  }

  /** Reads a function from its parameters to its `end`. */
  protected abstract body(isMethod: boolean, line: number): ExpressionValue;

  protected skip(token: number): boolean {
    if (this.lex.token !== token) return false;
    this.lex.next();
    return true;
  }

  protected name(): string {
    const { text } = this.lex;
    this.lex.next();
    return text;
  }

  protected variable(name: string): ExpressionValue {
    const found = resolve(this.code, name);
    if (found !== undefined) return found;
    const env = resolve(this.code, "_ENV");
    if (env === undefined) throw new Error("A global without _ENV has passed the parser");
    this.code.toRegisterOrUpvalue(env);
    this.code.index(env, new ExpressionValue("constant", 0, name));
    return env;
  }

  protected expression(): ExpressionValue {
    const e = new ExpressionValue("void");
    this.#operand(e, 0);
    return e;
  }

  /** Reads a list; all but the last are in registers. */
  protected expressionList(): { last: ExpressionValue; count: number } {
    let last = this.expression();
    let count = 1;
    for (; this.skip(COMMA); count++) {
      this.code.toNextRegister(last);
      last = this.expression();
    }
    return { last, count };
  }

  #operand(e: ExpressionValue, limit: number): void {
    const { lex } = this;
    const unary = UNARY.get(lex.token);
    if (unary === undefined) e.copy(this.#simple());
    else {
      const { line } = lex;
      lex.next();
      this.#operand(e, UNARY_PRIORITY);
      this.code.prefix(unary, e, line);
    }
    for (;;) {
      const { token, line } = lex;
      if ((LEFT_PRIORITY[token] ?? 0) <= limit) return;
      const operator: Connective = binaryOperator(token) ?? (token === Token.AND ? "and" : "or");
      lex.next();
      this.code.infix(operator, e);
      const right = new ExpressionValue("void");
      this.#operand(right, RIGHT_PRIORITY[token] ?? 0);
      this.code.posfix(operator, e, right, line);
    }
  }

  #simple(): ExpressionValue {
    const { lex } = this;
    let e: ExpressionValue;
    switch (lex.token) {
      case Token.NUMBER:
        e = new ExpressionValue("constant", 0, lex.number);
        break;
      case Token.STRING:
        e = new ExpressionValue("constant", 0, lex.text);
        break;
      case Token.NIL:
        e = new ExpressionValue("nil");
        break;
      case Token.TRUE:
        e = new ExpressionValue("true");
        break;
      case Token.FALSE:
        e = new ExpressionValue("false");
        break;
      case Token.DOTS:
        e = new ExpressionValue("vararg", this.code.emit(Op.VARARG, 0, 0, 1));
        break;
      case OPENING_BRACE:
        return this.#table();
      case Token.FUNCTION:
        lex.next();
        return this.body(false, lex.line);
      default:
        return this.suffixed();
    }
    lex.next();
    return e;
  }

  #primary(): ExpressionValue {
    const { lex } = this;
    if (lex.token === Token.NAME) return this.variable(this.name());
    lex.next();
    const e = this.expression();
    lex.next();
    this.code.dischargeVariable(e);
    return e;
  }

  protected suffixed(): ExpressionValue {
    const { lex, code } = this;
    const e = this.#primary();
    for (;;) {
      switch (lex.token) {
        case DOT:
          this.field(e);
          break;
        case OPENING_BRACKET:
          code.toRegisterOrUpvalue(e);
          code.index(e, this.#bracketed());
          break;
        case COLON:
          lex.next();
          code.self(e, this.name());
          this.#arguments(e);
          break;
        case OPENING_PARENTHESIS:
        case Token.STRING:
        case OPENING_BRACE:
          code.toNextRegister(e);
          this.#arguments(e);
          break;
        default:
          return e;
      }
    }
  }

  /** Reads `.name` or `:name`. */
  protected field(e: ExpressionValue): void {
    this.code.toRegisterOrUpvalue(e);
    this.lex.next();
    this.code.index(e, new ExpressionValue("constant", 0, this.name()));
  }

  #bracketed(): ExpressionValue {
    this.lex.next();
    const key = this.expression();
    this.code.toValue(key);
    this.lex.next();
    return key;
  }

  #arguments(e: ExpressionValue): void {
    const { lex, code } = this;
    const { line } = lex;
    let last = new ExpressionValue("void");
    if (lex.token === Token.STRING) {
      last = new ExpressionValue("constant", 0, lex.text);
      lex.next();
    } else if (lex.token === OPENING_BRACE) last = this.#table();
    else {
      lex.next();
      if (lex.token !== CLOSING_PARENTHESIS) {
        last = this.expressionList().last;
        if (last.hasSeveral) code.setReturns(last, -1);
      }
      lex.next();
    }
    const base = e.info;
    let count = 0;
    if (!last.hasSeveral) {
      if (last.kind !== "void") code.toNextRegister(last);
      count = code.freeRegister - base;
    }
    e.become("call", code.emit(Op.CALL, base, count, 2));
    code.fixLine(line);
    code.freeRegister = base + 1;
  }

  #table(): ExpressionValue {
    const { lex, code } = this;
    const pc = code.emit(Op.NEWTABLE);
    code.emit(Op.EXTRA);
    const table = new ExpressionValue("register", code.freeRegister);
    code.at(pc).a = code.freeRegister;
    code.reserve(1);
    const made: Constructor = { table, item: new ExpressionValue("void"), stored: 0, pending: 0 };
    lex.next();
    do {
      if (lex.token === CLOSING_BRACE) break;
      this.#closeItem(made);
      this.#item(made);
    } while (this.skip(COMMA) || this.skip(SEMICOLON));
    lex.next();
    this.#lastItem(made);
    return table;
  }

  #item(made: Constructor): void {
    const { lex } = this;
    const isNamed = lex.token === Token.NAME && lex.peek() === ASSIGN;
    if (!isNamed && lex.token !== OPENING_BRACKET) {
      made.item = this.expression();
      made.pending++;
      return;
    }
    const { code } = this;
    const free = code.freeRegister;
    const key = isNamed ? new ExpressionValue("constant", 0, this.name()) : this.#bracketed();
    lex.next();
    const field = new ExpressionValue("void");
    field.copy(made.table);
    code.index(field, key);
    code.store(field, this.expression());
    code.freeRegister = free;
  }

  #closeItem(made: Constructor): void {
    if (made.item.kind === "void") return;
    this.code.toNextRegister(made.item);
    made.item = new ExpressionValue("void");
    if (made.pending < ITEMS_PER_FLUSH) return;
    this.#flush(made, made.pending);
  }

  #lastItem(made: Constructor): void {
    if (made.pending === 0) return;
    if (made.item.hasSeveral) {
      this.code.setReturns(made.item, -1);
      this.#flush(made, 0);
    } else {
      if (made.item.kind !== "void") this.code.toNextRegister(made.item);
      this.#flush(made, made.pending);
    }
  }

  #flush(made: Constructor, count: number): void {
    const { code } = this;
    code.emit(Op.SETLIST, made.table.info, count, made.stored);
    made.stored += made.pending;
    made.pending = 0;
    code.freeRegister = made.table.info + 1;
  }
}
