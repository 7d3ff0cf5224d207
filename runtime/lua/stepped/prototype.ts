/** A function's text as instructions. */
import type { FunctionNode } from "../ast.ts";
import type { KnownChunk } from "../run/functions.ts";
import type { LuaValue } from "../table.ts";
import * as Op from "./opcode.ts";

/** An operand that is a constant, where a register's number would stand. */
export const CONSTANT = -1;

export class Instruction {
  /** A second constant: the value that is stored. */
  w: LuaValue = undefined;
  /** Whether operands have changed places: metamethods are to be given them as they stood. */
  flip = false;

  constructor(
    public op: number,
    public a: number,
    public b: number,
    public c: number,
    public k: boolean,
    /** A constant. */
    public v: LuaValue,
    public line: number,
  ) {}
}

/** A local variable as debuggers see it: in force from an instruction on, up to another. */
export interface LocalVariable {
  readonly name: string;
  start: number;
  end: number;
}

export interface UpvalueDescription {
  readonly name: string;
  /** Whether it is a register of the function around, or an upvalue of that. */
  readonly inStack: boolean;
  readonly index: number;
}

export class Prototype {
  readonly code: Instruction[] = [];
  readonly locals: LocalVariable[] = [];
  readonly upvalues: UpvalueDescription[] = [];
  readonly inner: Prototype[] = [];
  parameterCount = 0;
  isVararg = false;
  registerCount = 2;
  line = 0;
  lastLine = 0;
  /** Set when the chunk is complete. */
  chunk: KnownChunk | undefined;
  node: FunctionNode | undefined;

  constructor(readonly id: number) {}

  /** The name of the n-th local variable in force at an instruction. */
  localName(n: number, pc: number): string | undefined {
    let left = n;
    for (const { name, start, end } of this.locals) {
      if (start > pc) return undefined;
      if (pc < end && --left === 0) return name;
    }
    return undefined;
  }

  /** How many local variables are in force at an instruction. */
  activeLocals(pc: number): number {
    return this.locals.filter(({ start, end }) => start <= pc && pc < end).length;
  }

  /** The lines that hooks of lines can be told. */
  activeLines(): Set<number> {
    const lines = new Set<number>();
    for (const [pc, { line, op }] of this.code.entries()) {
      if (pc > 0 || op !== Op.VARARGPREP) lines.add(line);
    }
    return lines;
  }
}
