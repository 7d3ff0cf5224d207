/** What the values in registers are called in the source: PUC-Rio's `ldebug.c`. */
import { OPERATOR_NAMES } from "../operator.ts";
import type { BinaryOperator } from "../ast.ts";
import type { Named } from "../run/naming.ts";
import * as Op from "./opcode.ts";
import { CONSTANT, type Instruction, type Prototype } from "./prototype.ts";

/** The instruction that has set a register, −1 where that depends on jumps. */
function setterOf({ code }: Prototype, last: number, register: number): number {
  let setter = -1;
  let target = 0;
  for (let pc = 0; pc < last; pc++) {
    const { op, a, b } = code[pc] as Instruction;
    let changes = false;
    if (op === Op.LOADNIL) changes = a <= register && register <= a + b;
    else if (op === Op.TFORCALL) changes = register >= a + 2;
    else if (op === Op.CALL || op === Op.TAILCALL) changes = register >= a;
    else if (op === Op.JMP) {
      if (b <= last && b > target) target = b;
    } else changes = register === a && Op.setsRegister(op);
    if (changes) setter = pc < target ? -1 : pc;
  }
  return setter;
}

/** The name of what a register holds at an instruction. */
export function registerName(prototype: Prototype, pc: number, register: number): Named | undefined {
  const local = prototype.localName(register + 1, pc);
  if (local !== undefined) return { what: "local", name: local };
  const setter = setterOf(prototype, pc, register);
  const instruction = prototype.code[setter];
  if (instruction === undefined) return undefined;
  const { op, a, b, c, v } = instruction;
  switch (op) {
    case Op.MOVE:
      return b < a ? registerName(prototype, setter, b) : undefined;
    case Op.GETTABUP:
      return { what: upvalueName(prototype, b) === "_ENV" ? "global" : "field", name: String(v) };
    case Op.GETTABLE: {
      const key = registerName(prototype, setter, c);
      return { what: fieldKind(prototype, setter, b), name: key?.what === "constant" ? key.name : "?" };
    }
    case Op.GETI:
      return { what: "field", name: "integer index" };
    case Op.GETFIELD:
      return { what: fieldKind(prototype, setter, b), name: String(v) };
    case Op.GETUPVAL:
      return { what: "upvalue", name: upvalueName(prototype, b) };
    case Op.LOADK:
      return typeof v === "string" ? { what: "constant", name: v } : undefined;
    case Op.SELF:
      return { what: "method", name: String(v) };
    default:
      return undefined;
  }
}

function upvalueName(prototype: Prototype, index: number): string {
  return prototype.upvalues[index]?.name ?? "?";
}

function fieldKind(prototype: Prototype, pc: number, object: number): "global" | "field" {
  const name = registerName(prototype, pc, object);
  return name?.what === "local" && name.name === "_ENV" ? "global" : "field";
}

/** What calls a function at an instruction: its name there, or the metamethod that it is. */
export function calledName(prototype: Prototype, pc: number): Named | undefined {
  const instruction = prototype.code[pc];
  if (instruction === undefined) return undefined;
  const metamethod = (name: string): Named => ({ what: "metamethod", name });
  switch (instruction.op) {
    case Op.CALL:
    case Op.TAILCALL:
      return registerName(prototype, pc, instruction.a);
    case Op.TFORCALL:
      return { what: "for iterator", name: "for iterator" };
    case Op.SELF:
    case Op.GETTABUP:
    case Op.GETTABLE:
    case Op.GETI:
    case Op.GETFIELD:
      return metamethod("index");
    case Op.SETTABUP:
    case Op.SETTABLE:
    case Op.SETFIELD:
      return metamethod("newindex");
    case Op.ARITH:
      return metamethod(OPERATOR_NAMES[instruction.v as BinaryOperator]);
    case Op.UNM:
      return metamethod("unm");
    case Op.BNOT:
      return metamethod("bnot");
    case Op.LEN:
      return metamethod("len");
    case Op.CONCAT:
      return metamethod("concat");
    case Op.EQ:
      return metamethod("eq");
    case Op.LT:
      return metamethod("lt");
    case Op.LE:
      return metamethod("le");
    case Op.CLOSE:
    case Op.RETURN:
      return metamethod("close");
    default:
      return undefined;
  }
}

/** The name of an operand that an instruction cannot take. @param concatenated The register of a `..` that is read first */
export function operandName(
  prototype: Prototype,
  pc: number,
  side: "left" | "right",
  concatenated: number,
): Named | undefined {
  const instruction = prototype.code[pc];
  if (instruction === undefined) return undefined;
  const { op, a, b, c, flip } = instruction;
  const inRegister = (register: number) =>
    register === CONSTANT ? undefined : registerName(prototype, pc, register);
  switch (op) {
    case Op.GETTABUP:
      return { what: "upvalue", name: upvalueName(prototype, b) };
    case Op.SETTABUP:
      return { what: "upvalue", name: upvalueName(prototype, a) };
    case Op.ARITH:
      return inRegister((side === "left") === flip ? c : b);
    case Op.CONCAT:
      return inRegister(side === "left" ? concatenated : concatenated + 1);
    case Op.SETTABLE:
    case Op.SETFIELD:
      return inRegister(a);
    case Op.CALL:
    case Op.TAILCALL:
      return inRegister(a);
    case Op.TFORCALL:
      return { what: "for iterator", name: "for iterator" };
    case Op.GETTABLE:
    case Op.GETI:
    case Op.GETFIELD:
    case Op.SELF:
    case Op.UNM:
    case Op.BNOT:
    case Op.LEN:
      return inRegister(b);
    default:
      return undefined;
  }
}
