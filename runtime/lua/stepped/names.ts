/** What names stand for in code in the making: registers, upvalues, constants, globals. */
import type { ActiveVariable, Code } from "./code.ts";
import { ExpressionValue } from "./value.ts";

/** The variable of a name; undefined for a global. */
export function resolve(code: Code, name: string): ExpressionValue | undefined {
  return find(code, name, true);
}

function find(code: Code, name: string, isOwn: boolean): ExpressionValue | undefined {
  for (let i = code.active - 1; i >= 0; i--) {
    const variable = code.variables[i];
    if (variable?.name !== name) continue;
    if (variable.kind === "global") return undefined;
    if (variable.kind === "constant") return constantValue(variable);
    if (!isOwn) markUpvalue(code, i);
    return new ExpressionValue("local", variable.register);
  }
  const { upvalues } = code.prototype;
  const known = upvalues.findIndex((upvalue) => upvalue.name === name);
  if (known >= 0) return new ExpressionValue("upvalue", known);
  const { outer } = code;
  if (outer === undefined) return undefined;
  const found = find(outer, name, false);
  if (found?.kind !== "local" && found?.kind !== "upvalue") return found;
  upvalues.push({ name, inStack: found.kind === "local", index: found.info });
  return new ExpressionValue("upvalue", upvalues.length - 1);
}

function constantValue({ value }: ActiveVariable): ExpressionValue {
  if (value === undefined) return new ExpressionValue("nil");
  if (typeof value === "boolean") return new ExpressionValue(value ? "true" : "false");
  return new ExpressionValue("constant", 0, value);
}

/** Notes that an inner function uses a variable: its block has to close it. */
function markUpvalue(code: Code, variable: number): void {
  let { block } = code;
  while (block !== undefined && block.active > variable) block = block.outer;
  if (block !== undefined) block.hasUpvalue = true;
  code.needsClose = true;
}
