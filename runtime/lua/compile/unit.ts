/**
 * A unit: the functions of a chunk that are compiled together, as one JavaScript function body. Generated code is made
 * of checked names, numbers and `JSON.stringify`ed strings only.
 */
import type { FunctionNode, Variable } from "../ast.ts";
import type { LuaFloat, LuaInteger } from "../value.ts";
import type { Kinds } from "./floats.ts";
import { block } from "./statement.ts";
import type { Item } from "./ir.ts";
import { MAX_DEPTH } from "./limits.ts";
import { type Printer, printPlain, printResume } from "./print.ts";
import { FunctionWriter, isBoxed } from "./writer.ts";

/** What the functions of a chunk share. */
export interface UnitTables {
  /** What the names of its functions end with. */
  readonly number: number;
  /** Whether the upvalues of its functions can be asked for. */
  readonly isInspected: boolean;
  /** What is known of variables. */
  readonly kinds: Kinds;
  /** The text that stands for a constant which is no literal. */
  constant(value: number | LuaFloat | LuaInteger): string;
  /** The value of a float constant's text; undefined for other texts. */
  floatValue(operand: string): number | undefined;
  /** The text that stands for the constructor of a table part with these fields. */
  shape(names: readonly string[]): string;
  /**
   * The text that stands for what makes closures of an inner function.
   *
   * @param self The variable that holds the function for good, which it so knows without an upvalue
   */
  maker(node: FunctionNode, self?: Variable): string;
}

/** A compiled function, of which the resume copy may still be made. */
export interface CompiledFunction {
  readonly node: FunctionNode;
  readonly items: readonly Item[];
  /** The names of its variables and temporaries but the parameters. */
  readonly locals: readonly string[];
  /** The names of what a frame saves, in order. */
  readonly slots: readonly string[];
  /** The names of the upvalues, in order, the function itself last. */
  readonly upvalues: readonly string[];
  readonly writer: FunctionWriter;
}

/** Compiles one function to items. */
export function compileFunction(
  node: FunctionNode,
  self: Variable | undefined,
  unit: UnitTables,
): CompiledFunction {
  const w = new FunctionWriter(node, unit, self);
  unit.kinds.analyse(node);
  for (const variable of node.params) {
    if (isBoxed(variable)) w.code(`${w.nameOf(variable)}={v:${w.nameOf(variable)}};`);
  }
  const table = node.varargTable;
  if (table !== undefined) {
    const name = w.declare(table);
    w.code(isBoxed(table) ? `${name}={v:packed(va)};` : `${name}=packed(va);`);
  }
  block(w, node.body);
  w.line = node.lastLine;
  if (node.body.statements.at(-1)?.kind !== "return") w.leave("E");
  const params = node.params.map((variable) => w.nameOf(variable));
  const locals = w.names();
  const slots = [...params, ...locals];
  if (node.isVararg) slots.push("va");
  const upvalues = node.upvalues.filter((variable) => variable !== self).map((variable) =>
    w.nameOf(variable)
  );
  return { node, items: w.items, locals, slots, upvalues: [...upvalues, `F${node.id}`], writer: w };
}

/** Prints the code of a function: an expression whose value makes closures from upvalues. */
export function printFunction(out: Printer, compiled: CompiledFunction): void {
  const { node, items, locals, slots, upvalues } = compiled;
  const params = node.params.map((variable) => compiled.writer.nameOf(variable));
  if (node.isVararg) params.push("...va");
  const args = params.join(",");
  const self = `F${node.id}`;
  const origin = { line: node.line };
  out.line(
    `(${
      [...upvalues.slice(0, -1), "self"].join(",")
    })=>{const f=function ${self}_${compiled.writer.unit.number}(${args}){`,
    origin,
  );
  out.line(`let ${["r", "k_", ...locals].join(",")};${locals.includes("b_") ? "b_=0;" : ""}`, origin);
  // One level deeper, until `M.d--` before a return. Whoever catches what is thrown sets the depth back
  out.line(`if((++M.d>${MAX_DEPTH}||--M.b<0)&&enter(${self},[${args}])===S)return S;`, origin);
  if (compiled.writer.siteCount === 0) printPlain(out, items);
  else {
    out.line("B:{");
    printPlain(out, items);
    out.line(`}return save(I[${node.id}],k_,[${slots.join(",")}],[${upvalues.join(",")}]);`);
  }
  const kept = compiled.writer.unit.isInspected ? `kept(f,${upvalueAccess(upvalues.slice(0, -1))})` : "f";
  out.line(`};const ${self}=self===undefined?f:self;return ${kept};}`);
}

/**
 * Prints a maker of closures that have their function compiled when they are first called. The closure stays the one
 * that Lua has; it is not one of the stack's levels, which are known by the lines of what has been compiled.
 */
export function printStub(out: Printer, node: FunctionNode, self: Variable | undefined, unit: number): void {
  const upvalues = node.upvalues.filter((variable) => variable !== self).map(nameOf);
  const params = [...node.params.map(nameOf), ...(node.isVararg ? ["...va"] : [])].join(",");
  out.line(
    `Q[${node.id}]=(${upvalues.join(",")})=>{let g;const f=function F${node.id}_${unit}(${params}){` +
      `return(g===undefined?g=need(${node.id})(${[...upvalues, "f"].join(",")}):g)(${params});};return f;};`,
  );
}

function nameOf({ id }: Variable): string {
  return `v${id}`;
}

/** The text of a function that gives and sets the boxes of upvalues. */
function upvalueAccess(names: readonly string[]): string {
  const cases = names.map((name, i) => `case ${i}:if(b!==undefined)${name}=b;return ${name};`);
  return `(i,b)=>{switch(i){${cases.join("")}}}`;
}

/** Prints the resume copy: the parameters and the body of a function of a frame and a result. */
export function printResumeCopy(out: Printer, compiled: CompiledFunction): void {
  const { node, items, slots, upvalues } = compiled;
  out.line(`let pc=fr.site,r,k_;const s_=fr.slots,u_=fr.upvalues;`);
  if (upvalues.length > 0) out.line(`const ${upvalues.map((name, i) => `${name}=u_[${i}]`).join(",")};`);
  if (slots.length > 0) out.line(`let ${slots.map((name, i) => `${name}=s_[${i}]`).join(",")};`);
  out.line("M.d++;");
  out.line("B:{");
  printResume(out, items);
  out.line(`}return save(I[${node.id}],k_,[${slots.join(",")}],[${upvalues.join(",")}]);`);
}
