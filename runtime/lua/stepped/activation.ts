/** Closures of stepped functions, and their calls. */
import type { Activation, ForeignCall, LocalAccess, Transfer } from "../run/activation.ts";
import type { LuaFunction } from "../run/coroutine.ts";
import type { Box } from "../run/functions.ts";
import type { Named } from "../run/naming.ts";
import type { Place } from "../run/scripts.ts";
import type { NumericLoop } from "../number/mod.ts";
import type { LuaResult } from "../library/callback.ts";
import type { LuaValue } from "../table.ts";
import { calledName, operandName } from "./naming.ts";
import * as Op from "./opcode.ts";
import type { Instruction, Prototype } from "./prototype.ts";

/** A variable that functions share: a register while its block runs, then by itself. */
export class Upvalue implements Box {
  #registers: LuaValue[] | undefined;
  #value: LuaValue;

  constructor(registers: LuaValue[], readonly register: number) {
    this.#registers = registers;
  }

  get v(): LuaValue {
    return this.#registers === undefined ? this.#value : this.#registers[this.register];
  }

  set v(value: LuaValue) {
    if (this.#registers === undefined) this.#value = value;
    else this.#registers[this.register] = value;
  }

  close(): void {
    this.#value = this.v;
    this.#registers = undefined;
  }
}

export interface Closure {
  readonly prototype: Prototype;
  readonly upvalues: Box[];
  readonly fn: LuaFunction;
  /** Calls it, with any number of arguments. @param extra How many of them `__call` has put in front */
  call(args: LuaValue[], extra?: number): LuaResult;
}

const closures = new WeakMap<LuaFunction, Closure>();

/** What is known of a stepped function; undefined for others. */
export function closureOf(fn: LuaFunction): Closure | undefined {
  return closures.get(fn);
}

export function registerClosure(closure: Closure): void {
  closures.set(closure.fn, closure);
}

/** Shared, and never written. */
const NONE: never[] = [];
const NO_TRANSFER: Transfer = { first: 0, count: 0 };

/** A function that is no stepped one, called by one that is. */
export class OuterCall implements ForeignCall {
  isHooked = false;
  transfer = NO_TRANSFER;
  /** Once it has returned, while a hook is told. */
  results: readonly LuaValue[] | undefined;

  constructor(readonly fn: LuaFunction, readonly args: LuaValue[]) {}

  get locals(): LocalAccess {
    const { args, results = [] } = this;
    return {
      get(n) {
        if (n < 1 || n > args.length + results.length) return undefined;
        return {
          name: "(C temporary)",
          value: n <= args.length ? args[n - 1] : results[n - 1 - args.length],
        };
      },
      set(n, value) {
        if (n < 1 || n > args.length) return undefined;
        args[n - 1] = value;
        return "(C temporary)";
      },
    };
  }
}

/** What a call has done of the instruction at which it stands: it is done again after a hook that has waited. */
export const COUNTED = 1;
export const TRACED = 2;
export const CALLED = 4;
export const RETURNED = 8;

/** The call of a stepped function. */
export class Stack implements Activation {
  outer: Activation | null = null;
  /** The instruction that runs, the one before it, and the next. */
  current = 0;
  last = 0;
  pc = 0;
  /** Whether a hook has been told of the call. */
  isEntered = false;
  readonly registers: LuaValue[];
  readonly further: LuaValue[];
  /** Behind the values of a call or of `...` that gives as many as there are. */
  top = 0;
  foreign: OuterCall | null = null;
  isHooked = false;
  transfer = NO_TRANSFER;
  /** What of {@link COUNTED} and so on is done. */
  done = 0;
  /** How many operands of a `..` are left, while a metamethod runs. */
  operands = 0;
  /** The passes left of numeric loops, by their registers. */
  loops: (NumericLoop | undefined)[] | undefined;
  /** The registers of variables to be closed, with how many closing values there were before. */
  closing: { readonly register: number; readonly height: number }[] = NONE;
  /** The results of a function, while a hook is told that it returns. */
  results: LuaResult = undefined;
  #open: Upvalue[] = NONE;

  constructor(
    readonly closure: Closure,
    args: readonly LuaValue[],
    readonly isTailCalled: boolean,
    readonly extraArguments = 0,
  ) {
    const { parameterCount, isVararg, registerCount } = closure.prototype;
    const registers = this.registers = new Array<LuaValue>(registerCount).fill(undefined);
    for (let i = 0; i < parameterCount; i++) registers[i] = args[i];
    this.further = isVararg ? args.slice(parameterCount) : NONE;
  }

  get fn(): LuaFunction {
    return this.closure.fn;
  }

  /** The shared variable of a register. */
  share(register: number): Upvalue {
    let upvalue = this.#open.find((each) => each.register === register);
    if (upvalue === undefined) this.#open = [...this.#open, upvalue = new Upvalue(this.registers, register)];
    return upvalue;
  }

  /** Ends the shared variables from a register on. */
  unshare(from: number): void {
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter((upvalue) => {
      if (upvalue.register < from) return true;
      upvalue.close();
      return false;
    });
  }

  place(): Place {
    const { chunk, code, node } = this.closure.prototype;
    if (chunk === undefined || node === undefined) {
      throw new Error("A function has run before its chunk was complete");
    }
    const instruction = code[this.current];
    const origin = instruction?.op === Op.TAILCALL
      ? { line: instruction.line, isTailCall: true as const }
      : { line: instruction?.line ?? node.line };
    return { chunk: chunk.name, source: chunk.source, loaded: chunk, origin, owner: node, activation: this };
  }

  calledName(): Named | undefined {
    return calledName(this.closure.prototype, this.current);
  }

  operandName(side: "left" | "right"): Named | undefined {
    // What a function of the library cannot take has no name in the source
    if (this.foreign !== null) return undefined;
    const { prototype } = this.closure;
    const { a } = prototype.code[this.current] as Instruction;
    return operandName(prototype, this.current, side, a + this.operands - 2);
  }

  get locals(): LocalAccess {
    return { get: (n) => this.#getLocal(n), set: (n, value) => this.#setLocal(n, value) };
  }

  #getLocal(n: number): { name: string; value: LuaValue } | undefined {
    if (n < 0) {
      return -n > this.further.length ? undefined : { name: "(vararg)", value: this.further[-n - 1] };
    }
    const name = this.#localName(n);
    return name === undefined ? undefined : { name, value: this.registers[n - 1] };
  }

  #setLocal(n: number, value: LuaValue): string | undefined {
    if (n < 0) {
      if (-n > this.further.length) return undefined;
      this.further[-n - 1] = value;
      return "(vararg)";
    }
    const name = this.#localName(n);
    if (name !== undefined) this.registers[n - 1] = value;
    return name;
  }

  #localName(n: number): string | undefined {
    if (n === 0) return undefined;
    const name = this.closure.prototype.localName(n, this.current);
    if (name !== undefined) return name;
    return n <= this.#used() ? "(temporary)" : undefined;
  }

  /** How many registers are in use: those below the function that is called. */
  #used(): number {
    const { code, registerCount } = this.closure.prototype;
    const instruction = code[this.current];
    if (this.isHooked) return Math.max(registerCount, this.transfer.first + this.transfer.count - 1);
    switch (instruction?.op) {
      case Op.CALL:
      case Op.TAILCALL:
        return instruction.a;
      case Op.TFORCALL:
        return instruction.a + 4;
      default:
        return registerCount;
    }
  }

  /** Lets go of what registers hold that are not in use. @param isBetween Whether it waits between two statements */
  forget(isBetween: boolean): void {
    const used = isBetween ? this.closure.prototype.activeLocals(this.pc) : this.#used();
    this.registers.fill(undefined, used);
  }
}
