/** Operators by their tokens. */
import type { BinaryOperator } from "../ast.ts";
import * as Token from "./token.ts";

/** How strongly an operator binds the operand on its left and on its right; `left` is 0 for other tokens. */
export const LEFT_PRIORITY = new Uint8Array(Token.TOKEN_LIMIT);
export const RIGHT_PRIORITY = new Uint8Array(Token.TOKEN_LIMIT);
export const UNARY_PRIORITY = 12;

/** The operators that stop at the end of their right operand when they report errors. */
export const COMPARISON_PRIORITY = 3;

const OPERATORS: (BinaryOperator | undefined)[] = new Array(Token.TOKEN_LIMIT).fill(undefined);

const BINARY: readonly (readonly [number, BinaryOperator, number, number])[] = [
  [0x2b, "+", 10, 10],
  [0x2d, "-", 10, 10],
  [0x2a, "*", 11, 11],
  [0x25, "%", 11, 11],
  [0x5e, "^", 14, 13],
  [0x2f, "/", 11, 11],
  [Token.FLOOR_DIVIDE, "//", 11, 11],
  [0x26, "&", 6, 6],
  [0x7c, "|", 4, 4],
  [0x7e, "~", 5, 5],
  [Token.SHIFT_LEFT, "<<", 7, 7],
  [Token.SHIFT_RIGHT, ">>", 7, 7],
  [Token.CONCAT, "..", 9, 8],
  [Token.EQUAL, "==", 3, 3],
  [0x3c, "<", 3, 3],
  [Token.LESS_EQUAL, "<=", 3, 3],
  [Token.NOT_EQUAL, "~=", 3, 3],
  [0x3e, ">", 3, 3],
  [Token.GREATER_EQUAL, ">=", 3, 3],
];

for (const [token, operator, left, right] of BINARY) {
  OPERATORS[token] = operator;
  LEFT_PRIORITY[token] = left;
  RIGHT_PRIORITY[token] = right;
}
LEFT_PRIORITY[Token.AND] = RIGHT_PRIORITY[Token.AND] = 2;
LEFT_PRIORITY[Token.OR] = RIGHT_PRIORITY[Token.OR] = 1;

/** The operator of a token; undefined for `and` and `or`, and for what is none. */
export function binaryOperator(token: number): BinaryOperator | undefined {
  return OPERATORS[token];
}
