/** Constants and names as generated code writes them. */
import { isPropertyKey } from "../table/props.ts";
import type { LuaFloat, LuaInteger } from "../value.ts";
import type { FunctionWriter, Operand } from "./writer.ts";

export function stringLiteral(value: string): string {
  return JSON.stringify(value).replace(/\u2028/g, "\\u2028").replace(/\u2029/g, "\\u2029");
}

export function numberLiteral(w: FunctionWriter, value: number | LuaFloat | LuaInteger): Operand {
  if (typeof value !== "number" || !Number.isFinite(value)) return w.unit.constant(value);
  return value < 0 ? `(${value})` : String(value);
}

/** The value of a small integer constant, as arithmetic without checks needs it. */
export function isSmallInteger(operand: Operand): boolean {
  return /^\(?-?\d{1,9}\)?$/.test(operand);
}

export function isNumericLiteral(operand: Operand): boolean {
  return /^\(?-?[\d.]+(?:e[+-]?\d+)?\)?$/.test(operand);
}

/** What names in `props` may be written behind a dot in generated code. */
export function isFieldName(key: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(key) && isPropertyKey(key);
}
