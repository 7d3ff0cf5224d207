import type { BinaryOperator } from "./ast.ts";

/** What operators are called: their metamethods without the underscores, and the functions of `run/operators.ts`. */
export const OPERATOR_NAMES: Readonly<Record<BinaryOperator, string>> = {
  "+": "add",
  "-": "sub",
  "*": "mul",
  "/": "div",
  "//": "idiv",
  "%": "mod",
  "^": "pow",
  "&": "band",
  "|": "bor",
  "~": "bxor",
  "<<": "shl",
  ">>": "shr",
  "..": "concat",
  "==": "eq",
  "~=": "eq",
  "<": "lt",
  "<=": "le",
  ">": "lt",
  ">=": "le",
};
