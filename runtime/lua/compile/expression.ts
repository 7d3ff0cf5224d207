/**
 * Expressions. Each is evaluated by statements into an operand: a constant, a variable that cannot change before the
 * operand is used, or a temporary. So a suspension in the middle of an expression loses nothing.
 */
import type {
  BinaryExpression,
  Expression,
  IndexExpression,
  LogicalExpression,
  UnaryExpression,
} from "../ast.ts";
import { isDigit } from "../parse/character.ts";
import { LuaFloat } from "../value.ts";
import { arithmetic, comparison, equality } from "./arithmetic.ts";
import { bare, bareComparison, boxed, isPlain } from "./bare.ts";
import { compileClosure } from "./closure.ts";
import { fused } from "./fused.ts";
import { isFieldName, isSmallInteger, numberLiteral, stringLiteral } from "./literal.ts";
import { varargs } from "./list.ts";
import { single } from "./call.ts";
import { table } from "./constructor.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

/** Evaluates an expression to one value. @param into Where the value may be put instead of a new temporary */
export function expression(w: FunctionWriter, e: Expression, into?: string): Operand {
  if (w.evaluated.size > 0) {
    const known = w.evaluated.get(e);
    if (known !== undefined) {
      w.evaluated.delete(e);
      return known;
    }
  }
  switch (e.kind) {
    case "nil":
      return "undefined";
    case "true":
    case "false":
      return e.kind;
    case "number":
      return numberLiteral(w, e.value);
    case "string":
      return stringLiteral(e.value);
    case "vararg":
      return assign(w, into, `${varargs(w)}[0]`);
    case "local":
      if (w.unit.kinds.isBare(e.variable)) return boxed(w, w.nameOf(e.variable), into);
      if (!isBoxed(e.variable)) return w.nameOf(e.variable);
      return assign(w, into, `${w.nameOf(e.variable)}.v`);
    case "function":
      return assign(w, into, compileClosure(w, e.node));
    case "paren":
      return expression(w, e.inner, into);
    case "index":
      evaluateHolder(w, e);
      return indexed(w, e, into);
    case "call":
    case "method":
      evaluateHolder(w, e);
      return single(w, e, into);
    case "unary":
      return unary(w, e, into);
    case "logical":
      return logical(w, e, into);
    case "binary":
      return binary(w, e, into);
    case "table":
      return table(w, e, into);
  }
}

/** A chain as long as this is evaluated from its inner end on, without recursion. */
const LONG_CHAIN = 50;

/** What stands before the dot, colon or bracket of an expression, which may be a chain as long as the source likes. */
function holderOf(e: Expression): Expression | undefined {
  return e.kind === "index" || e.kind === "method" ? e.object : e.kind === "call" ? e.callee : undefined;
}

function evaluateHolder(w: FunctionWriter, e: Expression): void {
  let length = 0;
  for (let each = holderOf(e); each !== undefined && length < LONG_CHAIN; each = holderOf(each)) length++;
  // Hardly ever: no list is made before that is known
  if (length < LONG_CHAIN) return;
  const chain: Expression[] = [];
  for (let each = holderOf(e); each !== undefined; each = holderOf(each)) {
    if (w.evaluated.has(each)) return;
    chain.push(each);
  }
  for (const each of chain.reverse()) {
    const operand = expression(w, each);
    if (/^[tv]\d/.test(operand)) w.evaluated.set(each, operand);
  }
}

export function assign(w: FunctionWriter, into: string | undefined, text: string): Operand {
  const target = into ?? w.temporary();
  w.code(`${target}=${text};`);
  return target;
}

/**
 * Whether an operand is read only when the operation runs, as PUC-Rio reads it from its register then: a local variable
 * of the function, which what is evaluated before may still change.
 */
export function isLate(w: FunctionWriter, e: Expression): boolean {
  return e.kind === "local" && isBoxed(e.variable) && e.variable.owner === w.node;
}

function indexed(w: FunctionWriter, e: IndexExpression, into?: string): Operand {
  // PUC-Rio reads variables from here on only, upvalues too
  const isVariable = e.object.kind === "local" && isBoxed(e.object.variable);
  const before = isVariable ? undefined : expression(w, e.object);
  if (e.key.kind === "string") {
    w.line = e.line;
    return field(w, before ?? expression(w, e.object), e.key.value, e, into);
  }
  const key = expression(w, e.key);
  const object = propertyHolder(before ?? expression(w, e.object));
  w.line = e.line;
  const t = fresh(w, into, object, key);
  const isIndex = w.runsOnce ? undefined : indexTest(key);
  const fast = isIndex === undefined
    ? ""
    : `!(${isIndex}${object}!==undefined&&(r=${object}.array)!==undefined&&` +
      `${key}<r.length&&(${t}=r[${key}])!==undefined)&&`;
  w.site(
    `if(${fast}(${t}=index(${object},${key}))===S)${w.exit()}`,
    `${t}=first(val);`,
    e,
  );
  return t;
}

/**
 * What has to be tested of a key before it is compared with the length of an array part; undefined where it is never
 * an index. Only tables have an `array` (see `LuaUserdata`), so what has one is no further asked for what it is.
 */
export function indexTest(key: Operand): string | undefined {
  if (isSmallInteger(key)) return key.startsWith("(") || key === "0" ? undefined : "";
  const c = key.charCodeAt(0);
  const isVariable = (c === V || c === T) && key !== "true";
  return isVariable || key.startsWith("F") ? `typeof ${key}==="number"&&${key}>0&&` : undefined;
}

const T = 0x74;
const V = 0x76;

/** An operand as text that a dot may follow: `1.props` is no JavaScript. */
export function propertyHolder(operand: Operand): Operand {
  return isDigit(operand.charCodeAt(0)) ? `(${operand})` : operand;
}

/** `object.name` */
export function field(
  w: FunctionWriter,
  holder: Operand,
  name: string,
  e: Expression,
  into?: string,
): Operand {
  const object = propertyHolder(holder);
  const t = fresh(w, into, object);
  const key = stringLiteral(name);
  // Only tables have `props`: see `LuaUserdata`
  const fast = isFieldName(name) && !w.runsOnce
    ? `(${object}===undefined||(r=${object}.props)===undefined||(${t}=r.${name})===undefined)&&`
    : "";
  w.site(`if(${fast}(${t}=index(${object},${key}))===S)${w.exit()}`, `${t}=first(val);`, e);
  return t;
}

/** A target that is none of the operands, which slow paths read after the fast path has written it. */
export function fresh(w: FunctionWriter, into: string | undefined, ...operands: Operand[]): string {
  return into === undefined || operands.includes(into) ? w.temporary() : into;
}

function unary(w: FunctionWriter, e: UnaryExpression, into?: string): Operand {
  if (e.operator === "not") return assign(w, into, `!${condition(w, e.operand)}`);
  if (e.operator === "-" && e.operand.kind === "number") {
    const { value } = e.operand;
    if (typeof value === "number" && value !== 0) return numberLiteral(w, -value);
    if (value instanceof LuaFloat) return w.unit.constant(new LuaFloat(-value.n));
  }
  const a = propertyHolder(expression(w, e.operand));
  w.line = e.line;
  const t = fresh(w, into, a);
  const resume = `${t}=first(val);`;
  switch (e.operator) {
    case "-":
      w.site(
        `if(typeof ${a}==="number"&&${a}!==0)${t}=-${a};else if((${t}=unm(${a}))===S)${w.exit()}`,
        resume,
        e,
      );
      break;
    case "#":
      w.site(
        `if(!(${a}!==undefined&&(r=${a}.array)!==undefined&&(${t}=r.length-1)>0&&` +
          `${a}.metatable===undefined)&&(${t}=len(${a}))===S)${w.exit()}`,
        resume,
        e,
      );
      break;
    case "~":
      w.site(`if((${t}=bnot(${a}))===S)${w.exit()}`, resume, e);
      break;
  }
  return t;
}

function logical(w: FunctionWriter, e: LogicalExpression, into?: string): Operand {
  // The target may be read by the right side: `x = x and f(x)`
  const t = into === undefined || into.startsWith("v") ? w.temporary() : into;
  const left = expression(w, e.left, t);
  if (left !== t) w.code(`${t}=${left};`);
  const right = () => {
    const value = expression(w, e.right, t);
    if (value !== t) w.code(`${t}=${value};`);
  };
  w.if(e.operator === "and" ? `${t}!==undefined&&${t}!==false` : `${t}===undefined||${t}===false`, right);
  return t;
}

/** Evaluates an expression for its truth: a JavaScript expression that is a boolean and has no side effects. */
export function condition(w: FunctionWriter, e: Expression): string {
  switch (e.kind) {
    case "true":
    case "number":
    case "string":
      return "true";
    case "false":
    case "nil":
      return "false";
    case "unary":
      if (e.operator === "not") return `!${condition(w, e.operand)}`;
      break;
    case "binary":
      if (COMPARISONS.has(e.operator)) return binary(w, e);
      break;
    case "logical": {
      const t = w.temporary();
      w.code(`${t}=${condition(w, e.left)};`);
      w.if(e.operator === "and" ? t : `!${t}`, () => w.code(`${t}=${condition(w, e.right)};`));
      return t;
    }
    case "paren":
      return condition(w, e.inner);
  }
  const value = expression(w, e);
  return `(${value}!==undefined&&${value}!==false)`;
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "~=", "<", "<=", ">", ">="]);

function binary(w: FunctionWriter, e: BinaryExpression, into?: string): Operand {
  if (e.operator === "..") return concatenation(w, e, into);
  if (isPlain(e.operator) && w.unit.kinds.of(e) === "float") return boxed(w, bare(w, e), into);
  const compared = bareComparison(w, e, into);
  if (compared !== undefined) return compared;
  return fused(w, e, (t) => chained(w, e, t)) ?? chained(w, e, into);
}

/** Chains to the left are as long as the source likes: they are walked, not recursed into. */
function chained(w: FunctionWriter, e: BinaryExpression, into?: string): Operand {
  const chain: BinaryExpression[] = [];
  let leftmost: Expression = e;
  while (leftmost.kind === "binary" && leftmost.operator !== "..") {
    chain.push(leftmost);
    leftmost = leftmost.left;
  }
  let left = isLate(w, leftmost) ? undefined : expression(w, leftmost);
  while (chain.length > 0) {
    // deno-lint-ignore no-non-null-assertion -- the chain is not empty
    const node = chain.pop()!;
    const right = expression(w, node.right);
    w.line = node.line;
    left = operation(w, node, left ?? expression(w, leftmost), right, chain.length === 0 ? into : undefined);
  }
  return left ?? "undefined";
}

function operation(w: FunctionWriter, e: BinaryExpression, a: Operand, b: Operand, into?: string): Operand {
  switch (e.operator) {
    case "==":
    case "~=":
      return equality(w, e, a, b, into);
    case "<":
    case "<=":
      return comparison(w, e, e.operator, a, b, into);
    case ">":
      return comparison(w, e, "<", b, a, into);
    case ">=":
      return comparison(w, e, "<=", b, a, into);
    default:
      return arithmetic(w, e, a, b, into);
  }
}

/** `a .. b .. c`: all operands first, then from right to left, as PUC-Rio does. */
function concatenation(w: FunctionWriter, e: BinaryExpression, into?: string): Operand {
  const operands: Operand[] = [];
  const nodes: BinaryExpression[] = [];
  let rest: Expression = e;
  while (rest.kind === "binary" && rest.operator === "..") {
    operands.push(expression(w, rest.left));
    nodes.push(rest);
    rest = rest.right;
  }
  operands.push(expression(w, rest));
  w.line = e.line;
  const t = fresh(w, into, ...operands);
  const strings = operands.filter((operand) => !operand.startsWith('"'))
    .map((operand) => `typeof ${operand}==="string"`);
  const fast = `${t}=text(${operands.join("+")});`;
  w.if(strings.join("&&") || "true", () => w.code(fast, e), () => {
    let right = operands.at(-1) ?? "undefined";
    for (let i = nodes.length - 1; i >= 0; i--) {
      const [left, value] = [operands[i], right];
      w.site(
        `if((${t}=concat(${left},${value}))===S)${w.exit()}`,
        `${t}=first(val);`,
        nodes[i],
      );
      right = t;
    }
  });
  return t;
}
