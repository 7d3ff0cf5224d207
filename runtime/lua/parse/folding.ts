/** What PUC-Rio computes when it compiles: messages do not name such constants as variables. */
import type { BinaryExpression, Expression } from "../ast.ts";
import { foldedBinary, foldedUnary } from "../number/folding.ts";
import type { LuaNumber } from "../number/mod.ts";

/** An expression that is known before the program runs; undefined for others. */
export function literal(value: Expression | undefined): Expression | undefined {
  switch (value?.kind) {
    case "nil":
    case "true":
    case "false":
    case "number":
    case "string":
      return value;
    case "paren":
      return literal(value.inner);
    case "unary":
    case "binary":
      return folded(value) === undefined ? undefined : value;
    case "local":
      return value.variable.literal;
    default:
      return undefined;
  }
}

/** The result of arithmetic of numerals; undefined where it is left to run time. */
function folded(e: Expression): LuaNumber | undefined {
  switch (e.kind) {
    case "number":
      return e.value;
    case "paren":
      return folded(e.inner);
    case "local":
      return e.variable.literal === undefined ? undefined : folded(e.variable.literal);
    case "unary": {
      if (e.operator !== "-" && e.operator !== "~") return undefined;
      const operand = folded(e.operand);
      return operand === undefined ? undefined : foldedUnary(e.operator, operand);
    }
    case "binary":
      return foldedChain(e);
    default:
      return undefined;
  }
}

/** Chains to the left are as long as the source likes: they are walked, not recursed into. */
function foldedChain(e: BinaryExpression): LuaNumber | undefined {
  const chain: BinaryExpression[] = [];
  let leftmost: Expression = e;
  for (; leftmost.kind === "binary"; leftmost = leftmost.left) chain.push(leftmost);
  let result = folded(leftmost);
  for (let node = chain.pop(); node !== undefined && result !== undefined; node = chain.pop()) {
    const right = folded(node.right);
    result = right === undefined ? undefined : foldedBinary(node.operator, result, right);
  }
  return result;
}
