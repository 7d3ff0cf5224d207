/** Calls: for one result, for all, as a statement, in place of the caller. */
import type { CallExpression, Expression, MethodExpression } from "../ast.ts";
import { type ExpressionList, list, listText } from "./list.ts";
import { expression, field } from "./expression.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

/** A call for its first result. */
export function single(w: FunctionWriter, e: CallExpression | MethodExpression, into?: string): Operand {
  const { callee, args } = prepare(w, e);
  const t = into ?? w.temporary();
  const direct = w.node.varargTable === undefined ? selection(e, t, callee, args) : undefined;
  const call = `${invoke(t, callee, args)}if(Array.isArray(${t})){if(${t}===S)${w.exit()}${t}=${t}[0]}`;
  w.site(direct === undefined ? call : `${direct}else{${call}}`, `${t}=first(val);`, e);
  return t;
}

/** The name of the global that is called, if it is one. */
export function globalCallee(e: Expression): string | undefined {
  if (e.kind !== "call" || e.callee.kind !== "index" || !e.callee.isGlobal) return undefined;
  return e.callee.key.kind === "string" ? e.callee.key.value : undefined;
}

/** `select(n, ...)` and `select("#", ...)` need no copy of the arguments. */
function selection(
  e: CallExpression | MethodExpression,
  t: string,
  callee: Operand,
  args: Arguments,
): string | undefined {
  if (globalCallee(e) !== "select") return undefined;
  const [n, rest] = e.args;
  if (e.args.length !== 2 || n === undefined || rest?.kind !== "vararg") return undefined;
  const isSelect = `${callee}===M.select`;
  if (n.kind === "string" && n.value === "#") return `if(${isSelect})${t}=va.length;`;
  const [position] = args.operands;
  return `if(${isSelect}&&typeof ${position}==="number"&&${position}>0&&${position}<=va.length&&` +
    `(${position}|0)===${position})${t}=va[${position}-1];`;
}

/** A call for all its results: the temporary holds one value or an array. */
export function several(
  w: FunctionWriter,
  e: CallExpression | MethodExpression,
  { callee, args } = prepare(w, e),
): Operand {
  const t = w.temporary();
  w.site(`${invoke(t, callee, args)}if(${t}===S)${w.exit()}`, `${t}=val;`, e);
  return t;
}

/** A call whose result is the function's own: nothing of the caller is left to be saved. */
export function tailCall(w: FunctionWriter, e: CallExpression | MethodExpression): void {
  const { callee, args } = prepare(w, e);
  w.tailSite(invoke("r", callee, args), e);
}

/** A call as a statement. */
export function callStatement(w: FunctionWriter, e: CallExpression | MethodExpression): void {
  const { callee, args } = prepare(w, e);
  w.site(`${invoke("r", callee, args)}if(r===S)${w.exit()}`, "", e);
}

/** The arguments of a call. */
export interface Arguments extends ExpressionList {
  readonly text: string;
}

function argumentsOf({ operands, rest }: ExpressionList, self?: Operand): Arguments {
  const all = { operands: self === undefined ? operands : [self, ...operands], rest };
  return { ...all, text: listText(all) };
}

/** What is called, and with what. */
export interface PreparedCall {
  readonly callee: Operand;
  readonly args: Arguments;
}

/** Evaluates what a call needs. */
export function prepare(w: FunctionWriter, e: CallExpression | MethodExpression): PreparedCall {
  if (e.kind === "call") {
    const callee = expression(w, e.callee);
    const args = argumentsOf(list(w, e.args));
    w.line = e.line;
    if (globalCallee(e) === "error") {
      w.code(`if(${callee}===M.error){M.errorLine=${e.line};M.errorChunk=CH;}`);
    }
    return { callee, args };
  }
  const object = expression(w, e.object);
  w.line = e.line;
  const callee = field(w, object, e.name, e);
  const args = argumentsOf(list(w, e.args), object);
  w.line = e.line;
  return { callee, args };
}

/** So many further arguments do not go by JavaScript's stack, where that can be avoided. */
const MANY = 50_000;

function invoke(t: string, callee: Operand, { operands, rest, text }: Arguments): string {
  const fn = callee.startsWith("F")
    ? callee
    : `(typeof ${callee}==="function"?${callee}:callable(${callee}))`;
  if (rest === undefined) return `${t}=${fn}(${text});`;
  const list = listText({ operands, rest: "r" });
  return `r=${rest};${t}=r.length>${MANY}?many(${fn},[${list}]):${fn}(${list});`;
}
