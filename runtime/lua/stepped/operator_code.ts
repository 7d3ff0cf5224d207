/** Instructions of operators, with what PUC-Rio computes beforehand. After its `lcode.c`. */
import type { BinaryOperator, UnaryExpression } from "../ast.ts";
import { foldedBinary, foldedUnary } from "../number/folding.ts";
import { isInteger, isNumber, type LuaNumber, toInteger } from "../number/mod.ts";
import type { LuaValue } from "../table.ts";
import { ExpressionCode, type Operand } from "./expression_code.ts";
import * as Op from "./opcode.ts";
import { CONSTANT } from "./prototype.ts";
import type { ExpressionValue } from "./value.ts";

/** Numbers that instructions of PUC-Rio hold as signed bytes. */
function isShort(value: LuaValue): boolean {
  if (!isNumber(value)) return false;
  const integer = toInteger(value);
  return typeof integer === "number" && integer >= -127 && integer <= 128;
}

/** The number that an expression is; undefined where it is none. */
function numeral(e: ExpressionValue): LuaNumber | undefined {
  return e.kind === "constant" && !e.hasJumps && isNumber(e.value) ? e.value : undefined;
}

function isShortInteger(e: ExpressionValue): boolean {
  const value = numeral(e);
  return value !== undefined && isInteger(value) && isShort(value);
}

/** A binary operator, `and` and `or` included. */
export type Connective = BinaryOperator | "and" | "or";

export class OperatorCode extends ExpressionCode {
  prefix(operator: UnaryExpression["operator"], e: ExpressionValue, line: number): void {
    this.dischargeVariable(e);
    if (operator === "not") return this.not(e);
    const value = numeral(e);
    if (value !== undefined && operator !== "#") {
      const result = foldedUnary(operator, value);
      if (result !== undefined) {
        e.value = result;
        return;
      }
    }
    const register = this.toAnyRegister(e);
    this.releaseValue(e);
    const op = operator === "-" ? Op.UNM : operator === "#" ? Op.LEN : Op.BNOT;
    e.become("relocatable", this.emit(op, 0, register));
    this.fixLine(line);
  }

  /** Prepares the left operand, before the right one is read. */
  infix(operator: Connective, e: ExpressionValue): void {
    this.dischargeVariable(e);
    switch (operator) {
      case "and":
        return this.goIfTrue(e);
      case "or":
        return this.goIfFalse(e);
      case "..":
        return this.toNextRegister(e);
      case "==":
      case "~=":
        if (numeral(e) === undefined) this.toOperand(e);
        return;
      case "<":
      case "<=":
      case ">":
      case ">=":
        if (numeral(e) === undefined || !isShort(e.value)) this.toAnyRegister(e);
        return;
      default:
        if (numeral(e) === undefined) this.toAnyRegister(e);
    }
  }

  posfix(operator: Connective, a: ExpressionValue, b: ExpressionValue, line: number): void {
    this.dischargeVariable(b);
    switch (operator) {
      case "and":
        b.whenFalse = [...b.whenFalse, ...a.whenFalse];
        return a.copy(b);
      case "or":
        b.whenTrue = [...b.whenTrue, ...a.whenTrue];
        return a.copy(b);
      case "..":
        this.toNextRegister(b);
        return this.#concatenate(a, b, line);
      case "==":
      case "~=":
        return this.#equality(a, b, operator === "==");
      case "<":
      case "<=":
        return this.#order(operator === "<" ? Op.LT : Op.LE, a, b);
      case ">":
      case ">=":
        a.swap(b);
        return this.#order(operator === ">" ? Op.LT : Op.LE, a, b);
      default:
        this.#arithmetic(operator, a, b, line);
    }
  }

  #concatenate(a: ExpressionValue, b: ExpressionValue, line: number): void {
    const { previous } = this;
    if (previous?.op === Op.CONCAT && previous.a === b.info) {
      const count = previous.b;
      this.releaseValue(b);
      previous.a = a.info;
      previous.b = count + 1;
    } else {
      this.emit(Op.CONCAT, a.info, 2);
      this.releaseValue(b);
      this.fixLine(line);
    }
  }

  #arithmetic(operator: BinaryOperator, a: ExpressionValue, b: ExpressionValue, line: number): void {
    const [x, y] = [numeral(a), numeral(b)];
    if (x !== undefined && y !== undefined) {
      const result = foldedBinary(operator, x, y);
      if (result !== undefined) {
        a.value = result;
        return;
      }
    }
    const isBitwise = operator === "&" || operator === "|" || operator === "~";
    const commutes = operator === "+" || operator === "*" || isBitwise;
    let flip = false;
    if (commutes && x !== undefined && (!isBitwise || isInteger(x))) {
      a.swap(b);
      flip = true;
    } else if (operator === "<<" && isShortInteger(a)) {
      a.swap(b);
      flip = true;
    }
    if (!this.#isConstantOperand(operator, b, isBitwise)) {
      if (flip) a.swap(b);
      flip = false;
      const right = this.toAnyRegister(b);
      return this.#binary(operator, a, b, { register: right, value: undefined }, flip, line);
    }
    this.#binary(operator, a, b, { register: CONSTANT, value: b.value }, flip, line);
  }

  #isConstantOperand(operator: BinaryOperator, b: ExpressionValue, isBitwise: boolean): boolean {
    const value = numeral(b);
    if (value === undefined) return false;
    if (operator === "<<" || operator === ">>") return isShortInteger(b);
    return !isBitwise || isInteger(value);
  }

  #binary(
    operator: BinaryOperator,
    a: ExpressionValue,
    b: ExpressionValue,
    right: Operand,
    flip: boolean,
    line: number,
  ): void {
    const left = this.toAnyRegister(a);
    const pc = this.emit(Op.ARITH, 0, left, right.register, false, operator);
    const instruction = this.at(pc);
    instruction.w = right.value;
    instruction.flip = flip;
    this.releaseValues(a, b);
    a.become("relocatable", pc);
    this.fixLine(line);
  }

  /** `v` and `w` of a comparison are the constants that stand for its operands. */
  #compare(op: number, left: Operand, right: Operand, k: boolean): number {
    const jump = this.conditionalJump(op, 0, left.register, right.register, k, left.value);
    this.at(jump - 1).w = right.value;
    return jump;
  }

  #order(op: number, a: ExpressionValue, b: ExpressionValue): void {
    const short = (e: ExpressionValue): Operand | undefined => {
      const value = numeral(e);
      return value === undefined || !isShort(value) ? undefined : { register: CONSTANT, value };
    };
    let left: Operand;
    let right = short(b);
    if (right !== undefined) left = { register: this.toAnyRegister(a), value: undefined };
    else {
      const constant = short(a);
      left = constant ?? { register: this.toAnyRegister(a), value: undefined };
      right = { register: this.toAnyRegister(b), value: undefined };
    }
    this.releaseValues(a, b);
    a.become("jump", this.#compare(op, left, right, true));
  }

  #equality(a: ExpressionValue, b: ExpressionValue, isEqual: boolean): void {
    if (a.kind !== "register") a.swap(b);
    const left = { register: this.toAnyRegister(a), value: undefined };
    const right = this.toOperand(b);
    this.releaseValues(a, b);
    a.become("jump", this.#compare(Op.EQ, left, right, isEqual));
  }
}
