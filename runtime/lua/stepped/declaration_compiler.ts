/** Declarations and assignments: instructions that give variables values. After PUC-Rio's `lparser.c`. */
import * as Token from "../parse/token.ts";
import type { ActiveVariable } from "./code.ts";
import { ExpressionCompiler } from "./expression_compiler.ts";
import * as Op from "./opcode.ts";
import { ExpressionValue } from "./value.ts";

const COMMA = 0x2c;
const ASSIGN = 0x3d;
const LESS = 0x3c;
const COLON = 0x3a;
const DOT = 0x2e;

/** The targets of an assignment, the last first. */
interface Targets {
  readonly target: ExpressionValue;
  readonly before: Targets | undefined;
}

export abstract class DeclarationCompiler extends ExpressionCompiler {
  #attribute(common: ActiveVariable["kind"]): ActiveVariable["kind"] {
    if (!this.skip(LESS)) return common;
    const kind = this.name();
    this.lex.next();
    return kind === "close" ? "close" : "const";
  }

  protected local(): void {
    const { code } = this;
    const common = this.#attribute("plain");
    const declared: ActiveVariable[] = [];
    do {
      const name = this.name();
      declared.push(code.declare(name, this.#attribute(common)));
    } while (this.skip(COMMA));
    let values = 0;
    let last = new ExpressionValue("void");
    if (this.skip(ASSIGN)) ({ count: values, last } = this.expressionList());
    const variable = declared.at(-1);
    if (declared.length === values && variable?.kind === "const" && isConstant(last)) {
      variable.kind = "constant";
      variable.value = last.kind === "constant"
        ? last.value
        : last.kind === "nil"
        ? undefined
        : last.kind === "true";
      code.activate(values - 1);
      code.active++;
      return;
    }
    this.adjust(declared.length, values, last);
    code.activate(declared.length);
    const closing = declared.find(({ kind }) => kind === "close");
    if (closing === undefined) return;
    code.markClosing();
    code.emit(Op.TBC, closing.register, 0, 0, false, closing.name);
  }

  protected localFunction(): void {
    const { code } = this;
    const variable = code.declare(this.name());
    code.activate(1);
    this.body(false, this.lex.line);
    if (variable.local !== undefined) variable.local.start = code.pc;
  }

  protected functionStatement(line: number): void {
    const { lex, code } = this;
    lex.next();
    const target = this.variable(this.name());
    while (lex.token === DOT) this.field(target);
    const isMethod = lex.token === COLON;
    if (isMethod) this.field(target);
    const closure = this.body(isMethod, line);
    code.store(target, closure);
    code.fixLine(line);
  }

  /** Makes `count` values of a list. */
  protected adjust(count: number, values: number, last: ExpressionValue): void {
    const { code } = this;
    const needed = count - values;
    if (last.hasSeveral) code.setReturns(last, Math.max(needed + 1, 0));
    else {
      if (last.kind !== "void") code.toNextRegister(last);
      if (needed > 0) code.loadNil(code.freeRegister, needed);
    }
    if (needed > 0) code.reserve(needed);
    else code.freeRegister += needed;
  }

  protected assignment(targets: Targets, count: number): void {
    const { code } = this;
    if (this.skip(COMMA)) {
      const target = this.suffixed();
      if (!target.isIndexed) this.#avoidConflict(targets, target);
      this.assignment({ target, before: targets }, count + 1);
    } else {
      this.lex.next();
      const { last, count: values } = this.expressionList();
      if (values === count) {
        code.setOneReturn(last);
        return code.store(targets.target, last);
      }
      this.adjust(count, values, last);
    }
    code.store(targets.target, new ExpressionValue("register", code.freeRegister - 1));
  }

  /** A variable that is assigned to, and is part of a target before it, is copied first. */
  #avoidConflict(targets: Targets, variable: ExpressionValue): void {
    const { code } = this;
    const extra = code.freeRegister;
    let isConflict = false;
    for (let each: Targets | undefined = targets; each !== undefined; each = each.before) {
      const { target } = each;
      if (!target.isIndexed) continue;
      if (target.kind === "indexedUpvalue") {
        if (variable.kind !== "upvalue" || target.table !== variable.info) continue;
        isConflict = true;
        target.kind = "indexedName";
        target.table = extra;
      } else if (variable.kind === "local") {
        if (target.table === variable.info) {
          isConflict = true;
          target.table = extra;
        }
        if (target.kind === "indexed" && target.key === variable.info) {
          isConflict = true;
          target.key = extra;
        }
      }
    }
    if (!isConflict) return;
    code.emit(variable.kind === "local" ? Op.MOVE : Op.GETUPVAL, extra, variable.info);
    code.reserve(1);
  }

  protected global(line: number): void {
    const { lex, code } = this;
    lex.next();
    if (this.skip(Token.FUNCTION)) {
      const name = this.name();
      this.#declareGlobals([name]);
      const target = this.variable(name);
      const closure = this.body(false, lex.line);
      this.#checkUndefined(name, line);
      code.store(target, closure);
      return code.fixLine(line);
    }
    this.#attribute("plain");
    if (this.skip(0x2a)) return;
    const names: string[] = [];
    do {
      names.push(this.name());
      this.#attribute("plain");
    } while (this.skip(COMMA));
    if (this.skip(ASSIGN)) {
      const targets = names.map((name) => {
        const hidden = new ExpressionValue("void");
        hidden.copy(this.#globalTarget(name));
        return hidden;
      });
      const { last, count } = this.expressionList();
      this.adjust(names.length, count, last);
      for (let i = names.length - 1; i >= 0; i--) {
        const target = targets[i];
        if (target === undefined) continue;
        this.#checkUndefined(names[i] ?? "", line);
        code.store(target, new ExpressionValue("register", code.freeRegister - 1));
      }
    }
    this.#declareGlobals(names);
  }

  #declareGlobals(names: readonly string[]): void {
    for (const name of names) this.code.declare(name, "global");
    this.code.active += names.length;
  }

  /** The global of a name, whatever local variable has it too. */
  #globalTarget(name: string): ExpressionValue {
    this.#declareGlobals([name]);
    const target = this.variable(name);
    this.code.active--;
    this.code.variables.pop();
    return target;
  }

  #checkUndefined(name: string, line: number): void {
    const { code } = this;
    const value = this.#globalTarget(name);
    const register = code.toAnyRegister(value);
    code.fixLine(line);
    code.emit(Op.DEFINED, register, 0, 0, false, name);
    code.fixLine(line);
    code.releaseValue(value);
  }
}

function isConstant(e: ExpressionValue): boolean {
  if (e.hasJumps) return false;
  return e.kind === "constant" || e.kind === "nil" || e.kind === "true" || e.kind === "false";
}
