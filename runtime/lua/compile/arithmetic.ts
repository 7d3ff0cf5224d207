/** Operators: fast paths on JavaScript numbers, and a site where metamethods may run. */
import type { BinaryExpression } from "../ast.ts";
import { OPERATOR_NAMES } from "../operator.ts";
import { fresh } from "./expression.ts";
import { isNumericLiteral, isSmallInteger } from "./literal.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

/** Tests joined to one; empty ones always hold. */
function all(a: string, b: string, c = "", d = ""): string {
  return both(both(a, b), both(c, d)) || "true";
}

function both(a: string, b: string, operator: "&&" | "||" = "&&"): string {
  return a === "" ? b : b === "" ? a : `${a}${operator}${b}`;
}

export function arithmetic(
  w: FunctionWriter,
  e: BinaryExpression,
  a: Operand,
  b: Operand,
  into?: string,
): Operand {
  const t = fresh(w, into, a, b);
  const name = OPERATOR_NAMES[e.operator];
  const withFloat = floatOperand(w, e.operator, t, a, b, name);
  if (withFloat !== undefined) {
    w.site(withFloat, `${t}=first(val);`, e);
    return t;
  }
  const numbers = all(numberTest(a), numberTest(b));
  const small = all(smallTest(a), smallTest(b));
  // A constant that is no literal is no JavaScript number
  const fast = w.runsOnce || isConstant(a) || isConstant(b)
    ? undefined
    : fastPath(e.operator, t, a, b, small);
  const test = fast === undefined ? "" : `!(${all(numbers, fast)})&&`;
  w.site(
    `if(${test}(${t}=${name}(${a},${b}))===S)${w.exit()}`,
    `${t}=first(val);`,
    e,
  );
  return t;
}

/** With a float constant the result is a float: only an integral one has to be boxed. */
function floatOperand(
  w: FunctionWriter,
  operator: string,
  t: string,
  a: Operand,
  b: Operand,
  name: string,
): string | undefined {
  const [x, y] = [w.unit.floatValue(a), w.unit.floatValue(b)];
  if ((x === undefined) === (y === undefined) || !"+-*/".includes(operator)) return undefined;
  const variable = x === undefined ? a : b;
  if (isNumericLiteral(variable) || variable.startsWith('"')) return undefined;
  const left = x === undefined ? a : `(${x})`;
  const right = y === undefined ? b : `(${y})`;
  return `if(!(typeof ${variable}==="number"&&(${t}=${left}${operator}${right})!==Math.floor(${t}))&&` +
    `(${t}=${name}(${a},${b}))===S)${w.exit()}`;
}

function isConstant(operand: Operand): boolean {
  return operand.startsWith("K[");
}

function numberTest(operand: Operand): string {
  return isNumericLiteral(operand) ? "" : `typeof ${operand}==="number"`;
}

function smallTest(operand: Operand): string {
  return isSmallInteger(operand) ? "" : `(${operand}|0)===${operand}`;
}

/**
 * An operator on JavaScript numbers as an expression that puts the result into `t` and is true, or is false where the
 * slow path has to find it. A result with a fraction is a float whatever the operands were; an integral one is an
 * integer only where both operands are.
 */
function fastPath(operator: string, t: string, a: Operand, b: Operand, small: string): string | undefined {
  const hasFraction = `${t}!==Math.floor(${t})`;
  // A small result is known by itself; −0 passes for none
  const done = (result: string) => `(${t}=${result},true)`;
  switch (operator) {
    case "+":
    case "-":
      // Two additions: V8 keeps what it knows of the results apart
      return `(${small}?(${t}=${a}${operator}${b},true):(${t}=${a}${operator}${b})!==Math.floor(${t}))`;
    case "*":
      return `(${t}=${a}*${b},(${t}|0)===${t}&&${t}!==0&&${small}||${hasFraction})`;
    case "/":
      return `(${t}=${a}/${b},${hasFraction})`;
    case "%":
      return all(small, atLeast(a, 0), atLeast(b, 1), done(`${a}%${b}`));
    case "//":
      return all(small, atLeast(a, 0), atLeast(b, 1), done(`Math.floor(${a}/${b})`));
    case "&":
    case "|":
      return all(small, done(`${a}${operator}${b}`));
    case "~":
      return all(small, done(`${a}^${b}`));
    case "<<":
      return all(both(small, atLeast(a, 0)), atLeast(b, 0), `${b}<21`, done(`${a}*(1<<${b})`));
    case ">>":
      return all(both(small, atLeast(a, 0)), atLeast(b, 0), `${b}<32`, done(`${a}>>${b}`));
    default:
      return undefined;
  }
}

/** The test that an integer is at least a bound; nothing where a literal is seen to be. */
function atLeast(operand: Operand, bound: number): string {
  return isSmallInteger(operand) && Number(operand) >= bound ? "" : `${operand}>=${bound}`;
}

/** A float constant as the JavaScript number that comparisons can use. */
function literal(w: FunctionWriter, operand: Operand): Operand {
  const value = w.unit.floatValue(operand);
  return value === undefined ? operand : `(${value})`;
}

/** `a < b` or `a <= b`: the operand is a boolean. */
export function comparison(
  w: FunctionWriter,
  e: BinaryExpression,
  operator: "<" | "<=",
  a: Operand,
  b: Operand,
  into?: string,
): Operand {
  const t = fresh(w, into, a, b);
  const name = operator === "<" ? "lt" : "le";
  const [x, y] = [literal(w, a), literal(w, b)];
  w.site(
    `if(${all(numberTest(x), numberTest(y))})${t}=${x}${operator}${y};` +
      `else if((${t}=${name}(${a},${b}))===S)${w.exit()}`,
    `${t}=truth(first(val));`,
    e,
  );
  return t;
}

/** `a == b` or `a ~= b`: the operand is a boolean. */
export function equality(
  w: FunctionWriter,
  e: BinaryExpression,
  a: Operand,
  b: Operand,
  into?: string,
): Operand {
  const t = fresh(w, into, a, b);
  const negated = e.operator === "~=";
  if (isPlainConstant(a) || isPlainConstant(b)) {
    w.code(`${t}=${a}${negated ? "!==" : "==="}${b};`);
    return t;
  }
  // Of two values that are no objects, none is a boxed number
  const boxes = both(objectTest(a), objectTest(b), "||") || "false";
  w.site(
    `if(!(${t}=${a}===${b})&&(${boxes})&&(${t}=eq(${a},${b}))===S)${w.exit()}`,
    `${t}=truth(first(val));`,
    e,
  );
  if (negated) w.code(`${t}=!${t};`);
  return t;
}

/** Whether an operand is a constant that only itself is equal to. */
function isPlainConstant(operand: Operand): boolean {
  return operand.startsWith('"') || operand === "undefined" || operand === "true" || operand === "false";
}

function objectTest(operand: Operand): string {
  return isNumericLiteral(operand) ? "" : `typeof ${operand}==="object"`;
}
