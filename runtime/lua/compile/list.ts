/** Lists of expressions, the last of which may give several values. */
import type { Expression } from "../ast.ts";
import { several } from "./call.ts";
import { assign, expression } from "./expression.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

/** Arguments or elements: operands, and what of several values stands at the end. */
export interface ExpressionList {
  readonly operands: readonly Operand[];
  /** A JavaScript expression that is an array of values. */
  readonly rest: string | undefined;
}

/** Evaluates a list whose last expression may give several values. */
export function list(w: FunctionWriter, expressions: readonly Expression[]): ExpressionList {
  const operands: Operand[] = [];
  for (let i = 0; i < expressions.length; i++) {
    const e = expressions[i] as Expression;
    if (i === expressions.length - 1) {
      if (e.kind === "call" || e.kind === "method") return { operands, rest: `spread(${several(w, e)})` };
      if (e.kind === "vararg") return { operands, rest: varargs(w) };
    }
    operands.push(expression(w, e));
  }
  return { operands, rest: undefined };
}

/** A list as the text of arguments or of an array literal. */
export function listText({ operands, rest }: ExpressionList): string {
  return (rest === undefined ? operands : [...operands, `...${rest}`]).join(",");
}

/** Evaluates a list to exactly `count` operands. */
export function adjusted(w: FunctionWriter, expressions: readonly Expression[], count: number): Operand[] {
  const operands: Operand[] = [];
  for (let i = 0; i < expressions.length; i++) {
    const e = expressions[i] as Expression;
    const isLast = i === expressions.length - 1;
    if (
      isLast && count > expressions.length &&
      (e.kind === "call" || e.kind === "method" || e.kind === "vararg")
    ) {
      const missing = count - operands.length;
      if (e.kind === "call" || e.kind === "method") operands.push(...spreadTo(w, several(w, e), missing));
      else operands.push(...elements(varargs(w), missing));
      return operands;
    }
    const operand = expression(w, e);
    if (i < count) operands.push(operand);
  }
  while (operands.length < count) operands.push("undefined");
  return operands;
}

/** The first `count` results of a call. @param results One value, or an array */
export function spreadTo(w: FunctionWriter, results: Operand, count: number): Operand[] {
  const values = w.temporary();
  w.code(`${values}=spread(${results});`);
  return elements(values, count);
}

function elements(array: Operand, count: number): Operand[] {
  return Array.from({ length: count }, (_, n) => `${array}[${n}]`);
}

/** The array of the further arguments; where they are in a table, as that has them now. */
export function varargs(w: FunctionWriter): Operand {
  const table = w.node.varargTable;
  if (table === undefined) return "va";
  const name = w.nameOf(table);
  return assign(w, undefined, `unpacked(${isBoxed(table) ? `${name}.v` : name})`);
}
