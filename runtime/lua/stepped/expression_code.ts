/** Instructions that give values: registers for operands, truth by jumps, storing. After PUC-Rio's `lcode.c`. */
import type { LuaValue } from "../table.ts";
import { ANY, Code } from "./code.ts";
import * as Op from "./opcode.ts";
import { CONSTANT, type Instruction } from "./prototype.ts";
import type { ExpressionValue } from "./value.ts";

/** Names that are longer are no keys of `GETFIELD`. */
const LONGEST_NAME = 40;
const GREATEST_KEY = 255;

/** An operand of an instruction: a register's number, or {@link CONSTANT} and the constant. */
export interface Operand {
  readonly register: number;
  readonly value: LuaValue;
}

export class ExpressionCode extends Code {
  releaseValue(e: ExpressionValue): void {
    if (e.kind === "register") this.release(e.info);
  }

  releaseValues(a: ExpressionValue, b: ExpressionValue): void {
    if (a.kind === "register" && b.kind === "register") this.releaseBoth(a.info, b.info);
    else {
      this.releaseValue(a);
      this.releaseValue(b);
    }
  }

  /** Has a call or `...` give so many values; −1 for all. */
  setReturns(e: ExpressionValue, count: number): void {
    const instruction = this.at(e.info);
    instruction.c = count + 1;
    if (e.kind === "call") return;
    instruction.a = this.freeRegister;
    this.reserve(1);
  }

  setOneReturn(e: ExpressionValue): void {
    if (e.kind === "call") {
      e.kind = "register";
      e.info = this.at(e.info).a;
    } else if (e.kind === "vararg") {
      this.at(e.info).c = 2;
      e.kind = "relocatable";
    }
  }

  /** Makes a variable, a field or several results one value. */
  dischargeVariable(e: ExpressionValue): void {
    switch (e.kind) {
      case "local":
        e.kind = "register";
        return;
      case "upvalue":
        return this.#relocatable(e, this.emit(Op.GETUPVAL, 0, e.info));
      case "indexedUpvalue":
        return this.#relocatable(e, this.emit(Op.GETTABUP, 0, e.table, 0, false, e.value));
      case "indexedInteger":
        this.release(e.table);
        return this.#relocatable(e, this.emit(Op.GETI, 0, e.table, 0, false, e.value));
      case "indexedName":
        this.release(e.table);
        return this.#relocatable(e, this.emit(Op.GETFIELD, 0, e.table, 0, false, e.value));
      case "indexed":
        this.releaseBoth(e.table, e.key);
        return this.#relocatable(e, this.emit(Op.GETTABLE, 0, e.table, e.key));
      case "call":
      case "vararg":
        return this.setOneReturn(e);
    }
  }

  #relocatable(e: ExpressionValue, pc: number): void {
    e.kind = "relocatable";
    e.info = pc;
  }

  #dischargeTo(e: ExpressionValue, register: number): void {
    this.dischargeVariable(e);
    switch (e.kind) {
      case "nil":
        this.loadNil(register, 1);
        break;
      case "true":
      case "false":
        this.emit(Op.LOADK, register, 0, 0, false, e.kind === "true");
        break;
      case "constant":
        this.emit(Op.LOADK, register, 0, 0, false, e.value);
        break;
      case "relocatable":
        this.at(e.info).a = register;
        break;
      case "register":
        if (register !== e.info) this.emit(Op.MOVE, register, e.info);
        break;
      default:
        return;
    }
    e.kind = "register";
    e.info = register;
  }

  #dischargeToAny(e: ExpressionValue): void {
    if (e.kind === "register") return;
    this.reserve(1);
    this.#dischargeTo(e, this.freeRegister - 1);
  }

  /** Whether one of some jumps leaves without a value. */
  #needsValue(list: readonly number[]): boolean {
    return list.some((jump) => this.control(jump).op !== Op.TESTSET);
  }

  toRegister(e: ExpressionValue, register: number): void {
    this.#dischargeTo(e, register);
    if (e.kind === "jump") e.whenTrue = [...e.whenTrue, e.info];
    if (e.hasJumps) {
      let [isFalse, isTrue] = [-1, -1];
      if (this.#needsValue(e.whenTrue) || this.#needsValue(e.whenFalse)) {
        const over = e.kind === "jump" ? [] : [this.jump()];
        this.label();
        isFalse = this.emit(Op.LFALSESKIP, register);
        this.label();
        isTrue = this.emit(Op.LOADK, register, 0, 0, false, true);
        this.patchHere(over);
      }
      const end = this.label();
      this.patchJumps(e.whenFalse, end, register, isFalse);
      this.patchJumps(e.whenTrue, end, register, isTrue);
    }
    e.become("register", register);
  }

  toNextRegister(e: ExpressionValue): void {
    this.dischargeVariable(e);
    this.releaseValue(e);
    this.reserve(1);
    this.toRegister(e, this.freeRegister - 1);
  }

  toAnyRegister(e: ExpressionValue): number {
    this.dischargeVariable(e);
    if (e.kind === "register") {
      if (!e.hasJumps) return e.info;
      if (e.info >= this.variableRegisters()) {
        this.toRegister(e, e.info);
        return e.info;
      }
    }
    this.toNextRegister(e);
    return e.info;
  }

  toRegisterOrUpvalue(e: ExpressionValue): void {
    if (e.kind !== "upvalue" || e.hasJumps) this.toAnyRegister(e);
  }

  toValue(e: ExpressionValue): void {
    if (e.hasJumps) this.toAnyRegister(e);
    else this.dischargeVariable(e);
  }

  /** A constant as it is, all else in a register. */
  toOperand(e: ExpressionValue): Operand {
    if (!e.hasJumps) {
      if (e.kind === "constant") return { register: CONSTANT, value: e.value };
      if (e.kind === "nil") return { register: CONSTANT, value: undefined };
      if (e.kind === "true" || e.kind === "false") return { register: CONSTANT, value: e.kind === "true" };
    }
    return { register: this.toAnyRegister(e), value: undefined };
  }

  store(variable: ExpressionValue, e: ExpressionValue): void {
    switch (variable.kind) {
      case "local":
        this.releaseValue(e);
        return this.toRegister(e, variable.info);
      case "upvalue":
        this.emit(Op.SETUPVAL, this.toAnyRegister(e), variable.info);
        break;
      case "indexed": {
        const { register, value } = this.toOperand(e);
        this.at(this.emit(Op.SETTABLE, variable.table, variable.key, register)).w = value;
        break;
      }
      default: {
        const op = variable.kind === "indexedUpvalue" ? Op.SETTABUP : Op.SETFIELD;
        const { register, value } = this.toOperand(e);
        this.at(this.emit(op, variable.table, 0, register, false, variable.value)).w = value;
      }
    }
    this.releaseValue(e);
  }

  /** `e:name`: the function and the object in two registers. */
  self(e: ExpressionValue, name: string): void {
    this.toAnyRegister(e);
    const object = e.info;
    this.releaseValue(e);
    e.kind = "register";
    e.info = this.freeRegister;
    this.reserve(2);
    this.emit(Op.SELF, e.info, object, 0, false, name);
  }

  /** Makes `e` the field of it that `key` names. */
  index(e: ExpressionValue, key: ExpressionValue): void {
    const isConstant = key.kind === "constant" && !key.hasJumps;
    const isName = isConstant && typeof key.value === "string" && key.value.length <= LONGEST_NAME;
    if (e.kind === "upvalue" && !isName) this.toAnyRegister(e);
    e.table = e.info;
    if (e.kind === "upvalue") {
      e.value = key.value;
      e.kind = "indexedUpvalue";
    } else if (isName) {
      e.value = key.value;
      e.kind = "indexedName";
    } else if (isConstant && isSmallKey(key.value)) {
      e.value = key.value;
      e.kind = "indexedInteger";
    } else {
      e.key = this.toAnyRegister(key);
      e.kind = "indexed";
    }
  }

  #negate(e: ExpressionValue): void {
    const control: Instruction = this.control(e.info);
    control.k = !control.k;
  }

  #jumpOn(e: ExpressionValue, condition: boolean): number {
    if (e.kind === "relocatable") {
      const instruction = this.at(e.info);
      if (instruction.op === Op.NOT) {
        this.removeLast();
        return this.conditionalJump(Op.TEST, instruction.b, 0, 0, !condition);
      }
    }
    this.#dischargeToAny(e);
    this.releaseValue(e);
    return this.conditionalJump(Op.TESTSET, ANY, e.info, 0, condition);
  }

  /** Goes on where a value is true; the jumps where it is false are kept. */
  goIfTrue(e: ExpressionValue): void {
    this.dischargeVariable(e);
    if (e.kind === "jump") {
      this.#negate(e);
      e.whenFalse = [...e.whenFalse, e.info];
    } else if (e.kind !== "constant" && e.kind !== "true") {
      e.whenFalse = [...e.whenFalse, this.#jumpOn(e, false)];
    }
    this.patchHere(e.whenTrue);
    e.whenTrue = [];
  }

  goIfFalse(e: ExpressionValue): void {
    this.dischargeVariable(e);
    if (e.kind === "jump") e.whenTrue = [...e.whenTrue, e.info];
    else if (e.kind !== "nil" && e.kind !== "false") e.whenTrue = [...e.whenTrue, this.#jumpOn(e, true)];
    this.patchHere(e.whenFalse);
    e.whenFalse = [];
  }

  not(e: ExpressionValue): void {
    switch (e.kind) {
      case "nil":
      case "false":
        e.kind = "true";
        break;
      case "constant":
      case "true":
        e.kind = "false";
        break;
      case "jump":
        this.#negate(e);
        break;
      default:
        this.#dischargeToAny(e);
        this.releaseValue(e);
        this.#relocatable(e, this.emit(Op.NOT, 0, e.info));
    }
    [e.whenTrue, e.whenFalse] = [e.whenFalse, e.whenTrue];
    for (const jump of [...e.whenTrue, ...e.whenFalse]) this.patchTest(jump, ANY);
  }
}

function isSmallKey(value: LuaValue): boolean {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= GREATEST_KEY;
}
