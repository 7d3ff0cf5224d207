/** Errors of operations on values that cannot take them, with the name that the value has in the source. */
import type { Expression, FunctionNode } from "../ast.ts";
import { located, type LuaThrow, runtimeError } from "../error.ts";
import { typeName } from "../library/arguments.ts";
import { untilZero } from "../parse/reader.ts";
import type { LuaValue } from "../table.ts";
import { currentExpression, positionOf } from "./locate.ts";
import { type Named, nameOf } from "./naming.ts";
import type { Operation } from "./stack.ts";

/** Which operand of a binary operation is at fault. */
export type Side = "left" | "right";

/**
 * The error of an operation that a value does not support.
 *
 * @param doing `index`, `call`, `concatenate`, `perform arithmetic on`, …; `integer` for a float without one
 */
export function blame(value: LuaValue, doing: string, side: Side = "left"): LuaThrow {
  const operation = currentExpression();
  const name = operation === undefined ? "" : operandName(operation, doing, side) ?? "";
  const message = doing === "integer"
    ? `number${name} has no integer representation`
    : `attempt to ${doing} a ${typeName(value)} value${name}`;
  return operation === undefined ? runtimeError(message) : located(positionOf(operation.place) + message);
}

function operandName(operation: Operation, doing: string, side: Side): string | undefined {
  const { expression, owner, event, activation } = operation;
  if (activation !== undefined) return inBrackets(activation.operandName(side));
  if (event === "for iterator" && doing === "call") return ` (${event} '${event}')`;
  switch (expression.kind) {
    case "index":
      return shown(expression.object, owner);
    case "call":
      return shown(expression.callee, owner);
    case "method":
      return doing === "call" ? inBrackets(nameOf(expression, owner)) : shown(expression.object, owner);
    case "unary":
      return shown(expression.operand, owner);
    case "binary":
      return shown(side === "left" ? expression.left : expression.right, owner);
    default:
      return undefined;
  }
}

/** ` (local 'x')`, ` (field 'y')`, … of an expression that has a name. */
function shown(expression: Expression, owner: FunctionNode): string | undefined {
  // The result of a method has no name
  return expression.kind === "method" ? undefined : inBrackets(nameOf(expression, owner));
}

/** Messages are C strings in PUC-Rio's Lua: a NUL ends what they quote. */
function inBrackets(named: Named | undefined): string | undefined {
  return named === undefined ? undefined : ` (${named.what} '${untilZero(named.name)}')`;
}
