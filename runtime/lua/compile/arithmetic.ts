/** Operators: fast paths on JavaScript numbers, and a site where metamethods may run. */
import type { BinaryExpression } from "../ast.ts";
import { OPERATOR_NAMES } from "../operator.ts";
import { fresh } from "./expression.ts";
import { isNumericLiteral, isSmallInteger } from "./literal.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

const all = (...tests: string[]) => tests.filter((test) => test !== "").join("&&") || "true";

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
  const fast = isConstant(a) || isConstant(b) ? undefined : fastPath(e.operator, t, a, b, small, name);
  const slow = (suspend: string) => `${t}=${name}(${a},${b});if(${t}===S)${suspend}`;
  w.site(
    fast === undefined ? slow : (suspend) => `if(${numbers}${fast.test}){${fast.text}}else{${slow(suspend)}}`,
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
): ((suspend: string) => string) | undefined {
  const [x, y] = [w.unit.floatValue(a), w.unit.floatValue(b)];
  if ((x === undefined) === (y === undefined) || !"+-*/".includes(operator)) return undefined;
  const variable = x === undefined ? a : b;
  if (isNumericLiteral(variable) || variable.startsWith('"')) return undefined;
  const left = x === undefined ? a : `(${x})`;
  const right = y === undefined ? b : `(${y})`;
  return (suspend) =>
    `if(!(typeof ${variable}==="number"&&(${t}=${left}${operator}${right})!==Math.floor(${t})))` +
    `{${t}=${name}(${a},${b});if(${t}===S)${suspend}}`;
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
 * A result with a fraction is a float whatever the operands were; an integral one is an integer only where both
 * operands are.
 */
function fastPath(
  operator: string,
  t: string,
  a: Operand,
  b: Operand,
  small: string,
  name: string,
): { test: string; text: string } | undefined {
  switch (operator) {
    case "+":
    case "-":
      return {
        test: "",
        text: `if(${small})${t}=${a}${operator}${b};` +
          `else if((${t}=${a}${operator}${b})===Math.floor(${t}))${t}=${name}(${a},${b});`,
      };
    case "*":
      return {
        test: "",
        text:
          `${t}=${a}*${b};if(${t}===Math.floor(${t})&&!(${small}&&(${t}|0)===${t}&&${t}!==0))${t}=mul(${a},${b});`,
      };
    case "/":
      return { test: "", text: `${t}=${a}/${b};if(${t}===Math.floor(${t}))${t}=div(${a},${b});` };
    case "%":
      return { test: `&&${all(small, `${a}>=0`, `${b}>0`)}`, text: `${t}=${a}%${b};` };
    case "//":
      return { test: `&&${all(small, `${a}>=0`, `${b}>0`)}`, text: `${t}=Math.floor(${a}/${b});` };
    case "&":
    case "|":
      return { test: `&&${small}`, text: `${t}=${a}${operator}${b};` };
    case "~":
      return { test: `&&${small}`, text: `${t}=${a}^${b};` };
    case "<<":
      return { test: `&&${all(small, `${a}>=0`, `${b}>=0`, `${b}<21`)}`, text: `${t}=${a}*(1<<${b});` };
    case ">>":
      return { test: `&&${all(small, `${a}>=0`, `${b}>=0`, `${b}<32`)}`, text: `${t}=${a}>>${b};` };
    default:
      return undefined;
  }
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
    (suspend) =>
      `if(${all(numberTest(x), numberTest(y))})${t}=${x}${operator}${y};` +
      `else{${t}=${name}(${a},${b});if(${t}===S)${suspend}}`,
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
  const isPlain = (operand: Operand) => operand.startsWith('"') || /^(undefined|true|false)$/.test(operand);
  const negated = e.operator === "~=";
  if (isPlain(a) || isPlain(b)) {
    w.code(`${t}=${a}${negated ? "!==" : "==="}${b};`);
    return t;
  }
  w.site(
    (suspend) =>
      `if(${a}===${b})${t}=true;else if(typeof ${a}!=="object"&&typeof ${b}!=="object")${t}=false;` +
      `else{${t}=eq(${a},${b});if(${t}===S)${suspend}}`,
    `${t}=truth(first(val));`,
    e,
  );
  if (negated) w.code(`${t}=!${t};`);
  return t;
}
