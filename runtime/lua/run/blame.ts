/** Errors of operations on values that cannot take them, with the name that the value has in the source. */
import type { Expression, FunctionNode } from "../ast.ts";
import { type LuaThrow, runtimeError } from "../error.ts";
import { typeName } from "../library/arguments.ts";
import type { LuaValue } from "../table.ts";
import { currentExpression } from "./locate.ts";

/** Which operand of a binary operation is at fault. */
export type Side = "left" | "right";

/**
 * The error of an operation that a value does not support.
 *
 * @param doing `index`, `call`, `concatenate`, `perform arithmetic on`, …; `integer` for a float without one
 */
export function blame(value: LuaValue, doing: string, side: Side = "left"): LuaThrow {
  const place = currentExpression();
  const name = place === undefined ? undefined : operandName(place.expression, doing, side, place.owner);
  if (doing === "integer") return runtimeError(`number${name ?? ""} has no integer representation`);
  return runtimeError(`attempt to ${doing} a ${typeName(value)} value${name ?? ""}`);
}

function operandName(
  expression: Expression,
  doing: string,
  side: Side,
  owner: FunctionNode,
): string | undefined {
  switch (expression.kind) {
    case "index":
      return nameOf(expression.object, owner);
    case "call":
      return nameOf(expression.callee, owner);
    case "method":
      return doing === "call" ? ` (method '${expression.name}')` : nameOf(expression.object, owner);
    case "unary":
      return nameOf(expression.operand, owner);
    case "binary":
      return nameOf(side === "left" ? expression.left : expression.right, owner);
    default:
      return undefined;
  }
}

/** ` (local 'x')`, ` (field 'y')`, … of an expression that has a name. */
function nameOf(expression: Expression, owner: FunctionNode): string | undefined {
  switch (expression.kind) {
    case "local":
      return ` (${expression.variable.owner === owner ? "local" : "upvalue"} '${expression.variable.name}')`;
    case "index":
      if (expression.key.kind === "number" && isByte(expression.key.value)) return " (field 'integer index')";
      if (expression.key.kind !== "string") return " (field '?')";
      return expression.isGlobal
        ? ` (global '${expression.key.value}')`
        : ` (field '${expression.key.value}')`;
    case "method":
      return ` (method '${expression.name}')`;
    case "string":
      return ` (constant '${expression.value}')`;
    default:
      return undefined;
  }
}

/** Whether a key is one that PUC-Rio has an instruction for. */
function isByte(key: unknown): boolean {
  return typeof key === "number" && Number.isInteger(key) && key >= 0 && key <= 255;
}
