/** The instructions of a function in the making: registers, jumps, blocks. After PUC-Rio's `lcode.c`. */
import type { Lexer } from "../parse/lex.ts";
import type { LuaValue } from "../table.ts";
import * as Op from "./opcode.ts";
import { Instruction, type LocalVariable, type Prototype } from "./prototype.ts";

/** A variable in force. */
export interface ActiveVariable {
  readonly name: string;
  /** `global` hides a local variable; `constant` has no register. */
  kind: "plain" | "const" | "close" | "constant" | "global";
  register: number;
  value: LuaValue;
  local: LocalVariable | undefined;
}

export interface Block {
  readonly outer: Block | undefined;
  readonly isLoop: boolean;
  readonly firstLabel: number;
  readonly firstGoto: number;
  readonly active: number;
  /** Whether an inner function uses a variable of it, or one is to be closed. */
  hasUpvalue: boolean;
  insideClosing: boolean;
}

/** A label, or a jump to one that has not been seen. */
export interface LabelEntry {
  readonly name: string;
  readonly pc: number;
  /** How many registers variables have there; where a jump leaves blocks, in what is left. */
  level: number;
  closes: boolean;
}

/** What a register's number is when any will do. */
export const ANY = 255;

export class Code {
  freeRegister = 0;
  /** How many of `variables` are in force. */
  active = 0;
  readonly variables: ActiveVariable[] = [];
  readonly labels: LabelEntry[] = [];
  readonly gotos: LabelEntry[] = [];
  block: Block | undefined;
  needsClose = false;
  /** The last instruction that a jump goes to. */
  #lastTarget = 0;

  constructor(readonly prototype: Prototype, readonly outer: Code | undefined, readonly lex: Lexer) {}

  get pc(): number {
    return this.prototype.code.length;
  }

  at(pc: number): Instruction {
    const instruction = this.prototype.code[pc];
    if (instruction === undefined) throw new Error("There is no such instruction");
    return instruction;
  }

  emit(op: number, a = 0, b = 0, c = 0, k = false, v: LuaValue = undefined): number {
    return this.prototype.code.push(new Instruction(op, a, b, c, k, v, this.lex.lastLine)) - 1;
  }

  /** Says that the last instruction belongs to another line. */
  fixLine(line: number): void {
    this.at(this.pc - 1).line = line;
  }

  /** The last instruction, unless something jumps behind it. */
  get previous(): Instruction | undefined {
    return this.pc > this.#lastTarget ? this.prototype.code[this.pc - 1] : undefined;
  }

  removeLast(): void {
    this.prototype.code.pop();
  }

  loadNil(from: number, count: number): void {
    const last = from + count - 1;
    const { previous } = this;
    if (previous?.op === Op.LOADNIL) {
      const first = previous.a;
      const end = first + previous.b;
      if ((first <= from && from <= end + 1) || (from <= first && first <= last + 1)) {
        previous.a = Math.min(first, from);
        previous.b = Math.max(end, last) - previous.a;
        return;
      }
    }
    this.emit(Op.LOADNIL, from, count - 1);
  }

  jump(): number {
    return this.emit(Op.JMP);
  }

  /** A test, and the jump that it decides about. @returns The jump */
  conditionalJump(op: number, a: number, b: number, c: number, k: boolean, v?: LuaValue): number {
    this.emit(op, a, b, c, k, v);
    return this.jump();
  }

  /** Where a jump may go: the next instruction. */
  label(): number {
    return this.#lastTarget = this.pc;
  }

  /** The test that decides about a jump; the jump itself where none does. */
  control(jump: number): Instruction {
    const before = this.prototype.code[jump - 1];
    return before !== undefined && Op.isTest(before.op) ? before : this.at(jump);
  }

  /** Sets where a test puts its value. @returns Whether it gives one */
  patchTest(jump: number, register: number): boolean {
    const control = this.control(jump);
    if (control.op !== Op.TESTSET) return false;
    if (register !== ANY && register !== control.b) control.a = register;
    else {
      control.op = Op.TEST;
      control.a = control.b;
    }
    return true;
  }

  patchJumps(list: readonly number[], withValue: number, register: number, without: number): void {
    for (const jump of list) {
      this.at(jump).b = this.patchTest(jump, register) ? withValue : without;
    }
  }

  patch(list: readonly number[], target: number): void {
    this.patchJumps(list, target, ANY, target);
  }

  patchHere(list: readonly number[]): void {
    this.patch(list, this.label());
  }

  reserve(count: number): void {
    this.checkStack(count);
    this.freeRegister += count;
  }

  checkStack(count: number): void {
    this.prototype.registerCount = Math.max(this.prototype.registerCount, this.freeRegister + count);
  }

  release(register: number): void {
    if (register >= this.variableRegisters()) this.freeRegister--;
  }

  releaseBoth(a: number, b: number): void {
    this.release(Math.max(a, b));
    this.release(Math.min(a, b));
  }

  /** How many registers the first variables in force have. */
  registersOf(count: number): number {
    for (let i = count - 1; i >= 0; i--) {
      const variable = this.variables[i];
      if (variable !== undefined && variable.kind !== "constant" && variable.kind !== "global") {
        return variable.register + 1;
      }
    }
    return 0;
  }

  variableRegisters(): number {
    return this.registersOf(this.active);
  }

  /** Makes a variable that is not yet in force. */
  declare(name: string, kind: ActiveVariable["kind"] = "plain"): ActiveVariable {
    const variable: ActiveVariable = { name, kind, register: 0, value: undefined, local: undefined };
    this.variables.push(variable);
    return variable;
  }

  /** Puts the next variables in force. */
  activate(count: number): void {
    let register = this.variableRegisters();
    for (let i = 0; i < count; i++) {
      const variable = this.variables[this.active++];
      if (variable === undefined) throw new Error("There is no such variable");
      variable.register = register++;
      variable.local = { name: variable.name, start: this.pc, end: 0 };
      this.prototype.locals.push(variable.local);
    }
  }

  enterBlock(isLoop: boolean): Block {
    const { block: outer } = this;
    return this.block = {
      outer,
      isLoop,
      firstLabel: this.labels.length,
      firstGoto: this.gotos.length,
      active: this.active,
      hasUpvalue: false,
      insideClosing: outer?.insideClosing ?? false,
    };
  }

  leaveBlock(): void {
    const { block } = this;
    if (block === undefined) throw new Error("There is no block to leave");
    const level = this.registersOf(block.active);
    while (this.active > block.active) {
      this.active--;
      const local = this.variables.pop()?.local;
      if (local !== undefined) local.end = this.pc;
    }
    const hasClosed = block.isLoop && this.createLabel("break", false);
    if (!hasClosed && block.outer !== undefined && block.hasUpvalue) this.emit(Op.CLOSE, level);
    this.freeRegister = level;
    this.labels.length = block.firstLabel;
    this.block = block.outer;
    if (block.outer === undefined) return;
    for (const pending of this.gotos.slice(block.firstGoto)) {
      if (pending.level > level) pending.closes ||= block.hasUpvalue;
      pending.level = level;
    }
  }

  /** @returns Whether variables are closed there */
  createLabel(name: string, isLast: boolean): boolean {
    const { block } = this;
    if (block === undefined) throw new Error("A label needs a block");
    const level = this.registersOf(isLast ? block.active : this.active);
    const label = { name, pc: this.label(), level, closes: false };
    this.labels.push(label);
    let closes = false;
    for (let i = block.firstGoto; i < this.gotos.length;) {
      const pending = this.gotos[i];
      if (pending?.name !== name) i++;
      else {
        closes ||= pending.closes;
        this.patch([pending.pc], label.pc);
        this.gotos.splice(i, 1);
      }
    }
    if (closes) this.emit(Op.CLOSE, this.variableRegisters());
    return closes;
  }

  newGoto(name: string, pc: number): void {
    this.gotos.push({ name, pc, level: this.variableRegisters(), closes: false });
  }

  /** From here on, leaving the block closes something. */
  markClosing(): void {
    if (this.block === undefined) return;
    this.block.hasUpvalue = this.block.insideClosing = this.needsClose = true;
  }

  /** Jumps that lead to jumps go on with these. */
  finish(): void {
    const { code } = this.prototype;
    for (const instruction of code) {
      if (instruction.op !== Op.JMP) continue;
      for (let hops = 0; hops < 100; hops++) {
        const target = code[instruction.b];
        if (target?.op !== Op.JMP) break;
        instruction.b = target.b;
      }
    }
  }
}
