/** Arithmetic on what is known to be floats, as bare JavaScript numbers: see `floats.ts`. */
import type { BinaryExpression, Expression } from "../ast.ts";
import { LuaFloat, LuaInteger } from "../value.ts";
import { expression } from "./expression.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

/** Operators that give for two doubles what Lua gives for them as floats. */
const PLAIN: ReadonlySet<string> = new Set(["+", "-", "*", "/"]);

export function isPlain(operator: BinaryExpression["operator"]): boolean {
  return PLAIN.has(operator);
}

/** In JavaScript's spelling. */
const COMPARISONS: Readonly<Record<string, string>> = {
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "==": "===",
  "~=": "!==",
};

/** A Lua value as an operand: an integral float is boxed. */
export function boxed(w: FunctionWriter, number: Operand, into?: string): Operand {
  const t = into === undefined || into === number ? w.temporary() : into;
  w.code(`${t}=${number}===Math.floor(${number})?float(${number}):${number};`);
  return t;
}

/** The double of an operand that is known to be a number. */
export function unboxed(operand: Operand): string {
  return `(typeof ${operand}==="number"?${operand}:double(${operand}))`;
}

/**
 * Evaluates an expression of a known kind to a double: a literal, a bare variable or a temporary.
 *
 * @param into Where a computed value may be put instead of a new temporary
 */
export function bare(w: FunctionWriter, e: Expression, into?: string): Operand {
  if (e.kind === "number") return literal(e.value);
  if (e.kind === "local" && w.unit.kinds.isBare(e.variable)) return w.nameOf(e.variable);
  if (w.unit.kinds.of(e) === "float") {
    if (e.kind === "unary") return assign(w, into, `-${bare(w, e.operand)}`);
    if (e.kind === "binary" && PLAIN.has(e.operator)) return chain(w, e, into);
  }
  return assign(w, into, unboxed(expression(w, e)));
}

/** `a + b * c …` from the left; integers before the first float are added and multiplied as integers. */
function chain(w: FunctionWriter, e: BinaryExpression, into?: string): Operand {
  const nodes: BinaryExpression[] = [];
  let first: Expression = e;
  while (
    first.kind === "binary" && PLAIN.has(first.operator) &&
    (nodes.length === 0 || w.unit.kinds.of(first) === "float")
  ) {
    nodes.push(first);
    first = first.left;
  }
  let left = bare(w, first);
  for (let i = nodes.length - 1; i >= 0; i--) {
    // deno-lint-ignore no-non-null-assertion -- within the list
    const node = nodes[i]!;
    const right = bare(w, node.right);
    left = assign(w, i === 0 ? into : undefined, `${left}${node.operator}${right}`);
  }
  return left;
}

/** A comparison of floats, as a boolean; undefined where the operands are not known to be. */
export function bareComparison(w: FunctionWriter, e: BinaryExpression, into?: string): Operand | undefined {
  const operator = COMPARISONS[e.operator];
  if (operator === undefined || !areComparable(w, e.left, e.right)) return undefined;
  const left = bare(w, e.left);
  const right = bare(w, e.right);
  return assign(w, into, `${left}${operator}${right}`);
}

/** Integers beyond 2^53 are not compared as doubles: beside floats only literals are known to be within. */
function areComparable(w: FunctionWriter, left: Expression, right: Expression): boolean {
  const [a, b] = [w.unit.kinds.of(left), w.unit.kinds.of(right)];
  if (a === "float") return b === "float" || isShort(right);
  return b === "float" && isShort(left);
}

function isShort(e: Expression): boolean {
  return e.kind === "number" && !(e.value instanceof LuaInteger);
}

function literal(value: number | LuaFloat | LuaInteger): Operand {
  const n = typeof value === "number" ? value : value instanceof LuaFloat ? value.n : value.toNumber();
  return n === Infinity ? "(1/0)" : Object.is(n, -0) ? "(-0)" : `(${n})`;
}

function assign(w: FunctionWriter, into: string | undefined, text: string): Operand {
  const t = into ?? w.temporary();
  w.code(`${t}=${text};`);
  return t;
}
