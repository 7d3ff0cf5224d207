/** Table constructors. */
import type { TableExpression } from "../ast.ts";
import { isFieldName } from "./literal.ts";
import { list, listText } from "./list.ts";
import { expression, isLate } from "./expression.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

export function table(w: FunctionWriter, e: TableExpression, into?: string): Operand {
  const names = new Set<string>();
  const isShape = e.items.every(({ key }) =>
    key === undefined ||
    (key.kind === "string" && isFieldName(key.value) && names.size < names.add(key.value).size)
  );
  const elements = e.items.filter(({ key }) => key === undefined).map(({ value }) => value);
  if (!isShape || elements.length > 1000) return bigTable(w, e, into);
  const fields: Operand[] = [];
  const values: Operand[] = [];
  let rest: string | undefined;
  for (const [i, { key, value }] of e.items.entries()) {
    if (key !== undefined) fields.push(expression(w, value));
    else if (i === e.items.length - 1) {
      const end = list(w, [value]);
      values.push(...end.operands);
      rest = end.rest;
    } else values.push(expression(w, value));
  }
  const t = into === undefined || into.startsWith("v") ? w.temporary() : into;
  const props = fields.length === 0 ? undefined : `new ${w.unit.shape([...names])}(${fields.join(",")})`;
  if (values.length === 0 && rest === undefined) w.code(`${t}=new T(${props ?? ""});`);
  else {
    const array = listText({ operands: ["undefined", ...values], rest });
    w.code(`${t}=tableOf(${props ?? "NP"},[${array}]);`);
  }
  return t;
}

/** A constructor with keys that are not known, or with very many elements: item by item. */
function bigTable(w: FunctionWriter, e: TableExpression, into?: string): Operand {
  const t = into === undefined || into.startsWith("v") ? w.temporary() : into;
  // The items may use the variable that the table is assigned to
  w.code(`${t}=new T();`);
  let position = 0;
  for (const [i, { key, value }] of e.items.entries()) {
    w.scoped(() => {
      if (key !== undefined) {
        const k = isLate(w, key) ? undefined : expression(w, key);
        const v = expression(w, value);
        w.code(`${t}.set(${k ?? expression(w, key)},${v});`, e);
        return;
      }
      position++;
      const end = i === e.items.length - 1
        ? list(w, [value])
        : { operands: [expression(w, value)], rest: undefined };
      const [operand] = end.operands;
      w.code(
        operand === undefined
          ? `append(${t},${position},${end.rest});`
          : `${t}.setInt(${position},${operand});`,
      );
    });
  }
  return t;
}
