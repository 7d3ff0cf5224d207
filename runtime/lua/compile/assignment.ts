/** Assignments to variables, fields and globals. */
import type { Expression, Statement, Target } from "../ast.ts";
import { bare, unboxed } from "./bare.ts";
import { expression, propertyHolder } from "./expression.ts";
import { adjusted } from "./list.ts";
import { isFieldName, isSmallInteger } from "./literal.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** A target with its parts evaluated. */
interface Place {
  readonly target: Target;
  readonly object: Operand;
  readonly key: Operand;
}

function place(w: FunctionWriter, target: Target): Place {
  if (target.kind === "local") return { target, object: "", key: "" };
  const object = propertyHolder(expression(w, target.object));
  return { target, object, key: expression(w, target.key) };
}

/** Gives a variable that is kept as a bare number the value of an expression. */
export function setBare(w: FunctionWriter, name: string, value: Expression): void {
  const result = bare(w, value, name);
  if (result !== name) w.code(`${name}=${result};`);
}

/** The operands of an assignment; those for bare variables are bare. */
function valuesFor(w: FunctionWriter, targets: readonly Target[], values: readonly Expression[]): Operand[] {
  const isBare = (i: number) => {
    const target = targets[i];
    return target?.kind === "local" && w.unit.kinds.isBare(target.variable);
  };
  if (values.length === targets.length) {
    return values.map((value, i) => isBare(i) ? bare(w, value) : expression(w, value));
  }
  return adjusted(w, values, targets.length).map((operand, i) =>
    isBare(i) ? unboxed(operand) : settled(w, operand)
  );
}

export function assignment(
  w: FunctionWriter,
  targets: readonly Target[],
  values: readonly Expression[],
): void {
  const [target] = targets;
  const [value] = values;
  if (targets.length === 1 && values.length === 1 && target !== undefined && value !== undefined) {
    const where = place(w, target);
    if (target.kind === "local" && w.unit.kinds.isBare(target.variable)) {
      return setBare(w, w.nameOf(target.variable), value);
    }
    const into = target.kind === "local" && !isBoxed(target.variable) ? w.nameOf(target.variable) : undefined;
    store(w, where, expression(w, value, into));
    return;
  }
  // All parts and values first, as they were before any is set
  const places = targets.map((each) => settle(w, place(w, each)));
  const operands = valuesFor(w, targets, values).map((operand) => settled(w, operand));
  for (let i = targets.length - 1; i >= 0; i--) {
    const where = places[i];
    if (where !== undefined) store(w, where, operands[i] ?? "undefined");
  }
}

function settle(w: FunctionWriter, { target, object, key }: Place): Place {
  if (target.kind === "local") return { target, object, key };
  return { target, object: settled(w, object), key: settled(w, key) };
}

/** A variable may be among those that are set: its value is put aside. */
export function settled(w: FunctionWriter, operand: Operand): Operand {
  if (!operand.startsWith("v")) return operand;
  const t = w.temporary();
  w.code(`${t}=${operand};`);
  return t;
}

function store(w: FunctionWriter, { target, object, key }: Place, value: Operand): void {
  if (target.kind === "local") {
    const name = w.nameOf(target.variable);
    if (isBoxed(target.variable)) w.code(`${name}.v=${value};`);
    else if (name !== value) w.code(`${name}=${value};`);
    return;
  }
  w.line = target.line;
  const slow = (suspend: string) => `if(setindex(${object},${key},${value})===S)${suspend}`;
  if (target.key.kind === "string" && isFieldName(target.key.value)) {
    const name = target.key.value;
    const field = `${object}.props.${name}`;
    w.site(
      (suspend) =>
        `if(${object} instanceof T&&${field}!==undefined)${field}=${value};` +
        `else if(${object} instanceof T&&${object}.metatable===undefined){` +
        `if(${value}!==undefined&&(r=${object}.ownProps())!==null)r.${name}=${value};` +
        `else ${object}.setStr(${key},${value});}else ${slow(suspend)}`,
      "",
      target,
    );
    return;
  }
  const isIndex = isSmallInteger(key) ? "" : `typeof ${key}==="number"&&`;
  w.site(
    (suspend) =>
      `if(${object} instanceof T&&${isIndex}${key}>0&&${key}<${object}.array.length-1&&` +
      `${object}.array[${key}]!==undefined)${object}.array[${key}]=${value};` +
      `else if(${object} instanceof T&&${object}.metatable===undefined)${object}.set(${key},${value});` +
      `else ${slow(suspend)}`,
    "",
    target,
  );
}

/** `global a, b = …`: an error where one is there already. */
export function globals(w: FunctionWriter, { targets, values }: Of<"global">): void {
  const places = targets.map((each) => settle(w, place(w, each)));
  const operands = adjusted(w, values, targets.length).map((operand) => settled(w, operand));
  for (let i = targets.length - 1; i >= 0; i--) {
    const where = places[i];
    if (where === undefined) continue;
    const t = w.temporary();
    w.site(
      (suspend) => `${t}=index(${where.object},${where.key});if(${t}===S)${suspend}`,
      `${t}=first(val);`,
      where.target,
    );
    w.code(`if(${t}!==undefined)throw defined(${where.key});`);
    store(w, where, operands[i] ?? "undefined");
  }
}
