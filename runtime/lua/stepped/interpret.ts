/** Runs functions instruction by instruction. */
import { type LuaResult, NOTHING } from "../library/callback.ts";
import { runtimeError } from "../error.ts";
import { STEPPING } from "../run/activation.ts";
import { type Coroutine, enter, type LuaFunction, spend } from "../run/coroutine.ts";
import { type FrameKind, save } from "../run/frame.ts";
import { type Box, keepUpvalues, textOf } from "../run/functions.ts";
import { machine, MAX_DEPTH, SUSPENDED } from "../run/machine.ts";
import { named } from "../run/named.ts";
import * as operators from "../run/operators.ts";
import { packed } from "../run/runtime.ts";
import { LuaTable, type LuaValue } from "../table.ts";
import { type Closure, closureOf, registerClosure, Stack } from "./activation.ts";
import * as Op from "./opcode.ts";
import {
  arithmetic,
  callValue,
  closeRegisters,
  compare,
  concatenate,
  decide,
  finish,
  finishCall,
  isFalse,
  prepare,
  setList,
  toBeClosed,
  varargs,
} from "./operate.ts";
import { CONSTANT, type Instruction, type Prototype } from "./prototype.ts";
import { trace, traceCall, traceReturn } from "./trace.ts";

/** How a saved call goes on. */
const CONTINUE = 0;
/** With the result of its instruction. */
const OPERATION = 1;
/** With its instruction once more, what is `done` of it excepted. */
const AGAIN = 2;
/** With the results that it has kept. */
const RESULTS = 3;

/** So many passes of loops take the time that generated code has for a slice. */
const PASSES = 250;
let passes = 0;

const NO_UPVALUES: never[] = [];

export function makeClosure(prototype: Prototype, upvalues: Box[]): LuaFunction {
  const fn = (...args: LuaValue[]): LuaResult => closure.call(args);
  const closure: Closure = {
    prototype,
    upvalues,
    fn,
    call(args, extra) {
      if ((++machine.d > MAX_DEPTH || --machine.b < 0) && enter(fn, args) === SUSPENDED) return SUSPENDED;
      return run(new Stack(closure, args, false, extra), CONTINUE, undefined);
    },
  };
  Object.defineProperty(fn, "name", { value: `F${prototype.id}_${prototype.chunk?.number ?? 0}` });
  registerClosure(closure);
  return keepUpvalues(fn, (i, box) => {
    if (box !== undefined) upvalues[i] = box;
    return upvalues[i] as Box;
  });
}

function run(stack: Stack, how: number, result: LuaResult): LuaResult {
  const co = machine.current as Coroutine;
  const outer = stack.outer = co.activation;
  co.activation = stack;
  try {
    const results = interpret(stack, co, how, result);
    if (results !== SUSPENDED) machine.d--;
    return results;
  } finally {
    co.activation = outer;
  }
}

const waiting: FrameKind = {
  isProtected: false,
  resume(frame, result) {
    machine.d++;
    return run(frame.slots[0] as Stack, frame.site, result);
  },
  forget: (frame) => (frame.slots[0] as Stack).forget(frame.site === CONTINUE),
  place: (frame) => (frame.slots[0] as Stack).place(),
};

function wait(stack: Stack, how: number): LuaResult {
  return save(waiting, how, [stack, stack.registers], NO_UPVALUES);
}

/** Before an instruction that repeats others. @returns `SUSPENDED` when others are to have their turn */
function pass(): LuaResult {
  if (++passes < PASSES) return undefined;
  passes = 0;
  return spend();
}

function makeInner(stack: Stack, inner: Prototype): LuaFunction {
  const { upvalues } = stack.closure;
  return makeClosure(
    inner,
    inner.upvalues.map(({ inStack, index }) => inStack ? stack.share(index) : upvalues[index] as Box),
  );
}

/** The name is searched for in stack traces: one of it stands for one function. */
function interpret(first: Stack, co: Coroutine, how: number, result: LuaResult): LuaResult {
  let stack = first;
  let { code } = stack.closure.prototype;
  let { registers, closure: { upvalues } } = stack;
  let again = how === AGAIN;
  if (how === OPERATION || how === RESULTS) {
    const i = code[stack.current] as Instruction;
    const outcome = how === OPERATION
      ? finish(stack, co, i, result)
      : finishCall(stack, co, i, stack.results);
    if (outcome === SUSPENDED) return wait(stack, RESULTS);
    again = i.op === Op.CONCAT && stack.operands > 1;
    if (!again) stack.operands = 0;
  }
  if (again) stack.pc = stack.current;
  for (;;) {
    if (!stack.isEntered) {
      stack.isEntered = true;
      const { hook } = co;
      if (hook !== undefined && !co.isHooking && traceCall(stack, hook) === SUSPENDED) {
        return wait(stack, AGAIN);
      }
    }
    if (again) again = false;
    else {
      stack.last = stack.current;
      stack.current = stack.pc;
      stack.done = 0;
    }
    const i = code[stack.pc++] as Instruction;
    const { hook } = co;
    if (hook !== undefined && !co.isHooking && trace(stack, hook) === SUSPENDED) return wait(stack, AGAIN);
    const { a, b } = i;
    let value: LuaValue;
    switch (i.op) {
      case Op.MOVE:
        registers[a] = registers[b];
        continue;
      case Op.LOADK:
        registers[a] = i.v;
        continue;
      case Op.LFALSESKIP:
        registers[a] = false;
        stack.pc++;
        continue;
      case Op.LOADNIL:
        registers.fill(undefined, a, a + b + 1);
        continue;
      case Op.GETUPVAL:
        registers[a] = upvalues[b]?.v;
        continue;
      case Op.SETUPVAL: {
        const upvalue = upvalues[b];
        if (upvalue !== undefined) upvalue.v = registers[a];
        continue;
      }
      case Op.GETTABUP:
        value = operators.index(upvalues[b]?.v, i.v);
        break;
      case Op.GETTABLE:
        value = operators.index(registers[b], registers[i.c]);
        break;
      case Op.GETI:
      case Op.GETFIELD:
        value = operators.index(registers[b], i.v);
        break;
      case Op.SETTABUP:
      case Op.SETTABLE:
      case Op.SETFIELD: {
        const object = i.op === Op.SETTABUP ? upvalues[a]?.v : registers[a];
        const key = i.op === Op.SETTABLE ? registers[b] : i.v;
        const stored = i.c === CONSTANT ? i.w : registers[i.c];
        if (operators.setIndex(object, key, stored) === SUSPENDED) return wait(stack, OPERATION);
        continue;
      }
      case Op.NEWTABLE:
        registers[a] = new LuaTable();
        stack.pc++;
        continue;
      case Op.SELF: {
        const object = registers[b];
        registers[a + 1] = object;
        value = operators.index(object, i.v);
        break;
      }
      case Op.ARITH:
        value = arithmetic(stack, i);
        break;
      case Op.UNM:
        value = operators.unm(registers[b]);
        break;
      case Op.BNOT:
        value = operators.bnot(registers[b]);
        break;
      case Op.LEN:
        value = operators.len(registers[b]);
        break;
      case Op.NOT:
        registers[a] = isFalse(registers[b]);
        continue;
      case Op.CONCAT:
        if (concatenate(stack, i) === SUSPENDED) return wait(stack, OPERATION);
        continue;
      case Op.CLOSE:
        if (closeRegisters(stack, a) === SUSPENDED) return wait(stack, AGAIN);
        continue;
      case Op.TBC:
        toBeClosed(stack, a, String(i.v));
        continue;
      case Op.JMP:
        stack.pc = b;
        if (b <= stack.current && pass() === SUSPENDED) return wait(stack, CONTINUE);
        continue;
      case Op.EQ:
      case Op.LT:
      case Op.LE: {
        const outcome = compare(stack, i);
        if ((outcome as unknown) === SUSPENDED) return wait(stack, OPERATION);
        decide(stack, i, outcome === true);
        if (stack.pc <= stack.current && pass() === SUSPENDED) return wait(stack, CONTINUE);
        continue;
      }
      case Op.TEST:
        decide(stack, i, !isFalse(registers[a]));
        if (stack.pc <= stack.current && pass() === SUSPENDED) return wait(stack, CONTINUE);
        continue;
      case Op.TESTSET:
        if (isFalse(registers[b]) !== i.k) registers[a] = registers[b];
        decide(stack, i, !isFalse(registers[b]));
        continue;
      case Op.CALL:
      case Op.TAILCALL:
      case Op.TFORCALL: {
        const isLoop = i.op === Op.TFORCALL;
        const fn = registers[a];
        if (i.op === Op.TAILCALL && typeof fn === "function") {
          const closure = closureOf(fn);
          if (closure !== undefined) {
            const { outer } = stack;
            stack.unshare(0);
            stack = new Stack(closure, registers.slice(a + 1, b === 0 ? stack.top : a + b), true);
            stack.outer = outer;
            co.activation = stack;
            ({ code } = closure.prototype);
            ({ registers } = stack);
            ({ upvalues } = closure);
            if (pass() === SUSPENDED) return wait(stack, CONTINUE);
            continue;
          }
        }
        const args = isLoop
          ? [registers[a + 1], registers[a + 2]]
          : registers.slice(a + 1, b === 0 ? stack.top : a + b);
        const results = callValue(stack, co, fn, args);
        if (results === SUSPENDED) {
          if (stack.foreign?.isHooked === true) return wait(stack, AGAIN);
          // Nothing is left of this call where the function called waits by itself
          const isLeft = i.op !== Op.TAILCALL || co.head === null || co.hook !== undefined ||
            textOf(fn) === undefined;
          return isLeft ? wait(stack, OPERATION) : SUSPENDED;
        }
        if (finishCall(stack, co, i, results) === SUSPENDED) return wait(stack, RESULTS);
        if (isLoop && pass() === SUSPENDED) return wait(stack, CONTINUE);
        continue;
      }
      case Op.RETURN: {
        if (closeRegisters(stack, 0) === SUSPENDED) return wait(stack, AGAIN);
        const end = b === 0 ? stack.top : a + b - 1;
        if (hook !== undefined && !co.isHooking && traceReturn(stack, hook, a, end - a) === SUSPENDED) {
          return wait(stack, AGAIN);
        }
        return end - a === 1 ? registers[a] : end === a ? NOTHING : registers.slice(a, end);
      }
      case Op.FORPREP: {
        const loop = prepare(stack, i);
        (stack.loops ??= [])[a] = loop;
        if (loop === undefined) stack.pc = b + 1;
        else registers[a] = registers[a + 3] = loop.value;
        continue;
      }
      case Op.FORLOOP: {
        const loop = stack.loops?.[a];
        if (loop === undefined || !loop.advance()) continue;
        registers[a] = registers[a + 3] = loop.value;
        stack.pc = b;
        if (pass() === SUSPENDED) return wait(stack, CONTINUE);
        continue;
      }
      case Op.TFORPREP:
        if (registers[a + 3] !== undefined) toBeClosed(stack, a + 3, "(for state)");
        stack.pc = b;
        continue;
      case Op.SETLIST: {
        const end = b === 0 ? stack.top : a + b + 1;
        setList(registers[a] as LuaTable, i.c, registers.slice(a + 1, end));
        continue;
      }
      case Op.CLOSURE:
        registers[a] = makeInner(stack, stack.closure.prototype.inner[b] as Prototype);
        continue;
      case Op.VARARG: {
        if (i.k) {
          registers[a] = packed(stack.further);
          continue;
        }
        const values = varargs(stack);
        const count = i.c === 0 ? values.length : i.c - 1;
        for (let n = 0; n < count; n++) registers[a + n] = values[n];
        stack.top = a + count;
        continue;
      }
      case Op.VARARGPREP:
        continue;
      case Op.DEFINED:
        if (registers[a] !== undefined) throw runtimeError(`global '${String(i.v)}' already defined`);
        continue;
      default:
        throw new Error("There is no such instruction");
    }
    if ((value as unknown) === SUSPENDED) return wait(stack, OPERATION);
    registers[a] = value;
  }
}

named(STEPPING, interpret);
