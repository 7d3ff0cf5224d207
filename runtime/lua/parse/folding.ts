/** What PUC-Rio computes when it compiles: messages do not name such constants as variables. */
import type { BinaryExpression, BinaryOperator, Expression } from "../ast.ts";
import {
  arithAdd,
  arithBand,
  arithBnot,
  arithBor,
  arithBxor,
  arithDiv,
  arithIdiv,
  arithMod,
  arithMul,
  arithPow,
  arithShl,
  arithShr,
  arithSub,
  arithUnm,
  isFloat,
  type LuaNumber,
  NumberError,
  toFloat,
} from "../number/mod.ts";

const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, (a: LuaNumber, b: LuaNumber) => LuaNumber>>> = {
  "+": arithAdd,
  "-": arithSub,
  "*": arithMul,
  "/": arithDiv,
  "//": arithIdiv,
  "%": arithMod,
  "^": arithPow,
  "&": arithBand,
  "|": arithBor,
  "~": arithBxor,
  "<<": arithShl,
  ">>": arithShr,
};

const DIVISIONS: ReadonlySet<string> = new Set(["/", "//", "%"]);

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
      const operand = folded(e.operand);
      if (operand === undefined) return undefined;
      if (e.operator === "-") return kept(() => arithUnm(operand));
      return e.operator === "~" ? kept(() => arithBnot(operand)) : undefined;
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
    result = operation(node.operator, result, folded(node.right));
  }
  return result;
}

function operation(
  operator: BinaryOperator,
  left: LuaNumber,
  right: LuaNumber | undefined,
): LuaNumber | undefined {
  const compute = ARITHMETIC[operator];
  if (compute === undefined || right === undefined) return undefined;
  return DIVISIONS.has(operator) && toFloat(right) === 0 ? undefined : kept(() => compute(left, right));
}

/** A result, unless it is a float that is no number or a zero, or an error. */
function kept(compute: () => LuaNumber): LuaNumber | undefined {
  try {
    const result = compute();
    if (!isFloat(result)) return result;
    const n = toFloat(result);
    return n === 0 || Number.isNaN(n) ? undefined : result;
  } catch (error) {
    if (error instanceof NumberError) return undefined;
    throw error;
  }
}
