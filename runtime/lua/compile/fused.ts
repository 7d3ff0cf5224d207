/** Pairs of operations that are done in one step where the operands turn out to be wide integers: see `number/fused.ts`. */
import type { BinaryExpression, Expression } from "../ast.ts";
import { LuaInteger } from "../value.ts";
import { numberLiteral } from "./literal.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

/** The operation in one step. */
interface Fusion {
  /** The operands that have to be wide integers. */
  readonly wide: readonly Operand[];
  readonly result: string;
}

/** @param otherwise Makes the two operations; given where the result has to be put */
export function fused(
  w: FunctionWriter,
  e: BinaryExpression,
  otherwise: (into: string) => Operand,
): Operand | undefined {
  const fusion = w.runsOnce ? undefined : shiftedXor(w, e) ?? multiplyAdd(w, e);
  if (fusion === undefined) return undefined;
  const t = w.temporary();
  const tests = [...new Set(fusion.wide)].map((operand) => `${operand} instanceof LI`);
  w.if(tests.join("&&"), () => w.code(`${t}=${fusion.result};`), () => {
    const result = otherwise(t);
    if (result !== t) w.code(`${t}=${result};`);
  });
  return t;
}

/** `a ~ b << 13`, `a ~ b >> 7` */
function shiftedXor(w: FunctionWriter, e: BinaryExpression): Fusion | undefined {
  const { left, right: shift } = e;
  if (e.operator !== "~" || shift.kind !== "binary") return undefined;
  if (shift.operator !== "<<" && shift.operator !== ">>") return undefined;
  const distance = shift.right.kind === "number" ? shift.right.value : undefined;
  if (typeof distance !== "number" || !Number.isInteger(distance) || distance < 1 || distance > 63) {
    return undefined;
  }
  const [a, b] = [variable(w, left), variable(w, shift.left)];
  if (a === undefined || b === undefined) return undefined;
  const name = shift.operator === "<<" ? "xorShiftedLeft" : "xorShiftedRight";
  return { wide: [a, b], result: `${name}(${a},${b},${distance})` };
}

/** `a * K + L` with integer constants, one of which is wide */
function multiplyAdd(w: FunctionWriter, e: BinaryExpression): Fusion | undefined {
  const { left: product, right } = e;
  if (e.operator !== "+" || product.kind !== "binary" || product.operator !== "*") return undefined;
  const [factor, addend] = [integerOf(product.right), integerOf(right)];
  if (factor === undefined || addend === undefined) return undefined;
  if (typeof factor === "number" && typeof addend === "number") return undefined;
  const a = variable(w, product.left);
  if (a === undefined) return undefined;
  return { wide: [a], result: `mulAdd(${a},${numberLiteral(w, factor)},${numberLiteral(w, addend)})` };
}

function integerOf(e: Expression): number | LuaInteger | undefined {
  if (e.kind !== "number") return undefined;
  return e.value instanceof LuaInteger || Number.isInteger(e.value)
    ? e.value as number | LuaInteger
    : undefined;
}

/** A variable that can be read more than once; undefined for other expressions. */
function variable(w: FunctionWriter, e: Expression): Operand | undefined {
  if (e.kind !== "local" || isBoxed(e.variable) || w.unit.kinds.isBare(e.variable)) return undefined;
  return w.nameOf(e.variable);
}
