/** Statements. */
import type { Block, Expression, Label, Statement, Variable } from "../ast.ts";
import { assignment, globals, setBare, settled } from "./assignment.ts";
import { unboxed } from "./bare.ts";
import { compileClosure } from "./closure.ts";
import { callStatement, several, tailCall } from "./call.ts";
import { condition, expression } from "./expression.ts";
import { adjusted, list, listText, varargs } from "./list.ts";
import { stringLiteral } from "./literal.ts";
import { LOOP_SLICE } from "./limits.ts";
import { genericFor, numericFor } from "./loops.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** The statements of a block, its labels and its `<close>` variables included. */
export function block(w: FunctionWriter, body: Block): void {
  const { scope } = w;
  const closers = w.closers.length;
  w.blocks.push({ block: body, closers });
  sequence(w, body.statements);
  w.blocks.pop();
  w.scope = scope;
  if (w.closers.length > closers) {
    if (!endsElsewhere(body.statements)) closeDown(w, closers);
    w.closers.length = closers;
  }
}

function endsElsewhere(statements: readonly Statement[]): boolean {
  const last = statements.at(-1)?.kind;
  return last === "return" || last === "break" || last === "goto";
}

/** Statements; a label takes those around it into a block and a loop of its own. */
function sequence(w: FunctionWriter, statements: readonly Statement[]): void {
  const place = statements.findLastIndex((s) => s.kind === "label" && isUsed(s.label));
  const at = statements[place];
  if (at?.kind !== "label") {
    for (let i = 0; i < statements.length; i++) statement(w, statements[i] as Statement);
    return;
  }
  if (jumpsCross(statements)) return stages(w, statements);
  const { label } = at;
  const before = statements.slice(0, place);
  if (label.forward) w.block(forwardLabel(label), () => sequence(w, before));
  else sequence(w, before);
  const after = () => {
    for (let i = place + 1; i < statements.length; i++) statement(w, statements[i] as Statement);
  };
  if (!label.backward) return after();
  w.passed.set(label, w.closers.length);
  w.loop(backwardLabel(label), () => {
    spendSlice(w);
    after();
    w.code(`break ${backwardLabel(label)};`);
  });
  w.passed.delete(label);
}

/** Whether there may be jumps into what a backward jump goes around, which no nesting of blocks and loops can be. */
function jumpsCross(statements: readonly Statement[]): boolean {
  const labels = statements.flatMap((s) => s.kind === "label" && isUsed(s.label) ? [s.label] : []);
  return labels.length > 1 && labels.some(({ backward }) => backward);
}

/** Statements whose labels begin stages of a loop; a jump sets the stage to go on with. */
function stages(w: FunctionWriter, statements: readonly Statement[]): void {
  const starts = [0];
  statements.forEach((s, i) => {
    if (s.kind === "label" && isUsed(s.label)) starts.push(i);
  });
  const loop = w.label();
  const stage = `g${loop}`;
  w.declareName(stage);
  const labelAt = (k: number) => {
    const s = statements[starts[k] ?? 0];
    return s?.kind === "label" && isUsed(s.label) ? s.label : undefined;
  };
  for (let k = 1; k < starts.length; k++) {
    const label = labelAt(k);
    if (label !== undefined) w.stages.set(label, { jump: `${stage}=${k};continue ${loop};` });
  }
  w.code(`${stage}=0;`);
  w.loop(loop, () => {
    spendSlice(w);
    for (let k = 0; k < starts.length; k++) {
      const label = k === 0 ? undefined : labelAt(k);
      if (label !== undefined) w.passed.set(label, w.closers.length);
      w.if(`${stage}<=${k}`, () => {
        for (const s of statements.slice(starts[k], starts[k + 1])) statement(w, s);
      });
    }
    w.code(`break ${loop};`);
  });
  for (let k = 1; k < starts.length; k++) {
    const label = labelAt(k);
    if (label !== undefined) w.passed.delete(label);
  }
}

function isUsed({ forward, backward }: Label): boolean {
  return forward || backward;
}

const forwardLabel = ({ id }: Label) => `G${id}`;
const backwardLabel = ({ id }: Label) => `H${id}`;

function statement(w: FunctionWriter, s: Statement): void {
  w.line = s.line;
  const { scope } = w;
  const around = w.blocks.at(-1);
  if (around !== undefined) around.closers = w.closers.length;
  w.scoped(() => compile(w, s));
  if (s.kind !== "local" && s.kind !== "localfunction") w.scope = scope;
}

function compile(w: FunctionWriter, s: Statement): void {
  switch (s.kind) {
    case "local":
      return local(w, s);
    case "localfunction":
      return localFunction(w, s);
    case "assign":
      return assignment(w, s.targets, s.values);
    case "global":
      return globals(w, s);
    case "call":
      return callStatement(w, s.call);
    case "do":
      return w.block(w.label(), () => block(w, s.body));
    case "while":
      return whileLoop(w, s);
    case "repeat":
      return repeatLoop(w, s);
    case "if":
      return branches(w, s, 0);
    case "numericfor":
      return numericFor(w, s, (body) => loopBody(w, body));
    case "genericfor":
      return genericFor(w, s, (body) => loopBody(w, body));
    case "return":
      return returnFrom(w, s.values);
    case "break": {
      const loop = w.loops.at(-1);
      if (loop === undefined) throw new Error("A break outside of loops has passed the parser");
      closeDown(w, loop.closers);
      return w.code(`break ${loop.label};`);
    }
    case "goto":
      return jump(w, s);
    case "label":
      return;
  }
}

/** A loop's body, whose variables end with each pass. */
function loopBody(w: FunctionWriter, body: Block): void {
  block(w, body);
}

/** Gives a declared variable its first value. */
export function initialise(w: FunctionWriter, variable: Variable, value: Operand): void {
  const name = w.declare(variable);
  if (isBoxed(variable)) w.code(`${name}={v:${value}};`);
  else if (w.unit.kinds.isBare(variable)) w.code(`${name}=${unboxed(value)};`);
  else if (name !== value) w.code(`${name}=${value};`);
}

function local(w: FunctionWriter, { variables, values, line }: Of<"local">): void {
  const only = variables[0];
  const value = values[0];
  if (variables.length === 1 && values.length === 1 && only !== undefined && value !== undefined) {
    const into = isBoxed(only) ? undefined : w.nameOf(only);
    if (w.unit.kinds.isBare(only)) setBare(w, w.declare(only), value);
    else initialise(w, only, expression(w, value, into));
  } else {
    const operands = adjusted(w, values, variables.length);
    // Operands that are variables may be among those that are set
    variables.forEach((variable, i) => initialise(w, variable, operands[i] ?? "undefined"));
  }
  const closing = w.node.hasClose ? variables.find(({ attribute }) => attribute === "close") : undefined;
  if (closing !== undefined) {
    w.line = line;
    open(w, closing);
  }
}

/** From here on, leaving the block closes the variable's value. */
function open(w: FunctionWriter, variable: Variable): void {
  const height = `h${variable.id}`;
  w.declareName(height);
  const value = isBoxed(variable) ? `${w.nameOf(variable)}.v` : w.nameOf(variable);
  w.code(`${height}=opened(${value},${stringLiteral(variable.name)});`);
  w.closers.push({ height, maybe: false });
}

/** Closes what has been opened since there were so many closers, the innermost first. */
export function closeDown(w: FunctionWriter, closers: number): void {
  const outermost = w.closers.slice(closers);
  const certain = outermost.find(({ maybe }) => !maybe);
  if (outermost.length === 0) return;
  const close = (height: string) => w.site(`if(close(${height})===S)${w.exit()}`, "", undefined, "close");
  if (certain !== undefined && outermost[0] === certain) return close(certain.height);
  for (const { height, maybe } of outermost.toReversed()) {
    if (maybe) w.if(`${height}>=0`, () => close(height));
    else close(height);
  }
}

function localFunction(w: FunctionWriter, { variable, node }: Of<"localfunction">): void {
  const name = w.declare(variable);
  if (isBoxed(variable)) {
    w.code(`${name}={v:undefined};${name}.v=${compileClosure(w, node, variable)};`);
  } else {
    w.code(`${name}=${compileClosure(w, node, variable)};`);
  }
}

/** Now and then a loop lets others have their turn. */
export function spendSlice(w: FunctionWriter): void {
  w.declareName("b_");
  w.site(`if(++b_>${LOOP_SLICE}){b_=0;if(spend()===S)${w.exit()}}`, "");
}

function whileLoop(w: FunctionWriter, s: Of<"while">): void {
  const label = w.label();
  w.loops.push({ label, closers: w.closers.length });
  w.loop(label, () => {
    w.line = s.condition.line;
    w.scoped(() => w.code(`if(!${condition(w, s.condition)})break ${label};`));
    spendSlice(w);
    block(w, s.body);
  });
  w.loops.pop();
}

function repeatLoop(w: FunctionWriter, s: Of<"repeat">): void {
  const label = w.label();
  w.loops.push({ label, closers: w.closers.length });
  w.loop(label, () => {
    spendSlice(w);
    const closers = w.closers.length;
    w.blocks.push({ block: s.body, closers });
    sequence(w, s.body.statements);
    w.blocks.pop();
    w.line = s.condition.line;
    w.scoped(() => {
      // The condition sees variables that its end closes
      const t = w.temporary();
      w.code(`${t}=${condition(w, s.condition)};`);
      closeDown(w, closers);
      w.code(`if(${t})break ${label};`);
    });
    w.closers.length = closers;
  });
  w.loops.pop();
}

function branches(w: FunctionWriter, s: Of<"if">, i: number): void {
  const branch = s.branches[i];
  if (branch === undefined) {
    if (s.otherwise !== undefined) block(w, s.otherwise);
    return;
  }
  w.line = branch.condition.line;
  const test = condition(w, branch.condition);
  const isLast = i === s.branches.length - 1 && s.otherwise === undefined;
  w.if(test, () => block(w, branch.body), isLast ? undefined : () => branches(w, s, i + 1));
}

function returnFrom(w: FunctionWriter, values: readonly Expression[]): void {
  const only = values[0];
  const closes = w.closers.length > 0;
  if (only === undefined) {
    closeDown(w, 0);
    return w.leave("E");
  }
  if (values.length === 1 && (only.kind === "call" || only.kind === "method")) {
    if (!closes) return tailCall(w, only);
    const t = several(w, only);
    closeDown(w, 0);
    return w.leave(t);
  }
  if (values.length === 1 && only.kind === "vararg") {
    const values = varargs(w);
    closeDown(w, 0);
    return w.leave(`${values}.length===1?${values}[0]:${values}`);
  }
  if (values.length === 1) {
    const value = closes ? settled(w, expression(w, only)) : expression(w, only);
    closeDown(w, 0);
    return w.leave(value);
  }
  const results = list(w, values);
  if (!closes) {
    return w.leave(results.rest === undefined ? `[${listText(results)}]` : `results([${listText(results)}])`);
  }
  const t = w.temporary();
  w.code(`${t}=results([${listText(results)}]);`);
  closeDown(w, 0);
  w.leave(t);
}

function jump(w: FunctionWriter, { label }: Of<"goto">): void {
  const behind = w.passed.get(label);
  const staged = w.stages.get(label);
  if (behind !== undefined) {
    closeDown(w, behind);
    return w.code(staged?.jump ?? `continue ${backwardLabel(label)};`);
  }
  // What the statement has opened that is left; nothing of the label's own block can have been jumped over
  const around = w.blocks.find((each) => each.block === label.block);
  closeDown(w, around === undefined ? w.closers.length : around.closers);
  w.code(staged?.jump ?? `break ${forwardLabel(label)};`);
}
