/** `for` loops. */
import type { Block, CallExpression, Expression, Statement } from "../ast.ts";
import { globalCallee, prepare, several } from "./call.ts";
import { expression } from "./expression.ts";
import { adjusted, spreadTo } from "./list.ts";
import { closeDown, initialise, spendSlice } from "./statement.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/**
 * A loop over plain integers counts in a JavaScript variable; every other (floats, wide integers, errors) is handed
 * to an object that counts as Lua does.
 */
export function numericFor(w: FunctionWriter, s: Of<"numericfor">, body: (block: Block) => void): void {
  const [i, limit, step, slow] = [w.temporary(), w.temporary(), w.temporary(), w.temporary()];
  const start = expression(w, s.start);
  const end = expression(w, s.limit);
  const by = s.step === undefined ? "1" : expression(w, s.step);
  w.line = s.line;
  const direction = constantStep(s.step);
  w.code(`${i}=${start};${limit}=${end};${step}=${by};${slow}=null;`);
  w.code(
    `if(!(isPlainLoop(${i},${limit},${step}))){${slow}=prepare(${i},${limit},${step});` +
      `if(${slow}===undefined){${slow}=null;${i}=1;${limit}=0;${step}=1;}}`,
  );
  const label = w.label();
  w.loops.push({ label, closers: w.closers.length });
  w.loop(label, () => {
    const test = direction === undefined
      ? `(${step}>0?${i}<=${limit}:${i}>=${limit})`
      : direction > 0
      ? `${i}<=${limit}`
      : `${i}>=${limit}`;
    // A slow loop that does not run has been given bounds that say so, whatever its direction
    const guard = direction === undefined || direction > 0 ? test : `(${step}>0?${i}<=${limit}:${test})`;
    w.code(`if(${slow}===null&&!(${guard}))break ${label};`);
    initialise(w, s.variable, `${slow}===null?${i}:${slow}.value`);
    spendSlice(w);
    body(s.body);
    w.code(`if(${slow}===null)${i}+=${step};else if(!${slow}.advance())break ${label};`);
  });
  w.loops.pop();
}

function constantStep(step: Expression | undefined): number | undefined {
  if (step === undefined) return 1;
  if (step.kind === "number" && typeof step.value === "number") return step.value;
  if (step.kind === "unary" && step.operator === "-" && step.operand.kind === "number") {
    return typeof step.operand.value === "number" ? -step.operand.value : undefined;
  }
  return undefined;
}

/** `pairs(t)` or `ipairs(t)`, unless the names turn out to mean something else. */
function tableCall(values: readonly Expression[]): CallExpression | undefined {
  const [e] = values;
  if (values.length !== 1 || e?.kind !== "call" || e.args.length !== 1) return undefined;
  const name = globalCallee(e);
  const isOne = e.args[0]?.kind !== "call" && e.args[0]?.kind !== "method" && e.args[0]?.kind !== "vararg";
  return isOne && (name === "pairs" || name === "ipairs") ? e : undefined;
}

/** Loops of `pairs` and `ipairs` over tables go without calls, their own among them. */
export function genericFor(w: FunctionWriter, s: Of<"genericfor">, body: (block: Block) => void): void {
  const [f, state, control, closing, it] = Array.from({ length: 5 }, () => w.temporary()) as [
    Operand,
    Operand,
    Operand,
    Operand,
    Operand,
  ];
  const height = `h${s.variables[0]?.id ?? 0}`;
  w.declareName(height);
  const begin = (values: readonly Operand[]) => {
    w.line = s.line;
    [f, state, control, closing].forEach((name, i) => w.code(`${name}=${values[i]};`));
    w.code(`${height}=${closing}===undefined?-1:opened(${closing},"(for state)");`);
    w.code(`${it}=iterator(${f},${state},${control});`);
  };
  const call = tableCall(s.values);
  if (call === undefined) begin(adjusted(w, s.values, 4));
  else {
    const prepared = prepare(w, call);
    w.code(`${it}=walk(${prepared.callee},${prepared.args.text});`);
    w.if(
      `${it}===null`,
      () => begin(spreadTo(w, several(w, call, prepared), 4)),
      () => w.code(`${height}=-1;`),
    );
  }
  const closers = w.closers.length;
  const label = w.label();
  w.loops.push({ label, closers: closers + 1 });
  w.closers.push({ height, maybe: true });
  const [first, second, ...more] = s.variables;
  if (first === undefined) throw new Error("A generic for without variables has passed the parser");
  const step = { kind: "call", callee: { kind: "nil", line: s.line }, args: [], line: s.line } as const;
  w.loop(label, () => {
    w.if(`${it}!==null`, () => {
      w.code(`if(!${it}.step())break ${label};`);
      initialise(w, first, `${it}.key`);
      if (second !== undefined) initialise(w, second, `${it}.value`);
      for (const variable of more) initialise(w, variable, "undefined");
    }, () => {
      const r = w.temporary();
      w.site(
        `${r}=(typeof ${f}==="function"?${f}:callable(${f}))(${state},${control});if(${r}===S)${w.exit()}`,
        `${r}=val;`,
        step,
        "for iterator",
      );
      w.code(`${r}=spread(${r});${control}=${r}[0];if(${control}===undefined)break ${label};`);
      s.variables.forEach((variable, i) => initialise(w, variable, `${r}[${i}]`));
    });
    spendSlice(w);
    body(s.body);
  });
  w.loops.pop();
  closeDown(w, closers);
  w.closers.length = closers;
}
