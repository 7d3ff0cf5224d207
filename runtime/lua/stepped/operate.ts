/** Instructions that may call metamethods or functions: how they begin, and how they end when results are there. */
import type { BinaryOperator } from "../ast.ts";
import { isTrue, type LuaResult } from "../library/callback.ts";
import { typeName } from "../library/arguments.ts";
import { type NumericLoop, prepareLoop } from "../number/mod.ts";
import { closeFrom, openClosing } from "../run/closing.ts";
import type { Coroutine, LuaFunction } from "../run/coroutine.ts";
import { callHook } from "../run/hook.ts";
import { SUSPENDED } from "../run/machine.ts";
import { callWithMany } from "../run/many.ts";
import * as operators from "../run/operators.ts";
import { unpacked } from "../run/runtime.ts";
import { NO_PROPS } from "../table/props.ts";
import { EMPTY_ARRAY, LuaTable, type LuaValue, tableOf } from "../table.ts";
import { CALLED, closureOf, OuterCall, type Stack } from "./activation.ts";
import * as Op from "./opcode.ts";
import { CONSTANT, type Instruction } from "./prototype.ts";
import { traceResults } from "./trace.ts";

/** So many arguments do not go by JavaScript's stack, where that can be avoided. */
const MANY = 50_000;

type Binary = (a: LuaValue, b: LuaValue) => LuaValue;

const BINARY: Readonly<Partial<Record<BinaryOperator, Binary>>> = {
  "+": operators.add,
  "-": operators.sub,
  "*": operators.mul,
  "/": operators.div,
  "//": operators.idiv,
  "%": operators.mod,
  "^": operators.pow,
  "&": operators.band,
  "|": operators.bor,
  "~": operators.bxor,
  "<<": operators.shl,
  ">>": operators.shr,
};

export function arithmetic(stack: Stack, i: Instruction): LuaValue {
  const left = stack.registers[i.b];
  const right = i.c === CONSTANT ? i.w : stack.registers[i.c];
  const work = BINARY[i.v as BinaryOperator];
  if (work === undefined) throw new Error("There is no such operator");
  return i.flip ? work(right, left) : work(left, right);
}

export function compare(stack: Stack, i: Instruction): LuaValue {
  const left = i.b === CONSTANT ? i.v : stack.registers[i.b];
  const right = i.c === CONSTANT ? i.w : stack.registers[i.c];
  return i.op === Op.EQ
    ? operators.eq(left, right)
    : i.op === Op.LT
    ? operators.lt(left, right)
    : operators.le(left, right);
}

/** A test has an outcome: the jump behind it is taken or skipped. */
export function decide(stack: Stack, i: Instruction, outcome: boolean): void {
  if (outcome !== i.k) stack.pc++;
  else stack.pc = stack.closure.prototype.code[stack.pc]?.b ?? stack.pc;
}

/** Joins operands from the right. @returns `SUSPENDED` when a metamethod waits */
export function concatenate(stack: Stack, { a, b }: Instruction): LuaResult {
  const { registers } = stack;
  if (stack.operands === 0) stack.operands = b;
  while (stack.operands > 1) {
    const left = a + stack.operands - 2;
    const joined = operators.concat(registers[left], registers[left + 1]);
    if ((joined as unknown) === SUSPENDED) return SUSPENDED;
    registers[left] = joined;
    stack.operands--;
  }
  stack.operands = 0;
  return undefined;
}

/** Prepares a numeric loop. @returns Nothing where it does not run */
export function prepare(stack: Stack, { a }: Instruction): NumericLoop | undefined {
  const { registers } = stack;
  return operators.located(() =>
    prepareLoop(registers[a], registers[a + 1], registers[a + 2], (value) => typeName(value as LuaValue))
  );
}

/** Closes what is to be closed from a register on. @returns `SUSPENDED` when a closing method waits */
export function closeRegisters(stack: Stack, from: number): LuaResult {
  stack.unshare(from);
  const at = stack.closing.findIndex(({ register }) => register >= from);
  const entry = stack.closing[at];
  if (entry === undefined) return undefined;
  stack.closing = stack.closing.slice(0, at);
  return closeFrom(entry.height);
}

/** Calls any value. Where a hook waits before, `foreign` says that it is hooked. */
export function callValue(stack: Stack, co: Coroutine, value: LuaValue, given: LuaValue[]): LuaResult {
  let args = given;
  let fn = value;
  // Values on the way to the function come before the arguments, the last first
  const before: LuaValue[] = [];
  while (typeof fn !== "function") {
    const handler = operators.metamethod(fn, "__call");
    operators.checkCallChain(fn, handler, before.length);
    before.push(fn);
    fn = handler;
  }
  if (before.length > 0) args = [...before.reverse(), ...args];
  const closure = closureOf(fn);
  return closure === undefined ? callOuter(stack, co, fn, args) : closure.call(args, before.length);
}

function callOuter(stack: Stack, co: Coroutine, fn: LuaFunction, args: LuaValue[]): LuaResult {
  const { hook } = co;
  let call = stack.foreign;
  if (call === null || (stack.done & CALLED) === 0) {
    call = stack.foreign = new OuterCall(fn, args);
    stack.done |= CALLED;
    if (hook !== undefined && hook.onCall && !co.isHooking) {
      call.transfer = { first: 1, count: args.length };
      if (callHook(hook, "call", undefined, [call]) === SUSPENDED) return SUSPENDED;
    }
  }
  return call.args.length > MANY ? callWithMany(fn, call.args) : call.fn(...call.args) as LuaResult;
}

/** The results of a call are there. @returns `SUSPENDED` when a hook waits */
export function finishCall(stack: Stack, co: Coroutine, i: Instruction, result: LuaResult): LuaResult {
  const { foreign, registers } = stack;
  const values = operators.spread(result);
  if (foreign !== null) {
    const { hook } = co;
    if (hook !== undefined && !co.isHooking && traceResults(stack, foreign, hook, values) === SUSPENDED) {
      stack.results = result;
      return SUSPENDED;
    }
    stack.foreign = null;
  }
  const isLoop = i.op === Op.TFORCALL;
  const first = isLoop ? i.a + 4 : i.a;
  const count = isLoop ? i.c : i.op === Op.TAILCALL || i.c === 0 ? values.length : i.c - 1;
  for (let n = 0; n < count; n++) registers[first + n] = values[n];
  if (!isLoop) {
    stack.top = first + count;
    return undefined;
  }
  // The instruction that goes back in the loop is a part of this one
  const control = registers[first];
  if (control === undefined) stack.pc++;
  else {
    registers[i.a + 2] = control;
    stack.pc = stack.closure.prototype.code[stack.pc]?.b ?? stack.pc;
  }
  return undefined;
}

/** The result of an operation is there that has been waited for. @returns `SUSPENDED` when a hook waits */
export function finish(stack: Stack, co: Coroutine, i: Instruction, result: LuaResult): LuaResult {
  const value = operators.first(result);
  switch (i.op) {
    case Op.EQ:
    case Op.LT:
    case Op.LE:
      decide(stack, i, isTrue(result));
      return undefined;
    case Op.CONCAT:
      stack.registers[i.a + stack.operands - 2] = value;
      stack.operands--;
      return undefined;
    case Op.CALL:
    case Op.TAILCALL:
    case Op.TFORCALL:
      return finishCall(stack, co, i, result);
    case Op.SETTABUP:
    case Op.SETTABLE:
    case Op.SETFIELD:
      return undefined;
    default:
      stack.registers[i.a] = value;
      return undefined;
  }
}

/** The further arguments; where they are in a table, as that has them now. */
export function varargs({ closure: { prototype }, registers, further }: Stack): readonly LuaValue[] {
  const table = prototype.node?.varargTable === undefined ? undefined : registers[prototype.parameterCount];
  return table instanceof LuaTable ? unpacked(table) : further;
}

/** From here on, leaving the block closes the value of a register. */
export function toBeClosed(stack: Stack, register: number, name: string): void {
  const height = openClosing(stack.registers[register], name);
  stack.closing = [...stack.closing, { register, height }];
}

/** Nils between the elements leave the table as long as it was written. */
export function setList(table: LuaTable, stored: number, values: LuaValue[]): void {
  if (stored === 0 && table.hash === null && table.array === EMPTY_ARRAY) {
    table.array = tableOf(NO_PROPS, [undefined, ...values]).array;
  } else values.forEach((value, n) => table.setInt(stored + n + 1, value));
}

export function isFalse(value: LuaValue): boolean {
  return value === undefined || value === false;
}
