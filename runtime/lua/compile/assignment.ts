/** Assignments to variables, fields and globals. */
import type { Expression, Statement, Target } from "../ast.ts";
import { bare, unboxed } from "./bare.ts";
import { expression, indexTest, isLate, propertyHolder } from "./expression.ts";
import { adjusted } from "./list.ts";
import { isFieldName, isNumericLiteral } from "./literal.ts";
import { type FunctionWriter, isBoxed, type Operand } from "./writer.ts";

type Of<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

/** A target with its parts evaluated; those that are missing are read when the value is there. */
interface Place {
  readonly target: Target;
  readonly object: Operand | undefined;
  readonly key: Operand | undefined;
}

interface CompletePlace extends Place {
  readonly object: Operand;
  readonly key: Operand;
}

/** PUC-Rio has strings up to this length as constants of its instructions. */
const SHORT_STRING = 40;

/** @param behind The targets behind: where they set a variable that this one reads, it reads it before */
function place(w: FunctionWriter, target: Target, behind: readonly Target[] = []): Place {
  if (target.kind === "local") return { target, object: "", key: "" };
  const waits = (e: Expression) =>
    e.kind === "local" && !behind.some((each) => each.kind === "local" && each.variable === e.variable);
  const { object, key } = target;
  const isField = key.kind === "string" && key.value.length <= SHORT_STRING;
  const isVariable = object.kind === "local" && isBoxed(object.variable);
  const isReadLater = isVariable && waits(object) && (isLate(w, object) || isField);
  const before = isVariable ? undefined : expression(w, object);
  const k = isLate(w, key) && waits(key) ? undefined : expression(w, key);
  return { target, object: before ?? (isReadLater ? undefined : expression(w, object)), key: k };
}

function complete(w: FunctionWriter, { target, object, key }: Place): CompletePlace {
  if (target.kind === "local") return { target, object: "", key: "" };
  return {
    target,
    object: propertyHolder(object ?? expression(w, target.object)),
    key: key ?? expression(w, target.key),
  };
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
  const target = targets[0];
  const value = values[0];
  if (targets.length === 1 && values.length === 1 && target !== undefined && value !== undefined) {
    const where = place(w, target);
    if (target.kind === "local" && w.unit.kinds.isBare(target.variable)) {
      return setBare(w, w.nameOf(target.variable), value);
    }
    const into = target.kind === "local" && !isBoxed(target.variable) ? w.nameOf(target.variable) : undefined;
    const operand = expression(w, value, into);
    store(w, complete(w, where), operand);
    return;
  }
  // All parts and values first, as they were before any is set
  const waiting = targets.map((each, i) => settle(w, place(w, each, targets.slice(i + 1))));
  const operands = valuesFor(w, targets, values).map((operand) => settled(w, operand));
  const places = waiting.map((each) => complete(w, each));
  for (let i = targets.length - 1; i >= 0; i--) {
    const where = places[i];
    if (where !== undefined) store(w, where, operands[i] ?? "undefined");
  }
}

function settle(w: FunctionWriter, { target, object, key }: Place): Place {
  if (target.kind === "local") return { target, object, key };
  return {
    target,
    object: object === undefined ? undefined : settled(w, object),
    key: key === undefined ? undefined : settled(w, key),
  };
}

/** A variable may be among those that are set: its value is put aside. */
export function settled(w: FunctionWriter, operand: Operand): Operand {
  if (!operand.startsWith("v")) return operand;
  const t = w.temporary();
  w.code(`${t}=${operand};`);
  return t;
}

function store(w: FunctionWriter, { target, object, key }: CompletePlace, value: Operand): void {
  if (target.kind === "local") {
    const name = w.nameOf(target.variable);
    if (isBoxed(target.variable)) w.code(`${name}.v=${value};`);
    else if (name !== value) w.code(`${name}=${value};`);
    return;
  }
  w.line = target.line;
  const slow = `if(setindex(${object},${key},${value})===S)${w.exit()}`;
  if (target.key.kind === "string" && isFieldName(target.key.value)) {
    const name = target.key.value;
    // By name also where it is new: V8 gives objects that are filled by computed names a slower form
    const isValue = isNotNil(value) ? "" : `${value}!==undefined&&`;
    const add = `if(${isValue}(r=room(${object}))!==null)r.${name}=${value};else `;
    const fast = w.runsOnce
      ? ""
      : `if(${object}!==undefined&&(r=${object}.props)!==undefined&&r.${name}!==undefined)r.${name}=${value};else `;
    w.site(fast + add + slow, "", target);
    return;
  }
  const isIndex = w.runsOnce ? undefined : indexTest(key);
  const fast = isIndex === undefined
    ? ""
    : `if(${isIndex}${object}!==undefined&&(r=${object}.array)!==undefined&&` +
      `${key}<r.length-1&&r[${key}]!==undefined)r[${key}]=${value};else `;
  w.site(fast + slow, "", target);
}

/** Whether an operand is a literal that is not nil. */
function isNotNil(value: Operand): boolean {
  return value.startsWith('"') || isNumericLiteral(value) || value === "true" || value === "false";
}

/** `global a, b = …`: an error where one is there already. */
export function globals(w: FunctionWriter, { targets, values }: Of<"global">): void {
  const waiting = targets.map((each) => settle(w, place(w, each)));
  const operands = adjusted(w, values, targets.length).map((operand) => settled(w, operand));
  const places = waiting.map((each) => complete(w, each));
  for (let i = targets.length - 1; i >= 0; i--) {
    const where = places[i];
    if (where === undefined) continue;
    const t = w.temporary();
    w.site(
      `if((${t}=index(${where.object},${where.key}))===S)${w.exit()}`,
      `${t}=first(val);`,
      where.target,
    );
    w.code(`if(${t}!==undefined)throw defined(${where.key});`);
    store(w, where, operands[i] ?? "undefined");
  }
}
