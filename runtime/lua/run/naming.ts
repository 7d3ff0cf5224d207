/** Names of values and functions in the source: what error messages and tracebacks call them. */
import { OPERATOR_NAMES } from "../operator.ts";
import type { Expression, FunctionNode, UnaryExpression } from "../ast.ts";
import { machine } from "./machine.ts";
import type { Level } from "./stack.ts";

/** What a value is called, and what that name is: `local`, `upvalue`, `global`, `field`, `method`, … */
export interface Named {
  readonly what: string;
  readonly name: string;
}

/** The name of an expression that has one. @param owner The function in whose text it stands */
export function nameOf(expression: Expression, owner: FunctionNode): Named | undefined {
  switch (expression.kind) {
    case "local":
      if (expression.variable.literal !== undefined) return nameOf(expression.variable.literal, owner);
      return {
        what: kindOf(expression, owner),
        name: expression.variable.name,
      };
    case "index":
      if (expression.key.kind === "number" && isByte(expression.key.value)) {
        return { what: "field", name: "integer index" };
      }
      if (expression.key.kind !== "string") return { what: "field", name: "?" };
      return { what: expression.isGlobal ? "global" : "field", name: expression.key.value };
    case "method":
      return { what: "method", name: expression.name };
    case "string":
      return { what: "constant", name: expression.value };
    case "logical":
      return truth(expression.left) === (expression.operator === "and")
        ? nameOf(expression.right, owner)
        : undefined;
    default:
      return undefined;
  }
}

/** Whether an expression is known to be true, or to be false or nil, before the program runs. */
function truth(expression: Expression): boolean | undefined {
  switch (expression.kind) {
    case "nil":
    case "false":
      return false;
    case "true":
    case "number":
    case "string":
      return true;
    case "paren":
      return truth(expression.inner);
    case "local":
      return expression.variable.literal === undefined ? undefined : truth(expression.variable.literal);
    case "unary": {
      const operand = expression.operator === "not" ? truth(expression.operand) : undefined;
      return operand === undefined ? undefined : !operand;
    }
    default:
      return undefined;
  }
}

/** The main function's `_ENV` is an upvalue even there. */
function kindOf({ variable }: Extract<Expression, { kind: "local" }>, owner: FunctionNode): string {
  const isOwn = variable.owner === owner &&
    !(owner.parent === undefined && owner.upvalues.includes(variable));
  return isOwn ? "local" : "upvalue";
}

/** Whether a key is one that PUC-Rio has an instruction for. */
function isByte(key: unknown): boolean {
  return typeof key === "number" && Number.isInteger(key) && key >= 0 && key <= 255;
}

const UNARY_EVENTS: Readonly<Record<UnaryExpression["operator"], string>> = {
  "-": "unm",
  "#": "len",
  "~": "bnot",
  not: "not",
};

/** The name of the function at a level, as the Lua function that called it knows it. */
export function nameAtLevel(levels: readonly Level[], i: number): Named | undefined {
  const caller = levels[i + 1]?.place;
  if (i === levels.length - 1 && machine.current?.isFinalizer === true) {
    return { what: "metamethod", name: "__gc" };
  }
  if (levels[i + 1]?.known?.isHooked === true) return { what: "hook", name: "?" };
  if (caller === undefined || levels[i]?.isTailCalled === true) return undefined;
  if (caller.activation !== undefined) return caller.activation.calledName();
  const { expression, event } = caller.origin;
  if (event === "for iterator") return { what: event, name: event };
  if (event !== undefined) return { what: "metamethod", name: event };
  switch (expression?.kind) {
    case "call":
      return nameOf(expression.callee, caller.owner);
    case "method":
      return nameOf(expression, caller.owner);
    case "index":
      return { what: "metamethod", name: "index" };
    case "binary":
      return { what: "metamethod", name: OPERATOR_NAMES[expression.operator] };
    case "unary":
      return { what: "metamethod", name: UNARY_EVENTS[expression.operator] };
    default:
      return undefined;
  }
}
